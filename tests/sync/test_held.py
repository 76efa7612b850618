"""PU9, S06: what comes before its parent is held, and takes effect in the parent's own transaction."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest

from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.outreach.sync import Visits
from fieldapp.sync.settling import give_up
from tests.factories.phone import Phone
from tests.sync.poison import POISON, POISONS, allow, poison_observations, refuse


def statuses(receipts):
    return [receipt["status"] for receipt in receipts]


def slugs(receipts):
    return [receipt["error"] and receipt["error"]["slug"] for receipt in receipts]


def with_colleague(phone) -> tuple[Phone, Phone, list]:
    """An evening of two: the shift is on one phone, the visit and the observation are on the other."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    visit = falt2.visit(shift["record_id"])
    return falt1, falt2, [shift, visit, falt2.observation(visit["record_id"])]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_PU9_S06_a_child_before_its_parent_is_held_then_applied_in_every_order(phone, rows, order):
    falt1, falt2, evening = with_colleague(phone)
    owner = [falt1, falt2, falt2]
    parents_in: set[int] = set()
    for index in order:
        [receipt] = owner[index].push(evening[index])
        is_complete = parents_in >= set(range(index))
        assert receipt["status"] == ("applied" if is_complete else "held")
        assert receipt["error"] is None
        parents_in.add(index)
    for collection, record in zip(("shifts", "visits", "observations"), evening, strict=True):
        assert rows(f"SELECT version FROM {collection} WHERE id = :id", id=record["record_id"]) == [{"version": 1}]
    assert {row["state"] for row in rows("SELECT state FROM sync_waiting")} <= {"applied"}
    assert falt1.pull()[("visits", evening[1]["record_id"])]["created_by"] == falt2.user_id


def test_PU9_a_held_one_is_seen_by_its_author_and_the_lead_only(phone):
    falt1, falt2, [shift, visit, _] = with_colleague(phone)
    assert statuses(falt2.push(visit)) == ["held"]
    for who, sees in (("falt2", 1), ("ledare2", 1), ("falt3", 0), ("jour1", 0), ("analys", 0)):
        reader = falt2 if who == "falt2" else phone(who)
        reader.pull()
        found = [held for held in reader.held("held") if held["record_id"] == visit["record_id"]]
        assert len(found) == sees, who
    held = falt2.held("held")[0]
    assert (held["state"], held["author_id"], held["op"], held["collection"]) == (
        "waiting",
        falt2.user_id,
        "create",
        "visits",
    )
    assert held["fields"]["shift_id"] == shift["record_id"]
    falt1.apply(shift)
    falt2.pull()
    assert falt2.held("held")[0]["state"] == "applied"


def test_PU9_a_foreign_parent_is_answered_as_unknown_X36(phone):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    unknown, foreign = falt3.push(falt3.visit(new_id()), falt3.visit(shift["record_id"]))
    assert {**unknown, "mutation_id": ""} == {**foreign, "mutation_id": ""}
    assert unknown["status"] == "held"
    ledare = phone("ledare2")
    ledare.pull()
    assert ledare.held("held") == []


def test_PU9_a_foreign_parent_that_becomes_known_takes_the_held_one_in(phone):
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift = falt1.shift()
    falt1.apply(shift)
    visit = jour1.visit(shift["record_id"])
    assert statuses(jour1.push(visit)) == ["held"]
    falt1.apply(
        falt1.mutation("shifts", "update", shift["record_id"], 1, participant_ids=[falt1.user_id, jour1.user_id])
    )
    assert ("visits", visit["record_id"]) in falt1.pull()


def test_PU9_edits_of_a_held_record_wait_with_it(phone):
    falt1, falt2, [shift, visit, _] = with_colleague(phone)
    edit = falt2.mutation("visits", "update", visit["record_id"], 0, outcome="nothing_noted")
    assert statuses(falt2.push(visit, edit)) == ["held", "held"]
    falt1.apply(shift)
    record = falt1.pull()[("visits", visit["record_id"])]
    assert (record["outcome"], record["version"]) == ("nothing_noted", 2)


def test_PU9_a_replay_gets_the_first_receipt_also_after_it_took_effect(phone):
    falt1, falt2, [shift, visit, _] = with_colleague(phone)
    first = falt2.push(visit)
    falt1.apply(shift)
    again = falt2.push(visit)
    assert again == [{**first[0], "replayed": True}]


def test_PU9_the_parents_refusal_settles_what_waited(phone):
    falt1, falt2, [shift, visit, observation] = with_colleague(phone)
    assert statuses(falt2.push(visit, observation)) == ["held", "held"]
    shift["fields"]["kind"] = "okänd"
    assert slugs(falt1.push(shift)) == ["invalid"]
    falt2.pull()
    assert {held["state"] for held in falt2.held("held")} == {"rejected"}
    assert {rejection["slug"] for rejection in falt2.held("rejections")} == {"parent_missing"}


def test_PU9_a_deleted_parent_settles_what_waits(phone):
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift = falt1.shift()
    falt1.apply(shift)
    assert statuses(jour1.push(jour1.visit(shift["record_id"]))) == ["held"]
    everyone = {"participant_ids": [falt1.user_id, jour1.user_id]}
    [joined, gone] = [
        falt1.mutation("shifts", "update", shift["record_id"], 1, **everyone),
        falt1.mutation("shifts", "delete", shift["record_id"], 2),
    ]
    assert statuses(falt1.push(joined, gone)) == ["applied", "applied"]
    jour1.pull()
    assert [rejection["slug"] for rejection in jour1.held("rejections")] == ["parent_deleted"]


