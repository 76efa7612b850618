"""Taking in a batch: receipts, replay, poison, rejections, limits (PU1–PU4, PU6, PU8–PU10, PU12–PU18)."""

import copy
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from fieldapp.accounts.models import GrantRow
from fieldapp.accounts.services import grant_role
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.outreach.sync import Shifts
from fieldapp.sync.envelope import MIN_BUILD
from tests.factories.phone import ORIGIN, Json, Phone, now_iso
from tests.sync.poison import EVERYWHERE, POISON, poison_observations

PERSONAL_NUMBER = "811218-9876"
KEPT_IN = ("sync_rejections", "sync_receipts", "sync_history", "audit_log", "observations", "sync_conflicts")


def statuses(receipts: list[dict[str, Any]]) -> list[str]:
    return [receipt["status"] for receipt in receipts]


def slugs(receipts: list[dict[str, Any]]) -> list[str | None]:
    return [receipt["error"] and receipt["error"]["slug"] for receipt in receipts]


def test_PU1_an_evening_is_applied_and_comes_back(phone):
    falt1 = phone("falt1")
    falt1.pull()
    falt1.apply(*falt1.evening(3))
    assert len(falt1.held("observations")) == 3
    assert falt1.held("shifts")[0]["status"] == "draft"


def test_PU3_replayed_mutation_returns_first_receipt(phone, rows):
    falt1 = phone("falt1")
    evening = falt1.evening(2)
    first = falt1.push(*evening)
    again = falt1.push(*evening)
    assert [receipt["replayed"] for receipt in again] == [True] * 4
    assert [{**receipt, "replayed": False} for receipt in again] == first
    assert rows("SELECT count(*) AS n FROM observations WHERE created_by = :u", u=falt1.user_id) == [{"n": 2}]


