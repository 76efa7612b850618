"""Two phones, one record (PU5, PU7, S08, S09)."""

import itertools

import pytest

from tests.factories.phone import now_iso


@pytest.fixture
def pair(phone):
    """Two people on one shift, each with their own phone, both up to date."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    falt1.apply(shift)
    falt1.pull()
    falt2.pull()
    return falt1, falt2, shift["record_id"]


def test_PU5_different_fields_merge(pair):
    falt1, falt2, shift = pair
    [one] = falt1.push(falt1.mutation("shifts", "update", shift, 1, reason="skolavslutning"))
    [two] = falt2.push(falt2.mutation("shifts", "update", shift, 1, handover_note="lugnt"))
    assert (one["status"], two["status"], two["version"]) == ("applied", "merged", 3)
    record = falt1.pull()[("shifts", shift)]
    assert (record["reason"], record["handover_note"]) == ("skolavslutning", "lugnt")


def test_PU5_the_same_field_conflicts_and_both_values_are_kept(pair, phone):
    falt1, falt2, shift = pair
    falt1.apply(falt1.mutation("shifts", "update", shift, 1, reason="min"))
    [receipt] = falt2.push(falt2.mutation("shifts", "update", shift, 1, reason="din", other_participants=2))
    assert (receipt["status"], receipt["version"]) == ("conflict", 3)
    falt2.pull()
    [conflict] = falt2.held("conflicts")
    assert conflict["id"] == receipt["conflict_id"]
    assert (conflict["server"], conflict["sent"]) == ({"reason": "min"}, {"reason": "din"})
    record = falt2.records[("shifts", shift)]
    assert (record["reason"], record["other_participants"]) == ("min", 2)
    ledare, falt3 = phone("ledare"), phone("falt3")
    ledare.pull()
    falt3.pull()
    assert [record["id"] for record in ledare.held("conflicts")] == [conflict["id"]]
    assert falt3.held("conflicts") == []


def test_PU5_own_chain_of_edits_never_conflicts_with_itself(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    chain = [falt1.mutation("shifts", "update", shift["record_id"], 0, reason=f"v{n}") for n in range(5)]
    falt1.apply(shift, *chain)  # base 0: the create was still pending on the phone
    assert falt1.pull()[("shifts", shift["record_id"])]["reason"] == "v4"


def test_PU7_participants_merge_as_a_set(pair, phone):
    falt1, falt2, shift = pair
    ledare, jour1 = phone("ledare"), phone("jour1")
    falt1.apply(
        falt1.mutation("shifts", "update", shift, 1, participant_ids=[falt1.user_id, falt2.user_id, ledare.user_id])
    )
    [receipt] = falt2.push(falt2.mutation("shifts", "update", shift, 1, participant_ids=[falt2.user_id, jour1.user_id]))
    assert receipt["status"] == "merged"
    assert falt2.pull()[("shifts", shift)]["participant_ids"] == [falt2.user_id, ledare.user_id, jour1.user_id]
    assert ("shifts", shift) in jour1.pull()  # who joins gets the shift, and the names
    assert falt2.user_id in {person["id"] for person in jour1.held("people")}


def test_PU5_counts_sent_after_the_other_side_said_not_counted_merge_and_say_how(pair):
    falt1, falt2, shift = pair
    visit = falt1.visit(shift)
    falt1.apply(visit)
    observation = falt1.observation(visit["record_id"], people_basis="estimated")
    falt1.apply(observation)
    falt1.apply(falt1.mutation("observations", "update", observation["record_id"], 1, people_basis="not_counted"))
    counts = [{"age_band": "13-15", "gender": "female", "present": 2, "contacts": 0}]
    [receipt] = falt2.push(
        falt2.mutation("observations", "update", observation["record_id"], 1, counts=counts, note="n")
    )
    assert (receipt["status"], receipt["version"]) == ("merged", 3)
    record = falt1.pull()[("observations", observation["record_id"])]
    assert (record["counts"], record["people_basis"]) == (counts, "counted")


def test_S08_three_edits_of_two_phones_in_every_order_lose_nothing(phone):
    for order in itertools.permutations(range(3)):
        falt1, falt2 = phone("falt1"), phone("falt2")
        shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
        falt1.apply(shift)
        edits = [
            (falt1, falt1.mutation("shifts", "update", shift["record_id"], 1, reason="ett")),
            (falt1, falt1.mutation("shifts", "update", shift["record_id"], 1, handover_note="ett")),
            (falt2, falt2.mutation("shifts", "update", shift["record_id"], 1, reason="två", handover_note="ett")),
        ]
        receipts = [edits[index][0].push(edits[index][1])[0] for index in order]
        record = falt1.pull()[("shifts", shift["record_id"])]
        assert record["handover_note"] == "ett"
        falt2.pull()
        mine = {c["record_id"]: c for c in [*falt1.held("conflicts"), *falt2.held("conflicts")]}
        conflict = mine.get(shift["record_id"])
        values = {record["reason"]} | (
            {conflict["sent"]["reason"], conflict["server"]["reason"]} if conflict else set()
        )
        assert values == {"ett", "två"}, (order, receipts)


def test_S09_an_edit_of_what_is_deleted_is_kept_and_resurrects_nothing(pair):
    falt1, falt2, shift = pair
    visit = falt1.visit(shift)
    falt1.apply(visit)
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit["record_id"], 1, left_at=now_iso()))
    assert (receipt["status"], receipt["version"]) == ("conflict", None)
    falt2.pull()
    assert falt2.held("conflicts")[0]["sent"].keys() == {"left_at"}
    assert ("visits", visit["record_id"]) not in falt2.records


def test_S09_a_delete_on_a_newer_version_is_a_conflict(pair):
    falt1, falt2, shift = pair
    visit = falt1.visit(shift)
    falt1.apply(visit)
    falt2.apply(falt2.mutation("visits", "update", visit["record_id"], 1, actions=["presence"]))
    [receipt] = falt1.push(falt1.mutation("visits", "delete", visit["record_id"], 1))
    assert receipt["status"] == "conflict"
    assert ("visits", visit["record_id"]) in falt1.pull()


def test_who_is_not_on_the_shift_reads_but_never_writes(pair, phone):
    _, _, shift = pair
    ledare = phone("ledare")
    assert ("shifts", shift) in ledare.pull()
    [receipt] = ledare.push(ledare.mutation("shifts", "update", shift, 1, reason="x"))
    assert receipt["error"]["slug"] == "not_allowed"
    [receipt] = ledare.push(ledare.visit(shift))
    assert receipt["error"]["slug"] == "not_allowed"


def test_PU5_equal_open_items_never_conflict_and_their_times_travel_as_utc(pair):
    falt1, falt2, shift = pair
    item = {"id": shift, "text": "Ring skolan", "state": "open", "by": falt1.user_id, "at": "2026-11-23T21:43:00+01:00"}
    falt1.apply(falt1.mutation("shifts", "update", shift, 1, open_items=[item]))
    [receipt] = falt2.push(falt2.mutation("shifts", "update", shift, 1, open_items=[item]))
    assert (receipt["status"], receipt["version"]) == ("merged", 2)
    assert falt1.pull()[("shifts", shift)]["open_items"][0]["at"] == "2026-11-23T20:43:00Z"


def test_PU5_times_in_a_conflict_travel_as_utc(pair):
    falt1, falt2, shift = pair
    falt1.apply(falt1.mutation("shifts", "update", shift, 1, ended_at=now_iso()))
    falt2.push(falt2.mutation("shifts", "update", shift, 1, started_at="2026-11-23T12:00:00+01:00"))
    falt2.pull()
    [conflict] = falt2.held("conflicts")
    assert conflict["sent"]["started_at"] == "2026-11-23T11:00:00Z"
    assert conflict["server"]["started_at"].endswith("Z")


def test_PU5_the_same_pin_from_two_phones_never_conflicts(pair):
    falt1, falt2, shift = pair
    visit = falt1.visit(shift)
    falt1.apply(visit)
    falt2.pull()
    pin = {"place": {"lat": 59.243217, "lon": 18.090876, "label": "Ny gång"}, "neighbourhood": None}
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, **pin))
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit["record_id"], 1, **pin))
    assert (receipt["status"], receipt["version"]) == ("merged", 2)
    assert falt1.pull()[("visits", visit["record_id"])]["place"]["lat"] == 59.2432
