"""Keeping whole what is not in effect: rejections, what is held or late, both values of a conflict (PU5, PU6)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fieldapp.core.ids import derived_id, new_id
from fieldapp.sync.collection import Refused, Row, Waits
from fieldapp.sync.judging import Sender
from fieldapp.sync.mutation import Mutation, Unseal, read_mutation
from fieldapp.sync.recording import Outcome
from fieldapp.sync.rules import Version
from fieldapp.sync.world import Held, World


def keep_rejection(world: World, sender: Sender, mutation: Mutation, refused: Refused) -> Outcome:
    """Keep a refused mutation for its author and the lead of the record's unit (PU12)."""
    row = {
        **_kept(world, sender, mutation, "rejection", refused.waits_for),
        "slug": refused.slug,
        "field_errors": dict(refused.fields),
        "state": "open",
        "reason": "",
    }
    world.rejections.append(row)
    world.replaced[row["id"]] = row  # its correction may come in the same batch (PL5)
    if refused.slug not in ("record_exists", "mutation_reused"):
        world.absent.note_refusal(row)
    return Outcome("rejected", slug=refused.slug, fields=refused.fields)


def keep_waiting(world: World, sender: Sender, mutation: Mutation, waits: Waits) -> Outcome:
    """Keep a mutation until its parent comes (PU9) or somebody takes it in (PU11)."""
    world.waits.append(
        {**_kept(world, sender, mutation, waits.kind, waits.waits_for), "kind": waits.kind, "state": "waiting"}
    )
    if mutation.op == "create":
        world.absent.waiting.setdefault((mutation.collection, mutation.record_id), waits.kind)
    return Outcome(waits.kind)


def keep_conflict(
    world: World,
    sender: Sender,
    mutation: Mutation,
    held: Held,
    *,
    server: Mapping[str, Any],
    sent: Mapping[str, Any],
    behind: list[Version],
    version: int | None,
) -> Outcome:
    """Keep both values for a person to choose (PU5). `behind`: the other side's versions, newest first."""
    collection, row = held.collection, held.now or {}
    kept = {
        **_server_columns(world, sender, mutation, "conflict"),
        "mutation_id": mutation.id,
        "author_id": sender.now.user_id,
    }
    newest = behind[0] if behind else None
    world.conflicts.append(
        {
            **kept,
            "collection": collection.name,
            "record_id": row["id"],
            "op": mutation.op,
            "server": dict(server),
            "server_version": row["version"],
            "server_by": newest.user_id if newest else None,
            "server_at": newest.at if newest else None,
            "sent": dict(sent),
            "unit_id": collection.unit_of(row, world.parents_of(collection, row)),
            "state": "open",
            "resolution": {},
        }
    )
    people = {sender.now.user_id, row["created_by"], *(item.user_id for item in behind)} - {None}
    world.conflict_people += [{"conflict_id": kept["id"], "user_id": user} for user in sorted(map(str, people))]
    return Outcome("conflict", version, conflict_id=kept["id"])


def mutation_of(row: Mapping[str, Any], now: datetime, unseal: Unseal | None) -> Mutation:
    """Return a kept mutation as it was sent, to be judged again: author, base and time are its own (PU12)."""
    fields = row["fields"] if isinstance(row["fields"], dict) else {}
    if fields.get("id") == row["mutation_id"]:  # what could not be read was kept as a whole
        return replace(
            read_mutation(fields, 0, b"", now, timedelta(0), unseal),
            id=row["mutation_id"],
            content_hash=row["content_hash"],
        )
    return Mutation(
        id=row["mutation_id"],
        device_seq=row["device_seq"],
        collection=row["collection"] or "",
        record_id=row["record_id"] or "",
        op=row["op"] or "",
        base_version=row["base_version"] or 0,
        fields=fields,
        made_at=row["made_at"] or row["received_at"],
        replaces=row["replaces"],
        content_hash=row["content_hash"],
        kept={},
    )


def unit_of(world: World, sender: Sender, mutation: Mutation) -> str | None:
    """Return the unit whose lead sees what was kept: the record's, as far as the sender may know of it."""
    collection = world.registry.get(mutation.collection)
    if collection and not world.is_unread:
        held = world.find(collection.name, mutation.record_id)
        row = held.now if held and held.now else mutation.fields
        parents = world.parents_of(collection, row)
        unit = collection.unit_of(row, parents)
        # A known parent names the unit as surely as the record itself: who was let in writes for its unit.
        if unit in sender.ever.units or (unit and (held or parents)):
            return unit
    # Of several units the one it was written for can't be told; those of that time come before all others.
    then = sender.ever.at(mutation.made_at).units if mutation.made_at else frozenset()
    return min(then or sender.ever.units, default=None)


def _kept(world: World, sender: Sender, mutation: Mutation, what: str, waits_for: str | None) -> Row:
    is_unread = mutation.refusal is not None and mutation.refusal.slug != "personal_number"
    return {
        **_server_columns(world, sender, mutation, what),
        "mutation_id": mutation.id,
        "content_hash": mutation.content_hash,
        "collection": mutation.collection or None,
        "record_id": mutation.record_id or None,
        "op": mutation.op or None,
        "base_version": mutation.base_version,
        "fields": mutation.kept if is_unread else mutation.fields,
        "author_id": sender.now.user_id,
        "device_id": sender.device_id,
        "device_seq": mutation.device_seq,
        "made_at": mutation.made_at,
        "replaces": mutation.replaces,
        "clock_offset_s": sender.clock_offset_s,
        "unit_id": unit_of(world, sender, mutation),
        "waits_for": waits_for,
    }


def kept_id(mutation_id: str, what: str, author_id: str, content_hash: str, taken: Collection[str]) -> str:
    """Return the id under which a mutation is kept: after a restore the same one is kept under the same.

    What was said of its rejection or conflict comes again after it, by that id (PL5). Kept a second time, after a
    replay, it gets an id of its own.
    """
    first = derived_id(mutation_id, what, author_id, content_hash)
    return new_id() if first in taken else first


def _server_columns(world: World, sender: Sender, mutation: Mutation, what: str) -> Row:
    made = kept_id(mutation.id, what, sender.now.user_id, mutation.content_hash, world.kept_ids)
    world.kept_ids.add(made)
    return {
        "id": made,
        "version": 1,
        "seq": 0,
        "deleted": False,
        "created_by": sender.now.user_id,
        "created_at": mutation.made_at,
        "received_at": sender.received_at,
        "flags": [],
    }
