"""What becomes of a mutation, rule by rule, in a world of boxes and toys: no domain, no database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from fieldapp.core.ids import new_id
from fieldapp.sync.collection import Change, Refused, Waits
from fieldapp.sync.deciding import answer_to, decide
from fieldapp.sync.judging import check
from fieldapp.sync.mutation import Refusal
from fieldapp.sync.recording import flags_of
from tests.factories.toys import (
    ALWAYS,
    NOW,
    Boxes,
    Toys,
    actor,
    box,
    changed,
    mutation,
    sender,
    server_columns,
    stand,
    toy,
    world_with,
)

B, T = new_id(), new_id()


def refused(world, sent, by=None) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(world, by or sender(), sent)
    return caught.value


def waits(world, sent, by=None) -> Waits:
    with pytest.raises(Waits) as caught:
        decide(world, by or sender(), sent)
    return caught.value


def now(world, name="boxes", record_id=B):
    return world.records[(name, record_id)].now


def test_a_create_stands_as_version_one_with_what_the_server_sets():
    world = world_with()
    made = NOW - timedelta(hours=3)
    outcome = decide(world, sender(), mutation("create", B, owner="u1", width=3, height=4, made_at=made))
    assert (outcome.status, outcome.version, outcome.slug, outcome.conflict_id) == ("applied", 1, None, None)
    row = now(world)
    assert row == {
        "id": B, "version": 1, "seq": 0, "deleted": False, "created_by": "ann", "created_at": made,
        "received_at": NOW, "flags": [], "label": "", "colour": "red", "owner": "u1", "width": 3, "height": 4,
        "members": [], "packed_at": None, "area": 12,
    }  # fmt: skip
    [history] = world.histories
    assert (history["device_id"], history["user_id"], history["op"], history["sent"]) == (
        "phone-a",
        "ann",
        "create",
        None,
    )
    assert (history["made_at"], history["received_at"], history["device_seq"]) == (made, NOW, 7)
    assert (history["record_id"], history["collection"], history["version"]) == (B, "boxes", 1)
    assert history["changed"]["width"] == 3
    assert list(world.touched) == [("boxes", B)]


def asked(world, sent, by=None):
    """Decide and return what the toys' collection was asked."""
    Toys.asked.calls.clear()
    try:
        decide(world, by or sender(), sent)
    except (Refused, Waits):
        Toys.asked.calls.append("no")
    return list(Toys.asked.calls)


def test_a_collection_is_asked_who_may_then_whether_it_is_locked_then_whether_it_holds():
    world = world_with(box(B))
    create = mutation("create", T, collection="toys", box_id=B, kind="ball")
    sent = {"box_id": B, "kind": "ball", "size": 1}
    assert asked(world, create) == [
        ("admit", "create", "ball", [B]),
        ("is_locked", "create", "ball", sent, [B]),
        ("check", "create", None, "ball", ["box_id", "kind", "size"], [B]),
    ]
    assert asked(world, mutation("update", T, 1, "toys", kind="kite", size=1)) == [
        ("admit", "update", "ball", [B]),
        ("is_locked", "update", "ball", {"kind": "kite", "size": 1}, [B]),
        ("check", "update", (T, "ball"), "kite", ["kind"], [B]),
    ]
    assert asked(world, mutation("delete", T, 2, "toys")) == [
        ("admit", "delete", "kite", [B]),
        ("is_locked", "delete", "kite", {}, [B]),
        ("check", "delete", (T, "kite"), "kite", [], [B]),
    ]


