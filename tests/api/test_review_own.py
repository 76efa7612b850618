"""Nobody decides on a pass of their own, by whichever door; what is taken in is a version only of what is approved."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import posted, shown, submitted

SV = sentences("sv")
Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]


def decide(who: Phone, shift: str, decision: str, **more: Any) -> Any:
    read = who.client.get(f"/api/v1/shifts/{shift}").get_json().get("content_version", 0)
    body = {"decision": decision, "content_version": read, **more}
    return who.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=who.headers)


def parsed(stored: Any) -> Any:
    """Return what a column of JSON holds; SQLite gives its text."""
    return json.loads(stored) if isinstance(stored, str) else stored


def late_of(lead: Phone, record_id: str) -> str:
    lead.pull()
    return str(next(row["id"] for row in lead.held("late") if row["record_id"] == record_id))


def settle(lead: Phone, late_id: str, action: str = "take_in") -> Any:
    body = {"action": action, "reason": "Så blev det."}
    return lead.client.post(f"/api/v1/late/{late_id}", json=body, headers=lead.headers)


def conflict_about(one: Phone, two: Phone, shift: str) -> Json:
    """Let two say different things of a pass, both from its first version; return the conflict."""
    one.apply(one.mutation("shifts", "update", shift, 1, other_participants=1))
    [receipt] = two.push(two.mutation("shifts", "update", shift, 1, other_participants=7))
    two.pull()
    return next(row for row in two.held("conflicts") if row["id"] == receipt["conflict_id"])


@pytest.fixture
def walked_along(phone: Phones) -> tuple[Phone, Phone, Phone, str]:
    """A pass with one of the team's two leads on it, sent in."""
    falt1, ledare = phone("falt1"), phone("ledare")
    return falt1, ledare, phone("ledare2"), submitted(falt1, participant_ids=[falt1.user_id, ledare.user_id])


def test_a_lead_who_took_themselves_off_a_pass_still_may_not_approve_it(
    walked_along: tuple[Phone, Phone, Phone, str], rows: Rows
):
    falt1, ledare, other, shift = walked_along
    ledare.apply(ledare.mutation("shifts", "update", shift, 2, participant_ids=[falt1.user_id]))
    assert rows("SELECT user_id FROM shift_participants") == [{"user_id": falt1.user_id}]
    assert decide(ledare, shift, "approve").status_code == 403
    assert 'id="decide"' not in shown(ledare, f"/passes/{shift}")
    assert decide(other, shift, "approve").status_code == 200


def test_a_lead_who_wrote_a_line_of_a_pass_may_not_approve_it(phone: Phones):
    falt1, ledare = phone("falt1"), phone("ledare")
    shift = submitted(falt1, participant_ids=[falt1.user_id, ledare.user_id])
    ledare.apply(ledare.visit(shift))
    falt1.apply(falt1.mutation("shifts", "update", shift, 2, participant_ids=[falt1.user_id]))
    assert decide(ledare, shift, "approve").status_code == 403


def test_a_choice_on_an_approved_pass_of_ones_own_is_late_and_another_leads_is_an_amendment(
    walked_along: tuple[Phone, Phone, Phone, str], rows: Rows, phone: Phones
):
    falt1, ledare, other, shift = walked_along
    conflict = conflict_about(falt1, phone("falt1"), shift)
    assert decide(other, shift, "approve").status_code == 200
    group = "other_participants"
    page = unescape(shown(ledare, f"/conflicts/{conflict['id']}"))
    form = {"version": str(conflict["version"]), f"choice-{group}": "sent"}
    assert f'name="choice-{group}"' in page
    refused = posted(ledare, f"/conflicts/{conflict['id']}", **form)
    assert refused.status_code == 409
    assert rows("SELECT other_participants FROM shifts") == [{"other_participants": 1}]
    assert posted(other, f"/conflicts/{conflict['id']}", **form).status_code == 422  # an amendment says why
    assert posted(other, f"/conflicts/{conflict['id']}", **form, why="Båda räknade.").status_code == 303
    [row] = rows("SELECT other_participants, flags, status FROM shifts")
    assert (row["other_participants"], parsed(row["flags"]), row["status"]) == (7, ["amendment"], "approved")
    kept = [
        (row["number"], row["reason"]) for row in rows("SELECT number, reason FROM approved_versions ORDER BY number")
    ]
    assert kept == [(1, ""), (2, "Båda räknade.")]


