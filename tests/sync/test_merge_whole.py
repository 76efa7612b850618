"""What stands or falls as a whole when two phones change one record (PU7)."""

import pytest

from fieldapp import registry
from fieldapp.demo.register import site_id

AS_ONE = {
    frozenset({"site_id", "school_unit_code", "place", "neighbourhood"}),
    frozenset({"outcome", "not_visited_reason"}),
    frozenset({"started_at", "ended_at"}),
    frozenset({"arrived_at", "left_at"}),
    frozenset({"assignment", "requested_by"}),
    frozenset({"date", "starts_at", "ends_at"}),
    frozenset({"planned_start", "planned_end"}),
    frozenset({"status", "planned_walkers"}),
}


@pytest.fixture
def pair(phone):
    """Two phones that hold one visit, at version 1."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    visit = falt1.visit(shift["record_id"])
    falt1.apply(shift, visit)
    falt1.pull()
    falt2.pull()
    return falt1, falt2, visit["record_id"]


def test_PU7_these_fields_merge_as_one_and_participants_as_a_set():
    collections = list(registry())
    assert {group for collection in collections for group in collection.merge_groups} == AS_ONE
    assert {collection.name: set(collection.set_fields) for collection in collections if collection.set_fields} == {
        "shifts": {"participant_ids"}
    }


def test_PU7_an_invalid_merge_is_a_conflict_and_nothing_of_the_mutation_applies(pair):
    falt1, falt2, visit = pair
    falt1.apply(falt1.mutation("visits", "update", visit, 1, neighbourhood=None, site_id=site_id(23)))
    # Valid on what falt2 holds; a digital visit has no place, and by now this one has another.
    sent = {"arena": "digital", "neighbourhood": None, "actions": ["presence"]}
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit, 1, **sent))
    assert (receipt["status"], receipt["version"]) == ("conflict", None)
    falt2.pull()
    [conflict] = falt2.held("conflicts")
    assert (conflict["id"], conflict["sent"]) == (receipt["conflict_id"], sent)
    record = falt2.records[("visits", visit)]
    assert (record["version"], record["arena"], record["site_id"], record["actions"]) == (2, "outdoor", site_id(23), [])


def test_PU7_a_pair_changed_on_both_sides_conflicts_whole(pair):
    falt1, falt2, visit = pair
    falt1.apply(falt1.mutation("visits", "update", visit, 1, neighbourhood="Farsta"))
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit, 1, neighbourhood=None, site_id=site_id(23)))
    assert receipt["status"] == "conflict"
    falt2.pull()
    assert falt2.held("conflicts")[0]["sent"] == {"neighbourhood": None, "site_id": site_id(23)}
    record = falt2.records[("visits", visit)]
    assert (record["neighbourhood"], record["site_id"]) == ("Farsta", None)


def test_PU7_a_list_is_one_value(pair):
    falt1, falt2, visit = pair
    falt1.apply(falt1.mutation("visits", "update", visit, 1, actions=["presence"]))
    [receipt] = falt2.push(falt2.mutation("visits", "update", visit, 1, actions=["conversation"]))
    assert receipt["status"] == "conflict"
    assert falt2.pull()[("visits", visit)]["actions"] == ["presence"]