def test_PU7_what_is_invalid_together_is_judged_once_more_as_its_writer_saw_it():
    world = world_with(box(B))
    held = stand(world, "toys", toy(T, B))
    changed(held, "phone-b", "bo", size=5)
    calls = asked(world, mutation("update", T, 1, "toys", kind="broken"))
    assert calls[2:] == [
        ("check", "update", (T, ""), "broken", ["kind"], [B]),  # together: a big one
        ("check", "update", (T, ""), "broken", ["kind"], [B]),  # alone: as small as it was
    ]
    assert len(world.conflicts) == 1
    assert (world.conflicts[0]["sent"], world.conflicts[0]["server"]) == ({"kind": "broken"}, {"kind": "", "size": 5})
    was_big = world_with(box(B))
    held = stand(was_big, "toys", toy(T, B) | {"size": 9})
    changed(held, "phone-b", "bo", size=2)
    changed(held, "phone-b", "bo", size=9)
    assert refused(was_big, mutation("update", T, 1, "toys", kind="broken")).slug == "invalid"
    assert was_big.conflicts == []
    waited = world_with(box(B))
    held = stand(waited, "toys", toy(T, B))
    changed(held, "phone-a", "ann", 8, size=5)
    outcome = decide(waited, sender(has_waited=True), mutation("update", T, 1, "toys", kind="broken"))
    assert outcome.status == "conflict"


def test_PU10_what_is_not_allowed_is_no_conflict_whatever_others_changed():
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-b", "bo", colour="blue")
    assert refused(world, mutation("update", B, 1, label="forbidden")).slug == "not_allowed"  # alone it was allowed
    assert world.conflicts == []


def test_PU7_a_set_on_the_newest_version_needs_no_history():
    world = world_with(box(B, members=["ann"]))
    world.records[("boxes", B)].history.clear()  # read only where somebody was faster
    assert decide(world, sender(), mutation("update", B, 1, members=["bo"])).status == "applied"
    assert now(world)["members"] == ["bo"]
    assert world.histories[-1]["sent"] is None


def test_PU12_a_delete_that_waited_meets_what_its_device_said_later():
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-a", "ann", 8, label="said later")
    assert decide(world, sender(has_waited=True), mutation("delete", B, 1, seq=7)).status == "conflict"
    assert decide(world, sender(has_waited=True), mutation("delete", B, 1, seq=9)).status == "applied"


def test_S09_a_delete_meets_a_record_that_somebody_brought_back():
    world = world_with(box(B))
    held = world.records[("boxes", B)]
    changed(held, "phone-b", "bo", deleted=True)
    changed(held, None, "cy", deleted=False)
    assert decide(world, sender(), mutation("delete", B, 1)).status == "conflict"


def test_S09_who_deleted_it_last_is_who_the_edit_met():
    world = world_with(box(B))
    held = world.records[("boxes", B)]
    for user, gone in (("bo", True), ("cy", False), ("di", True)):
        changed(held, None, user, deleted=gone)
    decide(world, sender(), mutation("update", B, 1, label="mine"))
    assert {row["user_id"] for row in world.conflict_people} == {"ann", "di"}
    assert world.conflicts[0]["server_by"] == "di"


def test_PU9_deleting_what_is_deleted_is_done_already():
    world = world_with(box(B) | {"deleted": True})
    outcome = decide(world, sender(), mutation("delete", B, 1))
    assert (outcome.status, outcome.version, world.touched) == ("applied", 1, {})


@pytest.mark.parametrize(
    ("collection", "op", "slug"),
    [("ships", "create", "not_understood"), ("signs", "create", "not_allowed"), ("signs", "update", "not_allowed")],
)
def test_PU18_unknown_collections_and_those_nobody_writes(collection, op, slug):
    assert refused(world_with(), mutation(op, B, collection=collection)).slug == slug


def test_PU18_an_unknown_field_is_not_understood_a_wrong_value_is_invalid():
    world = world_with()
    unknown = refused(world, mutation("create", B, owner="u1", depth=1, width="x"))
    assert (unknown.slug, set(unknown.fields)) == ("not_understood", {"depth"})
    wrong = refused(world, mutation("create", B, owner="u1", width=100))
    assert (wrong.slug, wrong.fields) == ("invalid", {"width": ["out_of_range"]})
    assert refused(world, mutation("create", B)).fields == {"owner": ["required"]}
    assert world.records == {}


