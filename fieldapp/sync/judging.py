"""Who may do what a mutation asks, and whether its values hold: the collection decides, by grants then (PU16)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from fieldapp.core.access import Actor
from fieldapp.core.schema import UNKNOWN_FIELD, flat_errors
from fieldapp.sync.collection import Change, Collection, Refused, Row
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.rules import Side
from fieldapp.sync.world import World


@dataclass(frozen=True)
class Sender:
    """Who sends: the person now and ever (PU16), the device and what is known of its clock and numbers.

    No device: the change is made on a page (`desk.py`).
    """

    now: Actor
    ever: Actor
    device_id: str | None
    clock_offset_s: float | None
    reused_numbers: frozenset[int]
    received_at: datetime
    amends: bool = False  # PU11: a leader takes in what came late
    mends: bool = False  # a person who needn't be allowed to write it mends a slip: who let them has judged that
    has_waited: bool = False  # judged later than it came: the device may have said newer things meanwhile

    def side(self, mutation: Mutation) -> Side:
        """Return whose versions are the sender's own when a mutation is judged (PU5)."""
        return Side(self.device_id, mutation.device_seq if self.has_waited else None)


def loaded(collection: Collection, fields: Mapping[str, Any], *, partial: bool) -> Row:
    """Parse the fields; a field this server does not know is not understood, a wrong value is invalid (PU18)."""
    try:
        found: Row = collection.loader.load(fields, partial=partial)
    except ValidationError as error:
        errors = flat_errors(error.messages)
        unknown = {path: keys for path, keys in errors.items() if UNKNOWN_FIELD in keys}
        raise Refused("not_understood" if unknown else "invalid", unknown or errors) from error
    return found


def admit(
    sender: Sender,
    mutation: Mutation,
    collection: Collection,
    op: str,
    row: Row,
    parents: tuple[Row, ...],
) -> None:
    if sender.mends:
        return

    def judged(actor: Actor) -> Row:
        collection.admit(actor, op, row, parents)
        return {}

    _by_grants(sender, mutation, judged)


def check(
    world: World,
    sender: Sender,
    mutation: Mutation,
    collection: Collection,
    op: str,
    before: Row | None,
    after: Row,
    changed: frozenset[str],
    parents: tuple[Row, ...],
) -> Row:
    facts = world.facts.get(collection.name)
    minds = bool(collection.minds_children & changed)
    has_children = minds and world.has_live_children(collection, mutation.record_id)
    made_at = mutation.made_at
    is_for_others = sender.mends or mutation.collection != collection.name

    def judged(actor: Actor) -> Row:
        change = Change(
            actor, op, mutation.record_id, before, after, changed, parents, facts, made_at, is_for_others, has_children
        )
        return collection.check(change)

    return _by_grants(sender, mutation, judged)


def _by_grants(sender: Sender, mutation: Mutation, judged: Callable[[Actor], Row]) -> Row:
    """Judge by the author's grants at made_at, else by those of now; say when they are merely over (PU16)."""
    try:
        return judged(sender.ever.at(mutation.made_at))
    except Refused as refused:
        if refused.slug != "not_allowed":
            raise
    try:
        return judged(sender.now)
    except Refused as refused:
        if refused.slug != "not_allowed":
            raise
    judged(sender.ever)
    raise Refused("scope_changed")
