"""PU12, S11: a rejection is replayed, corrected or discarded once; replay and correction take dependents along."""

import itertools
import json
import threading

import pytest

from fieldapp.core.ids import new_id
from tests.factories.phone import Phone
from tests.sync.poison import POISON, POISONS, poison_observations


def settle(who, rejection_id, action="replay", **more):
    body = {"action": action, **more}
    return who.client.post(f"/api/v1/rejections/{rejection_id}", json=body, headers=who.headers)


def rejections(phone, **wanted):
    phone.pull()
    found = [item for item in phone.held("rejections") if all(item[name] == value for name, value in wanted.items())]
    return sorted(found, key=lambda item: item["id"])


@pytest.fixture
def refused(phone, rows, app):
    """An evening whose shift was refused for a scope that the person gets back: all three can be replayed."""
    jour1 = phone("jour1")
    shift, visit, observation = jour1.evening()
    edit = jour1.mutation("visits", "update", visit["record_id"], 0, audience=["adults"])
    shift["fields"]["participant_ids"] = [new_id()]
    receipts = jour1.push(shift, visit, observation, edit)
    assert [item["error"]["slug"] for item in receipts] == ["invalid", "parent_missing", "parent_missing", "not_found"]
    return jour1, shift, visit, observation


def mend(rejected: dict, jour1: Phone) -> dict:
    """The correction: a new mutation on the same record."""
    mutation = jour1.mutation(rejected["collection"], "create", rejected["record_id"], **rejected["fields"])
    return {**mutation, "replaces": rejected["id"]}


def test_PU12_a_rejection_carries_what_api_md_says(refused):
    jour1, shift, _, _ = refused
    [rejection] = rejections(jour1, record_id=shift["record_id"])
    assert rejection.keys() >= {
        "id", "mutation_id", "collection", "record_id", "op", "fields", "slug", "message", "author_id", "state",
        "reason",
    }  # fmt: skip
    assert rejection["fields"] == shift["fields"]
    listed = jour1.client.get("/api/v1/rejections").get_json()
    assert [item["id"] for item in listed["items"]] == [item["id"] for item in reversed(rejections(jour1))]
    assert listed["next"] is None


def test_PU12_a_correction_takes_its_dependents_along(refused):
    jour1, shift, visit, observation = refused
    [rejection] = rejections(jour1, record_id=shift["record_id"])
    rejection["fields"]["participant_ids"] = [jour1.user_id]
    [receipt] = jour1.push(mend(rejection, jour1))
    assert receipt["status"] == "applied"
    held = jour1.pull()
    assert ("observations", observation["record_id"]) in held
    assert held[("visits", visit["record_id"])]["audience"] == ["adults"]  # its edit came after it, in device_seq order
    states = {item["mutation_id"]: item["state"] for item in jour1.held("rejections")}
    assert sorted(states.values()) == ["corrected", "replayed", "replayed", "replayed"]


def test_PU12_a_hand_over_and_the_correction_in_one_batch_are_both_kept(refused, rows):
    jour1, shift, _, _ = refused
    [rejection] = rejections(jour1, record_id=shift["record_id"])
    over = jour1.mutation("rejections", "update", rejection["id"], 1, state="handed_over", reason="Ser du felet?")
    rejection["fields"]["participant_ids"] = [jour1.user_id]
    jour1.apply(over, mend(rejection, jour1))
    query = "SELECT state, reason, version FROM sync_rejections WHERE id = :id"
    assert rows(query, id=rejection["id"]) == [{"state": "corrected", "reason": "Ser du felet?", "version": 3}]


def test_PU12_what_is_said_of_a_rejection_after_its_correction_is_refused_also_in_one_batch(refused, rows):
    jour1, shift, _, _ = refused
    [rejection] = rejections(jour1, record_id=shift["record_id"])
    rejection["fields"]["participant_ids"] = [jour1.user_id]
    correction = mend(rejection, jour1)
    over = jour1.mutation("rejections", "update", rejection["id"], 1, state="handed_over", reason="Ser du felet?")
    corrected, handed_over = jour1.push(correction, over)
    assert (corrected["status"], handed_over["error"]["slug"]) == ("applied", "already_resolved")
    query = "SELECT state, reason, version FROM sync_rejections WHERE id = :id"
    assert rows(query, id=rejection["id"]) == [{"state": "corrected", "reason": "", "version": 2}]