def test_what_could_not_be_read_keeps_its_own_reason():
    sent = replace(mutation("create", B, owner="u1"), refusal=Refusal("malformed", {"op": ["invalid"]}))
    found = refused(world_with(), sent)
    assert (found.slug, found.fields) == ("malformed", {"op": ["invalid"]})


def test_PU8_an_id_that_exists_is_refused_alike_when_foreign_or_disposed_of():
    world = world_with(box(B))
    assert refused(world, mutation("create", B, owner="u1")).slug == "record_exists"
    world.records[("boxes", B)].is_known = False
    assert refused(world, mutation("create", B, owner="u1")).slug == "not_found"
    gone = world_with()
    gone.absent.disposed.add(("boxes", B))
    assert refused(gone, mutation("create", B, owner="u1")).slug == "not_found"


def test_PU5_applied_merged_and_conflict():
    world = world_with(box(B))
    held = world.records[("boxes", B)]
    assert decide(world, sender(), mutation("update", B, 1, label="mine")).status == "applied"
    changed(held, "phone-b", "bo", colour="blue")
    merged = decide(world, sender(), mutation("update", B, 1, label="again"))
    assert (merged.status, merged.version, now(world)["label"]) == ("merged", 4, "again")
    met = decide(world, sender(), mutation("update", B, 1, colour="red", label="third"))
    assert (met.status, met.version) == ("conflict", 5)
    assert (now(world)["colour"], now(world)["label"], now(world)["version"]) == ("blue", "third", 5)
    [conflict] = world.conflicts
    assert met.conflict_id == conflict["id"]
    assert (conflict["server"], conflict["sent"], conflict["state"]) == ({"colour": "blue"}, {"colour": "red"}, "open")
    assert (conflict["server_version"], conflict["server_by"], conflict["server_at"]) == (5, "bo", NOW)
    assert (conflict["author_id"], conflict["unit_id"], conflict["op"]) == ("ann", "u1", "update")
    assert (conflict["record_id"], conflict["collection"], conflict["resolution"]) == (B, "boxes", {})
    assert {(row["conflict_id"], row["user_id"]) for row in world.conflict_people} == {
        (conflict["id"], "ann"),
        (conflict["id"], "bo"),
    }
    assert now(world)["area"] == 1


def test_PU5_a_conflict_alone_makes_no_version():
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-b", "bo", label="theirs")
    met = decide(world, sender(), mutation("update", B, 1, label="mine"))
    assert (met.status, met.version) == ("conflict", None)
    assert world.histories == []
    assert world.conflicts[0]["server_version"] == 2


def test_PU5_equal_values_apply_nothing_and_make_no_version():
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-b", "bo", label="same")
    same = decide(world, sender(), mutation("update", B, 1, label="same"))
    assert (same.status, same.version, world.histories, world.conflicts) == ("merged", 2, [], [])


def test_PU5_own_changes_are_never_the_other_side_resolutions_always_are():
    world = world_with(box(B))
    held = world.records[("boxes", B)]
    changed(held, "phone-a", "ann", 8, label="own")
    assert decide(world, sender(), mutation("update", B, 1, label="newer")).status == "applied"
    changed(held, None, "ann", label="chosen")
    assert decide(world, sender(), mutation("update", B, 1, label="late")).status == "conflict"


def test_PU12_what_waited_is_older_than_what_its_device_said_meanwhile():
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-a", "ann", 8, label="said later")
    waited = replace(sender(), has_waited=True)
    assert decide(world, waited, mutation("update", B, 1, seq=7, label="said first")).status == "conflict"
    assert decide(world, waited, mutation("update", B, 1, seq=9, label="said last")).status == "applied"


def test_PL5_a_base_above_the_servers_is_applied_and_flagged():
    world = world_with(box(B))
    assert decide(world, sender(), mutation("update", B, 9, label="x")).status == "applied"
    assert now(world)["flags"] == ["base_ahead"]
    decide(world, sender(), mutation("update", B, 2, label="y"))
    assert now(world)["flags"] == ["base_ahead"]  # flags stay


