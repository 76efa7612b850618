"""Files of platssamverkan: the figures of the pages, no formula, no place one may not know, each in the log."""

import csv
import io
import zipfile

from tests.api.test_collaboration import ELSEWHERE, FARSTA, MEASURE, NOT_PUBLIC, published, send
from tests.factories.evening import month_query

__all__ = ["published"]
ROOT = "/api/v1"


def lines(answer):
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))


def get(client, path, **query):
    return client.get(f"{ROOT}/{path}", query_string=query, buffered=True)


def test_the_year_as_csv_says_the_published_figures_and_is_logged(published, sign_in, rows):
    client = sign_in("analys")
    answer = get(client, "collaboration/2022.csv", school_near="yes")
    assert answer.status_code == 200
    found = {tuple(line[1:4]): line[4] for line in lines(answer)}
    assert found["Platser", "", "Värde"] == "24"
    assert found["Platssamverkan", "", "Värde"] == "20"
    assert found["Aktörer i snitt", "", "Värde"] == "8,0"
    actors = ("Polisen", "Trafikkontoret", "Fastighetsägare", "Socialtjänsten", "Skolan")
    assert [found[actor, "Deltar", "Värde"] for actor in actors] == ["20", "20", "19", "14", "12"]
    manifest = client.get(answer.headers["Link"].split(">")[0].removeprefix("<")).json
    assert (manifest["form"], manifest["from"], manifest["rows"]) == ("csv", "2022-01-01", len(lines(answer)) - 1)
    assert len(rows("SELECT number FROM audit_log WHERE action = 'export.made'")) == 1


def test_a_text_that_looks_like_a_formula_is_none_and_others_measures_stay_away(phone, sign_in):
    for who, site, what in (("ledare", FARSTA, "=1+1"), ("ledare3", ELSEWHERE, "Demo annat")):
        assert send(phone(who), "POST", "measures", {**MEASURE, "what": what, "site_id": site}).status_code == 201
    whole = get(sign_in("falt1"), "collaboration/2026.csv").get_data(as_text=True)
    assert "'=1+1" in whole
    assert "Demo annat" not in whole
    assert get(sign_in("falt1"), "collaboration/2026.csv", district="skarholmen").status_code == 404


def test_the_schools_part_is_a_table_of_its_own_for_those_who_read_it_in_their_district(phone, sign_in, sql):
    sql("UPDATE sites SET is_public = :yes, is_listed = :yes WHERE id = :id", id=FARSTA, yes=True)
    told = {
        "takes_part": True, "contact_function": "head_teacher", "informed_on": "2026-02-03", "informed_by": "team_lead",
        "informed_of": "other", "about": "=1+1",
    }  # fmt: skip
    for who, site in (("ledare", FARSTA), ("ledare3", ELSEWHERE)):
        lead, path = phone(who), f"{ROOT}/collaboration/2026/sites/{site}/schools"
        [school, *_] = lead.client.get(path).json["items"]
        answer = lead.client.put(f"{path}/{school['school_unit_code']}", json=told, headers=lead.headers)
        assert answer.status_code == 200
    for who, count in (("falt1", 1), ("analys", 2), ("direktor", 0)):
        found = lines(get(sign_in(who), "collaboration/2026.csv"))
        part = [line for line in found if line[0] == "Skolans del 2026"]
        assert sum(line[4] == "Rektor" for line in part) == count, who
        assert sum(line[3:5] == ["Kort vad som sades", "'=1+1"] for line in part) == count, who
        assert bool(part) is bool(count), who
    near = [line for line in lines(get(sign_in("falt1"), "collaboration/2026.csv")) if line[3] == "Avstånd"]
    assert len(near) > 1  # also the schools of which nothing is said
    assert {line[5] for line in near} == {"m"}
    with zipfile.ZipFile(io.BytesIO(get(sign_in("falt1"), "collaboration/2026.xlsx").data)) as book:
        assert 'name="Skolans del 2026"' in book.read("xl/workbook.xml").decode()
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert "=1+1" in sheets
    assert "<f>" not in sheets
    assert "Rektor" not in get(sign_in("analys"), "collaboration/2026.csv", district="jarva").get_data(as_text=True)


def test_workbooks_hold_the_places_that_the_reader_may_know(published, sign_in, rows):
    [hidden] = rows("SELECT name FROM sites WHERE id = :id", id=NOT_PUBLIC)
    near = month_query(mapping_year=2023)
    for path, query in (("collaboration/2022.xlsx", {}), ("sites/overview.xlsx", near)):
        for who, is_in in (("analys", True), ("direktor", False)):
            answer = get(sign_in(who), path, **query)
            assert answer.status_code == 200
            with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
                texts = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
            assert (hidden["name"] in texts) == is_in, (path, who)
            assert "Demo Tennplanen" in texts
            assert "<f>" not in texts
    csv_of_overview = get(sign_in("analys"), "sites/overview.csv", **near)
    names = {line[1] for line in lines(csv_of_overview)}
    assert sum(name.startswith("Demo") for name in names) == 24
