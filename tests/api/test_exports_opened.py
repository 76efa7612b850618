"""Files as other programs open them: a spreadsheet works nothing out, and numbers are numbers (E01, E02)."""

import re
import subprocess
from datetime import date
from xml.etree import ElementTree

import pytest

from fieldapp.exports.csv_form import DIALECTS, csv_chunks
from fieldapp.exports.xlsx_form import write_xlsx
from fieldapp.summaries.tables import Column, Table
from tests.factories.formulas import FORMULAS

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# Semicolons, quotes, UTF-8, from line 1, in Swedish; quoted cells are judged like all others, special numbers read.
AS_SWEDISH = "CSV:59,34,76,1,,1053,false,true,false,false,false,-1"
NUMBERS = [(-5, "-5"), (0.75, "0.75"), (-1234.5, "-1234.5"), (0, "0")]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Each file as LibreOffice has it open: rows of (text, value, formula); one start reads them all."""
    folder = tmp_path_factory.mktemp("opened")
    rows = [(text, NUMBERS[number % 4][0]) for number, text in enumerate(FORMULAS)]
    columns = (Column("text", "Text"), Column("number", "Tal", "rate"))
    csv = b"".join(csv_chunks(["Text – åäö", "Tal"], rows, DIALECTS["excel"], hidden=""))
    (folder / "guarded.csv").write_bytes(csv)
    (folder / "bare.csv").write_text("Text;Tal\n=1+1;=2*3\n", encoding="utf-8")
    with (folder / "book.xlsx").open("wb") as file:
        write_xlsx(file, [Table("t", "Tabell", columns, rows)], title="", hidden="", made_on=date(2026, 11, 28))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "fods"]
    for infilter, files in ((AS_SWEDISH, ("guarded.csv", "bare.csv")), (None, ("book.xlsx",))):
        how = [f"--infilter={infilter}"] if infilter else []
        done = subprocess.run(
            [*command, *how, "--outdir", folder, *(folder / name for name in files)],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        assert "Error" not in done.stderr, done.stderr
    return {name: cells(folder / f"{name}.fods") for name in ("guarded", "bare", "book")}


def cells(path):
    """Return rows of (text, value of a number, formula)."""
    found = []
    for row in ElementTree.parse(path).iter(f"{TABLE}table-row"):  # noqa: S314 - a file of our own
        line = []
        for cell in row.iter(f"{TABLE}table-cell"):
            text = "\n".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p"))
            line.append((text, cell.get(f"{OFFICE}value"), cell.get(f"{TABLE}formula")))
        if line and line[0][0]:
            found.append(line[:2])
    return found


def test_the_reader_does_work_out_what_is_not_guarded(opened):
    assert [formula for _, _, formula in opened["bare"][1]] == ["of:=1+1", "of:=2*3"]


@pytest.mark.parametrize("name", ["guarded", "book"])
def test_E01_three_hundred_texts_are_no_formula_and_numbers_stay_numbers(opened, name):
    header, *rows = opened[name]
    assert len(rows) == len(FORMULAS) == 300
    assert [cell for row in rows for cell in row if cell[2]] == []
    assert {value for (_, value, _), _ in rows} == {None}
    assert [value for _, (_, value, _) in rows] == [NUMBERS[number % 4][1] for number in range(300)]
    assert header[0][0] == ("Text – åäö" if name == "guarded" else "Text")
    blanks = re.compile(r"\s")
    said = [blanks.sub("", text).removeprefix("'") for (text, _, _), _ in rows]
    assert said == [blanks.sub("", text) for text in FORMULAS]
