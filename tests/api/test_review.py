"""A leader's decisions (PU10, api.md Review): against what was read, never of one's own shift."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from fieldapp.core.access import Actor, Grant
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.outreach.approved import versions_of
from fieldapp.outreach.differences import between
from fieldapp.outreach.models import Shift
from fieldapp.outreach.shift_reads import whole_shift
from tests.factories.phone import now_iso

SOME_ID = "01900000-0000-7000-8000-000000000001"  # a test's name is the same in every run


@pytest.fixture
def submitted(phone):
    """A shift of falt1's, sent in."""
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    falt1.apply(shift, visit, observation)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, ended_at=now_iso(), status="submitted"))
    return falt1, shift, visit, observation


def whole(lead, shift):
    return lead.client.get(f"/api/v1/shifts/{shift['record_id']}").get_json()


def decide(lead, shift, decision, content_version=None, **more):
    version = whole(lead, shift)["content_version"] if content_version is None else content_version
    body = {"decision": decision, "content_version": version, **more}
    return lead.client.post(f"/api/v1/shifts/{shift['record_id']}/reviews", json=body, headers=lead.headers)


def test_PU10_approve_locks_and_reopen_unlocks(phone, submitted):
    falt1, shift, visit, _ = submitted
    lead = phone("ledare2")
    answer = decide(lead, shift, "approve")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "approved")
    assert falt1.pull()[("shifts", shift["record_id"])]["status"] == "approved"
    late = falt1.mutation("visits", "update", visit["record_id"], 1, outcome="nothing_noted")
    assert falt1.push(late)[0]["status"] == "late"
    assert decide(lead, shift, "reopen", comment="Fyll på minuterna.").get_json()["status"] == "returned"
    again = falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"])
    assert falt1.push(again)[0]["status"] == "applied"
    assert falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 4, status="submitted"))[0]["status"] in (
        "applied",
        "merged",
    )


def test_PU10_return_brings_comments_to_the_phone_and_the_shift_can_be_sent_in_again(phone, submitted):
    falt1, shift, visit, _ = submitted
    lead = phone("ledare2")
    asked = [{"record_id": visit["record_id"], "field": "actions", "text": "Vad gjorde ni här?"}]
    assert decide(lead, shift, "return", comment="Komplettera.", field_comments=asked).status_code == 200
    falt1.pull()
    comments = sorted(falt1.held("review_comments"), key=lambda item: item["field"] or "")
    assert [(item["field"], item["text"]) for item in comments] == [
        (None, "Komplettera."),
        ("actions", "Vad gjorde ni här?"),
    ]
    assert {item["author_id"] for item in comments} == {lead.user_id}
    assert len(whole(lead, shift)["comments"]) == 2
    [receipt] = falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 3, status="submitted"))
    assert receipt["status"] == "applied"
    for stranger in ("falt3", "analys"):
        reader = phone(stranger)
        reader.pull()
        assert reader.held("review_comments") == []


def test_a_decision_is_against_what_was_read(phone, submitted):
    falt1, shift, visit, _ = submitted
    lead = phone("ledare2")
    read = whole(lead, shift)["content_version"]
    falt1.apply(falt1.observation(visit["record_id"]))
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["adults"]))
    moved = decide(lead, shift, "approve", read)
    assert moved.status_code == 409
    said = moved.get_json()
    assert said["error"] == "conflict"
    assert said["content_version"] == whole(lead, shift)["content_version"]
    made, changed = said["changes"]
    assert (made["collection"], made["op"], made["fields"]) == ("observations", "create", [])
    assert (changed["record_id"], changed["version"], changed["user"]) == (visit["record_id"], 2, "Demo Fält Ett")
    assert changed["fields"] == [{"field": "audience", "before": [], "after": ["adults"]}]
    assert decide(lead, shift, "approve").status_code == 200


