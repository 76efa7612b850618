"""A world without a domain: boxes, and toys in them. What the engine decides can be seen here without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fieldapp.core.access import Actor, Grant
from fieldapp.core.ids import new_id
from fieldapp.core.schema import Code, IdField, Items, Moment, StrictSchema, Text, Whole
from fieldapp.sync.collection import Change, Collection, Refused, Registry, Row
from fieldapp.sync.conflicts import Conflicts
from fieldapp.sync.judging import Sender
from fieldapp.sync.kept import Rejections
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.rules import Version
from fieldapp.sync.world import Held, World

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
ALWAYS = NOW - timedelta(days=365)


class BoxSchema(StrictSchema):
    """A box: open until it is sealed."""

    label = Text(load_default="")
    colour = Code(("red", "blue"), load_default="red")
    owner = Text(required=True)
    width = Whole(0, 99, load_default=1)
    height = Whole(0, 99, load_default=1)
    members = Items(Code(("ann", "bo", "cy", "di")), load_default=list)
    packed_at = Moment(load_default=None)


class Boxes(Collection):
    """Members write; sealed is locked; wider than high by ten is no box."""

    name = "boxes"
    schema = BoxSchema
    table: Any = None
    fixed = frozenset({"owner"})
    set_fields = frozenset({"members"})
    merge_groups = (frozenset({"width", "height"}),)
    not_amended = frozenset({"colour"})

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        if row["owner"] not in actor.teams("packer", "chief"):
            raise Refused("not_allowed")

    def is_locked(
        self, op: str, row: Mapping[str, Any], sent: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]
    ) -> bool:
        return row["label"] == "sealed" and op != "create"

    def may_amend(self, actor: Actor, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> bool:
        return actor.user_id not in row["members"]

    def check(self, change: Change) -> Row:
        after = change.after
        if after["width"] > after["height"] + 10 or (after["label"] == "blue only" and after["colour"] == "red"):
            raise Refused("invalid", {"width": ["out_of_range"]})
        if after["label"] == "forbidden" and after["colour"] == "blue":
            raise Refused("not_allowed")
        if after["label"] == "cursed":
            raise RuntimeError("a fault of ours")
        return {"area": after["width"] * after["height"]}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        return row.get("owner")


class Asked:
    """What the engine asked a collection, in order: kills every doubt about who is asked with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []


class ToySchema(StrictSchema):
    """A toy lies in a box."""

    box_id = IdField(required=True)
    kind = Text(load_default="")
    size = Whole(0, 99, load_default=1)


class Toys(Collection):
    """What lies in a box is locked with it. Remembers what it was asked."""

    asked = Asked()

    name = "toys"
    schema = ToySchema
    table: Any = None
    parent = ("boxes", "box_id")
    fixed = frozenset({"box_id"})

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        self.asked.calls.append(("admit", op, row.get("kind"), [parent["id"] for parent in parents]))
        Boxes().admit(actor, op, parents[-1], ())

    def is_locked(
        self, op: str, row: Mapping[str, Any], sent: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]
    ) -> bool:
        self.asked.calls.append(("is_locked", op, row.get("kind"), dict(sent), [parent["id"] for parent in parents]))
        return parents[-1]["label"] == "sealed"

    def may_amend(self, actor: Actor, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> bool:
        return actor.user_id not in parents[-1]["members"] and row["kind"] != "nobodys"

    def check(self, change: Change) -> Row:
        before = change.before and (change.before["id"], change.before["kind"])
        parents = [parent["id"] for parent in change.parents]
        self.asked.calls.append(("check", change.op, before, change.after["kind"], sorted(change.changed), parents))
        if change.after["kind"] == "broken" and change.after["size"] > 1:
            raise Refused("invalid", {"size": ["out_of_range"]})
        return {}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        return parents[-1]["owner"] if parents else None


class BeadSchema(StrictSchema):
    """A bead hangs on a toy."""

    toy_id = IdField(required=True)


class Beads(Collection):
    """What hangs on a toy: a third level."""

    name = "beads"
    schema = BeadSchema
    table: Any = None
    parent = ("toys", "toy_id")

    def check(self, change: Change) -> Row:
        return {}


class Signs(Collection):
    """Read only."""

    name = "signs"
    table: Any = None


REGISTRY = Registry((Boxes(), Toys(), Beads(), Signs(), Rejections(), Conflicts()))


def actor(user_id: str = "ann", unit: str = "u1", role: str = "packer", **validity: datetime | None) -> Actor:
    """Return a person with one grant."""
    grant = Grant(role, None, unit, validity.get("since") or ALWAYS, validity.get("until"))
    return Actor(user_id, user_id, "", "", None, (grant,))


def sender(person: Actor | None = None, device: str = "phone-a", **more: Any) -> Sender:
    """Return who sends."""
    ever = person or actor()
    return replace(Sender(ever.at(NOW), ever, device, None, frozenset(), NOW), **more)


def mutation(
    op: str, record_id: str, base: int = 0, collection: str = "boxes", seq: int = 7, **fields: Any
) -> Mutation:
    """Return a mutation as it was read."""
    made_at = fields.pop("made_at", NOW)
    replaces = fields.pop("replaces", None)
    return Mutation(new_id(), seq, collection, record_id, op, base, fields, made_at, replaces, "hash", {})


def world_with(*boxes: Row, person: Actor | None = None) -> World:
    """Return a world in which boxes stand, made by ann on phone-a as version 1."""
    world = World(REGISTRY, person or actor())
    for box in boxes:
        stand(world, "boxes", box)
    return world


def stand(world: World, name: str, row: Row, *, is_known: bool = True) -> Held:
    """Let a record stand, as the database has it."""
    collection = REGISTRY[name]
    content = {key: row[key] for key in collection.field_names if key in row}
    first = Version(1, "phone-a", content, None, "ann", ALWAYS, 1)
    held = Held(collection, dict(row), dict(row), is_known, [first])
    world.records[(name, row["id"])] = held
    return held


def box(record_id: str, **fields: Any) -> Row:
    """Return a box's row."""
    content = BoxSchema().load({"owner": "u1", **fields})
    return {**content, "area": 1, **server_columns(record_id)}


def toy(record_id: str, box_id: str) -> Row:
    """Return a toy's row."""
    return {"box_id": box_id, "kind": "", "size": 1, **server_columns(record_id)}


def server_columns(record_id: str) -> Row:
    """Return what the server sets on every record."""
    return {
        "id": record_id,
        "version": 1,
        "seq": 1,
        "deleted": False,
        "created_by": "ann",
        "created_at": ALWAYS,
        "received_at": ALWAYS,
        "flags": [],
    }


def changed(held: Held, device: str | None, user: str, seq: int | None = None, **fields: Any) -> None:
    """Let somebody have changed a record."""
    assert held.now is not None
    held.now = {**held.now, **fields, "version": held.now["version"] + 1}
    held.history.append(Version(held.now["version"], device, fields, None, user, NOW, seq))