def test_PU3_the_same_mutation_twice_in_one_request_counts_once(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    receipts = falt1.push(shift, copy.deepcopy(shift))
    assert [receipt["replayed"] for receipt in receipts] == [False, True]


@pytest.mark.parametrize("changed", ["fields", "made_at", "device_seq", "replaces"])
def test_PU4_S07_the_same_id_with_other_content_is_refused_and_the_first_stays(phone, rows, changed):
    falt1 = phone("falt1")
    shift = falt1.shift(reason="först")
    falt1.apply(shift)
    other = copy.deepcopy(shift)
    other[changed] = {
        "fields": {**shift["fields"], "reason": "sedan"},
        "made_at": now_iso(minutes=-9),
        "device_seq": 99,
        "replaces": new_id(),
    }[changed]
    assert slugs(falt1.push(other)) == ["mutation_reused"]
    assert slugs(falt1.push(other)) == ["mutation_reused"]
    assert falt1.pull()[("shifts", shift["record_id"])]["reason"] == "först"
    kept = [record for record in falt1.held("rejections") if record["mutation_id"] == shift["id"]]
    assert len(kept) == 1
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'sync.mutation_reused'") == [{"n": 1}]


@pytest.mark.parametrize("kind", ["evening", "morgon"])
def test_PU6_a_mutation_id_reused_by_each_of_several_users_is_kept_for_each(phone, rows, kind):
    shift = (falt1 := phone("falt1")).shift(kind=kind)
    falt1.push(shift)
    for who in ("falt2", "falt3"):
        other = phone(who)
        assert slugs(other.push(shift)) == ["mutation_reused"]
        other.pull()
        assert [(kept["mutation_id"], kept["slug"]) for kept in other.held("rejections")] == [
            (shift["id"], "mutation_reused")
        ]
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'sync.mutation_reused'") == [{"n": 2}]


def test_PU4_another_user_never_sees_the_first_receipt(phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    [receipt] = falt3.push(shift)
    assert (receipt["status"], receipt["version"], receipt["replayed"]) == ("rejected", None, False)
    assert receipt["error"]["slug"] == "mutation_reused"


def test_PU2_one_refused_mutation_never_blocks_the_next(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    bad = falt1.visit(shift["record_id"], arena="rymden")
    good = falt1.visit(shift["record_id"])
    assert statuses(falt1.push(shift, bad, good)) == ["applied", "rejected", "applied"]


@pytest.mark.parametrize("poison", EVERYWHERE)
def test_S05_PU1_one_poison_mutation_in_fifty_leaves_the_other_forty_nine(app, phone, monkeypatch, engine_name, poison):
    falt1 = phone("falt1")
    falt1.pull()
    shift, visit, *observations = falt1.evening(48)
    observations[20]["fields"]["note"] = POISON
    poison_observations(app, monkeypatch, engine_name, poison)
    receipts = falt1.push(shift, visit, *observations)
    assert statuses(receipts).count("applied") == 49
    assert slugs(receipts)[22] == "not_understood"
    falt1.pull()
    [kept] = falt1.held("rejections")  # the author sees it, whole
    assert kept["fields"] == observations[20]["fields"]
    assert kept["message"]
    ledare = phone("ledare")
    ledare.pull()
    assert [record["id"] for record in ledare.held("rejections")] == [kept["id"]]


def test_PU8_create_of_an_existing_id_is_refused_and_alike_for_what_one_may_not_know(phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    again = falt1.shift()
    again["record_id"] = shift["record_id"]
    assert slugs(falt1.push(again)) == ["record_exists"]
    foreign = falt3.shift()
    foreign["record_id"] = shift["record_id"]
    assert slugs(falt3.push(foreign)) == ["not_found"]


def test_PU9_changes_of_what_is_unknown_foreign_or_deleted(phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    assert slugs(falt3.push(falt3.mutation("shifts", "update", shift["record_id"], 1, reason="x"))) == ["not_found"]
    assert slugs(falt3.push(falt3.mutation("shifts", "update", new_id(), 1, reason="x"))) == ["not_found"]
    visit = falt1.visit(shift["record_id"])
    falt1.apply(visit)
    assert slugs(falt1.push(falt1.mutation("shifts", "delete", shift["record_id"], 1))) == ["has_children"]
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    assert slugs(falt1.push(falt1.observation(visit["record_id"]))) == ["parent_deleted"]
    falt1.apply(falt1.mutation("shifts", "delete", shift["record_id"], 1))
    falt1.pull()
    assert not falt1.held("shifts") or shift["record_id"] not in {record["id"] for record in falt1.held("shifts")}


def test_PU9_children_of_a_refused_parent_are_missing_their_parent(phone):
    falt1 = phone("falt1")
    shift = falt1.shift(kind="okänd")
    visit = falt1.visit(shift["record_id"])
    observation = falt1.observation(visit["record_id"])
    assert slugs(falt1.push(shift, visit, observation)) == ["invalid", "parent_missing", "parent_missing"]
    # A new shift under the same id, and the visit again beside it: what was refused before stands in nobody's way.
    good = falt1.shift()
    good["record_id"] = shift["record_id"]
    again = {**copy.deepcopy(visit), "id": new_id(), "device_seq": 90}
    assert statuses(falt1.push(good, again)) == ["applied", "applied"]


def test_PU10_status_only_from_draft_to_submitted(phone):
    falt1 = phone("falt1")
    assert slugs(falt1.push(falt1.shift(status="approved"))) == ["not_allowed"]
    assert slugs(falt1.push(falt1.shift(status="submitted"))) == ["not_allowed"]
    shift = falt1.shift(ended_at=now_iso())
    falt1.apply(shift)
    update = falt1.mutation("shifts", "update", shift["record_id"], 1, status="approved")
    assert slugs(falt1.push(update)) == ["not_allowed"]
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, status="submitted"))
    assert slugs(falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 2, status="draft"))) == [
        "not_allowed"
    ]
    assert slugs(falt1.push(falt1.mutation("shifts", "delete", shift["record_id"], 2))) == ["not_allowed"]
    falt1.apply(falt1.visit(shift["record_id"]))  # children may still arrive


def test_PU10_submission_needs_an_end_and_no_more_minutes_than_the_shift(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    [receipt] = falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 1, status="submitted"))
    assert receipt["error"]["fields"].keys() == {"ended_at"}
    too_many = falt1.mutation(
        "shifts",
        "update",
        shift["record_id"],
        1,
        status="submitted",
        ended_at=now_iso(),
        arena_minutes={"outdoor": 700},
    )
    [receipt] = falt1.push(too_many)
    assert receipt["error"]["fields"].keys() == {"arena_minutes"}


