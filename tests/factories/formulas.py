"""Three hundred texts that a spreadsheet would work out, call a program with or fetch something by (E01)."""

STARTS = ("=", "+", "-", "@", "\t=", "\r=", " =", "\n=", "\u00a0=", "＝")
BODIES = (
    "1+1", "2*3", "A1", "SUM(A1:A9)", "SUMMA(A1;A2)", "HYPERLINK(\"http://a.example\";\"klicka\")",
    "cmd|' /C calc'!A0", "cmd|'/c notepad'!'A1'", "DDE(\"cmd\";\"/C calc\";\"x\")", "WEBSERVICE(\"http://a.example/\")",
    "IMPORTXML(\"http://a.example\";\"//a\")", "IMPORTDATA(\"http://a.example\")", "INDIRECT(\"A1\")", "NOW()",
    "RAND()", "EXEC(\"calc\")", "CALL(\"kernel32\";\"WinExec\";\"JCJ\";\"calc\";0)", "REGISTER.ID(\"a\";\"b\")",
    "MSEXCEL|'\\..\\..\\cmd.exe'!''", "rundll32|'URL.dll,OpenURL calc.exe'!A", "1/0", "\"text\"&\"text\"",
    "IF(1;2;3)", "OM(1;2;3)", "CONCATENATE(A1;A2)", "'http://a.example'#$Sheet1.A1", "TABELL(A1)", "(1)",
    "{1;2}", "-1",
)  # fmt: skip
FORMULAS = tuple(start + body for start in STARTS for body in BODIES)