def test_changes_follow_each_other_as_they_are_numbered_whatever_was_received_first(phone, submitted, sql):
    falt1, shift, _, observation = submitted
    lead, key = phone("ledare2"), observation["record_id"]
    read = whole(lead, shift)["content_version"]
    for base, note in ((1, "ett"), (2, "två")):
        falt1.apply(falt1.mutation("observations", "update", key, base, note=note))
    late = utc_now() + timedelta(minutes=1)
    sql("UPDATE sync_history SET received_at = :at WHERE record_id = :key AND version < 3", at=late, key=key)
    changes = decide(lead, shift, "approve", read).get_json()["changes"]
    assert {row["version"]: row["fields"] for row in changes} == {
        2: [{"field": "note", "before": "", "after": "ett"}],
        3: [{"field": "note", "before": "ett", "after": "två"}],
    }
    page = lead.client.get(f"/office/review/passes/{shift['record_id']}").text
    assert "<del>ett</del> → <ins>två</ins>" in page
    assert "<del>inget</del> → <ins>ett</ins>" in page


def test_a_pass_is_read_as_of_one_moment_and_what_was_not_shown_is_not_approved(phone, submitted, meanwhile):
    falt1, shift, visit, observation = submitted
    lead = phone("ledare2")
    added = falt1.visit(shift["record_id"])
    later = falt1.observation(visit["record_id"], note="Kom emellan.")
    with meanwhile("visits", lambda: falt1.apply(added, later)):
        read = whole(lead, shift)
    assert [row["id"] for row in read["observations"]] == [observation["record_id"]]
    assert [row["id"] for row in read["visits"]] == [visit["record_id"]]
    answer = decide(lead, shift, "approve", read["content_version"])
    assert answer.status_code == 409
    assert {row["record_id"] for row in answer.get_json()["changes"]} == {added["record_id"], later["record_id"]}


def test_within_a_writing_transaction_a_pass_is_read_as_that_leaves_it(app, phone, submitted):
    _, shift, _, _ = submitted
    lead = phone("ledare2")
    grant = Grant("team_lead", "farsta", lead.team_id, utc_now() - timedelta(days=1), None)
    actor = Actor(lead.user_id, "", "", "", None, (grant,))
    with app.app_context(), write_transaction():
        db.session.execute(update(Shift).where(Shift.id == shift["record_id"]).values(handover_note="Skrivet här."))
        found = whole_shift(db.session(), actor, utc_now(), shift["record_id"])
    assert found["handover_note"] == "Skrivet här."
    assert whole(lead, shift)["handover_note"] == "Skrivet här."


def test_what_is_asked_for_again_says_until_when_and_of_which_round(phone, submitted, rows):
    falt1, shift, visit, _ = submitted
    lead, other = phone("ledare2"), phone("ledare")
    due = (local_date(utc_now()) + timedelta(days=3)).isoformat()
    asked = [{"record_id": visit["record_id"], "field": "actions", "text": "Vad gjorde ni här?"}]
    assert decide(lead, shift, "return", field_comments=asked, due_on=due).status_code == 200
    falt1.pull()
    [comment] = falt1.held("review_comments")
    assert (comment["due_on"], comment["field"]) == (due, "actions")
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 3, status="submitted"))
    assert decide(other, shift, "return", comment="Minuterna saknas än.").status_code == 200
    falt1.pull()
    rounds = {item["review_id"]: item["text"] for item in falt1.held("review_comments")}
    assert sorted(rounds.values()) == ["Minuterna saknas än.", "Vad gjorde ni här?"]
    found = rows("SELECT id, decision, by, due_on FROM reviews ORDER BY at, id")
    assert [(row["decision"], row["by"]) for row in found] == [("return", lead.user_id), ("return", other.user_id)]
    assert {row["id"] for row in found} == rounds.keys()


