"""Mending: what a page must not bring back, tell, or take; and what is recognised when the secret key was changed."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from time import sleep
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from fieldapp.review import mending
from tests.factories.evening import LISTED_NEAR
from tests.factories.jour import approve
from tests.factories.mending import COUNT, mend, observed, on_page, read, typed_on
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import posted, shown, submitted
from tests.factories.sealing import queue_file

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
Sql = Callable[..., None]
Evening = tuple[Phone, str, Json, Json]
NEW_KEY = "another-secret-9876543210-zyxwvutsrqponml"


@pytest.fixture
def evening(phone: Phones) -> Evening:
    """A pass of falt1's with a visit and an observation, sent in."""
    falt1 = phone("falt1")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], counts=[COUNT], note="Lampan är sönder.")
    return falt1, submitted(falt1, visit, seen), visit, seen


def change_the_key(app: Flask) -> None:
    """Change the secret key as README says: the old one is kept as a setting."""
    old = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(old, secret_key=NEW_KEY, old_secret_keys=(old.secret_key,))
    app.config["SECRET_KEY"] = NEW_KEY


def test_PU3_what_was_sent_under_an_old_secret_key_is_still_answered_by_its_first_receipt(app: Flask, phone: Phones):
    falt1 = phone("falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    change_the_key(app)
    again = phone("falt1", device_id=falt1.session["device_id"])
    [receipt] = again.push(shift)
    assert (receipt["status"], receipt["replayed"]) == ("applied", True), receipt


def test_CL11_a_queue_file_saved_under_an_old_secret_key_can_be_read_in(app: Flask, phone: Phones):
    falt1 = phone("falt1")
    document = queue_file(falt1, [falt1.shift()])
    change_the_key(app)
    lead = phone("ledare2")
    answer = lead.client.post("/api/v1/queue-files", json=document, headers=lead.headers)
    assert answer.status_code == 200, answer.text


def test_what_was_not_touched_on_an_old_page_never_comes_back(evening: Evening, phone: Phones):
    falt1, shift, _, seen = evening
    lead, line = phone("ledare2"), seen["record_id"]
    path = f"/passes/{shift}/lines/{line}"
    form = typed_on(shown(lead, path))
    falt1.apply(falt1.mutation("observations", "update", line, 1, note="Lagad, inget kvar."))
    answer = posted(lead, path, **{**form, "mend_reason": "Feltryck.", "counts.13-15.female.present": "4"})
    if answer.status_code == 409:  # the leader reads that somebody was faster, and saves the same form again
        answer = posted(lead, path, **typed_on(answer.text))
    assert answer.status_code == 303
    after = observed(lead, shift)
    assert (after["counts"][0]["present"], after["note"]) == (4, "Lagad, inget kvar.")


def test_an_approved_pass_is_not_mended_to_have_no_end(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = submitted(falt1)
    assert approve(lead, shift).status_code == 200
    assert on_page(lead, shift, shift, mend_reason="Fel.", ended_at="").status_code == 422
    assert read(lead, shift)["ended_at"]


def test_an_approved_pass_is_not_mended_to_have_more_minutes_than_its_length(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = submitted(falt1)  # five hours
    assert approve(lead, shift).status_code == 200
    minutes = {"arena_minutes.outdoor": "1440", "arena_minutes.school": "1440"}
    assert on_page(lead, shift, shift, mend_reason="Fel.", **minutes).status_code == 422


@pytest.mark.parametrize("who", ["analys", "jourledare"])
def test_words_that_were_struck_are_not_read_by_who_is_not_of_the_pass(phone: Phones, who: str):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], note="Kalle Karlsson var här")
    shift = submitted(falt1, visit, seen)
    assert mend(lead, shift, seen["record_id"], note="").status_code == 200
    assert approve(lead, shift).status_code == 200
    assert "Kalle" not in phone(who).client.get(f"/api/v1/shifts/{shift}").text


def test_words_that_were_struck_are_not_on_the_page_of_another_teams_lead(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], note="Kalle Karlsson var här")
    shift = submitted(falt1, visit, seen)
    assert mend(lead, shift, seen["record_id"], note="").status_code == 200
    assert "Kalle" not in phone("jourledare").client.get(f"/office/review/passes/{shift}").text


