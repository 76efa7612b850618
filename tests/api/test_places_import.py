"""Files of places read in, in real databases: what is written, by whom, undone, decided; pages without JavaScript."""

import json
import random
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from fieldapp.places.importers import write_sites
from tests.factories import place_files as files
from tests.factories.pages import assert_sound
from tests.factories.place_files import FAR, HERE

SV = sentences("sv")
COUNTS = ("read", "created", "changed", "unchanged", "refused_count")
TENNPLANEN = site_id(23)


def import_file(app, tmp_path: Path, kind: str, content: bytes, *options: str) -> Any:
    path = tmp_path / "file"
    path.write_bytes(content)
    return app.test_cli_runner().invoke(args=["places", "import", kind, str(path), *options])


def counts(result) -> dict[str, int]:
    assert result.exit_code == 0, result.output
    found = {}
    for name in (*COUNTS, "queued"):
        [line] = [line for line in result.stdout.splitlines() if line.startswith(SV[f"import.count.{name}"] + ":")]
        found[name] = int(line.rsplit(" ", 1)[1])
    return found


def everything(rows) -> dict[str, Any]:
    tables = (
        "districts",
        "sites",
        "schools",
        "site_mappings",
        "old_surveys",
        "school_positions",
        "place_import_changes",
    )
    found = {table: rows(f"SELECT * FROM {table}") for table in tables}
    return {**found, "seq": rows("SELECT seq FROM sync_state"), "log": rows("SELECT count(*) AS n FROM audit_log")}


def send(person, path: str, **form: Any) -> Any:
    data = {"csrf_token": person.session["csrf_token"], **form}
    return person.client.post(
        path, data=data, headers={"Origin": "http://localhost"}, content_type="multipart/form-data"
    )


def tried(person, kind: str, content: bytes, **form: Any) -> Any:
    return send(person, "/office/places/import", kind=kind, file=(BytesIO(content), "fil"), **form)


def read_in(person, kind: str, content: bytes, **form: Any) -> str:
    """Try a file and read it in; return the address of what was read in."""
    answer = tried(person, kind, content, **form)
    assert answer.status_code == 303, answer.text
    page = person.client.get(answer.location).text
    [sha256] = re.findall(r'name="sha256" value="(\w+)"', page)
    done = send(person, answer.location, sha256=sha256)
    assert done.status_code == 303, done.text
    return done.location.split("?")[0]


SCHOOLS = files.schools_csv(("88000001", "Demo skola ny", *HERE), ("88000002", "Demo skola Täby", *FAR))


def test_outlines_then_schools_exactly_the_one_outside_the_municipality_waits_for_a_person(app, tmp_path, rows):
    assert counts(import_file(app, tmp_path, "districts", files.outlines()))["changed"] == 11
    assert {bool(row["schematic"]) for row in rows("SELECT schematic FROM districts")} == {False}
    found = counts(import_file(app, tmp_path, "schools", SCHOOLS))
    assert found == {"read": 2, "created": 1, "changed": 0, "unchanged": 0, "refused_count": 0, "queued": 1}
    [school] = rows("SELECT district, lat, version FROM schools WHERE school_unit_code LIKE '88%'")
    assert school == {"district": "farsta", "lat": HERE[0], "version": 1}
    [waits] = rows("SELECT school_unit_code, reason, state FROM school_positions")
    assert waits == {"school_unit_code": "88000002", "reason": "outside_municipality", "state": "open"}


def test_without_official_outlines_no_position_is_judged(app, tmp_path, rows):
    found = counts(import_file(app, tmp_path, "schools", SCHOOLS))
    assert (found["created"], found["queued"], found["refused_count"]) == (1, 0, 1)  # nothing says which district
    assert rows("SELECT * FROM school_positions") == []


