"""Joining a pass by its short code: whatever the team, one write as any other, and no code to be guessed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from fieldapp.core.ids import new_id
from fieldapp.outreach.rules import CODES, join_code
from tests.factories.phone import Phone, now_iso

JOIN = "/api/v1/shifts/join"
Json = dict[str, Any]


def code_of(shift: Json) -> str:
    return join_code(shift["record_id"])


def another(code: str) -> str:
    return f"{(int(code) + 1) % CODES:06}"


def join(person: Phone, code: Any) -> Any:
    return person.client.post(JOIN, json={"code": code}, headers=person.headers)


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def begun(who: Phone, **fields: Any) -> Json:
    """A pass with a visit and an observation, written on one phone."""
    shift = who.shift(**fields)
    visit = who.visit(shift["record_id"])
    who.apply(shift, visit, who.observation(visit["record_id"]))
    return shift


@pytest.fixture
def falt1(phone: Callable[..., Phone]) -> Phone:
    return phone("falt1")


@pytest.fixture
def jour1(phone: Callable[..., Phone]) -> Phone:
    """A colleague of another team, who works anywhere and may know of no pass of Farsta's."""
    person = phone("jour1")
    person.pull()
    return person


def test_a_colleague_of_another_team_joins_and_the_pass_is_theirs_to_read_and_write(falt1: Phone, jour1: Phone):
    shift = begun(falt1)
    key = shift["record_id"]
    path = f"/api/v1/shifts/{key}"
    assert jour1.client.get(path).status_code == 404
    assert key not in {record_id for _, record_id in jour1.pull()}
    answer = join(jour1, f"{code_of(shift)[:3]} {code_of(shift)[3:]}")
    assert (answer.status_code, answer.get_json()) == (200, {"shift_id": key})
    held = jour1.pull()
    assert held["shifts", key]["participant_ids"] == [falt1.user_id, jour1.user_id]
    assert [visit["shift_id"] for visit in jour1.held("visits")] == [key]  # what was written before comes along (PL3)
    assert len(jour1.held("observations")) == 1
    assert held["people", falt1.user_id]["name"] == "Demo Fält Ett"
    assert jour1.client.get(path).status_code == 200
    visit = jour1.visit(key)
    jour1.apply(visit)
    assert falt1.pull()["visits", visit["record_id"]]["created_by"] == jour1.user_id


def test_it_is_a_write_as_any_other_version_history_audit_and_the_other_side_to_every_phone(
    falt1: Phone, jour1: Phone, rows: Callable[..., list[Json]]
):
    shift = begun(falt1)
    key = shift["record_id"]
    assert join(jour1, code_of(shift)).status_code == 200
    assert falt1.pull()["shifts", key]["version"] == 2
    history = "SELECT version, op, device_id, user_id FROM sync_history WHERE record_id = :id ORDER BY version"
    assert rows(history, id=key)[1:] == [{"version": 2, "op": "update", "device_id": None, "user_id": jour1.user_id}]
    audit = "SELECT actor_id, subject FROM audit_log WHERE action = 'shift.joined_by_code'"
    assert rows(audit) == [{"actor_id": jour1.user_id, "subject": key}]
    mirrored = rows("SELECT user_id FROM shift_participants WHERE shift_id = :id", id=key)
    assert {row["user_id"] for row in mirrored} == {falt1.user_id, jour1.user_id}
    assert rows("SELECT count(*) AS n FROM wrong_join_codes") == [{"n": 0}]


def test_PU7_who_joined_and_who_was_added_on_a_phone_meanwhile_are_both_on_it(
    falt1: Phone, jour1: Phone, phone: Callable[..., Phone]
):
    shift, falt2 = begun(falt1), phone("falt2")
    assert join(jour1, code_of(shift)).status_code == 200
    people = [falt1.user_id, falt2.user_id]
    [receipt] = falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 1, participant_ids=people))
    assert receipt["status"] == "merged"
    everybody = {falt1.user_id, falt2.user_id, jour1.user_id}
    assert set(falt1.pull()["shifts", shift["record_id"]]["participant_ids"]) == everybody


def test_PL3_who_joined_by_code_can_leave_again_and_loses_it(falt1: Phone, jour1: Phone):
    shift = begun(falt1)
    key = shift["record_id"]
    join(jour1, code_of(shift))
    jour1.pull()
    jour1.apply(jour1.mutation("shifts", "update", key, 2, participant_ids=[falt1.user_id]))
    assert ("shifts", key) not in jour1.pull()
    assert jour1.held("visits") == []
    assert jour1.client.get(f"/api/v1/shifts/{key}").status_code == 404