def test_the_label_of_a_place_that_was_struck_is_not_said_again_on_the_phone(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", place={"lat": 59.24, "lon": 18.09, "label": "Hemma hos Kalle Karlsson"})
    shift = submitted(falt1, visit)
    mended = {"lat": 59.24, "lon": 18.09, "label": "Portuppgång"}
    assert mend(lead, shift, visit["record_id"], place=mended).status_code == 200
    falt1.pull()
    assert "Kalle" not in str(falt1.held("review_comments"))


def test_words_that_were_struck_do_not_travel_on_in_an_open_conflict(evening: Evening, phone: Phones):
    falt1, shift, _, seen = evening
    lead, jour1 = phone("ledare2"), phone("jour1")
    falt1.apply(falt1.mutation("shifts", "update", shift, 2, participant_ids=[falt1.user_id, jour1.user_id]))
    [receipt] = jour1.push(jour1.mutation("observations", "update", seen["record_id"], 0, note="Annat"))
    assert receipt["status"] == "conflict"
    assert mend(lead, shift, seen["record_id"], note="").status_code == 200
    jour1.pull()
    other_phone = phone("jour1")
    other_phone.pull()
    assert "Lampan" not in str(jour1.held("conflicts")) + str(other_phone.held("conflicts"))


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has one writer at a time
def test_a_mend_that_gave_way_to_a_phone_is_done_again(evening: Evening, phone: Phones, database_url: str):
    _, shift, _, seen = evening
    lead, answers = phone("ledare2"), []
    with psycopg.connect(database_url.replace("+psycopg", "")) as other:
        other.execute("SELECT id FROM observations WHERE id = %s FOR UPDATE", [seen["record_id"]])
        mends = Thread(target=lambda: answers.append(mend(lead, shift, seen["record_id"], note="Ny.")))
        mends.start()
        sleep(0.4)  # it holds the pass, and waits for the line
        other.execute("SELECT id FROM shifts WHERE id = %s FOR UPDATE", [shift])  # children first, as a push locks
        other.rollback()
    mends.join()
    assert answers[0].status_code == 200, answers[0].text


def test_a_mend_that_the_database_made_give_way_is_done_again(
    evening: Evening, phone: Phones, monkeypatch: pytest.MonkeyPatch
):
    _, shift, _, seen = evening
    real, deadlocks = (
        mending.mend,
        [OperationalError("UPDATE", {}, type("Gone", (Exception,), {"sqlstate": "40P01"})())],
    )

    def once(*args: Any, **kwargs: Any) -> Any:
        if deadlocks:
            raise deadlocks.pop()
        return real(*args, **kwargs)

    monkeypatch.setattr(mending, "mend", once)
    answer = mend(phone("ledare2"), shift, seen["record_id"], note="Ny.")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("is_pass", "typed"),
    [
        (True, {"arena_minutes": "5"}),
        (True, {"incidents": "5"}),
        (False, {"referrals": "5"}),
        (True, {"started_at": "0001-01-01T00:00"}),
        (True, {"ended_at": "0001-01-01T00:00"}),
        (True, {"started_at": "9999-12-31T23:59-23:00"}),
        (False, {"observed_at": "0001-01-01T00:00"}),
    ],
)
def test_a_form_that_no_page_makes_is_refused_in_words(evening: Evening, phone: Phones, is_pass: bool, typed: Json):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    answer = on_page(lead, shift, shift if is_pass else seen["record_id"], **{"mend_reason": "Fel.", **typed})
    assert answer.status_code == 422, answer.status_code


@pytest.mark.parametrize("name", ["\ud800", "19811218-9876"])
def test_a_name_that_is_no_field_is_refused_and_not_said_back(evening: Evening, phone: Phones, name: str):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    body = json.dumps({"record_id": seen["record_id"], "version": 1, "reason": "Fel.", "fields": {name: 1}})
    path = f"/api/v1/shifts/{shift}/mends"
    answer = lead.client.post(path, data=body, content_type="application/json", headers=lead.headers)
    assert answer.status_code == 422, answer.text
    assert name not in answer.text


