"""PU5: choosing between two values, in a world of boxes and toys."""

from datetime import timedelta

import pytest

from fieldapp.core.ids import new_id
from fieldapp.sync.collection import Refused, Waits
from fieldapp.sync.deciding import decide
from tests.factories.toys import (
    NOW,
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

B, T, C = new_id(), new_id(), new_id()


def conflicted(record=None, collection="boxes", **conflict):
    """Return a world with a box that moved to version 2, and an open conflict about it."""
    world = world_with(record or box(B, label="server"))
    row = {
        **server_columns(C),
        "collection": collection,
        "record_id": B,
        "server": {"label": "server"},
        "server_version": 1,
        "sent": {"label": "sent"},
        "unit_id": "u1",
        "state": "open",
        "resolution": {},
        **conflict,
    }
    stand(world, "conflicts", row)
    return world


def resolve(world, by=None, **choices):
    resolution = {name: {"choice": value} if isinstance(value, str) else value for name, value in choices.items()}
    return decide(world, by or sender(), mutation("update", C, 1, "conflicts", resolution=resolution))


def refused(world, by=None, **choices) -> Refused:
    with pytest.raises(Refused) as caught:
        resolve(world, by, **choices)
    assert world.touched == {}
    return caught.value


def row(world, name="boxes", record_id=B):
    return world.records[(name, record_id)].now


@pytest.mark.parametrize(
    ("choice", "label", "version"),
    [("server", "server", 1), ("sent", "sent", 2), ({"choice": "other", "value": "third"}, "third", 2)],
)
def test_a_choice_is_written_as_nobodys_own_edit(choice, label, version):
    world = conflicted()
    outcome = resolve(world, label=choice)
    assert (outcome.status, outcome.version, outcome.conflict_id) == ("applied", 2, None)
    assert (row(world)["label"], row(world)["version"]) == (label, version)
    assert row(world, "conflicts", C)["state"] == "resolved"
    assert row(world, "conflicts", C)["version"] == 2
    written = [item for item in world.histories if item["collection"] == "boxes"]
    assert [(item["device_id"], item["user_id"], item["changed"]) for item in written] == (
        [] if choice == "server" else [(None, "ann", {"label": label})]
    )


def test_a_choice_that_changes_nothing_makes_no_version():
    world = conflicted()
    resolve(world, label={"choice": "other", "value": "server"})
    assert (row(world)["version"], row(world, "conflicts", C)["state"]) == (1, "resolved")


def test_what_the_server_sets_follows_the_choice():
    world = conflicted(box(B, width=2, height=3), server={"width": 2}, sent={"width": 5})
    resolve(world, width="sent")
    assert (row(world)["width"], row(world)["area"]) == (5, 15)


def test_every_field_that_met_needs_its_choice_and_no_other_may_have_one():
    world = conflicted(sent={"label": "sent", "colour": "blue"})
    assert refused(world, label="sent").fields == {"resolution.colour": ["required"]}
    both = refused(world, label="sent", width="server")
    assert both.fields == {"resolution.colour": ["required"], "resolution.width": ["unknown_field"]}
    assert refused(world, label={"choice": "other", "value": 7}, colour="server").fields == {"label": ["invalid"]}
    assert refused(world).slug == "invalid"


def test_a_choice_that_makes_it_invalid_is_refused():
    world = conflicted(box(B, height=1), sent={"width": 50})
    assert refused(world, width="sent").slug == "invalid"


def test_what_moved_meanwhile_is_not_overwritten_the_question_is_put_again():
    world = conflicted()
    changed(world.records[("boxes", B)], "phone-a", "bo", label="moved")  # also by the phone that chooses
    outcome = resolve(world, label="sent")
    assert outcome.status == "conflict"
    [again] = world.conflicts
    assert outcome.conflict_id == again["id"]
    assert (again["server"], again["sent"], again["server_by"]) == ({"label": "moved"}, {"label": "sent"}, "bo")
    assert (again["server_version"], row(world)["label"], row(world, "conflicts", C)["state"]) == (
        2,
        "moved",
        "resolved",
    )


def test_what_moved_elsewhere_meanwhile_does_not_matter():
    world = conflicted()
    changed(world.records[("boxes", B)], "phone-b", "bo", colour="blue")
    assert resolve(world, label="sent").status == "applied"
    assert (row(world)["label"], row(world)["colour"], row(world)["version"]) == ("sent", "blue", 3)


def test_one_of_two_fields_moved_the_other_is_written():
    world = conflicted(sent={"label": "sent", "colour": "blue"})
    changed(world.records[("boxes", B)], "phone-b", "bo", label="moved")
    assert resolve(world, label="sent", colour="sent").status == "conflict"
    assert (row(world)["label"], row(world)["colour"]) == ("moved", "blue")
    assert world.conflicts[0]["sent"] == {"label": "sent"}


@pytest.mark.parametrize("choice", ["server", "sent"])
def test_an_edit_of_what_was_deleted_brings_it_back_only_by_choice(choice):
    world = conflicted(box(B) | {"deleted": True}, server={"deleted": True})
    resolve(world, label=choice)
    assert row(world)["deleted"] is (choice == "server")
    assert row(world)["label"] == ("sent" if choice == "sent" else "")
    if choice == "sent":
        assert world.histories[0]["changed"] == {"label": "sent", "deleted": False}


def test_brought_back_with_equal_content_it_still_stands_again():
    world = conflicted(box(B, label="sent") | {"deleted": True}, server={"deleted": True})
    resolve(world, label="sent")
    assert (row(world)["deleted"], row(world)["version"]) == (False, 2)


def test_nothing_comes_back_into_what_is_deleted():
    world = conflicted(collection="toys", record_id=T, sent={"kind": "x"})
    stand(world, "toys", toy(T, B) | {"deleted": True})
    held = world.records[("boxes", B)]
    held.now = {**(held.now or {}), "deleted": True}
    assert refused(world, kind="sent").slug == "parent_deleted"


def test_a_delete_that_met_an_edit_deletes_only_by_choice_and_only_without_children():
    asked = {"server": {"deleted": False}, "sent": {"deleted": True}}
    world = conflicted(**asked)
    resolve(world, deleted="server")
    assert (row(world)["deleted"], row(world)["version"]) == (False, 1)
    world = conflicted(**asked)
    world.stored_children[("boxes", B)] = {("toys", T)}
    assert refused(world, deleted="sent").slug == "has_children"
    world = conflicted(**asked)
    assert resolve(world, deleted="sent").status == "applied"
    assert (row(world)["deleted"], row(world)["version"]) == (True, 2)
    assert world.histories[0]["changed"] == {"deleted": True}
    assert world.histories[0]["device_id"] is None


def test_a_delete_chosen_after_it_moved_again_is_asked_again_and_one_done_already_is_done():
    asked = {"server": {"deleted": False}, "sent": {"deleted": True}}
    world = conflicted(**asked)
    changed(world.records[("boxes", B)], "phone-b", "bo", label="moved")
    assert resolve(world, deleted="sent").status == "conflict"
    [again] = world.conflicts
    assert (again["sent"], again["server"]["label"], again["server"]["deleted"]) == ({"deleted": True}, "moved", False)
    assert row(world)["deleted"] is False
    gone = conflicted(box(B) | {"deleted": True}, **asked)
    assert resolve(gone, deleted="sent").status == "applied"
    assert row(gone)["version"] == 1


def test_a_delete_chosen_after_it_was_brought_back_is_asked_again():
    world = conflicted(server={"deleted": False}, sent={"deleted": True})
    changed(world.records[("boxes", B)], None, "bo", deleted=False)
    assert resolve(world, deleted="sent").status == "conflict"


def test_kept_standing_in_so_many_words_it_stands():
    world = conflicted(server={"deleted": False}, sent={"deleted": True})
    assert resolve(world, deleted={"choice": "other", "value": False}).status == "applied"
    assert (row(world)["deleted"], row(world)["version"]) == (False, 1)


def test_what_merges_as_one_is_met_as_one():
    world = conflicted(box(B, width=2, height=3), server={"width": 2}, sent={"width": 5})
    changed(world.records[("boxes", B)], "phone-b", "bo", height=9)
    assert resolve(world, width="sent").status == "conflict"
    assert row(world)["width"] == 2


def test_what_changed_before_it_was_deleted_does_not_keep_it_away():
    world = conflicted(box(B), server={"deleted": True})
    held = world.records[("boxes", B)]
    changed(held, "phone-b", "bo", label="moved")
    changed(held, "phone-b", "bo", deleted=True)
    assert resolve(world, label="sent").status == "applied"
    assert (row(world)["label"], row(world)["deleted"]) == ("sent", False)


def test_a_collection_is_asked_about_what_is_chosen():
    world = conflicted(collection="toys", record_id=T, server={"kind": ""}, sent={"kind": "kite"})
    stand(world, "toys", toy(T, B))
    Toys.asked.calls.clear()
    resolve(world, kind="sent")
    assert Toys.asked.calls == [
        ("is_locked", "update", "", {}, [B]),
        ("check", "update", (T, ""), "kite", ["kind"], [B]),
    ]


def test_an_update_without_a_choice_resolves_nothing():
    world = conflicted()
    assert decide(world, sender(), mutation("update", C, 1, "conflicts")).status == "applied"
    assert (row(world, "conflicts", C)["state"], world.touched) == ("open", {})


def test_resolved_once():
    world = conflicted(state="resolved")
    assert refused(world, label="sent").slug == "already_resolved"


def test_PU11_locked_by_now_it_is_late_but_for_the_lead():
    world = conflicted(box(B, label="sealed"), server={"width": 1}, sent={"width": 2})
    with pytest.raises(Waits) as caught:
        resolve(world, width="sent")
    assert (caught.value.kind, world.touched) == ("late", {})
    assert resolve(world, width="server").status == "applied"  # nothing is written
    for by in (sender(actor(role="team_lead"), "desk"), sender(amends=True)):
        world = conflicted(box(B, label="sealed"), server={"width": 1}, sent={"width": 2})
        assert resolve(world, by, width="sent").status == "applied"
        assert row(world)["width"] == 2
    other = sender(actor("di", unit="u2", role="team_lead"))
    world = conflicted(box(B, label="sealed"), server={"width": 1}, sent={"width": 2})
    with pytest.raises(Waits):
        resolve(world, other, width="sent")


@pytest.mark.parametrize("collection", ["boxes", "toys"])
def test_PU11_a_lead_amends_what_is_locked_and_it_says_so_but_nothing_of_their_own(collection):
    lead = sender(actor(role="team_lead"), "desk")

    def world_of(label, *members):
        values = {"server": {"width": 1}, "sent": {"width": 2}}
        if collection == "toys":
            values = {"collection": "toys", "record_id": T, "server": {"kind": ""}, "sent": {"kind": "kite"}}
        world = conflicted(box(B, label=label) | {"members": list(members), "flags": ["odd"]}, **values)
        stand(world, "toys", toy(T, B) | {"flags": ["odd"]})
        return world, {name: "sent" for name in values["sent"]}

    key = (collection, B if collection == "boxes" else T)
    for label, flags in (("sealed", ["amendment", "odd"]), ("open", ["odd"])):
        world, choices = world_of(label, "bo")
        assert resolve(world, lead, **choices).status == "applied"
        assert row(world, *key)["flags"] == flags
    world, choices = world_of("sealed", "ann")
    with pytest.raises(Waits) as caught:
        resolve(world, lead, **choices)
    assert (caught.value.kind, world.touched) == ("late", {})
    world, choices = world_of("open", "ann")
    assert resolve(world, lead, **choices).status == "applied"
    amending = sender(actor(role="team_lead"), "desk", amends=True)
    world, choices = world_of("sealed", "ann")
    assert resolve(world, amending, **choices).status == "applied"
    assert "amendment" in row(world, *key)["flags"]


def test_a_record_that_is_gone_leaves_nothing_to_write_and_an_unknown_parent_is_not_found():
    world = conflicted()
    del world.records[("boxes", B)]
    assert resolve(world, label="sent").status == "applied"
    world = conflicted(collection="toys", record_id=T, sent={"kind": "x"})
    stand(world, "toys", toy(T, B))
    world.records[("boxes", B)].is_known = False
    assert refused(world, kind="sent").slug == "not_found"


def test_a_conflict_is_updated_and_nothing_else():
    world = conflicted()
    for op in ("delete", "create"):
        with pytest.raises(Refused):
            decide(world, sender(), mutation(op, C, 1, "conflicts"))
    assert timedelta(0) < NOW - row(world)["created_at"]