def test_a_dry_run_says_what_the_import_comes_to_and_writes_nothing(app, tmp_path, rows):
    import_file(app, tmp_path, "districts", files.outlines())
    before = everything(rows)
    dry = import_file(app, tmp_path, "schools", SCHOOLS, "--dry-run")
    assert everything(rows) == before
    real = import_file(app, tmp_path, "schools", SCHOOLS)
    assert counts(dry) == counts(real)
    assert dry.stdout.splitlines()[1:] == real.stdout.splitlines()[1:]


SITES = files.collection(
    files.feature(files.square(), "Demo ny yta", status="ny", år=2025),
    files.feature(files.point(3000), "Demo ny punkt"),
    files.feature(files.square(300), "Demo tredje", publik=True),
)
SURVEY = "plats;stadsdelsområde;belysning;polis\nDemo Tennplanen norra sidan;Farsta;;deltar\n".encode()


@pytest.mark.parametrize(
    ("kind", "content"),
    [("districts", files.outlines()), ("schools", SCHOOLS), ("sites", SITES), ("survey", SURVEY)],
    ids=["districts", "schools", "sites", "survey"],
)
def test_the_same_file_again_changes_nothing(app, tmp_path, rows, kind, content):
    options = ("--year", "2022") if kind == "survey" else ()
    first = counts(import_file(app, tmp_path, kind, content, *options))
    assert first["created"] + first["changed"] > 0
    before = everything(rows)
    again = counts(import_file(app, tmp_path, kind, content, *options))
    assert (again["created"], again["changed"]) == (0, 0)
    assert again["unchanged"] == first["created"] + first["changed"]
    after = everything(rows)
    for what in ("log", "place_import_changes"):
        before.pop(what)
        after.pop(what)
    assert after == before


def test_the_order_of_rows_does_not_matter(app, tmp_path, rows, sql):
    lines = [(f"880000{n:02}", f"Demo {n}", HERE[0] + n * 1e-3, HERE[1]) for n in range(12)] + [
        ("88000003", "Demo annat namn", *HERE), ("8", "Demo trasig", *HERE),
    ]  # fmt: skip
    ends = []
    for seed in range(3):
        random.Random(seed).shuffle(lines)
        done = import_file(app, tmp_path, "schools", files.schools_csv(*lines))
        columns = "school_unit_code, name, lat, lon, district, school_forms, grades, status"
        found = rows(f"SELECT {columns} FROM schools WHERE school_unit_code LIKE '88%' ORDER BY 1")
        ends.append((found, counts(done)["refused_count"]))
        sql("DELETE FROM schools WHERE school_unit_code LIKE '88%'")
    assert ends[0] == ends[1] == ends[2]
    assert len(ends[0][0]) == 11


def test_E05_a_broken_file_is_422_and_leaves_nothing(app, phone, rows):
    analyst = phone("analys")
    before = everything(rows)
    for what in ("axes swapped", "open ring", "bow-tie", "NaN", "two systems", "no features"):
        content, reason = files.broken()[what]
        answer = tried(analyst, "sites", content)
        assert answer.status_code == 422
        assert SV[f"import.reason.{reason}"] in answer.text
        assert_sound(answer.text)
    assert everything(rows) == before
    assert rows("SELECT * FROM place_imports") == []


def test_only_the_very_file_that_was_tried_is_read_in_and_only_by_who_tried_it(app, phone, rows):
    analyst, admin = phone("analys"), phone("admin")
    answer = tried(analyst, "sites", SITES)
    page = analyst.client.get(answer.location)
    assert_sound(page.text)
    assert rows("SELECT * FROM sites WHERE name LIKE 'Demo ny%'") == []
    [sha256] = re.findall(r'name="sha256" value="(\w+)"', page.text)
    assert send(analyst, answer.location, sha256="0" * 64).status_code == 409
    assert send(admin, answer.location, sha256=sha256).status_code == 404
    assert admin.client.get(answer.location).status_code == 404
    done = send(analyst, answer.location, sha256=sha256)
    assert done.status_code == 303
    assert SV["import.done"] in analyst.client.get(done.location).text
    assert len(rows("SELECT * FROM sites WHERE name LIKE 'Demo ny%'")) == 2
    assert send(analyst, answer.location, sha256=sha256).status_code == 404  # once
    [log] = rows("SELECT details FROM audit_log WHERE action = 'places.imported'")
    assert sha256 in str(log["details"])
    assert rows("SELECT read FROM place_imports WHERE read IS NOT NULL") == []