def test_PU14_PU15_PU11_flags():
    world = world_with()
    ahead = NOW + timedelta(hours=49)
    by = sender(reused_numbers=frozenset({7}), amends=True)
    decide(world, by, mutation("create", B, owner="u1", packed_at=ahead.isoformat()))
    assert now(world)["flags"] == ["amendment", "clock_uncertain", "sequence_reused"]
    fine = mutation("create", T, owner="u1", packed_at=(NOW + timedelta(hours=47)).isoformat())
    decide(world, sender(reused_numbers=frozenset({8})), fine)
    assert now(world, record_id=T)["flags"] == []
    # A phone that is two days ahead says so with each request: its times are not uncertain.
    fast = sender(clock_offset_s=48 * 3600.0)
    decide(world, fast, mutation("create", (other := new_id()), owner="u1", packed_at=ahead.isoformat()))
    assert now(world, record_id=other)["flags"] == []
    slightly = sender(clock_offset_s=590.0)
    at = (NOW + timedelta(hours=48, seconds=300)).isoformat()
    decide(world, slightly, mutation("create", (last := new_id()), owner="u1", packed_at=at))
    assert now(world, record_id=last)["flags"] == ["clock_uncertain"]
    late = mutation("create", (made := new_id()), owner="u1", made_at=ahead)
    decide(world, sender(), late)
    assert now(world, record_id=made)["flags"] == ["clock_uncertain"]


def test_PU7_groups_sets_and_the_whole_when_it_is_invalid_together():
    world = world_with(box(B, width=5, height=5, members=["ann", "bo"]))
    held = world.records[("boxes", B)]
    changed(held, "phone-b", "bo", height=6, members=["ann", "bo", "cy"])
    met = decide(world, sender(), mutation("update", B, 1, width=4, members=["bo", "di"]))
    assert met.status == "conflict"
    assert world.conflicts[-1]["sent"] == {"width": 4}
    assert now(world)["members"] == ["bo", "cy", "di"]
    assert world.histories[-1]["sent"] == {"members": ["bo", "di"]}


def test_PU7_each_valid_together_invalid_is_a_conflict_of_the_whole():
    world = world_with(box(B, colour="blue"))
    changed(world.records[("boxes", B)], "phone-b", "bo", label="blue only")
    met = decide(world, sender(), mutation("update", B, 1, colour="red", members=["cy"]))
    assert (met.status, met.version) == ("conflict", None)
    [conflict] = world.conflicts
    assert conflict["sent"] == {"colour": "red", "members": ["cy"]}
    assert conflict["server"] == {"colour": "blue", "members": [], "label": "blue only"}
    assert (conflict["server_by"], now(world)["colour"], now(world)["members"]) == ("bo", "blue", [])


def test_PU7_invalid_by_itself_is_refused_whatever_others_changed():
    world = world_with(box(B, height=5))
    assert refused(world, mutation("update", B, 1, width=20)).slug == "invalid"
    changed(world.records[("boxes", B)], "phone-b", "bo", label="theirs")
    assert refused(world, mutation("update", B, 1, width=20, height=5)).slug == "invalid"
    assert world.conflicts == []


def test_what_is_fixed_at_creation_may_be_sent_again_but_not_changed():
    world = world_with(box(B))
    assert decide(world, sender(), mutation("update", B, 1, owner="u1", label="x")).status == "applied"
    found = refused(world, mutation("update", B, 2, owner="u2"))
    assert (found.slug, found.fields) == ("invalid", {"owner": ["fixed"]})


