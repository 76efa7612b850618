"""Exports over HTTP: who gets which file, how it is made, what its manifest and the log say of it."""

import hashlib
import json
import re
import subprocess
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from shapely.geometry import shape
from shapely.geometry.polygon import Polygon

from fieldapp.config import SecrecyMark
from fieldapp.exports.situation import read_week
from tests.factories.evening import LISTED_NEAR, month_query
from tests.factories.exporting import API, FARSTA, FORMS, approved_evening, asked, get, manifest_of, week_of_the_tenth
from tests.factories.reading import csv_rows, pdf_tables, xlsx_sheets

NUMBER = re.compile(r"^(-?\d+),(\d+)$")


@pytest.fixture
def approved(phone):
    """An evening in Farsta, sent and approved."""
    return approved_evening(phone)


def team_of(rows):
    [row] = rows("SELECT id FROM teams WHERE name LIKE '%Farsta%'")
    return row["id"]


@pytest.mark.usefixtures("approved")
def test_E02_a_districts_csv_opens_in_swedish_excel_and_has_the_summarys_figures(sign_in):
    client = sign_in("ledare")
    answer = get(client, f"{FARSTA}.csv")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    first, last = month_query().values()
    assert f"filename=faltlogg-farsta-{first}--{last}.csv" in answer.headers["Content-Disposition"]
    assert answer.data.startswith("\ufefftabell;rad;del;mått;värde;enhet\r\n".encode())
    cells = {(table, row, part, measure): value for table, row, part, measure, value, _ in csv_rows(answer.data)}
    figures = get(client, FARSTA).json
    assert cells["Översikt", "Personaltimmar", "", "Perioden"] == "8,0"
    assert cells["Översikt", "Andel utomhus", "", "Perioden"] == "0,75"
    assert cells["Noterade personer", "16–17 år", "Pojkar, män", "På plats"] == "7"
    assert cells["Översikt", "Besök", "", "Perioden"] == str(figures["visits"]["total"])
    assert cells["Om sammanställningen", "Område", "", "Betydelse"] == "Farsta"
    assert "Clopper–Pearson" in cells["Metod", "Platser", "", "Betydelse"]
    other = get(client, f"{FARSTA}.csv", dialect="rfc4180").data
    assert other.startswith(b"tabell,rad")
    with_points = [[NUMBER.sub(r"\1.\2", value) for value in row] for row in csv_rows(answer.data)]
    assert csv_rows(other, ",") == with_points != csv_rows(answer.data)


@pytest.mark.usefixtures("approved")
def test_no_export_holds_a_records_id_or_a_small_count_that_may_not_leave(sign_in, make_files, rows):
    ids = {
        row["id"]
        for table in ("shifts", "visits", "observations", "sites", "users")
        for row in rows(f"SELECT id FROM {table}")
    }
    client = sign_in("direktor")
    texts = [get(client, f"{FARSTA}.{form}").text for form in ("csv", "geojson")]
    url = asked(client)
    make_files()
    texts.append(str(xlsx_sheets(get(client, url).data)))
    for text in texts:
        assert not [one for one in ids if one in text]
    cells = {(table, row, part, measure): value for table, row, part, measure, value, _ in csv_rows(texts[0].encode())}
    assert cells["Noterade personer", "16–17 år", "Pojkar, män", "På plats"] == "7"
    assert cells["Noterade personer", "16–17 år", "Pojkar, män", "Varav kontakt"] == "skyddad uppgift"
    assert cells["Översikt", "Noterade personer", "", "Perioden"] == "skyddad uppgift"
    assert "MUMIN-förhör efter uppdragsgivare" not in {table for table, *_ in cells}


@pytest.mark.usefixtures("approved")
def test_the_city_and_a_team_have_files_too(sign_in, rows, make_files):
    client = sign_in("analys")
    city = get(client, f"{API}/city.csv")
    assert "faltlogg-stockholm-" in city.headers["Content-Disposition"]
    assert ["Översikt", "Personaltimmar", "", "Perioden", "10,0", "timmar"] in csv_rows(city.data)
    team = get(client, f"{API}/teams/{team_of(rows)}.csv")
    assert "faltlogg-faltgrupp-" in team.headers["Content-Disposition"]
    urls = [asked(client, f"{API}/city.pdf"), asked(client, f"{API}/teams/{team_of(rows)}.xlsx")]
    assert make_files() == 2
    assert [get(client, url).content_type for url in urls] == [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]


