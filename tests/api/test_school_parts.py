"""The school's part at a place, and the leader's list *Informera skolan*: by grant, never a name, nothing lost."""

from datetime import date

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.register import site_id
from fieldapp.places.services import add_mapping, nearness_rule
from tests.factories.pages import assert_sound

SV = sentences("sv")
FARSTA, ELSEWHERE = site_id(23), site_id(30)
API, OFFICE = "/api/v1/collaboration", "/office/collaboration"
TOLD = {
    "takes_part": True, "contact_function": "head_teacher", "informed_on": "2026-02-03", "informed_by": "team_lead",
    "informed_of": "struck", "about": "Demo: platsen är struken", "set_aside_of": None, "set_aside_reason": None,
}  # fmt: skip


@pytest.fixture
def struck(app):
    """A mapping of 2025 in which a place in Farsta and one in Skärholmen were struck."""
    with app.app_context():
        with write_transaction():
            for site in (FARSTA, ELSEWHERE):
                add_mapping(
                    db.session(), site_id=site, year=2025, status="struck", source="Demo 2025",
                    reported_by="municipality", decided_on=date(2025, 1, 31), rule=nearness_rule(),
                )  # fmt: skip
        db.session.remove()


def waiting(phone, **query):
    answer = phone.client.get(f"{API}/inform", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def put(phone, school, site=FARSTA, year=2025, **body):
    return phone.client.put(f"{API}/{year}/sites/{site}/schools/{school}", json=body, headers=phone.headers)


def page(phone, path, **query):
    answer = phone.client.get(f"{OFFICE}{path}", query_string=query)
    if answer.status_code == 200:
        assert_sound(answer.text)
    return answer


def test_what_changed_in_a_mapping_waits_until_the_school_was_told_or_it_is_set_aside(struck, phone):
    lead = phone("ledare")
    found = waiting(lead)
    assert (found["year"], {one["district"] for one in found["items"]}) == (2025, {"farsta"})
    assert {(one["site_id"], one["event"]) for one in found["items"]} == {(FARSTA, "struck")}
    assert found["years"][0] == {"year": 2025, "waiting": len(found["items"])}
    assert {one["district"] for one in waiting(phone("analys"))["items"]} == {"farsta", "skarholmen"}
    schools = [one["school_unit_code"] for one in found["items"]]
    assert put(lead, schools[0], **TOLD).json["version"] == 1
    assert [one["school_unit_code"] for one in waiting(lead)["items"]] == schools[1:]
    other = put(lead, schools[0], **{**TOLD, "informed_of": "other", "version": 1})
    assert (other.status_code, len(waiting(lead)["items"])) == (200, len(schools))  # told, and not of this
    aside = {"set_aside_of": "struck", "set_aside_reason": "known_already", "version": 2}
    assert put(lead, schools[0], **aside).status_code == 200
    assert len(waiting(lead)["items"]) == len(schools) - 1
    assert waiting(phone("jourledare"), year=2024)["items"]  # those struck in 2024 wait in their own year


def test_a_part_is_written_whole_against_its_version_and_logged_without_its_text(struck, phone, rows):
    lead = phone("ledare")
    [school, *_] = [one["school_unit_code"] for one in waiting(lead)["items"]]
    nothing = lead.client.get(f"{API}/2025/sites/{FARSTA}/schools/{school}").json
    assert (nothing["version"], nothing["takes_part"], nothing["is_near"]) == (0, None, True)
    first = put(lead, school, **TOLD)
    assert {name: first.json[name] for name in TOLD} == TOLD
    assert put(lead, school, **TOLD).json["version"] == 1  # the same again is the same
    assert put(lead, school, **{**TOLD, "takes_part": False}).status_code == 409
    assert put(lead, school, **{**TOLD, "takes_part": False, "version": 1}).json["version"] == 2
    listed = lead.client.get(f"{API}/2025/sites/{FARSTA}/schools").json["items"]
    assert listed[0]["distance_m"] == min(one["distance_m"] for one in listed)
    logged = rows("SELECT details FROM audit_log WHERE action = 'school_part.saved'")
    assert len(logged) == 2
    assert "platsen" not in str(logged)


WRONG = (
    ({"contact_function": "Demo Demosson"}, "contact_function"),
    ({"contact_name": "Demo Demosson"}, "contact_name"),
    ({"about": "811218-9876"}, "about"),
    ({"about": "x" * 201}, "about"),
    ({"informed_on": "2199-01-01"}, "informed_on"),
    ({"informed_on": None}, "informed_on"),
    ({"informed_by": None}, "informed_by"),
    ({"set_aside_of": "other"}, "set_aside_of"),
    ({"set_aside_of": "struck"}, "set_aside_reason"),
    ({"version": -1}, "version"),
)


def test_no_name_and_no_number_of_a_person_is_taken_in(struck, phone, rows):
    lead = phone("ledare")
    school = waiting(lead)["items"][0]["school_unit_code"]
    for change, field in WRONG:
        answer = put(lead, school, **{**TOLD, **change})
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), change
        assert not answer.json["fields"][field][0].islower()
    assert rows("SELECT id FROM school_parts") == []