def test_PU16_by_the_grants_then_else_those_of_now_else_the_scope_changed():
    ended = actor(until=NOW - timedelta(days=1))
    world = world_with(box(B), person=ended)
    before = mutation("update", B, 1, label="x", made_at=NOW - timedelta(days=2))
    assert decide(world, sender(ended), before).status == "applied"
    assert refused(world, mutation("update", B, 1, label="y"), sender(ended)).slug == "scope_changed"
    begun = actor(since=NOW - timedelta(days=1))
    early = mutation("update", B, 1, label="z", made_at=NOW - timedelta(days=2))
    assert decide(world, sender(begun), early).status == "applied"
    stranger = actor("di", unit="u9")
    assert refused(world, mutation("update", B, 1, label="y"), sender(stranger)).slug == "not_allowed"


def test_PU9_a_child_waits_for_its_parent_whether_unknown_or_foreign():
    world = world_with()
    child = mutation("create", T, collection="toys", box_id=B)
    unknown = waits(world, child)
    assert (unknown.kind, unknown.waits_for) == ("held", B)
    stand(world, "boxes", box(B), is_known=False)
    foreign = waits(world, child)
    assert (foreign.kind, foreign.waits_for) == ("held", B)


def test_PU9_a_refused_parent_a_late_one_and_a_deleted_one():
    child = mutation("create", T, collection="toys", box_id=B)
    world = world_with()
    world.absent.refused[("boxes", B)] = {"r"}
    found = refused(world, child)
    assert (found.slug, found.waits_for, found.fields) == ("parent_missing", B, {"box_id": ["parent_missing"]})
    world = world_with()
    world.absent.waiting[("boxes", B)] = "late"
    assert (waits(world, child).kind, waits(world, child).waits_for) == ("late", B)
    found = refused(world_with(box(B) | {"deleted": True}), child)
    assert (found.slug, found.fields) == ("parent_deleted", {"box_id": ["parent_deleted"]})


def test_PU9_changes_of_what_is_unknown_foreign_waiting_or_gone_with_a_restore():
    for op in ("update", "delete"):
        world = world_with()
        found = refused(world, mutation(op, B, 1))
        assert (found.slug, found.waits_for) == ("not_found", B)
        stand(world, "boxes", box(B), is_known=False)
        assert refused(world, mutation(op, B, 1)).slug == "not_found"
        world = world_with()
        world.absent.waiting[("boxes", B)] = "late"
        assert (waits(world, mutation(op, B)).kind, waits(world, mutation(op, B)).waits_for) == ("late", B)
        world = world_with()
        world.absent.after_restore = True
        assert (waits(world, mutation(op, B, 1)).kind, waits(world, mutation(op, B, 1)).waits_for) == ("held", B)
        world.absent.refused[("boxes", B)] = {"r"}
        assert refused(world, mutation(op, B, 1)).slug == "not_found"


def test_PU9_delete_with_live_children_stored_or_of_this_batch():
    world = world_with(box(B))
    world.stored_children[("boxes", B)] = {("toys", T)}
    assert refused(world, mutation("delete", B, 1)).slug == "has_children"
    held = stand(world, "toys", toy(T, B))
    assert refused(world, mutation("delete", B, 1)).slug == "has_children"
    assert held.now is not None
    held.now = {**held.now, "deleted": True}
    assert decide(world, sender(), mutation("delete", B, 1)).version == 2
    assert now(world)["deleted"] is True
    assert world.histories[-1]["changed"] == {"deleted": True}
    fresh = world_with(box(B))
    decide(fresh, sender(), mutation("create", T, collection="toys", box_id=B))
    assert refused(fresh, mutation("delete", B, 1)).slug == "has_children"