def test_who_may_only_know_of_walks_exports_only_them(sign_in, make_files):
    client = sign_in("nattvandring")
    tables = {row[0] for row in csv_rows(get(client, f"{FARSTA}.csv").data)[1:]}
    assert tables == {"Om sammanställningen", "Översikt", "Vad som kan saknas", "Metod"}
    overview = [row[1] for row in csv_rows(get(client, f"{FARSTA}.csv").data) if row[0] == "Översikt"]
    assert overview == ["Planerade nattvandringar", "Genomförda nattvandringar", "Vandrare som gick"]
    assert get(client, f"{FARSTA}.geojson").json["features"] == []
    urls = [asked(client), asked(client, f"{FARSTA}.pdf")]
    make_files()
    assert list(xlsx_sheets(get(client, urls[0]).data)) == [
        "Om sammanställningen",
        "Översikt",
        "Vad som kan saknas",
        "Metod",
    ]
    assert get(client, urls[1]).data.startswith(b"%PDF")


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_ones_own_to_know_equals_what_does_not_exist(sign_in, rows, form):
    falt3 = sign_in("falt3")
    for path in (
        f"{FARSTA}.{form}",
        f"{API}/districts/ingenstans.{form}",
        f"{API}/teams/{team_of(rows)}.{form}",
        f"{API}/teams/x.{form}",
    ):
        answer = get(falt3, path, 404)
        assert answer.json["error"] == "not_found"
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 0}]


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_question_is_refused_before_anybody_sets_to_work(sign_in, rows, form):
    client = sign_in("analys")
    for query, field in (
        ({"from": "2026-13-01"}, "from"),
        ({"to": "2020-01-01"}, "to"),
        ({"from": "2019-01-01", "to": "2025-01-01"}, "to"),
        ({"mapping_year": "1999"}, "mapping_year"),
        ({"status": "draft"}, "status"),
        ({"dialect": "tsv"}, "dialect"),
        ({"compare": "special_day"}, "compare"),
    ):
        assert list(get(client, f"{FARSTA}.{form}", 422, **query).json["fields"]) == [field]
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 0}]


@pytest.mark.usefixtures("approved")
@pytest.mark.parametrize("form", FORMS)
def test_a_manifest_tells_rows_bytes_and_checksum_and_the_log_has_them_too(sign_in, make_files, rows, form):
    client = sign_in("ledare")
    if form in ("xlsx", "pdf"):
        url = asked(client, f"{FARSTA}.{form}")
        get(client, f"{url}/manifest", 404)
        make_files()
        answer = get(client, url)
    else:
        answer = get(client, f"{FARSTA}.{form}")
    found = manifest_of(client, answer)
    assert found["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert (found["bytes"], found["form"]) == (len(answer.data), form)
    first, last = month_query().values()
    assert (found["file"], found["from"], found["to"]) == (f"faltlogg-farsta-{first}--{last}.{form}", first, last)
    assert (found["district"], found["team"], found["status"], found["disclosure"]) == (
        "farsta",
        None,
        "approved",
        "full",
    )
    assert found["basis"]["mapping_year"] == 2024
    assert found["frozen"] is None
    counted = {
        "csv": lambda: len(csv_rows(answer.data)) - 1,
        "geojson": lambda: len(json.loads(answer.data)["features"]),
        "xlsx": lambda: sum(len(sheet) - 1 for sheet in xlsx_sheets(answer.data).values()),
        "pdf": lambda: None,
    }[form]()
    assert found["rows"] == (counted if counted is not None else found["rows"]) > 0
    [row] = rows("SELECT actor_id, details FROM audit_log WHERE action = 'export.made'")
    details = json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
    assert details["sha256"] == found["sha256"]
    assert (details["rows"], details["form"], details["district"]) == (found["rows"], form, "farsta")
    assert (details["from"], details["to"]) == (first, last)
    fetched = rows("SELECT 1 AS one FROM audit_log WHERE action = 'export.fetched'")
    assert len(fetched) == (form in ("xlsx", "pdf"))


@pytest.mark.usefixtures("approved")
def test_a_file_that_is_broken_off_is_in_the_log_and_has_no_manifest(app, sign_in, rows):
    client = sign_in("ledare")
    answer = client.get(f"{FARSTA}.csv", query_string=month_query())
    chunks = answer.iter_encoded() if hasattr(answer, "iter_encoded") else iter(answer.response)
    assert next(chunks)
    answer.response.close()
    [row] = rows("SELECT details FROM audit_log WHERE action = 'export.broken_off'")
    details = json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
    assert details["rows"] > 0
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 0}]