def test_what_one_may_not_know_is_answered_as_what_does_not_exist(struck, phone):
    lead, others = phone("ledare"), phone("ledare3")
    school = waiting(lead)["items"][0]["school_unit_code"]
    theirs = waiting(others)["items"][0]["school_unit_code"]
    unknown = "018bcfe5-6800-7000-8000-00000000ffff"
    for reader, site, code in (
        (lead, ELSEWHERE, theirs),
        (lead, FARSTA, theirs),
        (lead, FARSTA, "99999999"),
        (lead, FARSTA, "%00"),
        (lead, unknown, school),
        (others, FARSTA, school),
    ):
        path = f"{API}/2025/sites/{site}/schools/{code}"
        for answer in (reader.client.get(path), put(reader, code, site, **TOLD)):
            assert (answer.status_code, answer.json["error"]) == (404, "not_found")
        assert page(reader, f"/2025/sites/{site}/schools/{code}").status_code == 404
    assert lead.client.get(f"{API}/inform?district=skarholmen").status_code == 404
    assert lead.client.get(f"{API}/inform?year=1999").status_code == 404
    assert lead.client.get(f"{API}/inform?district=farsta%00").status_code == 422
    assert phone("falt1").client.get(f"{API}/2025/sites/{FARSTA}/schools").status_code == 200
    assert put(phone("falt1"), school, **TOLD).status_code == 403
    assert phone("direktor").client.get(f"{API}/2025/sites/{FARSTA}/schools").status_code == 403


def test_the_list_leads_to_a_form_that_keeps_what_was_typed(struck, phone):
    lead = phone("ledare")
    found = waiting(lead)["items"]
    queue = lead.client.get("/office/", follow_redirects=True).text
    assert SV["inform.title"] in queue
    assert f'{SV["inform.title"]}&nbsp;<span class="quiet">{len(found)}</span>' in queue
    listed = page(lead, "/inform").text
    assert found[0]["school_name"] in listed
    path = f"/2025/sites/{FARSTA}/schools/{found[0]['school_unit_code']}"
    form = page(lead, path, event="struck").text
    assert '<option value="struck" selected>' in form
    typed = {
        "csrf_token": lead.session["csrf_token"], "version": "0", "takes_part": "yes", "informed_of": "struck",
        "informed_by": "team_lead", "about": "Demo: rektorn vet",
    }  # fmt: skip
    origin = {"Origin": "http://localhost"}
    refused = lead.client.post(f"{OFFICE}{path}", data=typed, headers=origin)
    assert (refused.status_code, "Demo: rektorn vet" in refused.text, SV["field.required"] in refused.text) == (
        422, True, True,
    )  # fmt: skip
    saved = lead.client.post(f"{OFFICE}{path}", data={**typed, "informed_on": "2026-02-03"}, headers=origin)
    assert saved.status_code == 303
    moved = lead.client.post(f"{OFFICE}{path}", data={**typed, "informed_on": "2026-02-04"}, headers=origin)
    assert (moved.status_code, SV["field.school_part_moved"] in moved.text) == (409, True)
    shown = page(lead, f"/2025/sites/{FARSTA}").text
    assert SV["school.title"] in shown
    assert "informerad 3 feb. 2026 (struken)" in shown
    assert "Demo: rektorn vet" in page(phone("falt1"), path).text
    assert 'name="about"' not in page(phone("falt1"), path).text
    assert SV["school.title"] not in page(phone("direktor"), f"/2025/sites/{FARSTA}").text
