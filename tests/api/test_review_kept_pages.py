"""What is not in effect, at the desk: refused, late, held, in conflict; phones and their queue files. Forms alone."""

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.ids import new_id
from fieldapp.review import paging
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import count_of, following, passes_in, posted, shown, submitted
from tests.factories.sealing import queue_file

Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]
Sql = Callable[..., None]
SV = sentences("sv")
NUMBER = "811218-9876"


SETTLED_AT = r'action="(/office/review/rejections/[^"]*)"'


def kept(who: Phone, collection: str) -> list[Json]:
    """What a lead's phone holds of a collection, newest last."""
    who.pull()
    return sorted(who.held(collection), key=lambda one: one["id"])


# ---------------------------------------------------------------- refused


def test_a_rejection_says_why_what_when_and_whose_and_is_taken_in_again(phone: Phones, rows: Rows, sql: Sql):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift()
    falt1.apply(shift)
    falt1.push(falt1.visit(shift["record_id"], together_with=["rymdpolisen"], arrived_at="2026-11-23T17:05:00+01:00"))
    html = unescape(shown(lead, "/rejections"))
    for words in (
        SV["refusal.invalid"],
        SV["field.unknown_code"],
        "Demo Fält Ett",
        "23 nov. 2026 17:05",
        "rymdpolisen",
        "Besök, ny",
    ):
        assert words in html
    assert passes_in(html) == [shift["record_id"]]
    assert count_of(html, "/rejections") == "1"
    [row] = kept(lead, "rejections")
    again = posted(lead, f"/rejections/{row['id']}", action="replay")
    assert (again.status_code, again.location) == (303, "/office/review/rejections?done=refused_again")
    assert SV["review.done.refused_again"] in lead.client.get(again.location).text
    fields = json.dumps({**row["fields"], "together_with": []})
    sql("UPDATE sync_rejections SET fields = :fields", fields=fields)
    taken = posted(lead, f"/rejections/{row['id']}", action="replay")
    assert (taken.status_code, taken.location) == (303, "/office/review/rejections?done=replayed")
    assert len(rows("SELECT id FROM visits")) == 1
    settled = posted(lead, f"/rejections/{row['id']}", action="replay")
    assert settled.status_code == 409
    assert SV["field.already_resolved"] in settled.text


@pytest.mark.parametrize("field", ["participant_ids", "district"])
def test_a_page_of_refusals_that_name_more_than_a_statement_can_ask_for_is_shown(phone: Phones, field: str):
    falt1, lead = phone("falt1"), phone("ledare2")
    numbers = itertools.count(10_000_000)
    for _ in range(3):
        refused = []
        for _ in range(15):
            words = [new_id() if field == "participant_ids" else str(next(numbers)) for _ in range(1500)]
            refused.append(falt1.shift(kind="okänd", **{field: [falt1.user_id, *words]}))
        assert {receipt["status"] for receipt in falt1.push(*refused)} == {"rejected"}
    html = shown(lead, "/rejections")
    assert count_of(html, "/rejections") == "45"
    assert "Demo Fält Ett" in html


def test_putting_a_rejection_away_needs_a_reason_that_is_about_nobody(phone: Phones, rows: Rows):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(falt1.shift(kind="okänd"))
    [row] = kept(lead, "rejections")
    path = f"/rejections/{row['id']}"
    for reason, fault in (("", "required"), ("  ", "required"), (NUMBER, "personal_number"), ("x" * 201, "too_long")):
        answer = posted(lead, path, action="discard", reason=reason)
        assert answer.status_code == 422
        assert SV[f"field.{fault}"] in answer.text
    assert posted(lead, path, action="glöm").status_code == 422
    assert rows("SELECT state FROM sync_rejections") == [{"state": "open"}]
    assert posted(lead, path, action="discard", reason="Skriven två gånger").status_code == 303
    assert rows("SELECT state, reason FROM sync_rejections") == [{"state": "discarded", "reason": "Skriven två gånger"}]
    assert SV["review.none"] in shown(lead, "/rejections")


