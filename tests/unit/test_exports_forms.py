"""CSV, XLSX and GeoJSON as they are written: what stands in them, and what no spreadsheet may take it for."""

import csv
import re
import subprocess
import sys
from datetime import date
from io import BytesIO, StringIO

import pytest

from fieldapp.exports.csv_form import DIALECTS, csv_chunks, number_text, safe_text
from fieldapp.exports.geo_form import geojson_chunks
from fieldapp.exports.rules import is_free, still_reaches, wakes
from fieldapp.exports.xlsx_form import sheet_names, write_xlsx
from fieldapp.summaries.disclosure import HIDDEN
from fieldapp.summaries.tables import Column, Measured, Table, long_rows
from tests.factories.formulas import FORMULAS
from tests.factories.reading import csv_rows, xlsx_sheets
from tests.factories.summary_rows import at

NUMBERS = (-5, 0, 1234567, -0.25, 0.3333, 1e-7)
EXCEL = DIALECTS["excel"]


def written(rows, dialect=EXCEL, header=("namn", "tal")):
    return b"".join(csv_chunks(header, rows, dialect, hidden="skyddad uppgift"))


def test_E02_csv_for_swedish_excel_has_bom_semicolons_decimal_commas_and_crlf():
    content = written([("Åsögatan; norra", 0.75), ('hon sa "hej"', -1.5), ("rad\nett", 12), ("", None), ("x", HIDDEN)])
    assert content.startswith(b"\xef\xbb\xbfnamn;tal\r\n")
    assert content.decode("utf-8-sig").replace("rad\nett", "").count("\n") == content.count(b"\r\n") == 6
    assert csv_rows(content)[1:] == [
        ["Åsögatan; norra", "0,75"], ['hon sa "hej"', "-1,5"], ["rad\nett", "12"], ["", ""], ["x", "skyddad uppgift"],
    ]  # fmt: skip


def test_the_other_dialect_is_rfc_4180_with_decimal_points_and_no_bom():
    content = written([("a,b", 0.75), ("c;d", -2)], DIALECTS["rfc4180"])
    assert content == b'namn,tal\r\n"a,b",0.75\r\nc;d,-2\r\n'


def test_E01_no_text_of_a_csv_begins_as_a_formula_and_no_number_changes():
    assert len(FORMULAS) == 300
    rows = [(formula, number) for formula in FORMULAS for number in NUMBERS]
    found = csv_rows(written(rows))[1:]
    assert [name.removeprefix("'") for name, _ in found] == [formula for formula, _ in rows]
    assert not [name for name, _ in found if re.match(r"\s*[=+\-@＝＋－＠]", name)]
    assert [float(number.replace(",", ".")) for _, number in found] == [number for _, number in rows]


@pytest.mark.parametrize("dialect", DIALECTS.values())
@pytest.mark.parametrize("separator", [",", ";", "\t", "\n", "; ", ',"'])
def test_E01_no_part_of_a_text_becomes_a_formula_where_cells_are_separated_by_another_sign(dialect, separator):
    content = written([(f"torget{separator}{start}1+1", 1) for start in "=+-@＝"], dialect).decode("utf-8-sig")
    assert len(content.splitlines()) >= 6
    for other in ",;\t":
        cells = [cell for line in csv.reader(StringIO(content), delimiter=other) for cell in line]
        assert not [cell for cell in cells if re.match(r"[\s\"]*[=+\-@＝]", cell)]


@pytest.mark.parametrize("text", ["Torget; norra, södra", "a, b=c", "1-2, 3-4", "A–B,–C"])
def test_a_text_with_separators_and_no_formula_stays_as_it_is(text):
    assert safe_text(text) == text


@pytest.mark.parametrize("text", ["", "Demo torget", "5 – 7", "'redan", "a=b", "~x", "åäö", "13–15 år"])
def test_a_text_that_begins_no_formula_stays_as_it_is(text):
    assert safe_text(text) == text


def test_columns_of_mixed_cells_are_written_cell_by_cell_and_long_ones_alike():
    cells = [1, 1.0, "1", None, HIDDEN, True, -1, "-1"]
    rows = [(str(number), cells[number % len(cells)]) for number in range(1603)]
    found = csv_rows(written(rows))[1:]
    said = {0: "1", 1: "1,0", 2: "1", 3: "", 4: "skyddad uppgift", 5: "True", 6: "-1", 7: "'-1"}
    assert [cell for _, cell in found] == [said[number % len(cells)] for number in range(1603)]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_figure_that_is_no_number_is_refused(number):
    with pytest.raises(ValueError, match="no number"):
        number_text(number, ",")


def test_numbers_are_written_in_digits():
    assert [number_text(number, ",") for number in (0.00001, 1e16, -2.5, 0.1)] == [
        "0,00001",
        "10000000000000000",
        "-2,5",
        "0,1",
    ]


COLUMNS = (
    Column("name", "Namn"),
    Column("count", "Antal", "whole", "besök"),
    Column("share", "Andel", "share"),
    Column("day", "Datum", "date"),
    Column("any", "Mått", None),
)


def a_table(rows, heading="Tabell"):
    return Table("table", heading, COLUMNS, rows)


def workbook(*tables):
    file = BytesIO()
    rows = write_xlsx(file, tables, title="Demo", hidden="skyddad uppgift", made_on=date(2026, 11, 28))
    return rows, file.getvalue()