@pytest.mark.parametrize("poison", POISONS)
def test_S05_PU2_a_poison_that_hangs_on_it_does_not_block_a_correction(
    app, phone, monkeypatch, engine_name, refused, poison
):
    jour1, shift, visit, observation = refused
    bad = jour1.observation(visit["record_id"], note=POISON)
    [receipt] = jour1.push(bad)
    assert receipt["error"]["slug"] == "parent_missing"
    poison_observations(app, monkeypatch, engine_name, poison)
    [rejection] = rejections(jour1, record_id=shift["record_id"])
    rejection["fields"]["participant_ids"] = [jour1.user_id]
    jour1.apply(mend(rejection, jour1))
    there = jour1.pull()
    assert ("observations", observation["record_id"]) in there
    assert ("observations", bad["record_id"]) not in there
    [kept] = rejections(jour1, mutation_id=bad["id"])
    assert (kept["slug"], kept["state"], kept["fields"]) == ("not_understood", "open", bad["fields"])
    lead = phone("jourledare")
    answer = settle(lead, kept["id"])  # the fault is there still: it stays as it is
    assert (answer.status_code, answer.get_json()["state"]) == (200, "open")
    [again] = rejections(jour1, mutation_id=bad["id"])
    assert again == kept


def test_PU12_a_correction_is_newer_than_the_edits_that_fell_with_its_record(phone):
    falt1 = phone("falt1")
    shift = falt1.shift(kind="okänd")
    edits = [
        falt1.mutation("shifts", "update", shift["record_id"], 0, reason="först"),
        falt1.mutation("shifts", "update", shift["record_id"], 0, reason="sedan", handover_note="kvar"),
    ]
    falt1.push(shift, *edits)
    [rejection] = rejections(falt1, op="create")
    correction = falt1.mutation(
        "shifts", "create", shift["record_id"], **shift["fields"] | {"kind": "night", "reason": "rätt"}
    )
    assert falt1.push({**correction, "replaces": rejection["id"]})[0]["status"] == "applied"
    record = falt1.pull()[("shifts", shift["record_id"])]
    assert (record["reason"], record["handover_note"], record["kind"]) == ("rätt", "kvar", "night")
    assert sorted(item["state"] for item in falt1.held("rejections")) == ["corrected", "corrected", "replayed"]


def test_PU12_a_replay_keeps_author_base_and_time_and_takes_dependents_along(phone, rows, sql):
    jour1, lead = phone("jour1"), phone("jourledare")
    shift, visit, observation = jour1.evening()
    shift["fields"]["briefing_id"] = new_id()
    shift["fields"]["unknown_until_upgrade"] = True
    assert [item["error"]["slug"] for item in jour1.push(shift, visit, observation)] == [
        "not_understood", "parent_missing", "parent_missing",
    ]  # fmt: skip
    [rejection] = rejections(lead, record_id=shift["record_id"])
    again = settle(lead, rejection["id"])
    assert (again.status_code, again.get_json()["state"]) == (200, "open")  # refused again: it stays
    sql(  # what an upgrade does that learns the field
        "UPDATE sync_rejections SET fields = :fields WHERE id = :id",
        fields=without(shift["fields"], "unknown_until_upgrade"),
        id=rejection["id"],
    )
    answer = settle(lead, rejection["id"], reason="Efter uppgraderingen.")
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["reason"]) == (
        200, "replayed", "Efter uppgraderingen.",
    )  # fmt: skip
    held = jour1.pull()
    record = held[("shifts", shift["record_id"])]
    assert (record["created_by"], record["version"]) == (jour1.user_id, 1)
    assert record["created_at"][:19] == shift["made_at"][:19]
    assert ("visits", visit["record_id"]) in held
    assert ("observations", observation["record_id"]) in held
    assert {item["state"] for item in jour1.held("rejections")} == {"replayed"}
    assert settle(lead, rejection["id"]).status_code == 409
    assert settle(lead, rejection["id"]).get_json()["error"] == "already_resolved"


def without(fields: dict, name: str) -> str:
    return json.dumps({key: value for key, value in fields.items() if key != name})