def test_approved_versions_remain_while_a_shift_is_open_again(app, phone, submitted):
    falt1, shift, visit, _ = submitted
    lead = phone("ledare2")
    assert decide(lead, shift, "approve", comment="Bra skrivet.").status_code == 200
    late = falt1.observation(visit["record_id"], note="Kom sent.")
    falt1.push(late)
    [waiting] = whole(lead, shift)["late"]
    body = {"action": "take_in", "reason": "Den hör dit."}
    assert lead.client.post(f"/api/v1/late/{waiting['id']}", json=body, headers=lead.headers).status_code == 200
    assert decide(lead, shift, "reopen", comment="Minuterna.").status_code == 200
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"]))
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 4, status="submitted"))
    with app.app_context():
        first, second = versions_of(db.session(), shift["record_id"])
    assert (first["number"], first["reason"], first["by"]) == (1, "Bra skrivet.", lead.user_id)
    assert (second["number"], second["reason"]) == (2, "Den hör dit.")
    assert [len(version["content"]["observations"]) for version in (first, second)] == [1, 2]
    [difference] = between(first["content"], second["content"])
    assert (difference["collection"], difference["op"]) == ("observations", "create")
    assert decide(lead, shift, "approve").status_code == 200
    with app.app_context():
        third = versions_of(db.session(), shift["record_id"])[-1]
    [difference] = between(second["content"], third["content"])
    assert difference["fields"] == [{"field": "audience", "before": [], "after": ["youth"]}]


def test_disposal_takes_versions_and_decisions_along(app, phone, submitted, rows):
    falt1, shift, _, _ = submitted
    lead = phone("ledare2")
    assert decide(lead, shift, "approve").status_code == 200
    assert decide(lead, shift, "reopen", comment="Fyll på.").status_code == 200
    falt1.pull()
    falt1.pull()
    assert len(rows("SELECT * FROM review_deliveries")) == 1
    app.test_cli_runner().invoke(args=["sync", "dispose", "shifts", shift["record_id"]])
    assert rows("SELECT id FROM shifts") == []
    for table in ("reviews", "review_deliveries", "approved_versions", "review_comments"):
        assert rows(f"SELECT * FROM {table}") == [], table


def test_never_a_shift_one_took_part_in_or_of_another_team(phone):
    falt1, ledare = phone("falt1"), phone("ledare")
    shift = falt1.shift(participant_ids=[falt1.user_id, ledare.user_id], ended_at=now_iso())
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    assert decide(ledare, shift, "approve").status_code == 403
    assert decide(phone("ledare2"), shift, "approve").status_code == 200
    foreign = decide(phone("jourledare"), shift, "reopen", 1, comment="x").status_code
    assert foreign in (403, 404)
    unknown = {"record_id": new_id()}
    assert decide(ledare, unknown, "approve", 1).status_code == 404


@pytest.mark.parametrize(
    ("decision", "more", "status", "field"),
    [
        ("return", {}, 422, "comment"),
        ("return", {"comment": "811218-9876 ringde"}, 422, "comment"),
        ("return", {"field_comments": [{"record_id": SOME_ID, "field": "note", "text": "x"}]}, 422, "field_comments"),
        ("return", {"comment": "x", "due_on": "2020-01-01"}, 422, "due_on"),
        ("return", {"comment": "x", "due_on": "2199-01-01"}, 422, "due_on"),
        ("approve", {"due_on": "2027-01-01"}, 422, "due_on"),
        ("reopen", {"comment": "x"}, 409, None),
        ("close", {}, 422, "decision"),
        ("approve", {"comment": "x" * 2001}, 422, "comment"),
    ],
)
def test_a_decision_that_can_not_be_taken_changes_nothing(phone, submitted, decision, more, status, field):
    _, shift, _, _ = submitted
    lead = phone("ledare2")
    answer = decide(lead, shift, decision, **more)
    assert answer.status_code == status
    assert field is None or any(path.startswith(field) for path in answer.get_json()["fields"])
    assert whole(lead, shift)["status"] == "submitted"
    assert whole(lead, shift)["comments"] == []