@pytest.mark.parametrize("who", ["ledare", "ledare2"])
def test_what_leaves_an_approved_pass_as_it_stands_is_no_version_of_anybodys(
    walked_along: tuple[Phone, Phone, Phone, str], rows: Rows, phone: Phones, who: str
):
    falt1, _, other, shift = walked_along
    conflict = conflict_about(falt1, phone("falt1"), shift)
    assert decide(other, shift, "approve").status_code == 200
    form = {"version": str(conflict["version"]), "choice-other_participants": "server"}
    assert posted(phone(who), f"/conflicts/{conflict['id']}", **form).status_code == 303
    assert [row["number"] for row in rows("SELECT number FROM approved_versions")] == [1]


def test_who_took_themselves_off_a_pass_amends_it_by_no_door_and_is_told_why(
    walked_along: tuple[Phone, Phone, Phone, str], rows: Rows, phone: Phones
):
    falt1, ledare, other, shift = walked_along
    conflict = conflict_about(falt1, phone("falt1"), shift)
    ledare.apply(ledare.mutation("shifts", "update", shift, 3, participant_ids=[falt1.user_id]))
    html = unescape(shown(ledare, f"/passes/{shift}"))
    assert SV["review.not_yours"] in html
    assert SV["review.not_led"] not in html
    assert SV["review.someone_else"] in unescape(shown(ledare))  # not something to open first
    assert decide(other, shift, "approve").status_code == 200
    form = {"version": str(conflict["version"]), "choice-other_participants": "sent", "why": "Båda räknade."}
    assert posted(ledare, f"/conflicts/{conflict['id']}", **form).status_code == 409
    assert rows("SELECT other_participants FROM shifts") == [{"other_participants": 1}]
    late = falt1.visit(shift)
    falt1.push(late)
    assert SV["review.someone_else"] in unescape(shown(ledare, "/late"))
    assert settle(ledare, late_of(other, late["record_id"])).status_code == 403


def test_what_came_late_of_ones_own_pass_is_nobodys_own_to_settle_however_it_hangs_on_it(
    walked_along: tuple[Phone, Phone, Phone, str], phone: Phones, rows: Rows
):
    falt1, ledare, other, shift = walked_along
    conflict = conflict_about(falt1, phone("falt1"), shift)
    assert decide(other, shift, "approve").status_code == 200
    visit = falt1.visit(shift)
    seen = falt1.observation(visit["record_id"])
    falt1.pull()
    chosen = {"other_participants": {"choice": "sent"}}
    choice = falt1.mutation("conflicts", "update", conflict["id"], conflict["version"], resolution=chosen)
    assert [receipt["status"] for receipt in falt1.push(visit, seen, choice)] == ["late"] * 3
    for record in (visit, seen, choice):
        key = late_of(ledare, record["record_id"])
        for action in ("take_in", "discard"):
            assert settle(ledare, key, action).status_code == 403, (record["collection"], action)
    for record in (visit, choice):
        assert settle(other, late_of(other, record["record_id"])).get_json()["state"] == "applied"
    assert {row["state"] for row in rows("SELECT state FROM sync_waiting")} == {"applied"}
    assert len(rows("SELECT number FROM approved_versions")) == 3


def test_what_is_taken_in_while_a_pass_is_open_again_makes_no_approved_version(phone: Phones, rows: Rows):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = submitted(falt1)
    assert decide(lead, shift, "approve").status_code == 200
    first, second = falt1.visit(shift), falt1.visit(shift)
    falt1.push(first, second)
    assert decide(lead, shift, "reopen", comment="Se över.").status_code == 200
    falt1.apply(falt1.visit(shift), falt1.visit(shift))  # what nobody has reviewed
    assert settle(lead, late_of(lead, first["record_id"])).get_json()["state"] == "applied"
    answer = lead.client.post(f"/api/v1/shifts/{shift}/late", json={"reason": "x"}, headers=lead.headers)
    assert (answer.status_code, answer.get_json()["applied"]) == (200, 1)
    assert rows("SELECT number FROM approved_versions") == [{"number": 1}]