def test_PU13_a_rejection_for_a_personal_number_can_not_be_replayed(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(falt1.shift(reason="811218-9876"))
    [rejection] = rejections(lead)
    answer = settle(lead, rejection["id"])
    assert (answer.status_code, answer.get_json()["error"]) == (409, "not_replayable")
    assert settle(lead, rejection["id"], "discard", reason="Rättas på papper.").get_json()["state"] == "discarded"


def test_PU12_who_may_do_what(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(falt1.shift(kind="okänd"))
    [rejection] = rejections(falt1)
    assert settle(falt1, rejection["id"]).status_code == 403  # an author corrects, a leader replays
    for stranger in ("falt2", "falt3", "jourledare"):
        who = phone(stranger)
        assert settle(who, rejection["id"], "discard").status_code == 404
        assert who.client.get("/api/v1/rejections").get_json()["items"] == []
    assert settle(lead, rejection["id"], "burn").status_code == 422
    assert settle(lead, new_id()).status_code == 404
    handed = falt1.mutation("rejections", "update", rejection["id"], 1, state="handed_over")
    falt1.apply(handed)
    assert rejections(lead)[0]["state"] == "handed_over"
    assert settle(lead, rejection["id"], "discard", reason="Dubbel.").status_code == 200
    [mine] = rejections(falt1)
    assert (mine["state"], mine["reason"]) == ("discarded", "Dubbel.")


@pytest.mark.parametrize("order", list(itertools.permutations(["replay", "correct", "discard"])))
def test_S11_whoever_settles_first_settles_it_in_every_order(phone, sql, rows, order):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift()
    unread = {**shift["fields"], "later": 1}
    falt1.push({**shift, "fields": unread})
    [rejection] = rejections(lead)
    sql(
        "UPDATE sync_rejections SET fields = :fields WHERE id = :id",
        fields=without(unread, "later"),
        id=rejection["id"],
    )
    correction = {
        **falt1.mutation("shifts", "create", shift["record_id"], **shift["fields"]),
        "replaces": rejection["id"],
    }
    outcomes = []
    for action in order:
        if action == "correct":
            [receipt] = falt1.push(correction)
            outcomes.append(receipt["status"] == "applied" or receipt["error"]["slug"])
        else:
            outcomes.append(settle(lead, rejection["id"], action).status_code == 200 or "already_resolved")
    first = order[0]
    assert outcomes[0] is True
    assert outcomes[1:] == ["already_resolved"] * 2
    state = {"replay": "replayed", "correct": "corrected", "discard": "discarded"}[first]
    assert [item["state"] for item in rejections(falt1, id=rejection["id"])] == [state]
    stored = rows("SELECT version FROM shifts WHERE id = :id", id=shift["record_id"])
    assert stored == ([] if first == "discard" else [{"version": 1}])


def test_S11_replay_and_correction_at_the_same_moment_have_one_outcome(app, phone, sql, rows):
    for _ in range(8):
        falt1, lead = phone("falt1"), phone("ledare2")
        shift = falt1.shift()
        unread = {**shift["fields"], "later": 1}
        falt1.push({**shift, "fields": unread})
        [rejection] = rejections(lead, record_id=shift["record_id"])
        sql(
            "UPDATE sync_rejections SET fields = :fields WHERE id = :id",
            fields=without(unread, "later"),
            id=rejection["id"],
        )
        correction = falt1.mutation("shifts", "create", shift["record_id"], **shift["fields"])
        outcomes: dict[str, object] = {}

        def replayed(lead=lead, rejection=rejection, outcomes=outcomes):
            outcomes["replay"] = settle(lead, rejection["id"]).status_code

        def corrected(falt1=falt1, correction=correction, rejection=rejection, outcomes=outcomes):
            [receipt] = falt1.push_among_others({**correction, "replaces": rejection["id"]})
            outcomes["correct"] = receipt["status"] if receipt["error"] is None else receipt["error"]["slug"]

        threads = [threading.Thread(target=replayed), threading.Thread(target=corrected)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes in (
            {"replay": 200, "correct": "already_resolved"},
            {"replay": 409, "correct": "applied"},
        )
        assert rows("SELECT version FROM shifts WHERE id = :id", id=shift["record_id"]) == [{"version": 1}]


def test_PU6_kept_a_second_time_after_a_replay_it_has_a_row_of_its_own(phone, sql):
    """Held, given up, replayed: held again. The first row keeps what became of it."""
    falt1, lead = phone("falt1"), phone("ledare2")
    unknown = new_id()
    visit = falt1.visit(unknown)
    refused_parent = falt1.shift(kind="okänd")
    refused_parent["record_id"] = unknown
    assert falt1.push(visit)[0]["status"] == "held"
    falt1.push(refused_parent)
    [rejection] = rejections(falt1, mutation_id=visit["id"])
    assert rejection["slug"] == "parent_missing"
    [parent] = rejections(lead, mutation_id=refused_parent["id"])
    assert settle(lead, parent["id"], "discard").status_code == 200
    answer = settle(lead, rejection["id"])
    assert (answer.status_code, answer.get_json()["state"]) == (200, "replayed")
    falt1.pull()
    assert sorted(item["state"] for item in falt1.held("held")) == ["rejected", "waiting"]
    shift = {**falt1.shift(), "record_id": unknown}
    falt1.apply(shift)
    assert ("visits", visit["record_id"]) in falt1.pull()
    assert sorted(item["state"] for item in falt1.held("held")) == ["applied", "rejected"]