def test_PU9_edit_of_a_tombstone_and_delete_of_what_moved_are_conflicts_with_the_content():
    world = world_with(box(B, label="was"))
    held = world.records[("boxes", B)]
    changed(held, "phone-b", "bo", deleted=True)
    met = decide(world, sender(), mutation("update", B, 1, label="mine"))
    assert (met.status, met.version, now(world)["deleted"]) == ("conflict", None, True)
    assert (world.conflicts[-1]["server"], world.conflicts[-1]["sent"]) == ({"deleted": True}, {"label": "mine"})
    assert world.conflicts[-1]["server_by"] == "bo"
    assert decide(world, sender(), mutation("delete", B, 1)).version == 2  # deleted already: nothing to do
    world = world_with(box(B))
    changed(world.records[("boxes", B)], "phone-b", "bo", label="theirs")
    met = decide(world, sender(), mutation("delete", B, 1))
    assert (met.status, met.version, now(world)["deleted"]) == ("conflict", None, False)
    conflict = world.conflicts[-1]
    assert (conflict["sent"], conflict["op"]) == ({"deleted": True}, "delete")
    assert (conflict["server"]["label"], conflict["server"]["deleted"], conflict["server_by"]) == (
        "theirs",
        False,
        "bo",
    )
    assert "area" not in conflict["server"]


def test_who_may_not_write_gets_no_conflict_either():
    world = world_with(box(B) | {"deleted": True})
    stranger = sender(actor("di", unit="u9"))
    assert refused(world, mutation("update", B, 1, label="x"), stranger).slug == "not_allowed"
    assert refused(world_with(box(B)), mutation("delete", B, 1), stranger).slug == "not_allowed"


def test_PU11_locked_is_late_and_an_amendment_takes_effect():
    sealed = box(B, label="sealed", colour="red")
    for sent in (
        mutation("update", B, 1, width=2),
        mutation("delete", B, 1),
        mutation("create", T, collection="toys", box_id=B),
    ):
        world = world_with(sealed)
        found = waits(world, sent)
        assert (found.kind, found.waits_for, world.touched) == ("late", None, {})
        assert decide(world, sender(amends=True), sent).status == "applied"
    world = world_with(sealed)
    decide(world, sender(amends=True), mutation("update", B, 1, width=2, colour="blue"))
    assert (now(world)["width"], now(world)["colour"], now(world)["flags"]) == (2, "red", ["amendment"])


def test_PU12_a_correction_stands_on_an_open_rejection_of_the_same_record():
    rejection = {**server_columns("r1"), "record_id": B, "state": "open"}
    sent = mutation("create", B, owner="u1", replaces="r1")
    for state, slug in (("open", None), ("handed_over", None), ("replayed", "already_resolved")):
        world = world_with()
        world.replaced["r1"] = {**rejection, "state": state}
        outcome = answer_to(world, sender(), sent)
        assert outcome.slug == slug
        expected = [("corrected", 2)] if slug is None else []
        assert [(row["state"], row["version"]) for _, row in world.fates] == expected
    assert refused(world_with(), sent).fields == {"replaces": ["not_found"]}
    world = world_with()
    world.replaced["r1"] = {**rejection, "record_id": T}
    assert refused(world, sent).slug == "not_found"


def test_PU12_put_away_in_the_same_batch_it_can_not_be_corrected_too():
    world = world_with()
    row = {**server_columns("r1"), "record_id": B, "state": "open"}
    world.replaced["r1"] = dict(row)
    held = stand(world, "rejections", row)
    assert held.now is not None
    held.now = {**held.now, "state": "discarded"}
    assert refused(world, mutation("create", B, owner="u1", replaces="r1")).slug == "already_resolved"
    held.now = {**held.now, "state": "handed_over"}  # open still
    assert decide(world, sender(), mutation("create", B, owner="u1", replaces="r1")).status == "applied"