@pytest.mark.usefixtures("approved")
def test_E06_geojson_is_rfc_7946_and_read_by_others(sign_in, tmp_path):
    answer = get(sign_in("ledare"), f"{FARSTA}.geojson")
    assert answer.content_type == "application/geo+json"
    found = answer.json
    assert "crs" not in found
    assert found["type"] == "FeatureCollection"
    visited = [one for one in found["features"] if one["properties"]["visits"]]
    assert [one["properties"]["share_with_topic"] for one in visited] == [1.0]
    for feature in found["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        if isinstance(geometry, Polygon):
            assert geometry.exterior.is_ccw
    file = tmp_path / "sites.geojson"
    file.write_bytes(answer.data)
    told = subprocess.run(["ogrinfo", "-ro", "-al", "-so", file], capture_output=True, text=True, check=True)
    assert f"Feature Count: {len(found['features'])}" in told.stdout
    assert not told.stderr
    for field in ("visits: Integer", "share_low: Real", "name: String", "last_visit: Date"):
        assert field in told.stdout


@pytest.mark.usefixtures("approved")
def test_geojson_shows_no_place_that_the_reader_may_not_know(sign_in, sql):
    sql("UPDATE sites SET is_public = :no", no=False)
    assert get(sign_in("direktor"), f"{FARSTA}.geojson").json["features"] == []
    sql("UPDATE sites SET is_public = :yes WHERE id = :id", yes=True, id=LISTED_NEAR)
    [feature] = get(sign_in("direktor"), f"{FARSTA}.geojson").json["features"]
    assert feature["properties"]["visits"] == 1


def unpacked(content):
    """Return all of a PDF, its packed parts too."""
    parts = content.split(b"stream\n")[1:] if b"stream\n" in content else content.split(b"stream\r\n")[1:]
    found = content
    for part in parts:
        try:
            found += zlib.decompressobj().decompress(part.split(b"endstream")[0])
        except zlib.error:
            continue
    return found


@pytest.mark.usefixtures("approved")
def test_E08_a_pdf_is_in_swedish_tagged_with_headers_numbered_and_links_nowhere(sign_in, make_files, tmp_path):
    client = sign_in("ledare")
    url = asked(client, f"{FARSTA}.pdf")
    make_files()
    file = tmp_path / "one.pdf"
    file.write_bytes(get(client, url).data)
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines())
    assert facts["Tagged"].strip() == "yes"
    assert facts["Title"].strip().startswith("Farsta · ")
    inside = unpacked(file.read_bytes())
    assert b"/Lang (sv)" in inside
    assert b"pdfuaid:part" in inside
    assert b"/URI" not in inside
    tables = pdf_tables(file)
    for rows_ in tables.values():
        assert {kind for kind, _ in rows_[0]} == {"TH"}
        assert all(row[0][0] == "TH" for row in rows_[1:]) or rows_[1:] == [[("TD", "Inga")]]
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    pages = int(facts["Pages"])
    for number in range(1, pages + 1):
        assert f"sida {number} av {pages}" in text
    first, *others = text.split("\f")[:-1]
    for said in ("Farsta", "Godkända pass · kartläggningsår 2024", "Uppgifterna visar vad som noterats vid besök"):
        assert said in first
    assert any("Metod" in page for page in others[-2:])
    assert "Sekretess" not in text


@pytest.mark.usefixtures("approved")
@pytest.mark.parametrize(("who", "unit"), [("direktor", "districts/farsta"), ("analys", "city")])
def test_the_directors_sheet_is_one_page_and_its_methods(sign_in, make_files, tmp_path, who, unit):
    client = sign_in(who)
    url = asked(client, f"{API}/{unit}/brief.pdf")
    make_files()
    answer = get(client, url)
    assert manifest_of(client, answer)["form"] == "sheet"
    assert "-korthet-" in answer.headers["Content-Disposition"]
    file = tmp_path / "sheet.pdf"
    file.write_bytes(answer.data)
    assert b"/Lang (sv)" in unpacked(answer.data)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    sheet, methods = text.split("\f")[:-1]
    for said in (
        "Läget i korthet",
        "Behöver beslut",
        "Här har vi inte varit",
        "Barnperspektiv",
        "Jämställdhet",
        "1 av",
    ):
        assert said in sheet
    assert "Så är siffrorna räknade" in methods
    assert ("skyddad uppgift" in sheet) == (who == "direktor")


