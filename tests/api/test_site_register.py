"""The register of sites: who writes it, what is refused, versions, history, nearness, what phones get."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from fieldapp.places.on_map import look_of
from tests.api.test_places_import import read_in
from tests.api.test_places_import import send as send_form
from tests.factories import place_files as files
from tests.factories.phone import Phone

SV = sentences("sv")
Rows = Callable[..., list[dict[str, Any]]]
TENNPLANEN, STAIRS, IN_SKARHOLMEN, NOWHERE = site_id(23), site_id(24), site_id(30), site_id(4711)
IN_FARSTA: dict[str, Any] = {"type": "Point", "coordinates": [18.0931, 59.2437]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[18.09, 59.24], [18.092, 59.24], [18.092, 59.241], [18.09, 59.241], [18.09, 59.24]]],
}
TODAY = local_date(utc_now()).isoformat()
AHEAD = (local_date(utc_now()) + timedelta(days=2)).isoformat()  # also where a run goes on past midnight


def send(person: Phone, method: str, path: str, **body: Any) -> Any:
    return person.client.open(f"/api/v1/sites{path}", method=method, json=body, headers=person.headers)


def read(person: Phone, site: str = TENNPLANEN) -> dict[str, Any]:
    answer = person.client.get(f"/api/v1/sites/{site}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def patch(person: Phone, site: str = TENNPLANEN, **body: Any) -> Any:
    version = body.pop("version", None) or (read(person, site)["version"] if site != NOWHERE else 1)
    return send(person, "PATCH", f"/{site}", version=version, **body)


def mapping(**fields: Any) -> dict[str, Any]:
    said = {"year": 2025, "status": "struck", "source": "Demo kartläggning", "reported_by": "both"}
    return {**said, "decided_on": "2025-12-31", **fields}


def open_years(phone: Callable[..., Phone], *years: int) -> None:
    """Let the city have mapping years, by a place that no test here is about."""
    analyst = phone("analys")
    for year in years:
        opens = mapping(year=year, status="listed")
        assert send(analyst, "POST", f"/{site_id(25)}/mappings", **opens).status_code == 201


def changes(rows: Rows, site: str) -> list[dict[str, Any]]:
    return rows('SELECT kind, "by", by_role, reason FROM site_changes WHERE site_id = :id ORDER BY id', id=site)


def test_a_site_is_made_where_it_lies_travels_to_phones_and_is_logged_without_its_words(
    phone: Callable[..., Phone], rows: Rows
):
    lead, falt1 = phone("ledare2"), phone("falt1")
    falt1.pull()
    answer = send(lead, "POST", "", name="Demo Kanariegången", geometry=IN_FARSTA, reason="kanariefågel")
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["district"], made["kind"], made["version"]) == ("farsta", "other", 1)
    assert (made["public_label"], made["geometry_valid_from"], made["is_public"]) == ("Plats i Farsta", TODAY, False)
    assert made["mappings"] == made["priorities"] == []
    assert falt1.pull()["sites", made["id"]]["name"] == "Demo Kanariegången"
    assert ("sites", made["id"]) not in phone("nattvandring").pull()
    [kept] = changes(rows, made["id"])
    assert kept == {"kind": "created", "by": lead.user_id, "by_role": "team_lead", "reason": "kanariefågel"}
    logged = str(rows("SELECT * FROM audit_log"))
    assert "site.created" in logged
    assert "anarie" not in logged


def test_the_same_id_makes_one_site_and_no_other_persons(phone: Callable[..., Phone], rows: Rows):
    lead, key = phone("ledare"), new_id()
    body = {"id": key, "name": "Demo Dubbelgången", "geometry": IN_FARSTA}
    assert [send(lead, "POST", "", **body).status_code for _ in range(2)] == [201, 201]
    assert send(phone("analys"), "POST", "", **body).status_code == 409
    assert send(lead, "POST", "", **(body | {"id": TENNPLANEN, "name": "Demo Annan"})).status_code == 409
    assert len(rows("SELECT id FROM sites WHERE name = 'Demo Dubbelgången'")) == 1


def test_who_writes_where(phone: Callable[..., Phone], rows: Rows):
    statuses = [
        ("falt1", 403, 403), ("nattvandring", 403, 403), ("direktor", 403, 403), ("ledare", 200, 404),
        ("jourledare", 200, 200), ("analys", 200, 200), ("admin", 200, 200),
    ]  # fmt: skip
    years = range(2010, 2010 + len(statuses))
    open_years(phone, *years)
    opened = rows("SELECT id FROM site_changes")
    for year, (who, in_farsta, in_skarholmen) in zip(years, statuses, strict=True):
        person, before = phone(who), rows("SELECT id, version FROM sites ORDER BY id")
        for site, status in ((TENNPLANEN, in_farsta), (IN_SKARHOLMEN, in_skarholmen)):
            [version] = [row["version"] for row in before if row["id"] == site]
            answer = send(person, "PATCH", f"/{site}", version=version, public_label=f"Demo {who}")
            assert answer.status_code == status, who
            mapped = send(person, "POST", f"/{site}/mappings", **mapping(year=year))
            assert mapped.status_code == (201 if status == 200 else status), who
            if status == 404:
                unknown = send(person, "PATCH", f"/{NOWHERE}", version=version, public_label="Demo")
                assert {**unknown.get_json(), "request_id": ""} == {**answer.get_json(), "request_id": ""}
        made = send(person, "POST", "", name=f"Demo Ny {who}", geometry=IN_FARSTA, district="skarholmen")
        assert made.status_code == (201 if in_skarholmen == 200 else 403), who
        if in_farsta != 200:
            assert rows("SELECT id, version FROM sites ORDER BY id") == before
            assert rows("SELECT id FROM site_changes") == opened


def test_a_number_too_long_to_read_is_malformed(phone: Callable[..., Phone]):
    lead, body = phone("ledare"), b'{"version": ' + b"9" * 5000 + b"}"
    proposal = f"/api/v1/collaboration/{TODAY[:4]}/sites/{TENNPLANEN}/proposal"
    for method, path in (("POST", "/api/v1/sites"), ("PATCH", f"/api/v1/sites/{TENNPLANEN}"), ("PUT", proposal)):
        answer = lead.client.open(path, method=method, data=body, content_type="application/json", headers=lead.headers)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed"), path


def test_a_lead_moves_no_site_out_of_the_district(phone: Callable[..., Phone]):
    answer = patch(phone("ledare"), district="skarholmen")
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == {"district"}


def test_only_what_is_sent_changes_and_nothing_else_moves(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    before = read(lead)
    after = patch(lead, public_label="Planen vid skolan", reason="Nytt skyltnamn").get_json()
    assert after == before | {"public_label": "Planen vid skolan", "version": before["version"] + 1}
    [kept] = rows("SELECT kind, before, after FROM site_changes")
    assert "Planen vid skolan" in str(kept["after"])
    assert "name" not in str(kept["after"])
    assert patch(lead, public_label="Planen vid skolan").get_json() == after  # the same again is the same
    assert len(rows("SELECT id FROM site_changes")) == 1


def test_a_site_that_moves_is_judged_anew_and_its_earlier_years_stay(phone: Callable[..., Phone], rows: Rows):
    lead, falt1 = phone("ledare"), phone("falt1")
    before = read(lead)
    assert before["school_near"] == "yes"
    first = rows("SELECT school_near, schools FROM site_mappings WHERE site_id = :id AND year = 2023", id=TENNPLANEN)
    far = {"type": "Point", "coordinates": [18.20, 59.21]}
    after = patch(lead, geometry=far, geometry_valid_from="2026-01-15").get_json()
    assert (after["school_near"], after["schools"], after["geometry_valid_from"]) == ("no", [], "2026-01-15")
    assert falt1.pull()["sites", TENNPLANEN]["school_near"] == "no"
    latest = rows("SELECT school_near FROM site_mappings WHERE site_id = :id AND year = 2024", id=TENNPLANEN)
    assert latest == [{"school_near": "no"}]
    year = "SELECT school_near, schools FROM site_mappings WHERE site_id = :id AND year = 2023"
    assert rows(year, id=TENNPLANEN) == first
    nearest = before["schools"][0]["distance_m"]
    back = patch(lead, geometry=before["geometry"], coordinate_uncertainty_m=501 - nearest).get_json()
    assert back["school_near"] in ("yes", "uncertain")
    assert [school["distance_m"] for school in back["schools"]][0] == nearest


@pytest.mark.parametrize("more", [[5], [5, 6]], ids=["height", "height and measure"])
def test_of_a_position_the_first_two_numbers_count(phone: Callable[..., Phone], more: list[float]):
    lead, place = phone("ledare"), {"type": "Point", "coordinates": IN_FARSTA["coordinates"] + more}
    made = send(lead, "POST", "", name="Demo Höjden", geometry=place)
    assert (made.status_code, made.get_json()["geometry"]) == (201, IN_FARSTA)
    page = lead.client.get(read_in(lead, "sites", files.collection(files.feature(place, "Demo Höjden i fil")))).text
    assert "Demo Höjden i fil" not in page  # not among those refused
    [stored] = [one for one in lead.pull().values() if one.get("name") == "Demo Höjden i fil"]
    assert stored["geometry"] == IN_FARSTA


def test_an_area_is_measured_from_its_edge(phone: Callable[..., Phone]):
    lead = phone("ledare")
    lead.pull()
    school, step = next(one for one in lead.held("schools") if one["district"] == "farsta" and one["lat"]), 0.001
    west, south, east, north = school["lon"] + step, school["lat"], school["lon"] + 3 * step, school["lat"] + step
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    after = patch(lead, geometry={"type": "Polygon", "coordinates": [ring]}).get_json()
    assert after["geometry"]["type"] == "Polygon"
    assert {one["basis"] for one in after["schools"]} == {"edge"}
    [near] = [one for one in after["schools"] if one["school_unit_code"] == school["school_unit_code"]]
    assert near["distance_m"] == pytest.approx(57, abs=1)  # from the corner; the middle is twice as far


BAD: list[tuple[dict[str, Any], str]] = [
    ({"geometry": {"type": "Point", "coordinates": [59.24, 18.09]}}, "geometry"),
    ({"geometry": {"type": "Point", "coordinates": [11.97, 57.7]}}, "geometry"),
    ({"geometry": {"type": "Point", "coordinates": ["18", "59"]}}, "geometry"),
    ({"geometry": {"type": "Point", "coordinates": []}}, "geometry"),
    ({"geometry": {"type": "LineString", "coordinates": [[18.09, 59.24], [18.1, 59.25]]}}, "geometry"),
    ({"geometry": {**AREA, "coordinates": [AREA["coordinates"][0][:-1]]}}, "geometry"),
    ({"geometry": [18.09, 59.24]}, "geometry"),
    ({"geometry": None}, "geometry"),
    ({"coordinate_uncertainty_m": 10_001}, "coordinate_uncertainty_m"),
    ({"coordinate_uncertainty_m": -1}, "coordinate_uncertainty_m"),
    ({"name": " "}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "Demo Silvertrappan under bron"}, "name"),
    ({"name": "Hos 811218-9876"}, "name"),
    ({"public_label": "Öppen drogscen vid torget"}, "public_label"),
    ({"kind": "park"}, "kind"),
    ({"district": "atlantis"}, "district"),
    ({"is_public": "ja"}, "is_public"),
    ({"geometry_valid_from": AHEAD}, "geometry_valid_from"),
    ({"priorities": [{"level": "own", "reason": "", "from": TODAY}]}, "priorities.0.reason"),
    ({"priorities": [{"level": "own", "reason": "a", "from": TODAY, "to": "2020-01-01"}]}, "priorities.0.to"),
    ({"priorities": [{"level": "own", "reason": "a", "from": TODAY}] * 21}, "priorities"),
    ({"priorities": [{"level": "national", "reason": "a", "from": TODAY}]}, "priorities.0.level"),
    ({"mappings": []}, "mappings"),
    ({"version": 0}, "version"),
]


def test_bad_input_is_named_at_its_field_and_nothing_is_written(phone: Callable[..., Phone], rows: Rows):
    lead, before = phone("ledare"), rows("SELECT * FROM sites ORDER BY id")
    for body, field in BAD:
        said = {"version": 2} | body
        answer = send(lead, "PATCH", f"/{TENNPLANEN}", **said)
        if answer.status_code == 409:
            said["version"] = read(lead)["version"]
            answer = send(lead, "PATCH", f"/{TENNPLANEN}", **said)
        assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field}), body
        assert all("_" not in words for words in answer.get_json()["fields"][field]), body
    assert set(send(lead, "POST", "", kind="other").get_json()["fields"]) == {"name", "geometry"}
    assert send(lead, "PATCH", f"/{TENNPLANEN}", name="Demo").get_json()["fields"].keys() == {"version"}
    assert rows("SELECT * FROM sites ORDER BY id") == before
    assert rows("SELECT id FROM site_changes") == []


def test_an_older_version_is_409_and_of_two_at_once_one_is_told(phone: Callable[..., Phone], rows: Rows):
    people, version, start = [phone("ledare"), phone("ledare2")], read(phone("ledare"))["version"], Barrier(2)

    def save(person: Phone) -> int:
        start.wait()
        answer = send(person, "PATCH", f"/{TENNPLANEN}", version=version, public_label=f"Planen {person.user_id[-4:]}")
        status: int = answer.status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(save, people))
    assert sorted(statuses) == [200, 409]
    winner = people[statuses.index(200)]
    [stored] = rows("SELECT public_label, version FROM sites WHERE id = :id", id=TENNPLANEN)
    assert stored == {"public_label": f"Planen {winner.user_id[-4:]}", "version": version + 1}
    assert len(changes(rows, TENNPLANEN)) == 1


def test_of_two_who_map_the_same_year_at_once_one_is_told(phone: Callable[..., Phone], rows: Rows):
    people, start = [phone("admin"), phone("analys")], Barrier(2)

    def save(person: Phone) -> int:
        start.wait()
        status: int = send(person, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, people)) == [201, 409]
    assert len(rows("SELECT id FROM site_mappings WHERE site_id = :id AND year = 2025", id=TENNPLANEN)) == 1
    assert [one["kind"] for one in changes(rows, TENNPLANEN)] == ["mapped"]


def test_priorities_are_kept_with_their_period(phone: Callable[..., Phone]):
    lead, falt1 = phone("ledare"), phone("falt1")
    period = {"level": "regional", "reason": "Regional lista", "from": "2026-01-01", "to": None}
    assert patch(lead, priorities=[period]).get_json()["priorities"] == [period]
    assert falt1.pull()["sites", TENNPLANEN]["priorities"] == [period]


def test_a_mapping_year_lists_strikes_and_merges(phone: Callable[..., Phone], rows: Rows):
    analyst, falt1 = phone("analys"), phone("falt1")
    struck = send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping())
    assert struck.status_code == 201
    assert struck.get_json()["mappings"][-1] == {
        "year": 2025, "status": "struck", "related_site_id": None, "source": "Demo kartläggning", "reported_by": "both",
        "decided_on": "2025-12-31",
    }  # fmt: skip
    assert rows("SELECT is_listed FROM sites WHERE id = :id", id=TENNPLANEN)[0]["is_listed"] in (0, False)
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(status="listed")).status_code == 409
    merged = mapping(year=2026, status="merged", related_site_id=STAIRS, decided_on="2026-02-01")
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **merged).get_json()["merged_into_id"] == STAIRS
    assert falt1.pull()["sites", TENNPLANEN]["merged_into_id"] == STAIRS
    shift = falt1.shift()
    falt1.apply(shift)
    [receipt] = falt1.push(falt1.visit(shift["record_id"], site_id=TENNPLANEN))
    assert receipt["status"] == "rejected"
    circle = send(analyst, "POST", f"/{STAIRS}/mappings", **(merged | {"related_site_id": TENNPLANEN}))
    assert set(circle.get_json()["fields"]) == {"related_site_id"}
    earlier = send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(year=2022, status="new"))
    assert earlier.get_json()["merged_into_id"] == STAIRS  # the latest year decides
    assert [one["year"] for one in earlier.get_json()["mappings"]] == [2022, 2023, 2024, 2025, 2026]
    again = send(
        analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(year=2027, status="listed", decided_on="2026-02-02")
    )
    assert again.get_json()["merged_into_id"] is None


def test_a_place_in_force_in_a_mapping_is_an_open_drug_scene_by_form_and_by_file(
    phone: Callable[..., Phone], rows: Rows
):
    lead, falt1, said = phone("ledare"), phone("falt1"), {"kind": "emerging", "geometry": IN_FARSTA}
    by_form, by_file = (send(lead, "POST", "", name=f"Demo {name}", **said).get_json()["id"] for name in ("a", "b"))
    struck = send(lead, "POST", f"/{by_form}/mappings", **mapping(year=2023)).get_json()
    assert struck["kind"] == "emerging"
    mapped = send(lead, "POST", f"/{by_form}/mappings", **mapping(year=2024, status="new")).get_json()
    assert (mapped["kind"], look_of(falt1.pull()["sites", by_form])) == ("open_drug_scene", "listed")
    kept = rows("SELECT before, after FROM site_changes WHERE site_id = :id ORDER BY id", id=by_form)[-1]
    assert ("emerging" in str(kept["before"]), "open_drug_scene" in str(kept["after"])) == (True, True)
    done = read_in(lead, "sites", named_file(f"{by_file};Demo b;;;;2024;ny"))
    assert read(lead, by_file)["kind"] == "open_drug_scene"
    assert send_form(lead, f"{done}/undo").status_code == 303
    assert read(lead, by_file)["kind"] == "emerging"


BAD_YEARS: list[tuple[dict[str, Any], str]] = [
    ({"status": "merged"}, "related_site_id"),
    ({"status": "split", "related_site_id": None}, "related_site_id"),
    ({"related_site_id": STAIRS}, "related_site_id"),
    ({"status": "split", "related_site_id": TENNPLANEN}, "related_site_id"),
    ({"status": "split", "related_site_id": NOWHERE}, "related_site_id"),
    ({"status": "split", "related_site_id": "nej"}, "related_site_id"),
    ({"decided_on": AHEAD}, "decided_on"),
    ({"decided_on": "igår"}, "decided_on"),
    ({"year": 99999}, "year"),
    ({"year": 2027}, "year"),  # a year at most after it was decided
    ({"year": 2062, "decided_on": TODAY}, "year"),
    ({"year": "2025"}, "year"),
    ({"status": "gone"}, "status"),
    ({"source": ""}, "source"),
    ({"reported_by": "press"}, "reported_by"),
    ({"moon": 1}, "moon"),
]


def test_a_mapping_year_that_can_not_be_is_refused_at_its_field(phone: Callable[..., Phone], rows: Rows):
    analyst, before = phone("analys"), rows("SELECT * FROM site_mappings ORDER BY id")
    for more, field in BAD_YEARS:
        answer = send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(**more))
        assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field}), more
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(version=2**20)).status_code == 409
    assert rows("SELECT * FROM site_mappings ORDER BY id") == before


def test_a_lead_maps_in_years_that_the_city_has_and_opens_none(phone: Callable[..., Phone], rows: Rows):
    lead, analyst = phone("ledare2"), phone("analys")
    said, form = mapping(year=2026, status="new"), f"/office/places/sites/{TENNPLANEN}/mappings/new"
    before, months = rows("SELECT * FROM site_mappings ORDER BY id"), "from=2026-10-01&to=2026-10-31"
    refused = send(lead, "POST", f"/{TENNPLANEN}/mappings", **said)
    assert (refused.status_code, refused.get_json()["fields"]) == (422, {"year": [SV["field.year_not_open"]]})
    assert send(phone("jourledare"), "POST", f"/{TENNPLANEN}/mappings", **said).status_code == 422
    table = named_file(f"{TENNPLANEN};{read(lead)['name']};;;;2026;listad")
    assert SV["import.reason.year_not_open"] in lead.client.get(read_in(lead, "sites", table)).text
    assert rows("SELECT * FROM site_mappings ORDER BY id") == before
    city = analyst.client.get(f"/api/v1/summaries/city?{months}").get_json()
    assert (city["basis"]["mapping_year"], city["coverage"]["listed_sites"]) == (2024, 26)
    page = lead.client.get(form).text
    assert (SV["site.no_year_to_map"] in page, 'name="year"' in page) == (True, False)
    told = analyst.client.get(
        read_in(analyst, "sites", named_file(f"{STAIRS};{read(lead, STAIRS)['name']};;;;2026;kvar"))
    )
    assert SV["import.reason.opens_year_in_part"] in told.text
    assert '<option value="2026"' in lead.client.get(form).text
    assert f'max="{int(TODAY[:4]) + 1}"' in analyst.client.get(form).text
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **said).status_code == 201


def unmap(person: Phone, year: int = 2025, site: str = TENNPLANEN, **query: Any) -> Any:
    if "version" not in query:
        query["version"] = read(person, site)["version"]
    return person.client.delete(f"/api/v1/sites/{site}/mappings/{year}", query_string=query, headers=person.headers)


def test_a_year_added_by_mistake_is_taken_away_and_the_site_is_as_before(phone: Callable[..., Phone], rows: Rows):
    lead, falt1 = phone("ledare2"), phone("falt1")
    open_years(phone, 2025)
    before = read(lead)
    told = rows("SELECT * FROM site_mappings WHERE site_id = :id ORDER BY year", id=TENNPLANEN)
    merged = mapping(status="merged", related_site_id=STAIRS, source="Demo fel rad")
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **merged).status_code == 201
    assert falt1.pull()["sites", TENNPLANEN]["merged_into_id"] == STAIRS
    stands = rows("SELECT * FROM sites WHERE id = :id", id=TENNPLANEN)
    assert [unmap(lead, version=one).status_code for one in (before["version"], "nej", "")] == [409, 422, 422]
    assert unmap(lead, reason="811218-9876").get_json()["fields"].keys() == {"reason"}
    assert unmap(lead, 2019).status_code == unmap(lead, site=NOWHERE, version=1).status_code == 404
    assert unmap(lead, 2024, IN_SKARHOLMEN).status_code == unmap(phone("ledare3"), 2024).status_code == 404
    assert rows("SELECT * FROM sites WHERE id = :id", id=TENNPLANEN) == stands
    done = unmap(lead, reason="Demo: fel plats")
    assert (done.status_code, done.get_json()) == (200, before | {"version": before["version"] + 2})
    assert falt1.pull()["sites", TENNPLANEN]["merged_into_id"] is None
    assert rows("SELECT * FROM site_mappings WHERE site_id = :id ORDER BY year", id=TENNPLANEN) == told
    newest = changes(rows, TENNPLANEN)[-1]
    assert (newest["kind"], newest["reason"]) == ("mapping_removed", "Demo: fel plats")
    [logged] = rows("SELECT details FROM audit_log WHERE action = 'site.mapping_removed'")
    assert "Demo" not in str(logged)
    for year in [one["year"] for one in before["mappings"]][::-1]:
        assert unmap(lead, year).status_code == 200
    [bare] = rows("SELECT is_listed, school_near FROM sites WHERE id = :id", id=TENNPLANEN)
    assert (bool(bare["is_listed"]), bare["school_near"]) == (False, before["school_near"])


def test_a_year_stays_that_a_school_was_told_of_or_before_which_a_merge_would_end_where_it_began(
    phone: Callable[..., Phone],
):
    lead = phone("ledare")
    open_years(phone, 2025, 2026)
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code == 201
    [school, *_] = read(lead)["schools"]
    path = f"/api/v1/collaboration/2025/sites/{TENNPLANEN}/schools/{school['school_unit_code']}"
    aside = {"set_aside_of": "struck", "set_aside_reason": "known_already"}
    assert lead.client.put(path, json=aside, headers=lead.headers).status_code == 200
    for year in (2025, 2024):  # what the year says, and what it says otherwise than the one before
        assert unmap(lead, year).get_json()["fields"] == {"year": [SV["field.school_was_told"]]}
    assert lead.client.put(path, json={"version": 1}, headers=lead.headers).status_code == 200
    assert unmap(lead).status_code == 200
    merged = mapping(status="merged", related_site_id=STAIRS)
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **merged).status_code == 201
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **mapping(year=2026, status="listed")).status_code == 201
    back = mapping(year=2026, status="merged", related_site_id=TENNPLANEN)
    assert send(lead, "POST", f"/{STAIRS}/mappings", **back).status_code == 201
    assert unmap(lead, 2026).get_json()["fields"] == {"year": [SV["field.year_before_merges"]]}
    assert unmap(lead, 2025).status_code == 200  # an earlier one: the site follows its latest, as before
    assert (read(lead)["merged_into_id"], read(lead, STAIRS)["merged_into_id"]) == (None, TENNPLANEN)


def test_a_year_stays_that_a_school_was_told_of_in_a_later_years_work(phone: Callable[..., Phone]):
    lead = phone("ledare")
    open_years(phone, 2025)
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code == 201
    [school, *_] = read(lead)["schools"]
    path = f"/api/v1/collaboration/2026/sites/{TENNPLANEN}/schools/{school['school_unit_code']}"
    aside = {"set_aside_of": "struck", "set_aside_reason": "known_already"}
    assert lead.client.put(path, json=aside, headers=lead.headers).status_code == 200
    assert unmap(lead).get_json()["fields"] == {"year": [SV["field.school_was_told"]]}


def test_a_year_is_closed_by_those_who_open_years(phone: Callable[..., Phone], rows: Rows):
    lead, analyst = phone("ledare"), phone("analys")
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code == 201
    before = rows("SELECT * FROM site_mappings ORDER BY id")
    assert unmap(lead).get_json()["fields"] == {"year": [SV["field.year_would_close"]]}
    assert rows("SELECT * FROM site_mappings ORDER BY id") == before
    assert unmap(analyst).status_code == 200
    open_years(phone, 2025)
    assert send(lead, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code == 201
    assert unmap(lead).status_code == 200


def test_a_place_that_was_listed_by_mistake_is_of_its_kind_again_unless_somebody_said_it_since(
    phone: Callable[..., Phone], rows: Rows
):
    lead, said = phone("ledare"), {"kind": "emerging", "geometry": IN_FARSTA}
    by_form, by_file, told = (send(lead, "POST", "", name=f"Demo {one}", **said).get_json()["id"] for one in "abc")
    listed = mapping(year=2024, status="listed", decided_on="2024-12-31")
    for site in (by_form, told):
        for year in (2023, 2024):
            assert send(lead, "POST", f"/{site}/mappings", **(listed | {"year": year})).status_code == 201
    read_in(lead, "sites", named_file(f"{by_file};Demo b;;;;2024;ny"))
    assert unmap(lead, 2024, by_form).get_json()["kind"] == "open_drug_scene"  # in force in 2023 as well
    assert unmap(lead, 2023, by_form).get_json()["kind"] == "emerging"
    [kept] = rows("SELECT before, after FROM site_changes WHERE site_id = :id ORDER BY id DESC LIMIT 1", id=by_form)
    assert ("open_drug_scene" in str(kept["before"]), "emerging" in str(kept["after"])) == (True, True)
    assert unmap(lead, 2024, by_file).get_json()["kind"] == "emerging"
    for kind in ("other", "open_drug_scene"):
        assert patch(lead, told, kind=kind).status_code == 200
    assert [unmap(lead, year, told).get_json()["kind"] for year in (2024, 2023)] == ["open_drug_scene"] * 2


@pytest.mark.parametrize("year", [0, 2**31, 10**30])
def test_what_can_not_be_a_year_is_not_found(phone: Callable[..., Phone], year: int):
    lead = phone("ledare")
    assert unmap(lead, year).status_code == 404
    form = {"version": str(read(lead)["version"])}
    assert send_form(lead, f"/office/places/sites/{TENNPLANEN}/mappings/{year}/remove", **form).status_code == 404


def test_a_year_that_a_file_brought_stays_in_the_history_when_it_is_taken_away(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    open_years(phone, 2025)
    done = read_in(lead, "sites", named_file(f"{TENNPLANEN};{read(lead)['name']};;;;2025;listad"))
    assert unmap(lead).status_code == 200
    page = lead.client.get(f"/office/places/sites/{TENNPLANEN}").text
    assert {SV["code.site_change.imported"] in page, SV["code.site_change.mapping_removed"] in page} == {True}
    refused_undo(lead, done, "changed_since", rows)


def test_how_safe_it_is_is_set_by_those_who_work_there_and_told_to_no_one_else(phone: Callable[..., Phone], rows: Rows):
    level = {"safety_level": "extra_care", "safety_reason": "kanariefågel"}
    assert patch(phone("admin"), **level).status_code == 403
    assert patch(phone("ledare"), **level, kind="other").get_json()["safety_level"] == "extra_care"
    assert patch(phone("ledare"), safety_level="do_not_go").status_code == 422  # without a day of review
    assert read(phone("ledare"))["safety_reason"] == "kanariefågel"
    for who in ("admin", "direktor"):
        told = phone(who).client.get(f"/api/v1/sites/{TENNPLANEN}").text
        assert "kanarie" not in told
        assert "extra_care" not in told
    assert [one["kind"] for one in changes(rows, TENNPLANEN)] == ["changed", "safety_set"]


def test_a_site_one_may_not_know_is_not_found(phone: Callable[..., Phone], rows: Rows):
    hidden = rows("SELECT id FROM sites WHERE is_listed = :no OR is_public = :no", no=False)[0]["id"]
    viewer = phone("direktor")
    assert viewer.client.get(f"/api/v1/sites/{hidden}").status_code == 404
    assert viewer.client.get("/api/v1/sites/nej").status_code == 404
    assert phone("falt1").client.get(f"/api/v1/sites/{hidden}").status_code == 200


def test_a_file_of_a_later_year_ends_a_merge_and_undone_it_stands_again(phone: Callable[..., Phone], rows: Rows):
    analyst = phone("analys")
    merged = mapping(status="merged", related_site_id=STAIRS)
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **merged).status_code == 201
    name = read(analyst)["name"]
    table = f"namn;stadsdelsområde;år;läge i kartläggningen\n{name};farsta;2026;listad\n".encode()
    done = read_in(analyst, "sites", table)
    listed = read(analyst)
    assert (listed["merged_into_id"], listed["mappings"][-1]["status"]) == (None, "listed")
    assert send_form(analyst, f"{done}/undo").status_code == 303
    again = read(analyst)
    assert (again["merged_into_id"], again["mappings"][-1]["status"]) == (STAIRS, "merged")


def named_file(*lines: str) -> bytes:
    return "\n".join(["id;namn;stadsdelsområde;lat;lon;år;läge i kartläggningen", *lines, ""]).encode()


def refused_undo(person: Phone, done: str, why: str, rows: Rows) -> None:
    tables = ("sites", "site_mappings", "place_imports")
    before = [rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]
    answer = send_form(person, f"{done}/undo")
    assert (answer.status_code, SV[f"import.in_the_way.{why}"] in answer.text) == (409, True)
    assert [rows(f"SELECT * FROM {table} ORDER BY id") for table in tables] == before


def test_an_undone_import_merges_no_sites_in_a_circle(phone: Callable[..., Phone], rows: Rows):
    analyst = phone("analys")
    merged = mapping(status="merged", related_site_id=STAIRS)
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **merged).status_code == 201
    done = read_in(analyst, "sites", named_file(f"{TENNPLANEN};{read(analyst)['name']};;;;2026;listad"))
    back = mapping(year=2026, status="merged", related_site_id=TENNPLANEN, decided_on="2026-02-01")
    assert send(analyst, "POST", f"/{STAIRS}/mappings", **back).status_code == 201
    refused_undo(analyst, done, "merges_in_a_circle", rows)
    split = mapping(year=2027, status="listed", decided_on="2026-02-02")
    assert send(analyst, "POST", f"/{STAIRS}/mappings", **split).status_code == 201
    assert send_form(analyst, f"{done}/undo").status_code == 303
    assert read(analyst)["merged_into_id"] == STAIRS


def test_PL3_a_site_leaves_the_phones_of_those_who_may_read_it_no_more_and_comes_back_whole(
    phone: Callable[..., Phone],
):
    analyst, field, walks, viewer = (phone(who) for who in ("analys", "falt1", "nattvandring", "direktor"))

    def held() -> str:
        people = {"field": field, "walks": walks, "viewer": viewer}
        fresh = {"field": phone("falt1"), "walks": phone("nattvandring"), "viewer": phone("direktor")}
        having = [" ".join(who for who, one in some.items() if ("sites", TENNPLANEN) in one.pull())
                  for some in (people, fresh)]  # fmt: skip
        assert having[0] == having[1]
        return having[0]

    def file_of(year: int, status: str) -> str:
        return read_in(analyst, "sites", named_file(f"{TENNPLANEN};{name};;;;{year};{status}"))

    name = read(analyst)["name"]
    for is_public, whose in ((True, "field walks viewer"), (False, "field"), (True, "field walks viewer")):
        assert patch(analyst, is_public=is_public, public_label="Demo Torget").status_code == 200
        assert held() == whose
    assert viewer.records["sites", TENNPLANEN]["name"] == name
    assert walks.records["sites", TENNPLANEN]["name"] == "Demo Torget"
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping()).status_code == 201
    assert held() == "field walks"  # struck by form
    listed = file_of(2026, "listad")
    assert held() == "field walks viewer"
    assert send_form(analyst, f"{listed}/undo").status_code == 303
    assert held() == "field walks"  # an undone file
    assert unmap(analyst).status_code == 200
    assert held() == "field walks viewer"
    struck = file_of(2026, "struken")
    assert held() == "field walks"  # struck by file
    assert send_form(analyst, f"{struck}/undo").status_code == 303
    assert held() == "field walks viewer"
    for year in (2024, 2023):
        assert unmap(analyst, year).status_code == 200
    assert held() == "field walks"  # in no year any more


def test_an_undone_import_brings_no_merge_back_whose_year_was_taken_away(phone: Callable[..., Phone]):
    analyst, merged = phone("analys"), mapping(status="merged", related_site_id=STAIRS)
    before = read(analyst)
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **merged).status_code == 201
    done = read_in(analyst, "sites", named_file(f"{TENNPLANEN};{before['name']};;;;2026;listad"))
    assert unmap(analyst).status_code == 200
    assert send_form(analyst, f"{done}/undo").status_code == 303
    after = read(analyst)
    assert {name for name in before if after[name] != before[name]} == {"version"}


def test_an_undone_import_takes_its_merge_along_where_it_became_the_latest(phone: Callable[..., Phone]):
    analyst = phone("analys")
    before, heir = read(analyst), read(analyst, STAIRS)["name"]
    assert send(analyst, "POST", f"/{TENNPLANEN}/mappings", **mapping(year=2026, status="listed")).status_code == 201
    merged = f"id;namn;år;läge i kartläggningen;hör till\n{TENNPLANEN};{before['name']};2025;sammanslagen;{heir}\n"
    done = read_in(analyst, "sites", merged.encode())
    assert unmap(analyst, 2026).status_code == 200
    assert read(analyst)["merged_into_id"] == STAIRS
    assert send_form(analyst, f"{done}/undo").status_code == 303
    assert read(analyst)["merged_into_id"] is None


@pytest.mark.parametrize(
    "corrected",
    [{"source": "Demo protokoll"}, {"reported_by": "police"}, {"decided_on": "2025-11-30"}],
    ids=["source", "reported_by", "decided_on"],
)
def test_a_corrected_mapping_year_keeps_its_import(phone: Callable[..., Phone], rows: Rows, corrected: dict[str, str]):
    analyst = phone("analys")
    done = read_in(analyst, "sites", named_file(f"{TENNPLANEN};{read(analyst)['name']};;;;2025;listad"))
    stored = read(analyst)["mappings"][-1]
    said = {name: stored[name] or "" for name in ("status", "related_site_id", "source", "reported_by", "decided_on")}
    form = said | corrected | {"version": str(read(analyst)["version"])}
    assert send_form(analyst, f"/office/places/sites/{TENNPLANEN}/mappings/2025", **form).status_code == 303
    assert read(analyst)["mappings"][-1] == stored | corrected
    refused_undo(analyst, done, "changed_since", rows)


@pytest.mark.parametrize(
    "said",
    [
        {"safety_level": "extra_care", "safety_reason": "Demo skäl"},
        {"priorities": [{"level": "own", "reason": "Demo", "from": "2026-01-01", "to": None}]},
    ],
    ids=["safety", "priorities"],
)
def test_what_people_said_of_a_site_keeps_the_import_that_made_it(
    phone: Callable[..., Phone], rows: Rows, said: dict[str, Any]
):
    lead = phone("ledare")
    done = read_in(lead, "sites", named_file(";Demo Inläst;farsta;59,2437;18,0931;;"))
    [made] = rows("SELECT id FROM sites WHERE name = 'Demo Inläst'")
    assert patch(lead, made["id"], **said).status_code == 200
    refused_undo(lead, done, "changed_since", rows)


def test_an_undone_import_gives_no_two_sites_one_name(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    name = read(lead)["name"]
    done = read_in(lead, "sites", named_file(f"{TENNPLANEN};Demo Omdöpt;;;;;"))
    new = send(lead, "POST", "", name=name.upper(), geometry=IN_FARSTA)
    assert new.status_code == 201
    refused_undo(lead, done, "name_taken", rows)
    assert patch(lead, new.get_json()["id"], name="Demo Ny plan").status_code == 200
    assert send_form(lead, f"{done}/undo").status_code == 303
    assert read(lead)["name"] == name


def test_from_when_a_geometry_holds_is_asked_of_new_ones_alone(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    made = send(lead, "POST", "", name="Demo Handlagd", geometry=IN_FARSTA).get_json()
    assert rows("SELECT geometry_valid_from FROM sites WHERE id = :id", id=made["id"])[0]["geometry_valid_from"]
    assert rows("SELECT geometry_valid_from FROM sites WHERE id = :id", id=TENNPLANEN) == [
        {"geometry_valid_from": None}
    ]