def test_on_it_already_nothing_is_written(falt1: Phone, jour1: Phone, rows: Callable[..., list[Json]]):
    shift = begun(falt1)
    for person in (falt1, jour1, jour1):
        answer = join(person, code_of(shift))
        assert (answer.status_code, answer.get_json()) == (200, {"shift_id": shift["record_id"]})
    assert rows("SELECT version FROM shifts") == [{"version": 2}]
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'shift.joined_by_code'") == [{"n": 1}]


def test_the_same_team_joins_by_code_too_and_a_team_lead(falt1: Phone, phone: Callable[..., Phone]):
    shift = begun(falt1)
    people = [phone("falt2"), phone("ledare2"), phone("jourledare")]
    assert [join(person, code_of(shift)).status_code for person in people] == [200] * 3
    assert len(falt1.pull()["shifts", shift["record_id"]]["participant_ids"]) == 4


def ended(who: Phone, key: str) -> None:
    who.apply(who.mutation("shifts", "update", key, 1, ended_at=now_iso(minutes=-1)))


def submitted(who: Phone, key: str) -> None:
    who.apply(who.mutation("shifts", "update", key, 1, ended_at=now_iso(minutes=-1), status="submitted"))


def reviewed(decision: str) -> Callable[[Phone, str], None]:
    def decide(who: Phone, key: str) -> None:
        submitted(who, key)
        lead = Phone.signed_in(who.client.application.test_client(), "ledare2")
        read = lead.client.get(f"/api/v1/shifts/{key}").get_json()
        body = {"decision": decision, "content_version": read["content_version"], "comment": "Tiden?"}
        answer = lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers)
        assert answer.status_code == 200, answer.text

    return decide


def removed(who: Phone, key: str) -> None:
    for collection in ("observations", "visits"):
        for record in who.held(collection):
            who.apply(who.mutation(collection, "delete", record["id"], 1))
    who.apply(who.mutation("shifts", "delete", key, 1))


CLOSED = {
    "ended": ended,
    "submitted": submitted,
    "approved": reviewed("approve"),
    "returned": reviewed("return"),
    "removed": removed,
}


@pytest.mark.parametrize("how", CLOSED)
def test_a_pass_that_is_no_longer_under_way_is_answered_as_none(
    falt1: Phone, jour1: Phone, rows: Callable[..., list[Json]], how: str
):
    shift = begun(falt1)
    falt1.pull()
    CLOSED[how](falt1, shift["record_id"])
    [before] = rows("SELECT version, participant_ids FROM shifts")
    assert said(join(jour1, code_of(shift))) == (404, "code_unknown")
    assert rows("SELECT version, participant_ids FROM shifts") == [before]


@pytest.mark.parametrize(("hours", "status"), [(-23.9, 200), (-24.1, 404), (0.2, 200)])
def test_a_pass_of_the_last_day_also_where_its_phones_clock_is_ahead(
    falt1: Phone, jour1: Phone, hours: float, status: int
):
    shift = falt1.shift(started_at=now_iso(hours=hours))
    falt1.apply(shift)
    assert join(jour1, code_of(shift)).status_code == status


def test_two_passes_with_one_code_are_joined_by_nobody_until_one_has_ended(falt1: Phone, jour1: Phone):
    first, second = falt1.shift(), falt1.shift()
    second["record_id"] = "01900000" + first["record_id"][8:]
    falt1.apply(first, second)
    assert said(join(jour1, code_of(first))) == (404, "code_unknown")
    ended(falt1, first["record_id"])
    assert join(jour1, code_of(first)).get_json() == {"shift_id": second["record_id"]}


def test_X36_a_wrong_code_is_answered_alike_whatever_there_is_to_find_in_plain_words(falt1: Phone, jour1: Phone):
    nothing_there = join(jour1, "482913").get_json()
    shift = begun(falt1)
    something = join(jour1, another(code_of(shift))).get_json()
    strip = [
        {name: value for name, value in body.items() if name != "request_id"} for body in (nothing_there, something)
    ]
    assert strip[0] == strip[1]
    assert strip[0]["message"].startswith("Inget pågående pass har den koden.")


@pytest.mark.parametrize("code", ["48291", "4829133", "48291x", "", None, 482913, ["482913"], "4" * 500])
def test_a_malformed_code_is_a_fault_at_its_field_and_no_try(jour1: Phone, rows: Callable[..., list[Json]], code: Any):
    answer = join(jour1, code)
    assert said(answer) == (422, "invalid")
    assert answer.get_json()["fields"] == {"code": ["Ska vara sex siffror."]}
    assert rows("SELECT count(*) AS n FROM wrong_join_codes") == [{"n": 0}]