def test_what_is_asked_for_is_a_field_that_there_is_on_a_record_that_stands(phone, submitted):
    falt1, shift, visit, observation = submitted
    falt1.apply(falt1.mutation("observations", "delete", observation["record_id"], 1))
    lead = phone("ledare2")
    for record, field, fault in (
        (visit, "note", "field_comments.0.field"),
        (visit, "version", "field_comments.0.field"),
        (observation, "note", "field_comments.0.record_id"),
    ):
        asked = [{"record_id": record["record_id"], "field": field, "text": "x"}]
        answer = decide(lead, shift, "return", field_comments=asked)
        assert (answer.status_code, [*answer.get_json()["fields"]]) == (422, [fault])
    assert whole(lead, shift)["comments"] == []


def test_devices_are_shown_to_their_owner_the_lead_and_the_administrator(phone):
    falt1 = phone("falt1")
    first, second, third = falt1.shift(), falt1.shift(), falt1.shift()
    falt1.push(first, third, queue={"count": 3, "oldest_made_at": now_iso(), "last_device_seq": 9})
    refused = falt1.shift(kind="okänd")
    falt1.push(refused)
    device_id = falt1.session["device_id"]
    for who, sees in (("falt1", 1), ("ledare2", 1), ("admin", 1), ("falt2", 0), ("jourledare", 0), ("direktor", 0)):
        reader = falt1 if who == "falt1" else phone(who)
        items = reader.client.get("/api/v1/devices?limit=1000").get_json()["items"]
        found = [item for item in items if item["device_id"] == device_id]
        assert len(found) == sees, who
        if found:
            assert found[0]["missing_ranges"] == [[2, 2]]
            assert (found[0]["user_id"], found[0]["rejections_open"]) == (falt1.user_id, 1)
            assert found[0]["queue"]["count"] == 1
            assert found[0].keys() >= {"name", "last_sync_at", "app_build", "revoked_at"}
    falt1.push(second)
    lead = phone("ledare2")
    items = lead.client.get("/api/v1/devices?limit=1000").get_json()["items"]
    assert [item["missing_ranges"] for item in items if item["device_id"] == device_id] == [[]]


@pytest.mark.parametrize("action", ["replay", "discard"])
def test_PU13_a_reason_with_a_personal_number_is_refused_and_stands_nowhere(phone, rows, action):
    falt1, ledare = phone("falt1"), phone("ledare")
    falt1.push(falt1.shift(kind="morgon"))
    ledare.pull()
    [kept] = ledare.held("rejections")
    body = {"action": action, "reason": "Pojken kl 21.30 811218-9876 var inte där"}
    answer = ledare.client.post(f"/api/v1/rejections/{kept['id']}", json=body, headers=ledare.headers)
    assert (answer.status_code, answer.get_json()["error"]) == (422, "personal_number")
    assert list(answer.get_json()["fields"]) == ["reason"]
    assert "9876" not in str(rows("SELECT * FROM sync_rejections"))


def test_a_shift_says_what_was_decided_and_whom_it_has_reached(phone, submitted):
    falt1, shift, visit, _ = submitted
    lead = phone("ledare2")
    due_on = str(local_date(utc_now()) + timedelta(days=3))
    assert decide(lead, shift, "return", comment="Fyll på.", due_on=due_on).status_code == 200
    falt1.pull()
    falt1.pull()
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 3, status="submitted"))
    assert decide(lead, shift, "approve").status_code == 200
    first, second = whole(lead, shift)["reviews"]
    [delivery] = first.pop("deliveries")
    assert (delivery["user_id"], delivery["opened_at"]) == (falt1.user_id, None)
    assert {name: first[name] for name in ("decision", "by", "reason", "due_on")} == {
        "decision": "return",
        "by": lead.user_id,
        "reason": "Fyll på.",
        "due_on": due_on,
    }
    assert (second["decision"], second["due_on"], second["deliveries"]) == ("approve", None, [])
    assert whole(falt1, shift)["reviews"] == whole(lead, shift)["reviews"]
    for reader in ("falt2", "analys"):  # may read the pass, and are neither on it nor its lead
        assert whole(phone(reader), shift)["reviews"] == []