def test_PU6_whatever_becomes_of_it_it_is_kept():
    world = world_with()
    outcome = answer_to(world, sender(), mutation("create", B, owner="u1", width=100))
    assert (outcome.status, outcome.slug, outcome.version) == ("rejected", "invalid", None)
    [kept] = world.rejections
    assert (kept["slug"], kept["fields"], kept["state"], kept["reason"]) == (
        "invalid", {"owner": "u1", "width": 100}, "open", "",
    )  # fmt: skip
    assert (kept["author_id"], kept["device_id"], kept["device_seq"], kept["unit_id"]) == ("ann", "phone-a", 7, "u1")
    assert world.absent.is_refused(("boxes", B))
    outcome = answer_to(world, sender(), mutation("create", T, collection="toys", box_id=new_id()))
    assert (outcome.status, outcome.slug) == ("held", None)
    [waiting] = world.waits
    assert (waiting["kind"], waiting["state"], waiting["fields"]["box_id"]) == ("held", "waiting", waiting["waits_for"])
    assert world.absent.waiting == {("toys", T): "held"}


def test_PU2_a_fault_of_ours_is_kept_as_not_understood():
    world = world_with()
    sent = mutation("create", B, owner="u1", label="cursed")
    with capture_logs() as said:
        outcome = answer_to(world, sender(), sent)
    assert (outcome.status, outcome.slug) == ("rejected", "not_understood")
    assert [(line["event"], line["kind"], line["mutation_id"]) for line in said] == [
        ("mutation_failed", "RuntimeError", sent.id)
    ]
    assert answer_to(world, sender(), mutation("create", T, owner="u1"), poison=True).slug == "not_understood"
    assert world.touched == {}


def test_PU8_a_refused_create_of_what_exists_hides_nothing():
    world = world_with(box(B))
    assert answer_to(world, sender(), mutation("create", B, owner="u1")).slug == "record_exists"
    assert not any(world.absent.refused.values())
    assert ALWAYS < NOW


def test_PU9_a_known_parent_in_an_unknown_one_is_unknown_too():
    """Between two reads of one batch somebody left the box: what lies in it is not to be known any more."""
    world = world_with(box(B))
    stand(world, "toys", toy(T, B))
    world.records[("boxes", B)].is_known = False
    assert world.parents_of(world.registry["toys"], {"box_id": B}) == ()
    found = waits(world, mutation("create", new_id(), collection="toys", box_id=B))
    assert (found.kind, found.waits_for) == ("held", B)


def test_PU9_what_hangs_on_a_known_parent_in_an_unknown_one_waits_for_the_parent():
    world = world_with()
    stand(world, "boxes", box(B), is_known=False)
    stand(world, "toys", toy(T, B))
    found = waits(world, mutation("create", new_id(), collection="beads", toy_id=T))
    assert (found.kind, found.waits_for) == ("held", T)


def test_PL4_for_what_was_disposed_of_nothing_waits():
    world = world_with()
    world.absent.disposed.add(("boxes", B))
    world.absent.after_restore = True  # it does not come again
    for op in ("update", "delete"):
        found = refused(world, mutation(op, B, 1))
        assert (found.slug, found.fields, found.waits_for) == ("not_found", {}, None)
    found = refused(world, mutation("create", T, collection="toys", box_id=B))
    assert (found.slug, found.fields, found.waits_for) == ("parent_missing", {"box_id": ["parent_missing"]}, None)


def test_PU16_what_one_knew_when_it_was_written_is_known_to_it():
    ended = actor(until=NOW - timedelta(days=1))
    world = world_with(person=ended)
    held = stand(world, "boxes", box(B), is_known=False)
    held.known_by = frozenset({ended.at(ALWAYS).grants})
    then = mutation("update", B, 1, label="x", made_at=NOW - timedelta(days=2))
    assert answer_to(world, sender(ended), then).status == "applied"
    held.is_known = False
    assert answer_to(world, sender(ended), mutation("update", B, 2, label="y")).slug == "not_found"


class Watched(Boxes):
    """Remembers what it was asked to judge, and minds what lies in it when its label changes."""

    minds_children = frozenset({"label"})

    def __init__(self) -> None:
        self.seen: list[Change] = []

    def check(self, change: Change) -> dict[str, Any]:
        self.seen.append(change)
        return {}