def test_what_was_read_reaches_the_phones_school_near_and_all(phone):
    falt1, analyst = phone("falt1"), phone("analys")
    falt1.pull()
    read_in(analyst, "sites", files.collection(files.feature(files.square(), "Demo ny yta", status="ny", år=2025)))
    [site] = [one for one in falt1.pull().values() if one.get("name") == "Demo ny yta"]
    assert (site["district"], site["mappings"][0]["status"], site["version"]) == ("farsta", "new", 2)
    assert "88000001" not in [school["school_unit_code"] for school in site["schools"]]
    read_in(analyst, "schools", files.schools_csv(("88000001", "Demo skola ny", HERE[0] + 0.002, HERE[1])))
    [site] = [one for one in falt1.pull().values() if one.get("name") == "Demo ny yta"]
    [near] = [school for school in site["schools"] if school["school_unit_code"] == "88000001"]
    assert (site["school_near"], near["basis"], near["distance_m"]) == ("yes", "edge", 183)
    assert site["version"] == 2  # nothing of it that people write


def test_a_school_that_closes_today_was_open_on_the_day_of_the_mapping(phone, rows):
    analyst, of_year = phone("analys"), "/api/v1/mappings/2024/summary"
    before = analyst.client.get(of_year).get_json()
    alone = rows("SELECT schools FROM sites WHERE school_near = 'yes' AND is_listed = :yes ORDER BY id", yes=True)
    near = [json.loads(one) if isinstance(one, str) else one for one in (row["schools"] for row in alone)]
    code, name = next((one[0]["school_unit_code"], one[0]["name"]) for one in near if len(one) == 1)
    said = {"UPPHORT": ("ceased", "2026-11-20"), "AKTIV": ("active", None), "VILANDE": ("dormant", "2026-11-20")}
    for status, stored in said.items():
        unit = {"schoolUnitCode": code, "name": name, "status": status}
        document = {"data": {"attributes": [unit]}, "meta": {"extractDate": "2026-11-20T06:00:00"}}
        done = read_in(analyst, "schools", json.dumps(document).encode())
        [row] = rows("SELECT status, active_to FROM schools WHERE school_unit_code = :code", code=code)
        assert (row["status"], str(row["active_to"]) if row["active_to"] else None) == stored
        now = analyst.client.get(of_year).get_json()
        assert {**now, "basis": None} == {**before, "basis": None}
    assert send(analyst, f"{done}/undo").status_code == 303
    assert rows("SELECT status, active_to FROM schools WHERE school_unit_code = :code", code=code) == [
        {"status": "active", "active_to": None}
    ]


@pytest.mark.parametrize(("taken", "reason"), [("kanske", "not_a_date"), ("2199-01-01", "in_the_future")])
def test_a_register_of_no_day_that_has_been_is_refused_whole(phone, rows, taken, reason):
    unit, before = (
        {"schoolUnitCode": "99000001", "name": "Demo skola 1", "status": "UPPHORT"},
        rows("SELECT * FROM schools"),
    )
    document = {"data": {"attributes": [unit]}, "meta": {"extractDate": taken}}
    answer = tried(phone("analys"), "schools", json.dumps(document).encode())
    assert (answer.status_code, SV[f"import.reason.{reason}"] in answer.text) == (422, True)
    assert rows("SELECT * FROM schools") == before


