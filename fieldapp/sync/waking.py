"""What a batch may have woken: kept mutations that wait for what now stands, came, or was refused (PU9, PU12)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.orm import Session

from fieldapp.sync.collection import Row
from fieldapp.sync.models import Rejection, Waiting
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.world import OPEN_STATES, Key, World

_WAITING: Any = Waiting.__table__
_REJECTIONS: Any = Rejection.__table__


def _oldest_first(table: Any, *conditions: Any) -> Select[Any]:
    named = table.c.waits_for.in_(bindparam("ids", expanding=True))
    return select(table).where(named, *conditions).order_by(table.c.received_at, table.c.device_seq).with_for_update()


_HELD = _oldest_first(_WAITING, _WAITING.c.state == "waiting", _WAITING.c.kind.in_(bindparam("kinds", expanding=True)))
_REFUSED = _oldest_first(_REJECTIONS, _REJECTIONS.c.state.in_(OPEN_STATES))


@dataclass(frozen=True)
class Kept:
    """A kept mutation's row, with its table. `newer`: fields of its record that a correction said anew."""

    table: Table
    row: Row
    newer: frozenset[str] | None = None


@dataclass
class Moved:
    """What a batch did that others may have waited for: ids of records."""

    written: set[str] = field(default_factory=set)  # stand anew, or differently
    created: set[str] = field(default_factory=set)  # came into being
    refused: set[str] = field(default_factory=set)  # their create was refused
    lacked: set[str] = field(default_factory=set)  # its own mutations wait for them, and they may just have come
    corrected: dict[Key, frozenset[str]] = field(default_factory=dict)  # fields that a correction said anew

    def __or__(self, other: "Moved") -> "Moved":
        return Moved(
            self.written | other.written,
            self.created | other.created,
            self.refused | other.refused,
            self.lacked | other.lacked,
            self.corrected | other.corrected,
        )


def moved_by(world: World, mutations: Iterable[Mutation]) -> Moved:
    """Return what a written world did that others may have waited for."""
    kept = (*world.rejections, *world.conflicts)  # after a restore what was said of them may be here already (PL5)
    came = {key for key in world.touched if (before := world.records[key].before) is None or before["deleted"]}
    return Moved(
        written={record_id for _, record_id in world.touched} | {row["id"] for row in kept},
        created={record_id for _, record_id in came},
        refused={str(row["record_id"]) for row in world.rejections if row["op"] == "create"},
        lacked={row["waits_for"] for row in world.waits if row["kind"] == "held"},
        corrected={
            (mutation.collection, mutation.record_id): frozenset(mutation.fields)
            for mutation in mutations
            if mutation.replaces and (mutation.collection, mutation.record_id) in came
        },
    )


def waiting_for(session: Session, moved: Moved, *, amends: bool) -> list[Kept]:
    """Return what waits for what moved, its rows locked; with `amends` also what came late (PU11)."""
    found: list[Kept] = []
    waits_for = moved.written | moved.refused | moved.lacked
    if waits_for:
        wanted = {"ids": list(waits_for), "kinds": ["held", "late"] if amends else ["held"]}
        found += [Kept(_WAITING, dict(row)) for row in session.execute(_HELD, wanted).mappings()]
    if moved.created:
        wanted = {"ids": list(moved.created)}
        found += [Kept(_REJECTIONS, dict(row)) for row in session.execute(_REFUSED, wanted).mappings()]
    return found


def by_sender(rows: Iterable[Kept]) -> list[list[Kept]]:
    """Return the rows of each device apart, in the order of its numbers."""
    groups: dict[tuple[str, str], list[Kept]] = {}
    for kept in rows:
        groups.setdefault((kept.row["author_id"], kept.row["device_id"]), []).append(kept)
    return [sorted(group, key=lambda kept: kept.row["device_seq"] or 0) for group in groups.values()]


def with_corrections(group: list[Kept], moved: Moved) -> list[Kept]:
    """Tell kept edits of a corrected record what the correction said anew: that is newer than they are (PU12)."""
    keys = [(kept.row["collection"], kept.row["record_id"]) for kept in group]
    return [replace(kept, newer=moved.corrected.get(key)) for kept, key in zip(group, keys, strict=True)]
