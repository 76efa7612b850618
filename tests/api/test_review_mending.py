"""A leader mends a slip: a visible edit with its reason, told to those who wrote it, and nothing else is changed."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from fieldapp.core.catalogue import sentences
from tests.factories.jour import add_person, add_team
from tests.factories.mending import COUNT, mend, observed, on_page, read, typed_on
from tests.factories.phone import Json, Phone
from tests.factories.review import posted, shown, submitted

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
SV = sentences("sv")


@pytest.fixture
def evening(phone: Phones) -> tuple[Phone, str, Json, Json]:
    """A pass of falt1's with a visit and an observation of forty girls where there were four, sent in."""
    falt1 = phone("falt1")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], counts=[COUNT], note="Lampan är sönder.")
    return falt1, submitted(falt1, visit, seen), visit, seen


def test_a_slip_is_mended_with_why_and_the_phone_is_told_what_stood_there(
    evening: tuple[Phone, str, Json, Json], phone: Phones
):
    falt1, shift, _, seen = evening
    lead = phone("ledare2")
    answer = mend(lead, shift, seen["record_id"], counts=[{**COUNT, "present": 4}])
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["mended"] == ["counts"]
    after = observed(lead, shift)
    assert (after["counts"][0]["present"], after["version"], after["flags"]) == (4, 2, ["mended"])
    assert after["note"] == "Lampan är sönder."
    falt1.pull()
    [told] = falt1.held("review_comments")
    assert (told["record_id"], told["field"], told["text"]) == (seen["record_id"], "counts", "Feltryck.")
    assert told["before"] == {"counts": [COUNT]}
    [change] = [
        row for row in read(lead, shift)["history"] if row["record_id"] == seen["record_id"] and row["version"] == 2
    ]
    assert (change["user_id"], change["op"]) == (lead.user_id, "update")


def test_words_that_are_taken_away_are_not_said_again_on_the_phone(
    evening: tuple[Phone, str, Json, Json], phone: Phones
):
    falt1, shift, _, seen = evening
    assert mend(phone("ledare2"), shift, seen["record_id"], note="").status_code == 200
    falt1.pull()
    [told] = falt1.held("review_comments")
    assert (told["field"], told["before"]) == ("note", {})
    assert "Lampan" not in str(falt1.held("review_comments"))


def test_the_page_changes_what_was_changed_and_nothing_else(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    _, shift, visit, seen = evening
    lead = phone("ledare2")
    for collection, record in (("shifts", shift), ("visits", visit["record_id"]), ("observations", seen["record_id"])):
        before = rows(f"SELECT * FROM {collection} WHERE id = '{record}'")
        answer = on_page(lead, shift, record, mend_reason="Ingenting")
        assert (answer.status_code, SV["field.nothing_changed"] in unescape(answer.text)) == (422, True)
        assert rows(f"SELECT * FROM {collection} WHERE id = '{record}'") == before
    answer = on_page(lead, shift, seen["record_id"], mend_reason="Feltryck.", **{"counts.13-15.female.present": "4"})
    assert (answer.status_code, answer.location) == (303, f"/office/review/passes/{shift}")
    assert observed(lead, shift)["counts"] == [{**COUNT, "present": 4}]
    html = unescape(shown(lead, f"/passes/{shift}"))
    assert "Antal var: 13–15" in html or "var:" in html
    assert "Feltryck." in html
    assert SV["code.flag.mended"] in html


def test_every_kind_of_question_can_be_answered(evening: tuple[Phone, str, Json, Json], phone: Phones):
    _, shift, visit, seen = evening
    lead = phone("ledare2")
    answer = on_page(
        lead, shift, visit["record_id"], mend_reason="Fel.", arena="transit", together_with=["police", "school"],
        **{"actions": ["presence"]},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    [mended] = read(lead, shift)["visits"]
    assert (mended["arena"], mended["together_with"], mended["actions"]) == (
        "transit",
        ["police", "school"],
        ["presence"],
    )
    answer = on_page(
        lead, shift, shift, mend_reason="Fel.", other_participants="2", handover_note="Släckt.\r\nLås.",
        **{"arena_minutes.outdoor": "90", "incidents.threat": "1"},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    mended = read(lead, shift)
    assert (mended["other_participants"], mended["handover_note"]) == (2, "Släckt.\nLås.")
    assert (mended["arena_minutes"], mended["incidents"]) == ({"outdoor": 90}, {"threat": 1})
    answer = on_page(
        lead, shift, seen["record_id"], mend_reason="Fel.", situation="uneasy", people_basis="estimated",
        **{"referrals.mumin": "1", "counts.16-17.male.present": "3", 
           "counts.13-15.female.present": "", "counts.13-15.female.contacts": ""},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    mended = observed(lead, shift)
    assert mended["counts"] == [{"age_band": "16-17", "gender": "male", "present": 3, "contacts": 0}]
    assert (mended["situation"], mended["people_basis"]) == ("uneasy", "estimated")
    assert mended["referrals"] == [{"to": "mumin", "count": 1}]


def test_a_time_is_read_as_stockholms(evening: tuple[Phone, str, Json, Json], phone: Phones):
    _, shift, _, _ = evening
    lead = phone("ledare2")
    form = typed_on(shown(lead, f"/passes/{shift}/lines/{shift}"))
    earlier = form["started_at"][:-2] + f"{(int(form['started_at'][-2:]) + 1) % 60:02}"
    assert on_page(lead, shift, shift, mend_reason="Fel.", started_at=earlier).status_code == 303
    assert typed_on(shown(lead, f"/passes/{shift}/lines/{shift}"))["started_at"] == earlier


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"counts.13-15.female.present": "fyra"}, "not_a_whole_number"),
        ({"counts.13-15.female.present": "1001"}, "out_of_range"),
        ({"counts.13-15.female.contacts": "41"}, "more_contacts_than_present"),
        ({"observed_at": "i går"}, "not_a_time"),
        ({"note": "Hen hette 19811218-9876"}, "personal_number"),
        ({"situation": "moon"}, "unknown_code"),
        ({"mend_reason": "  "}, "required"),
        ({"note": "x" * 2001}, "too_long"),
    ],
)
def test_bad_input_is_said_in_swedish_keeps_what_was_typed_and_changes_nothing(
    evening: tuple[Phone, str, Json, Json], phone: Phones, typed: Json, key: str
):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    before = read(lead, shift)
    answer = on_page(lead, shift, seen["record_id"], **{"mend_reason": "Fel.", **typed})
    html = unescape(answer.text)
    assert answer.status_code == 422, html[:500]
    assert SV[f"field.{key}"] in html
    assert key == "unknown_code" or next(iter(typed.values())).strip() in html
    assert SV["review.mend.not_saved"] in html
    assert read(lead, shift) == before