def test_a_lead_reads_in_sites_of_the_own_district_alone(phone, rows):
    lead = phone("ledare2")
    assert tried(lead, "schools", SCHOOLS).status_code == 403
    lat, lon = files.centre("jarva")
    elsewhere = f"namn;lat;lon\nDemo här;{HERE[0]};{HERE[1]}\nDemo där;{lat};{lon}\n".encode()
    page = lead.client.get(read_in(lead, "sites", elsewhere)).text
    assert SV["import.reason.not_your_district"] in page
    assert [row["name"] for row in rows("SELECT name FROM sites WHERE name IN ('Demo här', 'Demo där')")] == [
        "Demo här"
    ]


NAMED = "SELECT id, name, district, version FROM sites WHERE NOT deleted ORDER BY id"


def test_a_file_gives_no_two_places_of_a_district_one_name(phone, rows):
    analyst, lines = phone("analys"), ["id;namn;stadsdelsområde;lat;lon"]
    here = "{:.4f};{:.4f}".format(*HERE).replace(".", ",")
    read_in(
        analyst,
        "sites",
        "\n".join([lines[0], f";Demo Tvilling;farsta;{here}", f";Demo Tvilling;skarholmen;{here}"]).encode(),
    )
    before = rows(NAMED)
    farsta = [row for row in before if row["district"] == "farsta"]
    one, other, third, fourth = [row for row in farsta if row["name"] != "Demo Tvilling"][:4]
    [moved] = [row["id"] for row in before if row["name"] == "Demo Tvilling" and row["district"] == "skarholmen"]
    lines += [
        f"{one['id']};{other['name'].upper()};;;", f"{other['id']};{one['name']};;;",  # what another has, and a swap
        f"{third['id']};Demo Eftertraktad;;;", f"{fourth['id']};Demo eftertraktad;;;",  # two that want the same
        f";Demo Eftertraktad;farsta;{here}", f"{moved};Demo Tvilling;farsta;;",  # a new one, and a district
    ]  # fmt: skip
    for some in (lines, [lines[0], *lines[:0:-1]]):
        page = analyst.client.get(read_in(analyst, "sites", "\n".join(some).encode())).text
        assert page.count(SV["import.reason.name_taken"]) == 6
        assert rows(NAMED) == before
    read_in(
        analyst, "sites", f"{lines[0]}\n{one['id']};Demo Ledigt;;;\n{other['id']};{other['name'].upper()};;;".encode()
    )
    assert [row["name"] for row in rows(NAMED) if row["id"] in (one["id"], other["id"])] == [
        "Demo Ledigt", other["name"].upper(),
    ]  # fmt: skip


def test_a_new_place_with_two_years_is_one_and_one_written_twice_is_undone_whole(phone, rows):
    analyst, before = phone("analys"), rows(NAMED)
    table = f"""id;namn;stadsdelsområde;lat;lon;publik benämning;år;läge i kartläggningen
;Demo helt ny;farsta;{HERE[0]};{HERE[1]};;2023;ny\n;Demo helt ny;farsta;;;;2024;kvar
{TENNPLANEN};Demo nytt namn;;;;;2022;ny\n{TENNPLANEN};Demo nytt namn;;;;Planen;2025;kvar\n"""
    label = rows("SELECT public_label FROM sites WHERE id = :id", id=TENNPLANEN)
    done = read_in(analyst, "sites", table.encode())
    assert len(rows(NAMED)) == len(before) + 1
    assert send(analyst, f"{done}/undo").status_code == 303
    unversioned = [{**row, "version": 0} for row in before]
    assert [{**row, "version": 0} for row in rows(NAMED)] == unversioned
    assert rows("SELECT public_label FROM sites WHERE id = :id", id=TENNPLANEN) == label


def test_no_mapping_is_decided_on_a_day_to_come(phone, rows):
    analyst, today = phone("analys"), local_date(utc_now())
    ahead = today + timedelta(days=2)
    table = f"""id;namn;år;läge i kartläggningen;beslutad
{TENNPLANEN};Demo ett namn;{today.year};kvar;\n{TENNPLANEN};Demo ett namn;2022;ny;
{site_id(24)};Demo annat namn;{today.year};kvar;{ahead}\n"""
    page = analyst.client.get(read_in(analyst, "sites", table.encode())).text
    assert page.count(SV["import.reason.in_the_future"]) == 1
    written = rows("SELECT year, decided_on FROM site_mappings WHERE year NOT IN (2023, 2024) ORDER BY year")
    assert [(row["year"], str(row["decided_on"])) for row in written] == [
        (2022, "2022-12-31"),
        (today.year, str(today)),
    ]