@pytest.mark.parametrize(
    ("changed_fields", "has_toy", "minded"),
    [({"label"}, True, True), ({"label"}, False, False), ({"colour"}, True, False), ({"label", "colour"}, True, True)],
)
def test_a_change_is_judged_with_all_that_is_known_of_it(changed_fields, has_toy, minded):
    world = world_with(box(B))
    world.facts["boxes"] = facts = object()
    if has_toy:
        stand(world, "toys", toy(T, B))
    watched, by, before = Watched(), sender(), world.records[("boxes", B)].now
    after = {**before, "label": "new"}
    sent = mutation("update", B, 1, label="new", made_at=NOW - timedelta(hours=1))
    assert check(world, by, sent, watched, "update", before, after, frozenset(changed_fields), (after,)) == {}
    assert watched.seen == [
        Change(
            by.ever.at(sent.made_at), "update", B, before, after, frozenset(changed_fields), (after,), facts,
            sent.made_at, False, minded,
        )
    ]  # fmt: skip
    choice = mutation("update", B, 1, collection="conflicts", resolution={})
    check(world, by, choice, watched, "update", before, after, frozenset(), ())
    assert [change.is_for_others for change in watched.seen] == [False, True]


def test_who_mends_need_not_be_admitted_and_says_so_and_opens_nothing_that_is_locked():
    stranger = actor("eve", unit="elsewhere")
    world = world_with(box(B), person=stranger)
    held = world.records[("boxes", B)]
    with pytest.raises(Refused, match="not_allowed"):
        decide(world, sender(stranger), mutation("update", B, 1, colour="blue"))
    assert decide(world, sender(stranger, mends=True), mutation("update", B, 1, colour="blue")).status == "applied"
    assert (held.now["colour"], held.now["flags"]) == ("blue", ["mended"])
    decide(world, sender(stranger, mends=True), mutation("update", B, 2, label="sealed"))
    with pytest.raises(Waits):
        decide(world, sender(stranger, mends=True), mutation("update", B, 3, width=2))
    both = sender(stranger, mends=True, amends=True)
    assert decide(world, both, mutation("update", B, 3, width=2)).status == "applied"
    assert held.now["flags"] == ["amendment", "mended"]


def test_a_mend_is_checked_as_what_needs_not_be_ones_own():
    world, watched, row = world_with(box(B)), Watched(), box(B)
    sent = mutation("update", B, 1, label="new")
    for by in (sender(), sender(mends=True)):
        check(world, by, sent, watched, "update", row, row, frozenset({"label"}), ())
    assert [change.is_for_others for change in watched.seen] == [False, True]


def test_PU2_a_refusal_counts_as_it_stands_within_the_batch():
    world = world_with()
    refusal = {"id": "r", "collection": "boxes", "record_id": B, "op": "create", "state": "open"}
    for state, is_refused in (("open", True), ("discarded", False), ("handed_over", True), ("corrected", False)):
        world.absent.note_refusal({**refusal, "state": state})
        assert world.absent.is_refused(("boxes", B)) is is_refused, state
    world.absent.note_refusal({**refusal, "op": "update"})
    assert not world.absent.is_refused(("boxes", B))
    world.absent.note_refusal(refusal)
    world.absent.note_refusal({**refusal, "id": "another"})
    world.absent.note_refusal({**refusal, "state": "discarded"})
    assert world.absent.is_refused(("boxes", B))  # by the other one still


def test_PU15_what_is_planned_lies_ahead_and_says_nothing_of_a_clock():
    class Appointments(Boxes):
        planned = frozenset({"packed_at"})

    ahead = {"packed_at": NOW + timedelta(days=30)}
    sent = mutation("create", B, owner="u1")
    assert flags_of(sender(), sent, Boxes(), ahead) == ["clock_uncertain"]
    assert flags_of(sender(), sent, Appointments(), ahead) == []
    made_ahead = mutation("create", B, owner="u1", made_at=NOW + timedelta(days=30))
    assert flags_of(sender(), made_ahead, Appointments(), {}) == ["clock_uncertain"]