def test_PU12_a_rejection_is_corrected_once(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    bad = falt1.visit(shift["record_id"], outcome="not_visited")
    falt1.push(shift, bad)
    falt1.pull()
    [rejection] = falt1.held("rejections")
    assert (rejection["state"], rejection["slug"], rejection["fields"]) == ("open", "invalid", bad["fields"])
    good = falt1.mutation("visits", "create", bad["record_id"], **bad["fields"], not_visited_reason="time")
    good["replaces"] = rejection["id"]
    falt1.apply(good)
    falt1.pull()
    assert falt1.held("rejections")[0]["state"] == "corrected"
    late = falt1.mutation("visits", "update", bad["record_id"], 1, not_visited_reason="weather")
    late["replaces"] = rejection["id"]
    assert slugs(falt1.push(late)) == ["already_resolved"]


def test_PU12_the_author_discards_hands_over_and_undoes(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    falt1.push(falt1.shift(kind="fel"))
    falt1.pull()
    [rejection] = falt1.held("rejections")
    for version, state in enumerate(("discarded", "open", "handed_over"), start=1):
        falt1.apply(falt1.mutation("rejections", "update", rejection["id"], version, state=state))
        falt1.pull()
        assert falt1.held("rejections")[0]["state"] == state
    assert slugs(falt2.push(falt2.mutation("rejections", "update", rejection["id"], 4, state="discarded"))) == [
        "not_found"
    ]


def test_PU13_a_personal_number_stands_nowhere(app, phone, rows, tmp_path, capfd):
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    observation["fields"]["note"] = f"Träffade {PERSONAL_NUMBER} vid torget"
    observation["fields"]["okänt"] = {f"x{PERSONAL_NUMBER}": ["19811218 9876"]}
    odd = falt1.mutation("visits", "create", f"id-{PERSONAL_NUMBER}", text=PERSONAL_NUMBER)
    receipts = falt1.push(shift, visit, observation, odd)
    assert slugs(receipts) == [None, None, "personal_number", "personal_number"]
    assert "note" in receipts[2]["error"]["fields"]
    assert falt1.push(observation)[0]["replayed"] is True
    falt1.pull()
    kept = next(record for record in falt1.held("rejections") if record["record_id"] == observation["record_id"])
    assert kept["fields"]["note"] == "Träffade [borttaget] vid torget"
    for table in KEPT_IN:
        assert "9876" not in str([{**row, "id": 0} for row in without_ids(rows(f"SELECT * FROM {table}"))]), table
    printed = capfd.readouterr()
    for number in (PERSONAL_NUMBER, "19811218 9876"):
        assert number not in printed.out + printed.err
    for file in tmp_path.glob("faltlogg.db*"):
        content = file.read_bytes()
        assert PERSONAL_NUMBER.encode() not in content
        assert b"19811218 9876" not in content


def without_ids(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop ids, hashes and times, whose digits are nobody's number."""
    return [
        {name: value for name, value in row.items() if not name.endswith(("id", "hash", "_at", "at"))} for row in found
    ]


def test_PU14_missing_ranges_are_kept_until_they_arrive(phone, rows):
    falt1 = phone("falt1")
    held_back = [falt1.shift() for _ in range(3)]
    falt1.apply(falt1.shift())
    query = "SELECT last_seq, missing_ranges FROM sync_devices WHERE device_id = :d"
    device = falt1.session["device_id"]
    assert parsed(rows(query, d=device)) == (4, [[1, 3]])
    falt1.apply(held_back[1])
    assert parsed(rows(query, d=device)) == (4, [[1, 1], [3, 3]])
    falt1.apply(held_back[0], held_back[2])
    assert parsed(rows(query, d=device)) == (4, [])
    reused = falt1.shift()
    reused["device_seq"] = 2
    falt1.apply(reused)
    assert falt1.pull()[("shifts", reused["record_id"])]["flags"] == ["sequence_reused"]


def parsed(found: list[dict[str, Any]]) -> tuple[int, list[list[int]]]:
    ranges = found[0]["missing_ranges"]
    return found[0]["last_seq"], json.loads(ranges) if isinstance(ranges, str) else ranges


def test_PU15_a_phone_three_days_ahead_is_corrected_and_a_stray_time_is_marked(phone):
    falt1 = phone("falt1")
    ahead = falt1.shift(started_at=now_iso(days=3))
    ahead["made_at"] = now_iso(days=3)
    falt1.apply(ahead)  # sent_at says the clock is right: the time is strange
    assert falt1.pull()[("shifts", ahead["record_id"])]["flags"] == ["clock_uncertain"]
    corrected = falt1.shift(started_at=now_iso(days=3))
    corrected["made_at"] = now_iso(days=3)
    [receipt] = falt1.push(corrected, sent_at=now_iso(days=3))
    assert receipt["status"] == "applied"
    assert falt1.pull()[("shifts", corrected["record_id"])]["flags"] == []


def test_PU17_limits_answer_413_and_nothing_is_taken_in(phone, rows):
    falt1 = phone("falt1")
    many = [falt1.shift() for _ in range(201)]
    deep: Any = "x"
    for _ in range(25):
        deep = [deep]
    nested = falt1.shift(reason=deep)
    big = falt1.shift(reason="x" * 70_000)
    for mutations in (many, [falt1.shift(), nested], [falt1.shift(), big]):
        answer = falt1.post(mutations)
        assert (answer.status_code, answer.get_json()["error"]) == (413, "too_large")
    huge = b'{"protocol":1,"mutations":[],"x":"' + b"x" * 1_100_000 + b'"}'
    answer = falt1.client.post("/api/v1/sync", data=huge, headers=falt1.headers, content_type="application/json")
    assert answer.status_code == 413
    assert rows("SELECT count(*) AS n FROM shifts WHERE created_by = :u", u=falt1.user_id) == [{"n": 0}]


def test_PU18_unknown_collections_and_fields_are_kept_as_not_understood(phone):
    falt1 = phone("falt1")
    receipts = falt1.push(
        falt1.mutation("drones", "create", x=1),
        falt1.shift(reviewed_by=falt1.user_id),
        falt1.shift(arena_minutes={"moon": 5}),
        {"id": new_id(), "device_seq": 90, "sealed": "abc"},
    )
    assert slugs(receipts) == ["not_understood"] * 4
    falt1.pull()
    assert len(falt1.held("rejections")) == 4


@pytest.mark.parametrize(
    "fault",
    [
        {"record_id": "nej"},
        {"op": "upsert"},
        {"base_version": -1},
        {"base_version": "1"},
        {"device_seq": 0},
        {"device_seq": 2**60},
        {"fields": []},
        {"made_at": "igår"},
        {"made_at": "2026-11-23T21:43:00"},
        {"collection": 7},
        {"replaces": "x"},
    ],
    ids=str,
)
def test_a_malformed_mutation_with_a_readable_id_gets_its_own_receipt(phone, fault):
    falt1 = phone("falt1")
    receipts = falt1.push({**falt1.shift(), **fault}, falt1.shift())
    assert statuses(receipts) == ["rejected", "applied"]
    assert slugs(receipts)[0] == "malformed"
    falt1.pull()
    assert len(falt1.held("rejections")) == 1


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b'{"protocol": 1}', 400, "malformed"),
        (b'{"protocol": 1, "mutations": {}}', 400, "malformed"),
        (b'{"protocol": 1, "mutations": [7]}', 400, "malformed"),
        (b'{"protocol": 1, "mutations": [{"id": "x"}]}', 400, "malformed"),
        (b'{"protocol": 2, "mutations": []}', 426, "upgrade_required"),
        (b'{"protocol": 1, "mutations": [], "app_build": "2025.1.0"}', 426, "upgrade_required"),
        (b'{"protocol": 1, "mutations": [], "limit": NaN}', 400, "malformed"),
        (b'{"protocol": 1, "mutations": [], "cursor": "\\ud800"}', 400, "malformed"),
        (b'{"protocol": 1, "mutations": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 413, "too_large"),
        (b'{"protocol": 1, "mutations": [], "app_build": "nightly"}', 200, None),
        (b'{"protocol": 1, "mutations": [], "cursor": "skr\\u00e4p"}', 200, None),
    ],
)
def test_an_unreadable_envelope_is_400_one_too_deep_413_and_another_protocol_426(phone, body, status, slug):
    falt1 = phone("falt1")
    answer = falt1.client.post("/api/v1/sync", data=body, headers=falt1.headers, content_type="application/json")
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.get_json().get("error") == slug


def test_PU17_a_body_in_chunks_has_the_same_limit(phone):
    falt1 = phone("falt1")
    body = json.dumps({**falt1.request([]), "pad": "x" * 1024 * 1024}).encode()
    answer = falt1.client.post(
        "/api/v1/sync",
        input_stream=io.BytesIO(body),
        headers={**falt1.headers, "Transfer-Encoding": "chunked"},
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.get_json()["error"]) == (413, "too_large")


def test_PU16_a_grant_that_is_over_gives_scope_changed_and_work_made_before_counts(app, phone, rows):
    falt1 = phone("falt1")
    before, after = falt1.shift(), falt1.shift()
    before["made_at"] = now_iso(hours=-2)
    end_grants(app, falt1.user_id)
    receipts = falt1.push(before, after)
    assert (statuses(receipts), slugs(receipts)[1]) == (["applied", "rejected"], "scope_changed")


def test_PU16_what_names_no_record_goes_to_a_unit_of_the_time_it_was_made(app, phone, rows):
    falt1 = phone("falt1")
    own, other = falt1.team_id, rows("SELECT id FROM teams WHERE name = 'Skärholmen'")[0]["id"]
    former, present = sorted((own, other))
    with app.app_context(), write_transaction():
        where = {"user_id": falt1.user_id, "role": "field_worker", "district": None, "team_id": other}
        grant_role(db.session(), **where, valid_from=datetime.now(UTC) - timedelta(days=30))
        is_former = (GrantRow.team_id == former) & (GrantRow.user_id == falt1.user_id)
        ended_at = datetime.now(UTC) - timedelta(days=3)
        db.session().execute(update(GrantRow).where(is_former).values(valid_until=ended_at))
    stray = falt1.mutation("moods", "create", new_id(), 0, mood="calm")
    falt1.push(stray)
    assert rows("SELECT unit_id FROM sync_rejections") == [{"unit_id": present}]


def end_grants(app: Any, user_id: str) -> None:
    """End all a person's grants an hour ago."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE grants SET valid_until = :t WHERE user_id = :u"),
            {"t": now_iso(hours=-1).replace("+00:00", "").replace("T", " "), "u": user_id},
        )


def joining(person: Any, other: Any, shift: dict[str, Any]) -> dict[str, Any]:
    everybody = [other.user_id, person.user_id]
    return person.mutation("shifts", "update", shift["record_id"], 1, participant_ids=everybody)


def test_PU16_a_record_known_when_the_edit_and_the_child_were_made_is_known_to_them(app, phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift()
    falt1.apply(shift)
    join, before, after = joining(falt2, falt1, shift), falt2.visit(shift["record_id"]), falt2.visit(shift["record_id"])
    join["made_at"] = before["made_at"] = now_iso(hours=-2)
    end_grants(app, falt2.user_id)
    receipts = falt2.push(join, before, after)
    assert (statuses(receipts), slugs(receipts)[2]) == (["applied", "applied", "rejected"], "scope_changed")
    there = falt1.pull()
    assert there["shifts", shift["record_id"]]["participant_ids"] == [falt1.user_id, falt2.user_id]
    assert ("visits", before["record_id"]) in there
    lead = phone("ledare2")
    lead.pull()
    assert [kept["mutation_id"] for kept in lead.held("rejections")] == [after["id"]]


def test_PU16_what_was_made_after_the_grant_ended_finds_no_record_and_goes_to_the_lead(app, phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift()
    falt1.apply(shift)
    join, visit = joining(falt2, falt1, shift), falt2.visit(shift["record_id"])
    end_grants(app, falt2.user_id)
    known_then = falt2.mutation("shifts", "update", shift["record_id"], 1, handover_note="x")
    known_then["made_at"] = now_iso(hours=-2)  # in the same batch: what it may know tells the others nothing
    receipts = falt2.push(known_then, join, visit)
    assert statuses(receipts) == ["rejected", "rejected", "held"]
    assert slugs(receipts)[:2] == ["not_allowed", "not_found"]
    assert falt1.pull()["shifts", shift["record_id"]]["version"] == 1
    lead = phone("ledare2")
    lead.pull()
    assert {kept["mutation_id"] for kept in lead.held("rejections")} == {known_then["id"], join["id"]}


def test_PU16_X36_grants_that_are_over_let_nobody_know_of_another_teams_records(app, phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    join, visit = joining(falt3, falt1, shift), falt3.visit(shift["record_id"])
    join["made_at"] = visit["made_at"] = now_iso(hours=-2)
    end_grants(app, falt3.user_id)
    receipts = falt3.push(join, visit)
    assert (statuses(receipts), slugs(receipts)[0]) == (["rejected", "held"], "not_found")
    lead = phone("ledare2")
    lead.pull()
    assert (lead.held("rejections"), lead.held("held")) == ([], [])


def test_PU16_who_moved_to_another_team_is_refused_to_the_lead_of_the_records_team(app, phone):
    jour1, farsta = phone("jour1"), phone("falt1").team_id
    with app.app_context(), write_transaction():
        session = db.session()
        session.execute(
            text("UPDATE grants SET valid_until = :t WHERE user_id = :u"),
            {"t": now_iso(hours=-1).replace("+00:00", "").replace("T", " "), "u": jour1.user_id},
        )
        since = datetime.now(UTC) - timedelta(hours=1)
        grant_role(
            session, user_id=jour1.user_id, role="field_worker", district="farsta", team_id=farsta, valid_from=since
        )
    after = jour1.shift()  # of Ungdomsjouren still
    assert slugs(jour1.push(after)) == ["scope_changed"]
    seen = {}
    for who in ("jourledare", "ledare2"):
        lead = phone(who)
        lead.pull()
        seen[who] = [(item["mutation_id"], item["slug"], item["fields"]) for item in lead.held("rejections")]
    assert seen == {"jourledare": [(after["id"], "scope_changed", after["fields"])], "ledare2": []}


def test_PU16_what_no_grant_ever_covered_is_not_allowed(phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    foreign = falt3.shift(team_id=falt1.team_id, district="farsta")
    foreign["made_at"] = now_iso(hours=-2)
    assert slugs(falt3.push(foreign)) == ["not_allowed"]


def test_the_wire_fixtures_are_answered_as_they_say(phone):
    """The phone's tests read the same files."""
    paths = sorted(Path("tests/fixtures/wire").glob("request*.json"))
    assert paths
    for path in paths:
        body = json.loads(path.read_text(encoding="utf-8"))
        falt1 = phone("falt1")
        answer = falt1.client.post("/api/v1/sync", json=body, headers=falt1.headers)
        assert answer.status_code == 200, path.name
        ids = [mutation["id"] for mutation in body["mutations"]]
        assert [receipt["mutation_id"] for receipt in answer.get_json()["receipts"]] == ids


def test_sync_needs_the_session_the_origin_and_the_token(client, phone):
    body = {"protocol": 1, "mutations": []}
    assert client.post("/api/v1/sync", json=body, headers=ORIGIN).status_code == 401
    falt1 = phone("falt1")
    for headers in ({}, ORIGIN, {**falt1.headers, "Origin": "https://elsewhere.example"}):
        answer = falt1.client.post("/api/v1/sync", json=body, headers=headers)
        assert (answer.status_code, answer.get_json()["error"]) == (403, "csrf_failed")


def test_PU3_the_first_requests_of_a_device_may_come_all_at_once(app, phone):
    falt1 = phone("falt1")
    cookie = falt1.client.get_cookie("session").value
    shifts = [falt1.shift() for _ in range(6)]

    def first(shift: Json) -> list[Json]:
        with app.test_client() as client:
            client.set_cookie("session", cookie)
            return Phone(client, falt1.session).push_among_others(shift)

    with ThreadPoolExecutor(6) as pool:
        receipts = [receipt for answer in pool.map(first, shifts) for receipt in answer]
    assert [receipt["status"] for receipt in receipts] == ["applied"] * 6


def test_PU19_the_lowest_served_build_is_served_the_one_before_it_is_not_and_its_queue_is_taken_in_later(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    before = falt1.post([shift], app_build="2026.10.99")
    assert (before.status_code, before.get_json()["error"]) == (426, "upgrade_required")
    after = falt1.post([shift], app_build=MIN_BUILD)
    assert after.status_code == 200
    [receipt] = after.get_json()["receipts"]
    assert (receipt["status"], receipt["replayed"]) == ("applied", False)


@pytest.mark.parametrize("team", [[], {}, 7, None])
def test_PU2_a_plan_whose_team_is_no_id_is_refused_and_the_evening_beside_it_is_taken_in(phone, team):
    falt1 = phone("falt1")
    plan = falt1.mutation("shift_plans", "create", new_id(), 0, team_id=team)
    receipts = falt1.push(plan, *falt1.evening(1))
    assert statuses(receipts) == ["rejected", "applied", "applied", "applied"]


def test_PU2_a_refusal_that_can_not_say_whose_it_is_is_kept_all_the_same(phone, monkeypatch):
    def failing(*_: Any) -> Any:
        raise ZeroDivisionError

    falt1 = phone("falt1")
    monkeypatch.setattr(Shifts, "unit_of", failing)
    bad = falt1.shift(kind="morgon")
    receipts = falt1.push(bad, falt1.shift())
    assert statuses(receipts) == ["rejected", "applied"]
    falt1.pull()
    assert [kept["fields"] for kept in falt1.held("rejections")] == [bad["fields"]]