RELATED = "id;namn;stadsdelsområde;lat;lon;år;läge i kartläggningen;hör till\n"


def test_a_file_names_what_a_place_is_merged_into_or_split_from_and_undone_it_is_not(phone, rows):
    analyst, before, here = phone("analys"), registers(rows), f"{HERE[0]};{HERE[1]}"
    name = rows("SELECT name FROM sites WHERE id = :id", id=site_id(24))[0]["name"]
    done = read_in(analyst, "sites", (
        f"{RELATED};Demo bit;farsta;{here};2025;avdelad;{TENNPLANEN}\n"
        f"{site_id(24)};{name};;;;2025;sammanslagen;demo arvtagare\n"
        f";Demo Arvtagare;farsta;{here};2025;ny;\n"
    ).encode())  # fmt: skip
    ids = {
        row["name"]: row["id"]
        for row in rows("SELECT id, name FROM sites WHERE name LIKE 'Demo bit' OR name LIKE 'Demo Arv%'")
    }
    heir = ids["Demo Arvtagare"]
    assert rows("SELECT merged_into_id FROM sites WHERE id = :id", id=site_id(24)) == [{"merged_into_id": heir}]
    stored = rows("SELECT site_id, status, related_site_id FROM site_mappings WHERE year = 2025")
    assert sorted(map(tuple, (row.values() for row in stored)), key=str) == sorted(
        [(ids["Demo bit"], "split", TENNPLANEN), (site_id(24), "merged", heir), (heir, "new", None)], key=str
    )
    assert send(analyst, f"{done}/undo").status_code == 303
    assert registers(rows) == before


def test_a_row_that_names_another_place_wrongly_is_refused_with_the_reason(phone, rows):
    analyst, here = phone("analys"), f"{HERE[0]};{HERE[1]}"
    read_in(analyst, "sites", f"{RELATED};Demo bit;farsta;{here};2025;avdelad;{TENNPLANEN}\n".encode())
    said = {
        f"{TENNPLANEN};Demo a;;;;2025;sammanslagen;": "related_missing",
        f"{TENNPLANEN};Demo a;;;;2025;listad;{site_id(24)}": "only_merged_or_split",
        f"{TENNPLANEN};Demo a;;;;2025;avdelad;{TENNPLANEN}": "another_site",
        f"{TENNPLANEN};Demo a;;;;2025;avdelad;Demo ingenstans": "unknown_related",
        f";Demo 1;farsta;{here};2025;sammanslagen;{TENNPLANEN}\n{TENNPLANEN};Demo a;;;;2025;sammanslagen;demo 1":
            "merges_in_a_circle",
        f";Demo bit;farsta;{here};2025;avdelad;{site_id(24)}": "other_related",
    }  # fmt: skip
    for lines, reason in said.items():
        page = analyst.client.get(read_in(analyst, "sites", (RELATED + lines + "\n").encode())).text
        assert page.count(SV[f"import.reason.{reason}"]) == 1, lines
    assert rows("SELECT year FROM site_mappings WHERE site_id = :id AND year = 2025", id=TENNPLANEN) == []


def test_no_head_teacher_stands_anywhere(app, phone, rows):
    analyst = phone("analys")
    read_in(analyst, "schools", json.dumps([files.v2_answer(), files.v1_answer()]).encode())
    tried(analyst, "schools", json.dumps([files.v2_answer("88000009")]).encode())
    assert len(rows("SELECT * FROM schools WHERE school_unit_code LIKE '8800000_'")) == 2
    for table in ("schools", "place_imports", "place_import_changes", "school_positions", "audit_log"):
        assert "anarie" not in str(rows(f"SELECT * FROM {table}"))


