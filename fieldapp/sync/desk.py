"""The other door to a write: pages and JSON routes change synced records by the same decisions as phones (ADR 1).

Nobody waits in a queue here, so nothing is kept either: what a phone would find as a rejection or a conflict is
answered at once, and nothing of it is written. Services call this; they flush, never commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.core.personal_numbers import cleaned
from fieldapp.sync.collection import Refused, Registry, Row, Waits
from fieldapp.sync.deciding import decide
from fieldapp.sync.judging import Sender
from fieldapp.sync.loading import load_world
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.recording import Outcome
from fieldapp.sync.settling import settle
from fieldapp.sync.waking import moved_by
from fieldapp.sync.world import World
from fieldapp.sync.writing import write_world

NOT_THERE = ("not_found", "parent_missing", "parent_deleted")


@dataclass(frozen=True)
class Edit:
    """A change of one record. `base_version`: the version that was read; 0 for a create."""

    collection: str
    record_id: str
    op: str
    fields: Mapping[str, Any]
    base_version: int = 0


def create(collection: str, fields: Mapping[str, Any]) -> Edit:
    """Return the edit that makes a new record."""
    return Edit(collection, new_id(), "create", fields)


def write(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    edits: Sequence[Edit],
    now: datetime,
    mends: bool = False,
    amends: bool = False,
) -> list[Row]:
    """Let all the edits take effect, or none, and return the records as they stand then, in the same order.

    `mends`: the caller has judged that the actor may mend what is not theirs to write; `amends`: also what is locked.

    Raises `Invalid` with the field errors (an edit's place in front of them when there are several), `NotFound`,
    `NotAllowed`, and `Conflict` where somebody changed one of the fields after the version that was read.
    """
    mutations = [_mutation(edit, now) for edit in edits]
    sender = replace(_sender(actor, now), mends=mends, amends=amends)
    world, outcomes = _decided(session, registry, sender, mutations)
    if any(outcome.conflict_id for outcome in outcomes):  # PU5, PU7
        raise Conflict
    _take_effect(session, registry, world, mutations, now)
    return [world.records[(one.collection, one.record_id)].now or {} for one in mutations]


def choose(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    conflict_id: str,
    version: int,
    resolution: Row,
    now: datetime,
) -> str | None:
    """Resolve a conflict, as a phone would (PU5); return the conflict that asks again where the values moved meanwhile.

    Raises as `write`; `Conflict` here means that somebody has chosen already, or that the choice can't be taken.
    """
    mutation = _mutation(Edit("conflicts", conflict_id, "update", {"resolution": resolution}, version), now)
    world, [outcome] = _decided(session, registry, _sender(actor, now), [mutation])
    _take_effect(session, registry, world, [mutation], now)
    return outcome.conflict_id


def _sender(actor: Actor, now: datetime) -> Sender:
    return Sender(actor, actor, None, None, frozenset(), now)


def _decided(
    session: Session, registry: Registry, sender: Sender, mutations: Sequence[Mutation]
) -> tuple[World, list[Outcome]]:
    world = load_world(session, registry, sender.now, mutations, sender.received_at)
    places = [f"{index}." if len(mutations) > 1 else "" for index in range(len(mutations))]
    return world, [_decide(world, sender, one, where) for one, where in zip(mutations, places, strict=True)]


def _take_effect(
    session: Session, registry: Registry, world: World, mutations: Sequence[Mutation], now: datetime
) -> None:
    write_world(session, world)
    settle(session, registry, moved_by(world, mutations), now)


def _mutation(edit: Edit, now: datetime) -> Mutation:
    _, numbers_at = cleaned(dict(edit.fields))
    if numbers_at:  # PU13
        raise Invalid("personal_number", fields={path: ["personal_number"] for path in numbers_at})
    return Mutation(
        id=new_id(),
        device_seq=None,
        collection=edit.collection,
        record_id=edit.record_id,
        op=edit.op,
        base_version=edit.base_version,
        fields=dict(edit.fields),
        made_at=now,
        replaces=None,
        content_hash="",
        kept={},
    )


def _decide(world: World, sender: Sender, mutation: Mutation, where: str) -> Outcome:
    try:
        return decide(world, sender, mutation)
    except Refused as refused:
        if refused.slug in NOT_THERE:
            raise NotFound from refused
        if refused.slug == "not_allowed":
            raise NotAllowed(fields=_placed(refused.fields, where)) from refused
        if refused.slug in ("invalid", "not_understood", "personal_number"):
            raise Invalid(fields=_placed(refused.fields, where)) from refused
        raise Conflict(refused.slug, fields=_placed(refused.fields, where)) from refused
    except Waits as waits:  # a parent that is not there (PU9), or what is approved (PU11)
        raise (NotFound if waits.kind == "held" else Conflict("wrong_status")) from waits


def _placed(fields: Mapping[str, list[str]], where: str) -> dict[str, list[str]]:
    return {f"{where}{path}": keys for path, keys in fields.items()}