@pytest.mark.parametrize("days", [29, 31])
def test_PU9_after_thirty_days_unknown_and_foreign_become_rejections(app, phone, days):
    falt1, falt3 = phone("falt1"), phone("falt3")
    shift = falt1.shift()
    falt1.apply(shift)
    assert statuses(falt3.push(falt3.visit(new_id()), falt3.visit(shift["record_id"]))) == ["held", "held"]
    later = datetime.now(UTC) + timedelta(days=days)
    with app.app_context(), write_transaction():
        give_up(db.session(), app.extensions["fieldapp.registry"], later)
    falt3.pull()
    expected = ["parent_missing"] * 2 if days > 30 else []
    assert [rejection["slug"] for rejection in falt3.held("rejections")] == expected
    assert {held["state"] for held in falt3.held("held")} == {"rejected" if days > 30 else "waiting"}


@pytest.mark.parametrize("poison", POISONS)
def test_S05_PU2_a_poison_that_waits_does_not_block_the_push_of_its_parent(
    app, phone, monkeypatch, engine_name, poison
):
    falt1, falt2, [shift, visit, good] = with_colleague(phone)
    bad = falt2.observation(visit["record_id"], note=POISON)
    after = falt2.observation(visit["record_id"])
    assert statuses(falt2.push(visit, good, bad, after)) == ["held"] * 4
    poison_observations(app, monkeypatch, engine_name, poison)
    falt1.apply(shift)
    there = falt1.pull()
    assert {("observations", good["record_id"]), ("observations", after["record_id"])} <= there.keys()
    assert ("observations", bad["record_id"]) not in there
    falt2.pull()
    assert {held["mutation_id"]: held["state"] for held in falt2.held("held")} == {
        visit["id"]: "applied",
        good["id"]: "applied",
        bad["id"]: "rejected",
        after["id"]: "applied",
    }
    lead = phone("ledare2")
    lead.pull()
    [kept] = lead.held("rejections")
    assert (kept["slug"], kept["fields"], kept["author_id"]) == ("not_understood", bad["fields"], falt2.user_id)
    monkeypatch.undo()
    allow(app, engine_name, "observations")
    answer = lead.client.post(f"/api/v1/rejections/{kept['id']}", json={"action": "replay"}, headers=lead.headers)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "replayed")
    assert ("observations", bad["record_id"]) in falt1.pull()


@pytest.mark.parametrize("poison", POISONS)
def test_S05_PU2_what_can_not_be_given_up_blocks_nobodys_push(app, phone, rows, sql, monkeypatch, engine_name, poison):
    falt1, falt3 = phone("falt1"), phone("falt3")
    bad, good = falt3.visit(new_id(), neighbourhood="Rågsved"), falt3.visit(new_id())
    assert statuses(falt3.push(bad, good)) == ["held", "held"]
    sql("UPDATE sync_waiting SET received_at = :long_ago", long_ago="2026-01-01 00:00:00")
    sql("UPDATE sync_state SET tidied_at = NULL")
    if poison == "bug":
        honest = Visits.unit_of

        def faulty(self, row, parents):
            if row["neighbourhood"] == "Rågsved":
                raise ZeroDivisionError
            return honest(self, row, parents)

        monkeypatch.setattr(Visits, "unit_of", faulty)
    else:
        refuse(app, engine_name, "sync_rejections", "record_id", bad["record_id"])
    falt1.apply(falt1.shift())
    falt3.pull()
    assert {held["mutation_id"]: held["state"] for held in falt3.held("held")} == {
        bad["id"]: "waiting",
        good["id"]: "rejected",
    }
    assert [kept["mutation_id"] for kept in falt3.held("rejections")] == [good["id"]]


def test_PU9_a_parent_and_its_child_that_cross_in_one_batch_both_stand(phone):
    """The child is sent first, from the same phone: held, and applied with the parent behind it."""
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    assert statuses(falt1.push(observation, visit, shift)) == ["held", "held", "applied"]
    assert ("observations", observation["record_id"]) in falt1.pull()


def test_PU9_a_parent_and_its_child_that_commit_at_the_same_moment_both_stand(phone, rows):
    """Neither sees the other while it decides: whoever commits second settles the child (PL2's counter orders them)."""
    for _ in range(12):
        falt1, falt2, [shift, visit, observation] = with_colleague(phone)
        ready = threading.Barrier(2)

        def send(who, *mutations, ready=ready):
            ready.wait()
            who.push_among_others(*mutations)

        senders = [
            threading.Thread(target=send, args=(falt1, shift)),
            threading.Thread(target=send, args=(falt2, visit, observation)),
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert rows("SELECT version FROM observations WHERE id = :id", id=observation["record_id"]) == [{"version": 1}]
    assert rows("SELECT id FROM sync_waiting WHERE state = 'waiting'") == []


def test_PU9_S06_what_has_waited_a_day_stands_on_its_leads_page_and_on_no_other(phone, sql, sign_in):
    falt1, falt2, [shift, visit, _] = with_colleague(phone)
    falt2.push(visit)
    title = "Väntar på något som inte har kommit"
    assert title not in sign_in("ledare2").get("/office/shifts").text
    since = datetime.now(UTC) - timedelta(hours=24, minutes=1)
    sql("UPDATE sync_waiting SET received_at = :since", since=since)
    page = sign_in("ledare2").get("/office/shifts").text
    assert f"{title} (1)" in page
    assert "Besök av Demo Fält Två, sedan" in page
    for who in ("falt2", "falt3", "jourledare", "analys"):
        assert title not in sign_in(who).get("/office/shifts").text, who
    falt1.apply(shift)
    assert title not in sign_in("ledare2").get("/office/shifts").text