def test_a_body_without_a_code_or_with_more_is_refused_by_name(jour1: Phone):
    for body, field in (({}, "code"), ({"code": "482913", "shift_id": new_id()}, "shift_id")):
        answer = jour1.client.post(JOIN, json=body, headers=jour1.headers)
        assert (answer.status_code, set(answer.get_json()["fields"])) == (422, {field})


def test_ten_wrong_codes_in_ten_minutes_then_wait_also_with_the_right_one(falt1: Phone, jour1: Phone):
    shift = begun(falt1)
    wrong = another(code_of(shift))
    assert [join(jour1, wrong).status_code for _ in range(10)] == [404] * 10
    answer = join(jour1, code_of(shift))
    assert said(answer) == (429, "too_many")
    assert 590 < int(answer.headers["Retry-After"]) <= 601
    assert ("shifts", shift["record_id"]) not in jour1.pull()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=2), tick=True):
        assert join(jour1, code_of(shift)).status_code == 200


def test_a_right_code_is_no_wrong_try_and_ones_tries_are_ones_own(
    falt1: Phone, jour1: Phone, phone: Callable[..., Phone]
):
    shift = begun(falt1)
    wrong = another(code_of(shift))
    for _ in range(9):
        assert join(jour1, wrong).status_code == 404
    for _ in range(3):
        assert join(jour1, code_of(shift)).status_code == 200
    assert join(jour1, wrong).status_code == 404  # the tenth
    assert join(jour1, wrong).status_code == 429
    assert join(phone("jour1"), wrong).status_code == 429  # the person's, not the phone's
    assert join(phone("jour2"), code_of(shift)).status_code == 200


def test_tries_at_the_same_moment_are_counted_one_by_one(
    app: Flask, falt1: Phone, jour1: Phone, rows: Callable[..., list[Json]]
):
    wrong = another(code_of(begun(falt1)))
    token = jour1.client.get_cookie("session").value

    def try_once(_: int) -> int:
        client = app.test_client()
        client.set_cookie("session", token)
        return join(Phone(client, jour1.session), wrong).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_once, range(16))) == [404] * 10 + [429] * 6
    assert rows("SELECT count(*) AS n FROM wrong_join_codes") == [{"n": 10}]
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'shift.code_refused'") == [{"n": 10}]


def test_several_who_join_at_the_same_moment_are_all_on_it(app: Flask, falt1: Phone, phone: Callable[..., Phone]):
    shift = begun(falt1)
    people = [phone(who) for who in ("jour1", "jour2", "falt2", "falt3", "ledare2")]
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda person: join(person, code_of(shift)).status_code, people)) == [200] * 5
    on_it = falt1.pull()["shifts", shift["record_id"]]
    assert set(on_it["participant_ids"]) == {falt1.user_id, *(person.user_id for person in people)}
    assert on_it["version"] == 6


def test_a_fault_while_joining_leaves_nothing_half_written(
    falt1: Phone, jour1: Phone, rows: Callable[..., list[Json]], monkeypatch: pytest.MonkeyPatch
):
    shift = begun(falt1)

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault of ours")

    written = "SELECT (SELECT max(version) FROM shifts) AS v, (SELECT count(*) FROM shift_participants) AS p"
    counts = f"{written}, (SELECT count(*) FROM sync_history) AS h, (SELECT count(*) FROM audit_log) AS a"
    before = rows(counts)
    with monkeypatch.context() as patched:
        patched.setattr("fieldapp.outreach.joining.audit.record", fails)
        assert join(jour1, code_of(shift)).status_code == 500
        assert join(jour1, another(code_of(shift))).status_code == 500
    assert rows(counts) == before
    assert rows("SELECT count(*) AS n FROM wrong_join_codes") == [{"n": 0}]
    assert join(jour1, code_of(shift)).status_code == 200


@pytest.mark.parametrize("who", ["nattvandring", "analys", "direktor", "admin"])
def test_who_is_on_no_pass_joins_none(falt1: Phone, phone: Callable[..., Phone], who: str):
    assert said(join(phone(who), code_of(begun(falt1)))) == (403, "not_allowed")


def test_a_disabled_person_joins_none(app: Flask, falt1: Phone, jour1: Phone):
    shift = begun(falt1)
    assert app.test_cli_runner().invoke(args=["user", "disable", "jour1@demo.example"]).exit_code == 0
    assert said(join(jour1, code_of(shift))) == (403, "account_disabled")
    assert falt1.pull()["shifts", shift["record_id"]]["version"] == 1


def test_the_code_itself_is_kept_nowhere(jour1: Phone, rows: Callable[..., list[Json]]):
    join(jour1, "731946")
    assert "731946" not in str(rows("SELECT * FROM wrong_join_codes")) + str(rows("SELECT details FROM audit_log"))