def test_a_workbook_has_typed_cells_a_sheet_a_table_and_headers_that_stay():
    row = ("=1+1", 7, 0.5, "2026-10-09", Measured("hours", "timmar", 8.25))
    hidden = ("b", HIDDEN, HIDDEN, None, Measured("whole", "pass", None))
    rows, content = workbook(a_table([row, hidden]), a_table([], "Tabell"))
    assert rows == 2
    sheets = xlsx_sheets(content)
    assert list(sheets) == ["Tabell", "Tabell 2"]
    assert sheets["Tabell"][0] == ["Namn", "Antal (besök)", "Andel", "Datum", "Mått"]
    assert sheets["Tabell"][1:] == [["=1+1", 7, 0.5, "2026-10-09", 8.25], ["b", "skyddad uppgift", "skyddad uppgift"]]
    from zipfile import ZipFile  # noqa: PLC0415

    sheet = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>' in sheet
    assert 'formatCode="0.0%"' in ZipFile(BytesIO(content)).read("xl/styles.xml").decode()


def test_E01_no_text_of_a_workbook_is_a_formula_or_a_link():
    links = ["http://a.example", "mailto:a@b.example", "internal:Sheet1!A1", "external:x.xlsx", "ftp://a"]
    texts = [*FORMULAS, *links]
    _rows, content = workbook(a_table([(text, -5, None, None, Measured("whole", "", -1)) for text in texts]))
    [rows] = xlsx_sheets(content).values()  # fails on a formula or a link
    assert [row[0] for row in rows[1:]] == [text.replace("\r", "_x000D_") for text in texts]
    assert {row[1] for row in rows[1:]} == {-5}


def test_E03_a_hundred_thousand_rows_take_less_than_200_mb():
    told = subprocess.run([sys.executable, "-m", "bench.exports"], capture_output=True, text=True, check=True)
    _seconds, megabytes = told.stdout.split()
    assert 20 < float(megabytes) <= 200


def test_the_same_figures_give_the_same_workbook():
    assert workbook(a_table([("a", 1, None, None, Measured("whole", "", 2))])) == workbook(
        a_table([("a", 1, None, None, Measured("whole", "", 2))])
    )


def test_a_text_that_no_cell_holds_is_refused():
    with pytest.raises(ValueError, match="no cell holds"):
        workbook(a_table([("x" * 32768, 1, None, None, Measured("whole", "", 1))]))


def test_names_of_sheets_are_short_plain_and_each_once():
    names = sheet_names(["Vad: som [noterats]?", "x" * 40, "X" * 40, "", "'citat'", "x" * 40])
    assert names == ["Vad som noterats", "x" * 31, "X" * 28 + " 2", "1", "citat", "x" * 28 + " 3"]


def test_a_long_row_names_its_cell_in_one_or_two_parts():
    columns = (Column("band", "Ålder"), Column("gender", "Kön"), Column("n", "Antal", "whole", "personer"))
    table = Table("people", "Personer", columns, [("13–15 år", "Okänt", 3)], labels=2)
    assert list(long_rows(table)) == [("13–15 år", "Okänt", "Antal", Measured("whole", "personer", 3))]


def test_geojson_holds_figures_in_flat_properties_and_no_id():
    row = {
        "site": {"id": "s1", "name": "Demo", "district": "farsta", "is_listed": True, "school_near": "yes"},
        "visits": 2, "frequency": "monthly", "observations": 3, "visits_with_topic": 1, "share_with_topic": 0.5,
        "interval": [0.1, 0.9], "observations_per_visit": 1.5, "observations_interval": None, "last_visit": None,
    }  # fmt: skip
    place = {"name": "Demo hörnet", "geometry": {"type": "Point", "coordinates": [18.09, 59.24]}}
    import json  # noqa: PLC0415

    found = json.loads(b"".join(geojson_chunks({"from": "2026-10-01"}, [row, row], {"s1": place}, "not")))
    assert found["type"] == "FeatureCollection"
    assert (found["from"], found["note"], len(found["features"])) == ("2026-10-01", "not", 2)
    [feature, _] = found["features"]
    assert "id" not in feature
    assert "s1" not in str(feature)
    assert feature["geometry"] == place["geometry"]
    assert (feature["properties"]["name"], feature["properties"]["share_high"]) == ("Demo hörnet", 0.9)
    assert feature["properties"]["observations_per_visit_low"] is None
    empty = json.loads(b"".join(geojson_chunks({}, [], {}, "not")))
    assert empty["features"] == []


def test_an_export_is_free_when_it_waits_or_its_maker_is_gone():
    now, later, before = at("2026-11-28 12:00"), at("2026-11-28 12:01"), at("2026-11-28 11:59")
    assert is_free("waiting", None, now)
    assert is_free("running", before, now)
    assert not is_free("running", later, now)
    assert not is_free("done", None, now)
    assert wakes("waiting", None, None, 0, now)
    assert not wakes("waiting", None, before.replace(second=55), 0, now)  # somebody was started just now
    assert wakes("waiting", None, before, 1, now)
    assert not wakes("waiting", None, None, 2, now)  # enough are at work


def test_an_export_is_had_while_every_grant_it_was_asked_with_is_held():
    lead, analyst = ["team_lead", "farsta", "t1"], ("analyst", "", "")
    assert still_reaches([lead], [tuple(lead), analyst])
    assert not still_reaches([lead, list(analyst)], [analyst])
    assert not still_reaches([lead], [("team_lead", "farsta", "t2")])


def test_csv_is_read_by_any_reader_of_rfc_4180():
    content = written([('a"b', 1), ("c\r\nd", 2)], DIALECTS["rfc4180"]).decode()
    assert list(csv.reader(StringIO(content, newline=""), strict=True))[1:] == [['a"b', "1"], ["c\r\nd", "2"]]