def test_opening_again_and_taking_in_at_the_same_moment_keep_no_version_of_what_is_open(phone: Phones, rows: Rows):
    falt1, lead, other = phone("falt1"), phone("ledare2"), phone("ledare")
    for _ in range(5):
        shift = submitted(falt1)
        assert decide(lead, shift, "approve").status_code == 200
        visit = falt1.visit(shift)
        assert falt1.push(visit)[0]["status"] == "late"
        key = late_of(lead, visit["record_id"])
        read = lead.client.get(f"/api/v1/shifts/{shift}").get_json()["content_version"]
        body = {"decision": "reopen", "content_version": read, "comment": "x"}
        url = f"/api/v1/shifts/{shift}/reviews"
        with ThreadPoolExecutor(2) as pool:
            opened = pool.submit(other.client.post, url, json=body, headers=other.headers)
            taken = pool.submit(settle, lead, key)
            assert taken.result().status_code == 200
            assert opened.result().status_code in (200, 409)
        versions = rows("SELECT content FROM approved_versions WHERE shift_id = :id", id=shift)
        assert {parsed(row["content"])["shift"]["status"] for row in versions} == {"approved"}


def test_reviews_words_are_for_those_on_the_pass_and_its_teams_leads(phone: Phones):
    jour1, jourledare, foreign = phone("jour1"), phone("jourledare"), phone("ledare2")
    shift = submitted(jour1, jour1.visit("-", neighbourhood="Hökarängen"))
    assert decide(jourledare, shift, "approve", comment="Kanariefågel i godkännandet").status_code == 200
    assert decide(jourledare, shift, "reopen", comment="Kanariefågel i kommentaren").status_code == 200
    assert "Kanariefågel" in unescape(shown(jourledare, f"/passes/{shift}"))
    assert "Kanariefågel" not in unescape(shown(foreign, f"/passes/{shift}"))


def test_X36_a_refusal_tells_nothing_of_another_districts_pass(phone: Phones):
    falt1, falt3, lead = phone("falt1"), phone("falt3"), phone("ledare2")
    shift = falt3.shift()
    visit = falt3.visit(shift["record_id"], neighbourhood="Bredäng")
    falt3.apply(shift, visit)
    [receipt] = falt1.push(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"]))
    assert receipt["status"] == "rejected"
    assert shift["record_id"] not in shown(lead, "/rejections")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_none_shuts_no_page(phone: Phones, moment: str):
    falt1, lead = phone("falt1"), phone("ledare2")
    assert falt1.push(falt1.shift(started_at=moment))[0]["status"] == "rejected"
    assert "Kunde inte tas emot" in unescape(shown(lead, "/rejections"))


def test_what_a_late_change_takes_away_is_shown(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], note="Trasig lampa.")
    shift = submitted(falt1, visit, seen)
    assert decide(lead, shift, "approve").status_code == 200
    falt1.push(
        falt1.mutation("observations", "update", seen["record_id"], 1, note="", topics=[]),
        falt1.mutation("shifts", "update", shift, 2, other_participants=0),
    )
    html = unescape(shown(lead, "/late"))
    for name in ("Anteckning", "Andra kollegor"):
        assert f"<dt>{name}</dt>" in html, name


def test_one_lead_opens_a_pass_in_two_tabs_at_the_same_moment(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    for _ in range(5):
        shift = submitted(falt1)
        with ThreadPoolExecutor(2) as pool:
            path = f"/office/review/passes/{shift}"
            assert [answer.status_code for answer in pool.map(lead.client.get, [path, path])] == [200, 200]


@pytest.mark.parametrize("said", ["", "   ", "\u00ad\u200d"])
def test_a_return_says_something(phone: Phones, said: str):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    shift = submitted(falt1, visit)
    assert decide(lead, shift, "return", comment=said).status_code == 422
    line = {"record_id": visit["record_id"], "field": "actions", "text": said}
    assert decide(lead, shift, "return", field_comments=[line]).status_code == 422


def test_a_form_about_late_records_is_refused_at_once_where_the_contents_were_not_opened(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = submitted(falt1, started_at=now_iso(hours=-8))
    assert decide(lead, shift, "approve").status_code == 200
    assert falt1.push(falt1.visit(shift))[0]["status"] == "late"
    assert posted(lead, f"/passes/{shift}/late", amend_reason="").status_code == 422
