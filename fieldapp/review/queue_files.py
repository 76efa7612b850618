"""A phone's queue, read in from the file it was saved to (CL11): as if the phone had sent it, receipts as usual."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from fieldapp.accounts.queries import device_owner, person_of
from fieldapp.accounts.seal import open_queue_file
from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import DomainError, Malformed, TooLarge
from fieldapp.core.ports import port
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.devices import last_offset_s
from fieldapp.sync.envelope import MAX_REQUEST_BYTES, correction_of, envelope_of
from fieldapp.sync.mutation import Mutation, read_mutation
from fieldapp.sync.push import push

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_MUTATIONS = 10_000
A_TIME = 100  # and no more bytes than a request


class QueueFileUnreadable(DomainError):
    """Not a queue file of a device of one's own team, or changed since it was saved (422)."""

    slug, status = "queue_file_unreadable", 422


def read_in(registry: Registry, *, lead: Actor, document: Any, key: bytes, now: datetime) -> dict[str, Any]:
    """Take in a queue file; author and device are those inside it.

    Returns `{author: {id, name}, device_id, saved_at, receipts}`. Each batch is a transaction of its own:
    interrupted, the same file can be read in again. A mutation over the size the protocol takes is refused by itself
    and kept (PU6). Raises `QueueFileUnreadable`, with nothing taken in.
    """
    opened = open_queue_file(document)
    session = db.session()
    owner = device_owner(session, opened["device_id"]) if opened else None
    if opened is None or owner is None or owner[0] != opened.get("user_id"):
        raise QueueFileUnreadable
    author = person_of(session, owner[0])
    mutations = opened.get("mutations")
    is_led = not lead.led_units.isdisjoint(author.units)
    if not is_led or not isinstance(mutations, list) or len(mutations) > MAX_MUTATIONS:
        raise QueueFileUnreadable
    receipts = _taken_in(registry, lead, author, opened, mutations, key, now)
    transacted(lambda: _note(lead, opened["device_id"], len(mutations)))
    return {
        "author": {"id": author.user_id, "name": author.name},
        "device_id": opened["device_id"],
        "saved_at": opened.get("saved_at"),
        "receipts": receipts,
    }


def _taken_in(
    registry: Registry,
    lead: Actor,
    author: Actor,
    opened: dict[str, Any],
    mutations: list[Any],
    key: bytes,
    now: datetime,
) -> list[Row]:
    unseal = partial(port("unseal"), opened["device_id"])
    offset_s = last_offset_s(db.session(), opened["device_id"])
    correction = correction_of(offset_s)
    try:
        read = [
            (read_mutation(item, index, key, now, correction, unseal), len(orjson.dumps(item)))
            for index, item in enumerate(mutations)
        ]
    except (Malformed, TooLarge) as error:
        raise QueueFileUnreadable from error
    return [
        receipt
        for some in _batches(read)
        for receipt in push(
            registry,
            actor=author.at(now),
            ever=author,
            device_id=opened["device_id"],
            envelope=envelope_of(some, offset_s),
            now=now,
            read_in_by=lead,
        )
    ]


def _batches(read: list[tuple[Mutation, int]]) -> Iterator[tuple[Mutation, ...]]:
    """Cut mutations by number and by bytes; one that is too large by itself is still taken in, to be refused."""
    some: list[Mutation] = []
    weight = 0
    for mutation, size in read:
        if some and (len(some) == A_TIME or weight + size > MAX_REQUEST_BYTES):
            yield tuple(some)
            some, weight = [], 0
        some.append(mutation)
        weight += size
    if some:
        yield tuple(some)


def _note(lead: Actor, device_id: str, count: int) -> None:
    audit.record(db.session(), action="queue_file.read_in", actor_id=lead.user_id, subject=device_id, mutations=count)
