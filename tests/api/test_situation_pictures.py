"""*Underlag till lägesbild* of a place: saved as it was, never changed, the next version says what differs."""

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import rfc8785

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from fieldapp.summaries.disclosure import PERSON_TOPICS
from tests.api.test_overview import approved_evening
from tests.factories.evening import IN_SKARHOLMEN, LISTED_NEAR, last_month, month_query, send_evening
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone

SV = sentences("sv")
API, OFFICE = "/api/v1/collaboration", "/office/collaboration"


def save(phone, site=LISTED_NEAR, **body):
    return phone.client.post(
        f"{API}/sites/{site}/situation-pictures", json={**month_query(), **body}, headers=phone.headers
    )  # fmt: skip


def read(phone, key):
    return phone.client.get(f"{API}/situation-pictures/{key}").json


def test_a_version_is_kept_as_it_was_and_the_next_one_says_what_differs(phone, rows):
    lead = phone("ledare")
    first = save(lead, note="Demo: lugn månad")
    assert first.status_code == 201, first.json
    assert (first.json["version"], first.json["figures"]["visits"], first.json["made_by"]) == (1, 0, "team_lead")
    again = save(lead, note="Demo: lugn månad")
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])  # asked for twice is one
    approved_evening(phone)
    second = save(lead, note="Demo: lugn månad").json
    assert second["version"] == 2
    figures = second["figures"]
    assert figures["topics"] == [{"code": "suspected_dealing", "visits": 1}]
    assert figures["conditions"] == [{"code": "lighting_out", "visits": 1}]
    assert figures["movements"] == [{"from": IN_SKARHOLMEN, "to": LISTED_NEAR, "observations": 1}]
    assert (figures["months_visited"], figures["visits_by_part"]["evening"]) == (1, 1)
    for one in (first.json, second):
        assert sha256(rfc8785.dumps(one["figures"])).hexdigest() == one["sha256"]
    changed = {one["path"]: (one["was"], one["now"]) for one in second["differences"]}
    assert changed["visits"] == (0, 1)
    assert changed["topics[suspected_dealing].visits"] == (None, 1)
    assert read(lead, first.json["id"]) == first.json  # nothing of the first is otherwise
    assert save(phone("analys"), note="Demo: annat").json["made_by"] == "analyst"
    listed = lead.client.get(f"{API}/sites/{LISTED_NEAR}/situation-pictures").json["items"]
    assert [one["version"] for one in listed] == [3, 2, 1]
    kept = str(rows("SELECT figures FROM situation_pictures"))
    assert not [code for code in (*PERSON_TOPICS, "present", "contacts") if code in kept]
    logged = rows("SELECT details FROM audit_log WHERE action = 'situation_picture.saved'")
    assert (len(logged), "lugn" in str(logged)) == (3, False)


def test_a_pass_that_is_open_again_counts_as_it_was_approved(phone):
    lead = phone("ledare")
    approved_evening(phone)
    before = save(lead).json["figures"]
    shift = lead.client.get("/api/v1/shifts?status=approved").json["items"][0]["id"]
    leader = phone("ledare2")
    version = leader.client.get(f"/api/v1/shifts/{shift}").json["content_version"]
    body = {"decision": "reopen", "content_version": version, "comment": "Demo", "field_comments": []}
    assert leader.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=leader.headers).status_code == 200
    after = save(lead, note="igen").json["figures"]
    assert after["conditions"] == [{"code": "lighting_out", "visits": 1}]
    assert {**after, "complete": None} == {**before, "complete": None}


def test_two_at_once_are_one_version(phone, app):
    leads = [Phone.signed_in(app.test_client(), "ledare") for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(save, leads))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json["id"] for answer in answers}) == 1


WRONG = (
    ({"to": "2199-01-01"}, "to"),
    ({"from": last_month().last.isoformat(), "to": last_month().first.isoformat()}, "to"),
    ({"from": "igår"}, "from"),
    ({"note": "811218-9876"}, "note"),
    ({"note": "x" * 2001}, "note"),
    ({"version": 7}, "version"),
)


def test_what_is_wrong_is_said_and_nothing_is_kept(phone, rows):
    lead = phone("ledare")
    for change, field in WRONG:
        answer = save(lead, **change)
        assert (answer.status_code, field in answer.json["fields"]) == (422, True), (change, answer.json)
        assert not answer.json["fields"][field][0].islower()
    assert rows("SELECT id FROM situation_pictures") == []


def test_other_districts_are_answered_as_what_does_not_exist(phone):
    others = phone("ledare3")
    key = save(phone("ledare")).json["id"]
    for site in (LISTED_NEAR, site_id(9999)):
        assert save(others, site).status_code == 404
        assert others.client.get(f"{API}/sites/{site}/situation-pictures").status_code == 404
        assert others.client.get(f"{OFFICE}/sites/{site}/situation-pictures").status_code == 404
    for one in (key, site_id(9999)):
        assert others.client.get(f"{API}/situation-pictures/{one}").status_code == 404
        assert others.client.get(f"{OFFICE}/situation-pictures/{one}").status_code == 404
    assert read(phone("falt1"), key)["version"] == 1
    assert save(phone("falt1")).status_code == 403
    assert phone("direktor").client.get(f"{API}/situation-pictures/{key}").status_code == 403


def test_the_pages_save_show_and_keep_what_was_typed(phone):
    lead = phone("ledare")
    path = f"{OFFICE}/sites/{LISTED_NEAR}/situation-pictures"
    assert path in lead.client.get(f"{OFFICE}/{last_month().last.year}/sites/{LISTED_NEAR}").text
    form = {"csrf_token": lead.session["csrf_token"], "note": "Demo Demosson såg det", **month_query()}
    origin = {"Origin": "http://localhost"}
    today = local_date(utc_now())  # it is not over
    wrong = lead.client.post(path, data={**form, "to": today.isoformat()}, headers=origin)
    assert wrong.status_code == 422
    assert "Demo Demosson" in wrong.text
    assert SV["field.not_over"] in wrong.text
    assert lead.client.post(path, data=form, headers=origin).status_code == 303
    send_evening(phone("falt1"))  # not approved: the same figures, and more that waits
    second = lead.client.post(path, data={**form, "note": ""}, headers=origin)
    page = lead.client.get(second.location)
    assert_sound(page.text)
    assert SV["picture.no_differences"] in page.text
    listed = lead.client.get(path).text
    assert_sound(listed)
    assert SV["picture.version"].format(n=2) in listed
    keys = re.findall(rf'href="({OFFICE}/situation-pictures/[^"]+)"', listed)
    first = lead.client.get(keys[-1]).text
    assert SV["collaboration.looks_like.name"] in first
    assert 'name="note"' not in phone("falt1").client.get(path).text