def test_the_sheet_is_no_teams_and_nobodys_who_only_knows_of_walks(sign_in, rows):
    get(sign_in("nattvandring"), f"{FARSTA}/brief.pdf", 403)
    get(sign_in("falt3"), f"{FARSTA}/brief.pdf", 404)
    lead = sign_in("ledare")
    session = lead.get("/api/v1/session").json
    form = {"csrf_token": session["csrf_token"], "form": "sheet", "whose": f"team:{team_of(rows)}", **month_query()}
    assert lead.post("/office/exports", data=form, headers={"Origin": "http://localhost"}).status_code == 404


def test_words_are_those_of_who_asked(sign_in, make_files):
    client = sign_in("ledare")
    english = {"Accept-Language": "en"}
    content = client.get(f"{FARSTA}.csv", query_string=month_query(), headers=english).data
    assert content.startswith("\ufefftable;row;part".encode())
    url = client.get(f"{FARSTA}.xlsx", query_string=month_query(), headers=english).json["url"]
    make_files()
    assert list(xlsx_sheets(get(client, url).data))[:2] == ["About the summary", "Overview"]


@pytest.mark.usefixtures("approved")
@pytest.mark.parametrize("who", ["ledare", "falt1", "analys", "direktor"])
def test_the_weeks_file_counts_visits_and_effort_and_never_persons(sign_in, rows, who):
    client = sign_in(who)
    answer = client.get(f"{FARSTA}/situation-picture.csv", query_string={"week": week_of_the_tenth()})
    assert answer.status_code == 200, answer.text
    header, *found = csv_rows(answer.data)
    assert header[:4] == ["vecka", "plats", "slag", "antal besök där det noterats"]
    week = week_of_the_tenth()
    near = found[0][1]
    assert found == [
        [week, near, "Misstänkt handel", "1", "1", "120"],
        [week, near, "Trasig belysning", "1", "1", "120"],
        [week, "annan plats", "inget av det som visas", "0", "1", "0"],
    ]
    said = manifest_of(client, answer)
    assert (said["rows"], said["disclosure"]) == (3, "protected")
    assert said["file"] == f"faltlogg-farsta-lagesbild-{week.lower()}.csv"
    assert read_week(week).first.isoformat() == said["from"]


def test_the_weeks_file_is_of_ones_own_district_and_of_a_week(sign_in):
    path = f"{FARSTA}/situation-picture.csv"
    assert sign_in("nattvandring").get(f"{path}?week=2026-W40").status_code == 403
    assert sign_in("falt3").get(f"{path}?week=2026-W40").status_code == 404
    client = sign_in("ledare")
    assert client.get(path).json["fields"] == {"week": ["Måste anges."]}
    assert client.get(f"{path}?week=2026-W60").json["fields"] == {"week": ["Ska vara en vecka, som 2026-W47."]}
    assert client.get(path.replace("farsta", "ingenstans") + "?week=2026-W40").status_code == 404


def test_a_mark_of_secrecy_stands_on_every_form_and_nowhere_when_there_is_none(app, sign_in, make_files, tmp_path):
    client = sign_in("ledare")
    page = "/office/summaries/farsta"
    assert "Sekretess" not in client.get(page, query_string=month_query()).text
    assert "Sekretess" not in get(client, f"{FARSTA}.csv").text
    mark = SecrecyMark("26 kap. 1 § OSL", date(2026, 11, 28), "Demonämnden")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], secrecy_mark=mark)
    said = "Sekretess enligt 26 kap. 1 § OSL, 28 november 2026, Demonämnden"
    assert f'<p class="mark printed">{said}</p>' in client.get(page, query_string=month_query()).text
    assert f";{said};" in get(client, f"{FARSTA}.csv").text
    urls = [asked(client), asked(client, f"{FARSTA}.pdf")]
    make_files()
    assert ["Sekretess", said] in xlsx_sheets(get(client, urls[0]).data)["Om sammanställningen"]
    file = tmp_path / "one.pdf"
    file.write_bytes(get(client, urls[1]).data)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    assert text.count(said) >= text.count("sida ") > 1  # on each page


def test_what_a_figure_means_is_printed_with_the_page(sign_in):
    html = sign_in("ledare").get("/office/summaries/farsta", query_string=month_query()).text
    method = html.split('aria-labelledby="method"')[1]
    for said in ("Clopper–Pearson", "Samma person kan räknas flera gånger.", "Osäkert är det när radien"):
        assert said in method
    css = Path("static/office/office.css").read_text()
    screen, paper = css.split("@media print", 1)
    assert ".printed { display: none; }" in screen
    assert ".printed { display: block; }" in paper
    assert "counter(page)" in screen
    assert "counter(pages)" in screen
