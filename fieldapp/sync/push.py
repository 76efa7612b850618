"""Taking in a batch: one transaction, bulk first, one by one when that fails (PU1, PU2).

This is the one place where sync commits. Nothing is dropped: what has no effect becomes a rejection, kept whole (PU6).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.database import db, transacted
from fieldapp.core.ports import port
from fieldapp.sync import devices
from fieldapp.sync.collection import Refused, Registry, Row
from fieldapp.sync.deciding import answer_to
from fieldapp.sync.envelope import Envelope
from fieldapp.sync.judging import Sender
from fieldapp.sync.keeping import keep_rejection
from fieldapp.sync.loading import load_answers, load_world
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.settling import give_up, settle
from fieldapp.sync.trying import tried
from fieldapp.sync.waking import Moved, moved_by
from fieldapp.sync.world import World
from fieldapp.sync.writing import write_world

log = structlog.get_logger()


def push(
    registry: Registry,
    *,
    actor: Actor,
    ever: Actor,
    device_id: str,
    envelope: Envelope,
    now: datetime,
    read_in_by: Actor | None = None,
) -> list[Row]:
    """Take in the mutations of a request and return their receipts, in the order sent.

    `read_in_by`: who reads them in from the device's queue file (CL11); the device itself is not in contact then.
    Raises `Unavailable` (503) when the write lock can't be had; then nothing of the batch is there.
    """
    if devices.says_nothing_new(db.session(), device_id=device_id, envelope=envelope, now=now):
        return []  # a phone that only asks takes no write lock

    def work() -> list[Row]:
        session = db.session()
        port("still_signed_in")(session, read_in_by or actor)
        reused = devices.note_contact(
            session,
            device_id=device_id,
            user_id=actor.user_id,
            envelope=envelope,
            now=now,
            is_device=read_in_by is None,
        )
        sender = Sender(actor, ever, device_id, envelope.clock_offset_s, reused, now)
        receipts = take_in(session, registry, sender, envelope.mutations)
        if envelope.mutations:
            give_up(session, registry, now)
        return receipts

    return transacted(work)


def take_in(session: Session, registry: Registry, sender: Sender, mutations: Sequence[Mutation]) -> list[Row]:
    """Take in mutations of one sender inside an open write transaction, and what waited for them."""
    receipts, moved = _take_in(session, registry, sender, mutations)
    settle(session, registry, moved, sender.received_at)
    return receipts


def _take_in(
    session: Session, registry: Registry, sender: Sender, mutations: Sequence[Mutation]
) -> tuple[list[Row], Moved]:
    together = partial(_take_in_together, session, registry, sender)
    ids = [mutation.id for mutation in mutations]
    answered = tried(session, partial(together, mutations), event="batch_one_by_one", mutation_ids=ids)
    if answered:
        return answered
    receipts: list[Row] = []
    moved = Moved()
    for mutation in mutations:  # PU1: as if each had a savepoint of its own
        answered = (
            tried(session, partial(together, [mutation]), event="poison_mutation", mutation_ids=[mutation.id])
            or tried(
                session, partial(together, [mutation], poison=True), event="poison_not_read", mutation_ids=[mutation.id]
            )
            or together([mutation], poison=True, unread=True)
        )
        receipts += answered[0]
        moved |= answered[1]
    return receipts, moved


def _take_in_together(
    session: Session,
    registry: Registry,
    sender: Sender,
    mutations: Sequence[Mutation],
    *,
    poison: bool = False,
    unread: bool = False,
) -> tuple[list[Row], Moved]:
    """Answer mutations. `poison`: they are refused; `unread`: by what they say alone, their records unread."""
    if unread:
        world = load_answers(session, registry, sender.now, mutations)
        world.is_unread = True
    else:
        world = load_world(session, registry, sender.now, mutations, sender.received_at, ever=sender.ever)
    receipts = [_answer(world, sender, mutation, poison) for mutation in mutations]
    write_world(session, world)
    for mutation_id in world.reuses:  # the log's head is locked after the counter, never before
        audit.record(session, action="sync.mutation_reused", actor_id=sender.now.user_id, subject=mutation_id)
    if world.new_receipts:
        counts: dict[str, int] = {}
        for row in world.new_receipts:
            counts[row["status"]] = counts.get(row["status"], 0) + 1
        audit.record(
            session, action="sync.pushed", actor_id=sender.now.user_id, subject=sender.device_id, statuses=counts
        )
    return receipts, moved_by(world, mutations)


def _answer(world: World, sender: Sender, mutation: Mutation, poison: bool) -> Row:
    earlier = world.receipts.get(mutation.id)
    if earlier:
        return _answer_again(world, sender, mutation, earlier)
    outcome = answer_to(world, sender, mutation, poison=poison)
    error_row = {"slug": outcome.slug, "fields": dict(outcome.fields or {})} if outcome.slug else None
    row = {
        "mutation_id": mutation.id,
        "user_id": sender.now.user_id,
        "device_id": sender.device_id,
        "device_seq": mutation.device_seq,
        "content_hash": mutation.content_hash,
        "collection": mutation.collection[:40] or None,
        "record_id": mutation.record_id[:36] or None,
        "status": outcome.status,
        "version": outcome.version,
        "error": error_row,
        "conflict_id": outcome.conflict_id,
        "received_at": sender.received_at,
    }
    world.receipts[mutation.id] = row
    world.new_receipts.append(row)
    return receipt(row, replayed=False)


def _answer_again(world: World, sender: Sender, mutation: Mutation, earlier: Row) -> Row:
    """PU3: the same content gets the first receipt again. PU4: anything else is a reused id, a security event."""
    if earlier["user_id"] == sender.now.user_id and earlier["content_hash"] == mutation.content_hash:
        return receipt(earlier, replayed=True)
    if (mutation.id, mutation.content_hash) not in world.reused:
        keep_rejection(world, sender, mutation, Refused("mutation_reused"))
        world.reused[(mutation.id, mutation.content_hash)] = {}
        world.reuses.append(mutation.id)
        log.warning("mutation_reused", mutation_id=mutation.id, user_id=sender.now.user_id)
    return {
        "mutation_id": mutation.id,
        "status": "rejected",
        "replayed": False,
        "version": None,
        "error": {"slug": "mutation_reused", "fields": {}},
        "conflict_id": None,
    }


def receipt(row: Row, *, replayed: bool) -> Row:
    """Return a receipt as it travels, its error still in keys."""
    names = ("mutation_id", "status", "version", "error", "conflict_id")
    return {**{name: row[name] for name in names}, "replayed": replayed}