COLUMNS = {
    "districts": "code, geometry, schematic",
    "sites": "id, name, district, geometry, school_near, schools, mappings, is_listed, public_label",
    "schools": "school_unit_code, name, lat, lon, district, status, school_forms, grades",
}


def registers(rows) -> dict[str, Any]:
    return {
        table: rows(f"SELECT {columns} FROM {table} WHERE NOT deleted ORDER BY 1") for table, columns in COLUMNS.items()
    } | {"mappings": rows("SELECT id, site_id, year, status, school_near FROM site_mappings ORDER BY 1")}


@pytest.mark.parametrize("kind", ["districts", "schools", "sites", "survey"])
def test_undone_everything_is_as_it_was(phone, rows, kind):
    analyst = phone("analys")
    content = {
        "districts": files.outlines(),
        "schools": files.schools_csv(("88000001", "Demo skola ny", *HERE), ("99000001", "Demo skola 1 flyttad", *HERE)),
        "sites": f"id;namn;lat;lon;status;år\n{TENNPLANEN};Demo nytt namn;{HERE[0]};{HERE[1]};struken;2025\n"
        f";Demo helt ny;{HERE[0]};{HERE[1]};ny;2025\n".encode(),
        "survey": SURVEY,
    }[kind]
    before = registers(rows)
    address = read_in(analyst, kind, content, year="2022")
    assert registers(rows) != before or kind == "survey"
    assert send(analyst, f"{address}/undo").status_code == 303
    assert registers(rows) == before
    assert rows("SELECT * FROM old_surveys") == []
    again = send(analyst, f"{address}/undo")
    assert (again.status_code, SV["import.in_the_way.already_undone"] in again.text) == (409, True)
    read_in(analyst, kind, content, year="2022")  # and can be read in again
    assert registers(rows) != before or kind == "survey"


def test_a_file_is_undone_at_the_command_line_by_the_rules_of_its_page(app, phone, tmp_path, rows):
    def undo(key: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["places", "undo", key])
        return result.exit_code, result.output

    before, analyst = registers(rows), phone("analys")
    content = f"id;namn\n{TENNPLANEN};Demo nytt namn\n".encode()
    done = import_file(app, tmp_path, "sites", content)
    key = done.stdout.splitlines()[0].rsplit(" ", 1)[1]
    site = analyst.client.get(f"/api/v1/sites/{TENNPLANEN}").get_json()
    path, headers = f"/api/v1/sites/{TENNPLANEN}", analyst.headers
    said = {"version": site["version"], "name": "Demo annat namn"}
    assert analyst.client.patch(path, json=said, headers=headers).status_code == 200
    assert undo(key) == (1, f"{SV['import.not_undone']}\n{SV['import.in_the_way.changed_since']}\n")
    said = {"version": site["version"] + 1, "name": "Demo nytt namn"}
    assert analyst.client.patch(path, json=said, headers=headers).status_code == 200
    assert undo(key) == (0, SV["import.state.undone"] + "\n")
    assert registers(rows) == before
    assert undo(key) == (1, f"{SV['import.not_undone']}\n{SV['import.in_the_way.already_undone']}\n")
    waits = tried(analyst, "sites", content).location.rsplit("/", 1)[1]
    for unknown in (waits, site_id(4711), "nej"):
        assert undo(unknown) == (1, f"Error: ID: {SV['field.unknown_id']}\n")