@pytest.mark.parametrize("more", [{"fields": []}, {"fields": None}, {}])
def test_what_is_wrong_with_the_fields_is_said_in_swedish(evening: Evening, phone: Phones, more: Json):
    _, shift, _, seen = evening
    lead = phone("ledare2")
    body = {"record_id": seen["record_id"], "version": 1, "reason": "Fel.", **more}
    answer = lead.client.post(f"/api/v1/shifts/{shift}/mends", json=body, headers=lead.headers)
    [said] = answer.get_json()["fields"]["fields"]
    assert said in ("Ska vara ett objekt.", "Har fel form.", "Måste anges."), said


def test_a_version_that_the_server_never_had_writes_over_nothing(evening: Evening, phone: Phones):
    falt1, shift, _, seen = evening
    falt1.apply(falt1.mutation("observations", "update", seen["record_id"], 1, note="Lagad."))
    answer = mend(phone("ledare2"), shift, seen["record_id"], version=99, note="Sönder.")
    assert answer.status_code in (409, 422), answer.text


def test_the_arena_of_a_visit_can_be_mended_where_its_place_was_merged_since(phone: Phones, rows: Rows, sql: Sql):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", site_id=LISTED_NEAR)
    shift = submitted(falt1, visit)
    [other] = rows("SELECT id FROM sites WHERE id != :id ORDER BY id LIMIT 1", id=LISTED_NEAR)
    sql("UPDATE sites SET merged_into_id = :other WHERE id = :id", other=other["id"], id=LISTED_NEAR)
    assert "okänd plats" not in shown(lead, f"/passes/{shift}/lines/{visit['record_id']}")
    assert on_page(lead, shift, visit["record_id"], mend_reason="Fel.", arena="transit").status_code == 303


def test_the_district_of_a_visit_stays_when_its_arena_is_mended(phone: Phones, sql: Sql):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", site_id=LISTED_NEAR)
    shift = submitted(falt1, visit)
    sql("UPDATE sites SET district = 'bromma' WHERE id = :id", id=LISTED_NEAR)
    assert mend(lead, shift, visit["record_id"], arena="transit").status_code == 200
    [after] = read(lead, shift)["visits"]
    assert after["district"] == "farsta"


def test_an_untouched_note_that_begins_with_an_empty_line_is_no_change(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], note="\nLampan är sönder.")
    shift = submitted(falt1, visit, seen)
    path = f"/passes/{shift}/lines/{seen['record_id']}"
    html = shown(lead, path).replace(">\n", ">")  # a browser drops a line break right after <textarea>
    posted(lead, path, **{**typed_on(html), "mend_reason": "Fel.", "situation": "calm"})
    after = observed(lead, shift)
    assert (after["situation"], after["note"]) == ("calm", "\nLampan är sönder.")


def test_an_untouched_reason_of_two_lines_is_no_change(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = submitted(falt1, reason="Oroligt.\nSkolan bad oss.")
    path = f"/passes/{shift}/lines/{shift}"
    html = shown(lead, path)
    assert re.search(r'<textarea[^>]* name="reason"', html)  # an <input> would hold no line breaks
    posted(lead, path, **{**typed_on(html), "mend_reason": "Fel.", "other_participants": "2"})
    assert read(lead, shift)["reason"] == "Oroligt.\nSkolan bad oss."


def test_a_time_in_the_hour_that_comes_twice_stays_in_its_own(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", arrived_at="2026-10-25T02:30:00+01:00")
    shift = submitted(falt1, visit, started_at="2026-10-25T00:00:00+02:00", ended_at="2026-10-25T03:30:00+01:00")
    on_page(lead, shift, visit["record_id"], mend_reason="Fel.", arrived_at="2026-10-25T02:35")
    [after] = read(lead, shift)["visits"]
    assert after["arrived_at"] == "2026-10-25T01:35:00Z"  # five minutes later, not fifty-five earlier


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2026-03-02", "2026-W10-1", "2199-03-02T10:10"])
def test_a_time_that_never_was_or_a_date_alone_is_refused(evening: Evening, phone: Phones, typed: str):
    _, shift, _, seen = evening
    answer = on_page(phone("ledare2"), shift, seen["record_id"], mend_reason="Fel.", observed_at=typed)
    assert answer.status_code == 422


def test_times_of_what_is_absent_end_in_z(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.apply(falt1.shift(started_at=now_iso(hours=-120)))
    [missing] = lead.client.get("/api/v1/review/absent").get_json()["missing"]
    assert missing["started_at"].endswith("Z"), missing["started_at"]