def test_PU13_what_was_refused_for_a_personal_number_can_only_be_put_away(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(falt1.shift(handover_note=f"Hon har {NUMBER}"))
    html = shown(lead, "/rejections")
    assert SV["review.only_discard"] in html
    assert 'value="replay"' not in html
    assert "9876" not in html
    [row] = kept(lead, "rejections")
    answer = posted(lead, f"/rejections/{row['id']}", action="replay")
    assert answer.status_code == 409
    assert SV["field.not_replayable"] in answer.text


@pytest.mark.parametrize(
    "content", [{"fields": "inget objekt"}, {"fields": {"kind": {"a": [1]}}}, {"collection": "okänd"}]
)
def test_whatever_was_refused_is_shown(phone: Phones, content: Json):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push({**falt1.shift(), **content})
    assert count_of(shown(lead, "/rejections"), "/rejections") == "1"


def test_rejections_of_a_state_are_asked_for(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    first, second = falt1.shift(kind="ett"), falt1.shift(kind="två")
    falt1.push(first, second)
    row = next(one for one in kept(lead, "rejections") if one["mutation_id"] == first["id"])
    assert posted(lead, f"/rejections/{row['id']}", action="discard", reason="Fel").status_code == 303

    def of_state(state: str) -> list[str]:
        items = lead.client.get(f"/api/v1/rejections?state={state}").get_json()["items"]
        return [one["mutation_id"] for one in items]

    assert of_state("open") == [second["id"]]
    assert of_state("discarded") == [first["id"]]
    assert lead.client.get("/api/v1/rejections?state=okänd").status_code == 422


def test_refusals_longer_than_a_page_go_on_and_what_is_settled_there_leads_back_there(
    phone: Phones, monkeypatch: pytest.MonkeyPatch
):
    """What can't be settled stays, and must hide nothing behind it."""
    monkeypatch.setattr(paging, "PAGE", 2)
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(*(falt1.shift(kind="okänd") for _ in range(5)))
    first = shown(lead, "/rejections")
    addresses, html, more = re.findall(SETTLED_AT, first), first, following(first)
    while more:
        html = lead.client.get(more).text
        addresses, more = [*addresses, *re.findall(SETTLED_AT, html)], following(html)
    assert len(set(addresses)) == 5
    assert first.count('tabindex="-1" data-row') == 2
    last = unescape(addresses[-1])
    assert "after=" in last
    empty = posted(lead, last.removeprefix("/office/review"), action="discard")
    assert empty.status_code == 422
    assert SV["field.required"] in empty.text.split('-fault">')[1].split("</p>")[0]
    done = posted(lead, last.removeprefix("/office/review"), action="discard", reason="Fel")
    assert done.status_code == 303
    page = lead.client.get(done.location).text
    assert SV["review.done.discarded"] in page
    assert SV["review.from_the_start"] in page


def test_buttons_that_say_the_same_are_told_apart_by_time_and_author(phone: Phones, sql: Sql):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    falt1.push(falt1.shift(kind="okänd"))
    falt2.push(falt2.shift(kind="okänd"))
    html = re.sub(r"<[^>]*>", "", re.sub(r"</(button|label)>", "\n", shown(lead, "/rejections")))
    for words in (SV["review.replay"], SV["review.discard"], SV["review.reason"]):
        named = re.findall(rf"^\s*{words}: .*$", html, re.MULTILINE)
        assert len(named) == len(set(named)) == 2, words
        assert all(any(who in name for name in named) for who in ("Demo Fält Ett", "Demo Fält Två"))


@pytest.mark.parametrize(("kind", "path"), [("held", "/held"), ("late", "/late"), ("conflict", "/conflicts")])
def test_what_is_not_in_effect_goes_on_on_the_next_page(
    phone: Phones, monkeypatch: pytest.MonkeyPatch, sql: Sql, late: Any, kind: str, path: str
):
    monkeypatch.setattr(paging, "PAGE", 2)
    falt1, lead, key, _ = late
    if kind == "late":
        falt1.push(falt1.visit(key), falt1.visit(key))
    elif kind == "held":
        falt1.push(*(falt1.visit(falt1.shift()["record_id"]) for _ in range(3)))
        sql("UPDATE sync_waiting SET received_at = '2026-01-01 00:00:00.000000' WHERE kind = 'held'")
    else:
        other = phone("falt1")
        shifts = [falt1.shift() for _ in range(3)]
        falt1.apply(*shifts)
        falt1.apply(*(falt1.mutation("shifts", "update", one["record_id"], 1, reason="ett") for one in shifts))
        other.push(*(other.mutation("shifts", "update", one["record_id"], 1, reason="två") for one in shifts))
    ids = r'id="row-([^"]*)"' if kind != "conflict" else r"/office/review/conflicts/([0-9a-f-]{36})"
    html = shown(lead, path)
    seen, more = re.findall(ids, html), following(html)
    assert (len(seen), count_of(html, path), html.count(" data-row")) == (2, "3", 2)
    assert more
    html = lead.client.get(more).text
    assert len({*seen, *re.findall(ids, html)}) == 3
    assert following(html) is None


# ---------------------------------------------------------------- late


@pytest.fixture
def late(phone: Phones) -> tuple[Phone, Phone, str, Json]:
    """A pass that the deputy approved, and a visit that came for it afterwards."""
    falt1, lead = phone("falt1"), phone("ledare2")
    key = submitted(falt1, participant_ids=[falt1.user_id, phone("ledare").user_id])
    version = lead.client.get(f"/api/v1/shifts/{key}").get_json()["content_version"]
    body = {"decision": "approve", "content_version": version}
    assert lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers).status_code == 200
    visit = falt1.visit(key)
    assert falt1.push(visit)[0]["status"] == "late"
    return falt1, lead, key, visit


def test_PU11_what_came_late_is_taken_in_as_an_amendment(phone: Phones, rows: Rows, late: Any):
    _, lead, key, _ = late
    html = shown(lead, "/late")
    assert passes_in(html) == [key]
    assert "Hökarängen" in html
    [row] = kept(lead, "late")
    without = posted(lead, f"/late/{row['id']}", action="take_in")
    assert (without.status_code, SV["field.required"] in unescape(without.text)) == (422, True)
    answer = posted(lead, f"/late/{row['id']}", action="take_in", reason="Mobilen var urladdad.")
    assert (answer.status_code, answer.location) == (303, "/office/review/late?done=applied")
    assert SV["review.done.applied"] in lead.client.get(answer.location).text
    assert len(rows("SELECT id FROM visits")) == 1
    assert posted(lead, f"/late/{row['id']}", action="take_in", reason="Igen.").status_code == 409


def test_PU11_leaving_it_out_needs_a_reason(phone: Phones, rows: Rows, late: Any):
    _, lead, _, _ = late
    [row] = kept(lead, "late")
    answer = posted(lead, f"/late/{row['id']}", action="discard")
    assert answer.status_code == 422
    assert SV["field.required"] in answer.text
    assert posted(lead, f"/late/{row['id']}", action="discard", reason="Hör till ett annat pass").status_code == 303
    assert rows("SELECT id FROM visits") == []
    assert rows("SELECT reason FROM sync_rejections") == [{"reason": "Hör till ett annat pass"}]


def test_who_was_on_the_pass_sees_that_someone_else_must_settle_it(phone: Phones, late: Any):
    ledare = phone("ledare")
    html = shown(ledare, "/late")
    assert SV["review.someone_else"] in html
    assert 'value="take_in"' not in html
    [row] = kept(ledare, "late")
    assert posted(ledare, f"/late/{row['id']}", action="take_in").status_code == 403


# ---------------------------------------------------------------- held


def test_PU9_what_waits_for_a_day_says_whose_phone_may_hold_it(phone: Phones, sql: Sql):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    falt2.pull()
    unsent = falt2.shift(participant_ids=[falt1.user_id, falt2.user_id])
    assert falt1.push(falt1.visit(unsent["record_id"]))[0]["status"] == "held"
    assert count_of(shown(lead, "/held"), "/held") == "0"
    day_ago = (datetime.now(UTC) - timedelta(hours=25)).strftime("%Y-%m-%d %H:%M:%S.%f")
    sql("UPDATE sync_waiting SET received_at = :at", at=day_ago)
    lead.pull()
    before = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    sql("UPDATE sync_devices SET last_sync_at = :at WHERE user_id = :user", at=before, user=falt2.user_id)
    html = shown(lead, "/held")
    assert count_of(html, "/held") == "1"
    awaited = html.split(SV["review.awaited"])[1].split("</p>")[0]
    assert "Demo Fält Två" in awaited
    assert "Demo Fält Ett" not in awaited
    assert "Demo Ledare" not in awaited
    falt2.apply(unsent)
    assert count_of(shown(lead, "/held"), "/held") == "0"


# ---------------------------------------------------------------- conflicts


@pytest.fixture
def met(phone: Phones) -> tuple[Phone, Phone, str, str]:
    """Two people wrote another reason on one pass; the pass and the conflict."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    key = shift["record_id"]
    falt1.apply(shift)
    falt1.apply(falt1.mutation("shifts", "update", key, 1, reason="ett"))
    [receipt] = falt2.push(falt2.mutation("shifts", "update", key, 1, reason="två"))
    return falt1, falt2, key, receipt["conflict_id"]


def choose(lead: Phone, conflict_id: str, version: str = "1", **form: str) -> Any:
    return posted(lead, f"/conflicts/{conflict_id}", version=version, **form)


def test_PU5_both_values_stand_side_by_side_with_whose_and_when(phone: Phones, met: Any):
    _, _, key, conflict_id = met
    lead = phone("ledare2")
    listed = shown(lead, "/conflicts")
    assert f"/office/review/conflicts/{conflict_id}" in listed
    assert SV["label.reason"] in listed
    html = shown(lead, f"/conflicts/{conflict_id}")
    assert passes_in(html) == [key]
    saved, sent = html.split('<div class="halves">')[1].split("<div>")[1:3]
    assert "Demo Fält Ett" in saved
    assert ">ett<" in saved
    assert "Demo Fält Två" in sent
    assert ">två<" in sent


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"choice-reason": "server"}, "ett"),
        ({"choice-reason": "sent"}, "två"),
        ({"choice-reason": "other", "other-reason": "tre"}, "tre"),
    ],
)
def test_PU5_what_is_chosen_stands_and_the_conflict_is_over(
    phone: Phones, rows: Rows, met: Any, form: dict[str, str], expected: str
):
    lead, (_, _, key, conflict_id) = phone("ledare2"), met
    answer = choose(lead, conflict_id, **form)
    assert (answer.status_code, answer.location) == (303, "/office/review/conflicts?done=resolved")
    assert SV["review.conflict_saved"] in lead.client.get(answer.location).text
    assert rows("SELECT reason FROM shifts WHERE id = :id", id=key) == [{"reason": expected}]
    assert count_of(shown(lead, "/conflicts"), "/conflicts") == "0"
    settled = unescape(shown(lead, f"/conflicts/{conflict_id}"))
    assert "Demo Ledare Två valde" in settled
    named = {"server": "Den sparade", "sent": "Den skickade", "other": "Skriv en annan"}
    assert f"{SV['label.reason']}: {named[form['choice-reason']]}" in settled
    assert 'type="radio"' not in settled
    assert f"/office/review/conflicts/{conflict_id}" in shown(lead, f"/passes/{key}")
    [entry] = rows("SELECT action, subject FROM audit_log WHERE action = 'conflict.resolved'")
    assert entry["subject"] == conflict_id


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({}, "required"),
        ({"choice-reason": "bådadera"}, "required"),
        ({"choice-reason": "other", "other-reason": NUMBER}, "personal_number"),
        ({"choice-reason": "other", "other-reason": "x" * 201}, "too_long"),
    ],
)
def test_PU5_a_choice_that_can_not_be_taken_says_so_at_its_field_and_writes_nothing(
    phone: Phones, rows: Rows, met: Any, form: dict[str, str], fault: str
):
    lead, (_, _, key, conflict_id) = phone("ledare2"), met
    answer = choose(lead, conflict_id, **form)
    assert answer.status_code == 422
    assert SV[f"field.{fault}"] in answer.text.split('id="reason-fault"')[1].split("</p>")[0]
    assert rows("SELECT reason FROM shifts WHERE id = :id", id=key) == [{"reason": "ett"}]
    assert rows("SELECT state FROM sync_conflicts") == [{"state": "open"}]


def test_PU5_who_chooses_second_is_told_and_sees_what_stands_now(phone: Phones, rows: Rows, met: Any):
    ledare, lead, (_, _, key, conflict_id) = phone("ledare"), phone("ledare2"), met
    form = {"choice-reason": "other", "other-reason": "tre"}
    assert choose(ledare, conflict_id, **form).status_code == 303
    answer = choose(lead, conflict_id, **{"choice-reason": "sent"})
    assert answer.status_code == 409
    assert SV["field.already_resolved"] in answer.text
    now = answer.text.split(SV["review.now_value"])[1].split("</div>")[0]
    assert ">tre<" in now
    assert rows("SELECT reason FROM shifts WHERE id = :id", id=key) == [{"reason": "tre"}]


def test_PU5_values_that_moved_meanwhile_ask_again_with_what_stands_now(phone: Phones, rows: Rows, met: Any):
    falt1, _, key, conflict_id = met
    lead = phone("ledare2")
    falt1.apply(falt1.mutation("shifts", "update", key, 2, reason="fyra"))
    answer = choose(lead, conflict_id, **{"choice-reason": "sent"})
    assert answer.status_code == 409
    assert SV["field.values_moved"] in answer.text
    assert rows("SELECT reason FROM shifts WHERE id = :id", id=key) == [{"reason": "fyra"}]
    [new] = rows("SELECT id FROM sync_conflicts WHERE state = 'open'")
    assert f"/office/review/conflicts/{new['id']}" in answer.text
    saved, sent = answer.text.split('<div class="halves">')[1].split("<div>")[1:3]
    assert ">fyra<" in saved
    assert ">två<" in sent
    assert choose(lead, new["id"], **{"choice-reason": "sent"}).status_code == 303
    assert rows("SELECT reason FROM shifts WHERE id = :id", id=key) == [{"reason": "två"}]


def test_PU5_a_removal_is_chosen_about_as_a_whole(phone: Phones, rows: Rows):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    visit = falt1.visit(shift["record_id"])
    falt1.apply(shift, visit)
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit["record_id"], 1, outcome="nothing_noted"))
    html = shown(lead, f"/conflicts/{receipt['conflict_id']}")
    assert SV["review.removed"] in html
    assert choose(lead, receipt["conflict_id"], **{"choice-record": "sent"}).status_code == 303
    [stands] = rows("SELECT deleted, outcome FROM visits")
    assert (bool(stands["deleted"]), stands["outcome"]) == (False, "nothing_noted")


# ---------------------------------------------------------------- phones


def test_PU14_phones_say_when_they_were_heard_of_and_what_they_lack(phone: Phones, sign_in: Any, sql: Sql):
    falt1, lead = phone("falt1"), phone("ledare2")
    first, second, third = falt1.shift(), falt1.shift(), falt1.shift()
    falt1.push(first, third, queue={"count": 5, "oldest_made_at": now_iso(), "last_device_seq": 9})
    phone("falt2")  # signed in, has never sent: as a browser of the office
    html = shown(lead, "/devices")
    row = html.split("Demo Fält Ett")[1].split("</tr>")[0]
    for words in ("Demomobil", "2026.11.1", ">2<", SV["review.in_queue"].format(n=5), SV["review.oldest_from"][:6]):
        assert words in row
    assert "Demo Fält Två" not in html
    sql("UPDATE devices SET revoked_at = :at", at=now_iso()[:19].replace("T", " "))
    lead = phone("ledare2")
    assert SV["review.revoked"].split("{")[0] in shown(lead, "/devices")
    assert second


def sent_file(lead: Phone, content: bytes) -> Any:
    """Send the form with a file, as a browser writes it."""
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n'
    token = head.format("csrf_token") + lead.session["csrf_token"]
    file = head.format('file"; filename="ko.json').encode() + content
    body = b"--x\r\n" + token.encode() + b"\r\n--x\r\n" + file + b"\r\n--x--\r\n"
    headers = {"Origin": "http://localhost", "Content-Type": "multipart/form-data; boundary=x"}
    return lead.client.post("/office/review/devices", data=body, headers=headers)


def test_CL11_a_queue_file_is_read_in_on_the_page_and_each_kind_of_answer_is_said(phone: Phones, rows: Rows):
    falt1, lead = phone("falt1"), phone("ledare2")
    mutations = [*falt1.evening(observations=3), falt1.shift(kind="okänd")]
    answer = sent_file(lead, json.dumps(queue_file(falt1, mutations)).encode())
    assert answer.status_code == 200
    notice = answer.text.split('role="status"')[1].split("</section>")[0]
    assert "Demo Fält Ett" in notice
    for status, count in (("applied", 5), ("rejected", 1)):
        words = SV["review.read_in_counts"].format(what=SV[f"code.receipt.{status}"], n=count)
        assert words in notice
    assert SV["refusal.invalid"] in notice
    assert len(rows("SELECT id FROM observations")) == 3


def test_CL11_a_file_larger_than_other_requests_is_read_in_and_one_over_its_limit_is_not(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    large = json.dumps(queue_file(falt1, [falt1.shift()], padding="x" * 3_000_000)).encode()
    assert len(large) > 3_000_000
    assert sent_file(lead, large).status_code == 200
    assert sent_file(lead, b"x" * (17 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("content", [b"", b"inte json", b"[]", b'{"format": "annan"}'])
def test_CL11_what_is_no_queue_file_is_refused_in_words(phone: Phones, content: bytes):
    answer = sent_file(phone("ledare2"), content)
    assert answer.status_code == 422
    assert SV["field.queue_file_unreadable"] in answer.text


def test_CL11_another_teams_file_is_no_file(phone: Phones, rows: Rows):
    falt1 = phone("falt1")
    answer = sent_file(phone("jourledare"), json.dumps(queue_file(falt1, [falt1.shift()])).encode())
    assert answer.status_code == 422
    assert rows("SELECT id FROM shifts") == []
    lead = phone("ledare2")
    assert posted(lead, "/devices").status_code == 422