STANDS_AS_COLLABORATION = {
    "collaboration": ("PUT", "/api/v1/collaboration/2024/sites/{}", {"form": "none"}),
    "proposal": ("PUT", "/api/v1/collaboration/2024/sites/{}/proposal", {"proposal": "keep", "reason": "Demo"}),
    "picture": (
        "POST", "/api/v1/collaboration/sites/{}/situation-pictures", {"from": "2026-01-01", "to": "2026-01-31"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ["visits", "briefings", "walks", "surveys", *STANDS_AS_COLLABORATION, "changed_since"])
def test_what_stands_on_an_import_keeps_it_and_the_refusal_says_what(phone, rows, sql, what):
    analyst, lead, falt1 = phone("analys"), phone("ledare2"), phone("falt1")
    new = f"namn;lat;lon;publik\nDemo helt ny;{HERE[0]};{HERE[1]};ja\n".encode()
    address = read_in(analyst, "sites", new)
    [place] = (row["id"] for row in rows("SELECT id FROM sites WHERE name = 'Demo helt ny'"))
    if what == "visits":
        shift = falt1.shift()
        falt1.apply(shift, falt1.visit(shift["record_id"], site_id=place))
    elif what == "briefings":
        falt1.apply(
            falt1.briefing(priorities=[{"site_id": place, "rank": 1, "reason": "follow_up", "covered_by": None}])
        )
    elif what == "walks":
        group = lead.walk_group()
        lead.apply(group, lead.walk(group["record_id"], site_ids=[place]))
    elif what == "surveys":
        read_in(analyst, "survey", b"plats;belysning\nDemo helt ny;ja\n", year="2022")
    elif what in STANDS_AS_COLLABORATION:
        method, path, said = STANDS_AS_COLLABORATION[what]
        answer = analyst.client.open(path.format(place), method=method, json=said, headers=analyst.headers)
        assert answer.status_code in (200, 201), answer.json
        what = "collaboration"
    else:
        read_in(analyst, "sites", new.replace(b"ja", b"nej"))
    before = registers(rows)
    answer = send(analyst, f"{address}/undo")
    assert answer.status_code == 409
    assert SV[f"import.in_the_way.{what}"] in answer.text
    assert_sound(answer.text)
    assert registers(rows) == before


def test_a_position_is_decided_on_once_and_the_same_register_asks_no_more(app, phone, rows, tmp_path):
    import_file(app, tmp_path, "districts", files.outlines())
    far = [(f"8800000{n}", f"Demo fjärran {n}", round(FAR[0] + n * 1e-3, 6), FAR[1]) for n in range(1, 4)]
    content = files.schools_csv(*far)
    analyst = phone("analys")
    read_in(analyst, "schools", content)
    page = analyst.client.get("/office/places/positions").text
    assert_sound(page)
    assert page.count('name="decision" value="confirmed"') == 3
    waits = {row["school_unit_code"]: row["id"] for row in rows("SELECT id, school_unit_code FROM school_positions")}
    paths = [f"/office/places/positions/{waits[code]}" for code, *_ in far]
    for wrong, field in (
        ({"decision": "confirmed"}, "required"),
        ({"decision": "corrected"}, "required"),
        ({"decision": "corrected", "north": str(HERE[1]), "east": str(HERE[0])}, "position_axes_swapped"),
        ({"decision": "corrected", "north": "57,7", "east": "11,97"}, "position_outside_county"),
        ({"decision": "corrected", "north": "norr", "east": "18"}, "not_a_number"),
    ):
        answer = send(analyst, paths[0], version=1, **wrong)
        assert (answer.status_code, SV[f"field.{field}"] in answer.text) == (422, True), wrong
    assert send(analyst, paths[0], version=1, decision="confirmed", district="jarva").status_code == 303
    assert send(analyst, paths[0], version=1, decision="without", district="jarva").status_code == 409
    decided = {"decision": "corrected", "north": f"{HERE[0]}".replace(".", ","), "east": str(HERE[1])}
    assert send(analyst, paths[1], version=1, **decided).status_code == 303
    assert send(analyst, paths[2], version=1, decision="without", district="bromma").status_code == 303
    stored = "SELECT school_unit_code, lat, lon, district FROM schools WHERE school_unit_code LIKE '88%' ORDER BY 1"
    expected = [
        {"school_unit_code": "88000001", "lat": far[0][2], "lon": FAR[1], "district": "jarva"},
        {"school_unit_code": "88000002", "lat": HERE[0], "lon": HERE[1], "district": "farsta"},
        {"school_unit_code": "88000003", "lat": None, "lon": None, "district": "bromma"},
    ]
    assert rows(stored) == expected
    page = analyst.client.get(read_in(analyst, "schools", content)).text
    assert rows(stored) == expected
    assert SV["import.reason.outside_municipality"] not in page
    assert SV["positions.empty"] in analyst.client.get("/office/places/positions").text


def test_another_radius_is_shown_and_changes_nothing(phone, rows):
    before = registers(rows)
    page = phone("analys").client.get("/office/places/near").text
    assert_sound(page)
    cells = re.findall(r'<th scope="row">(\d+) m</th><td>(\d+)</td><td>(\d+)</td><td>(\d+)</td>', page)
    by_radius = {int(radius): tuple(map(int, found)) for radius, *found in cells}
    assert {sum(found) for found in by_radius.values()} == {26}
    assert by_radius[250][0] <= by_radius[500][0] <= by_radius[1000][0]
    assert by_radius[250] != by_radius[1000]
    assert registers(rows) == before


def test_killed_in_the_middle_nothing_is_half_done(app, tmp_path, rows, database_url):
    lines = [(f"{88000000 + n}", f"Demo {n}", HERE[0], HERE[1]) for n in range(15_000)]
    path = tmp_path / "many.csv"
    path.write_bytes(files.schools_csv(*lines))
    before = everything(rows)
    environment = {
        "FIELDAPP_ENV": "testing", "FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_DATABASE_URL": database_url,
        "FIELDAPP_SECRET_KEY": app.config["SECRET_KEY"], "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "places", "import", "schools", str(path)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if re.match(r"[1-9]\d\d av 15000 ", line):
                break
        process.kill()
    assert process.returncode == -9
    assert everything(rows) == before


def test_who_changes_a_place_while_a_file_is_read_in_waits_and_is_told(app, phone, rows, monkeypatch):
    analyst = phone("analys")
    version = rows(f"SELECT version FROM sites WHERE id = '{TENNPLANEN}'")[0]["version"]
    [name] = [row["name"] for row in rows(f"SELECT name FROM sites WHERE id = '{TENNPLANEN}'")]
    read_outlines, answers = write_sites.outlines, []

    def change():
        body = {"version": version, "public_label": "Demo handändrad"}
        answer = analyst.client.patch(f"/api/v1/sites/{TENNPLANEN}", json=body, headers=analyst.headers)
        answers.append(answer.status_code)

    def after_the_sites_were_read(session):
        hand.start()
        hand.join(1)
        answers.append("read in")
        return read_outlines(session)

    hand = Thread(target=change)
    admin = phone("admin")
    file = files.collection(files.feature(files.point(), name, stadsdelsområde="Farsta", osäkerhet=77))
    tried_at = tried(admin, "sites", file, year="2025").location
    [sha256] = re.findall(r'name="sha256" value="(\w+)"', admin.client.get(tried_at).text)
    monkeypatch.setattr(write_sites, "outlines", after_the_sites_were_read)
    assert send(admin, tried_at, sha256=sha256).status_code == 303
    hand.join(20)
    assert answers == ["read in", 409]


def test_a_pin_lies_in_the_district_that_the_stored_outlines_say(phone, sql, rows):
    falt1 = phone("falt1")
    shift = falt1.shift()
    falt1.apply(shift)

    def pinned():
        visit = falt1.visit(shift["record_id"], place={"lat": HERE[0], "lon": HERE[1], "label": "Demo hörnet"})
        falt1.apply(visit)
        return rows(f"SELECT district FROM visits WHERE id = '{visit['record_id']}'")[0]["district"]

    assert pinned() == "farsta"
    for code, of in (("skarpnack", "farsta"), ("farsta", "bromma")):
        sql(
            "UPDATE districts SET geometry = (SELECT geometry FROM districts AS other WHERE other.code = :of) "
            "WHERE code = :code",
            code=code,
            of=of,
        )
    assert pinned() == "skarpnack"
