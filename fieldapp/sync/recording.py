"""Letting the world stand as a mutation says: the new version, its history, its flags."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fieldapp.sync.collection import Collection, Row
from fieldapp.sync.envelope import TOLD_OFFSET_S
from fieldapp.sync.judging import Sender
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.rules import Version
from fieldapp.sync.world import Held, World

AHEAD = timedelta(hours=48)


@dataclass(frozen=True)
class Outcome:
    """The answer to a mutation."""

    status: str
    version: int | None = None
    slug: str | None = None
    fields: Mapping[str, list[str]] | None = None
    conflict_id: str | None = None


def put_version(
    world: World,
    sender: Sender,
    collection: Collection,
    mutation: Mutation,
    row: Row,
    changed: Mapping[str, Any],
    as_sent: Row | None = None,
    *,
    by_device: bool = True,
) -> None:
    """Let a record stand as `row`. `by_device=False`: a person's decision, to every phone the other side's (PU5)."""
    device_id = sender.device_id if by_device else None
    world.put(
        collection,
        row["id"],
        row,
        Version(
            row["version"],
            device_id,
            changed,
            as_sent,
            sender.now.user_id,
            sender.received_at,
            mutation.device_seq,
        ),
    )
    world.histories.append(
        {
            "record_id": row["id"],
            "version": row["version"],
            "collection": collection.name,
            "device_id": device_id,
            "device_seq": mutation.device_seq,
            "user_id": sender.now.user_id,
            "mutation_id": mutation.id,
            "op": mutation.op,
            "made_at": mutation.made_at,
            "received_at": sender.received_at,
            "changed": dict(changed),
            "sent": as_sent,
        }
    )


def flags_of(
    sender: Sender,
    mutation: Mutation,
    collection: Collection,
    fields: Mapping[str, Any],
    held: Held | None = None,
) -> list[str]:
    """Return what a reader should know of a record: codes of PU11, PU14, PU15 and PL5, and *mended*."""
    found = set()
    offset = sender.clock_offset_s or 0.0
    latest = sender.received_at + AHEAD + timedelta(seconds=offset if abs(offset) > TOLD_OFFSET_S else 0)
    lived = (value for name, value in fields.items() if name not in collection.planned)
    moments = [value for value in lived if isinstance(value, datetime)]
    if mutation.made_at > sender.received_at + AHEAD or any(moment > latest for moment in moments):
        found.add("clock_uncertain")  # PU15
    if mutation.device_seq in sender.reused_numbers:
        found.add("sequence_reused")  # PU14
    if held and held.now and mutation.base_version > held.now["version"]:
        found.add("base_ahead")  # PL5
    if sender.amends:
        found.add("amendment")  # PU11
    if sender.mends:
        found.add("mended")
    return sorted(found)