def test_only_who_may_review_the_pass_mends_it_and_only_what_hangs_on_it(
    evening: tuple[Phone, str, Json, Json], phone: Phones, app: Flask
):
    falt1, shift, _, seen = evening
    other = submitted(falt1)
    add_person(app, "bromma", "team_lead", "bromma", add_team(app, "Demo Bromma", "bromma"))
    lead, stranger = phone("ledare2"), phone("bromma")
    line = seen["record_id"]
    assert mend(falt1, shift, line, note="Nej").status_code == 403
    assert mend(stranger, shift, line, note="Nej").status_code == 404
    assert on_missing(stranger, shift, line) == 404
    assert mend(phone("jourledare"), shift, line, note="Nej").status_code == 403  # reads it, does not lead the team
    assert mend(lead, other, line, note="Nej").status_code == 404
    assert mend(lead, shift, line, status="approved").status_code == 422
    assert mend(lead, shift, shift, participant_ids=[lead.user_id]).status_code == 422
    assert mend(lead, shift, line, reason=" ", note="Nej").status_code == 422
    own = submitted(lead)
    assert mend(lead, own, own, other_participants=1).status_code == 403
    assert observed(lead, shift)["version"] == 1


def test_what_somebody_changed_meanwhile_is_not_written_over(evening: tuple[Phone, str, Json, Json], phone: Phones):
    falt1, shift, _, seen = evening
    lead, line = phone("ledare2"), evening[3]["record_id"]
    path = f"/passes/{shift}/lines/{line}"
    form = typed_on(shown(lead, path))
    falt1.apply(falt1.mutation("observations", "update", line, 1, counts=[{**COUNT, "present": 5}]))
    answer = posted(lead, path, **{**form, "mend_reason": "Feltryck.", "counts.13-15.female.present": "4"})
    html = unescape(answer.text)
    assert answer.status_code == 409
    assert SV["field.mend_moved"] in html
    assert observed(lead, shift)["counts"][0]["present"] == 5
    # Untouched fields of an old page are no change: another's later words stand.
    falt1.apply(falt1.mutation("observations", "update", line, 2, note="Lagad."))
    answer = posted(lead, path, **{**typed_on(html), "note": "Lagad."})
    assert answer.status_code == 303, answer.text
    assert (observed(lead, shift)["counts"][0]["present"], observed(lead, shift)["note"]) == (4, "Lagad.")


def test_mending_what_is_approved_is_its_next_version_and_both_remain(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    body = {"decision": "approve", "content_version": read(lead, shift)["content_version"]}
    assert lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers).status_code == 200
    answer = mend(lead, shift, seen["record_id"], counts=[{**COUNT, "present": 4}])
    assert answer.status_code == 200
    assert read(lead, shift)["status"] == "approved"
    assert observed(lead, shift)["flags"] == ["amendment", "mended"]
    kept = rows("SELECT number, reason FROM approved_versions ORDER BY number")
    assert [(row["number"], row["reason"]) for row in kept] == [(1, ""), (2, "Feltryck.")]
    [entry] = rows("SELECT action FROM audit_log WHERE action = 'shift.mend'")
    assert entry


def test_a_pass_that_is_with_its_people_again_is_not_mended(evening: tuple[Phone, str, Json, Json], phone: Phones):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    body = {"decision": "return", "content_version": read(lead, shift)["content_version"], "comment": "Se över."}
    assert lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers).status_code == 200
    assert mend(lead, shift, seen["record_id"], note="Nej").status_code == 409
    assert on_missing(lead, shift, seen["record_id"]) == 409


def on_missing(who: Phone, shift: str, record_id: str) -> int:
    status: int = who.client.get(f"/office/review/passes/{shift}/lines/{record_id}").status_code
    return status
