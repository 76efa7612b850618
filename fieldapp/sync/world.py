"""What a batch is judged against: the rows it touches, in memory, as mutations change them. `loading.py` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table

from fieldapp.core.access import Actor, Grant
from fieldapp.core.ids import readable_id
from fieldapp.sync.collection import Collection, Registry, Row
from fieldapp.sync.models import Rejection
from fieldapp.sync.rules import Version

Key = tuple[str, str]
OPEN_STATES = ("open", "handed_over")


@dataclass
class Held:
    """A record in the world: as the database has it, as it stands now, and what changed it."""

    collection: Collection
    before: Row | None
    now: Row | None
    is_known: bool  # by the grants of now
    history: list[Version] = field(default_factory=list)
    known_by: frozenset[tuple[Grant, ...]] = frozenset()  # other grants under which the actor knew of it (PU16)

    @property
    def is_live(self) -> bool:
        """Say whether there is a record that is not a tombstone."""
        return self.now is not None and not self.now["deleted"]


@dataclass
class Absent:
    """What is known of records that do not stand: why a mutation that needs them has to wait, or can't."""

    refused: dict[Key, set[str]] = field(default_factory=dict)  # open refusals of their create, by record (PU12)
    waiting: dict[Key, str] = field(default_factory=dict)  # their create is held or late
    disposed: set[Key] = field(default_factory=set)  # PL4
    after_restore: bool = False  # within 30 days of a restore: they may come again (PL5)

    def is_refused(self, key: Key) -> bool:
        """Say whether a record's create was refused, and may still be corrected."""
        return bool(self.refused.get(key))

    def note_refusal(self, row: Row) -> None:
        """Take a refusal as it stands by now: its author may put it away, and take it up again, in the same batch."""
        if row["op"] == "create":
            known = self.refused.setdefault((row["collection"], row["record_id"]), set())
            known.add(row["id"]) if row["state"] in OPEN_STATES else known.discard(row["id"])


@dataclass
class World:
    """Everything a batch needs to know, and everything it will write."""

    registry: Registry
    actor: Actor
    is_unread: bool = False  # its records could not be read: no collection is asked about them
    grants_then: tuple[Grant, ...] = ()  # the actor's when the mutation that is judged was made (PU16)
    records: dict[tuple[str, str], Held] = field(default_factory=dict)
    receipts: dict[str, Row] = field(default_factory=dict)
    reused: dict[tuple[str, str], Row] = field(default_factory=dict)
    reuses: list[str] = field(default_factory=list)  # ids met again with other content (PU4), for the audit log
    replaced: dict[str, Row] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    touched: dict[tuple[str, str], None] = field(default_factory=dict)
    histories: list[Row] = field(default_factory=list)
    rejections: list[Row] = field(default_factory=list)
    waits: list[Row] = field(default_factory=list)
    conflicts: list[Row] = field(default_factory=list)
    conflict_people: list[Row] = field(default_factory=list)
    new_receipts: list[Row] = field(default_factory=list)
    fates: list[tuple[Table, Row]] = field(default_factory=list)  # kept mutations that are settled now
    absent: Absent = field(default_factory=Absent)
    kept_ids: set[str] = field(default_factory=set)  # of rows kept of these mutations before, settled by now
    stored_children: dict[Key, set[Key]] = field(default_factory=dict)  # of records that may be deleted here

    def find(self, collection: str, record_id: str) -> Held | None:
        """Return a record the actor may know of, or might when the mutation was made, tombstones included."""
        held = self.records.get((collection, record_id))
        if held is None or held.now is None:
            return None
        return held if held.is_known or self.grants_then in held.known_by else None

    def place_of(self, collection: str, record_id: str) -> int | None:
        """Return a record's place in the server's order, None for one that is not among the records."""
        held = self.records.get((collection, record_id))
        return held.now["seq"] if held and held.now else None

    def parents_of(self, collection: Collection, row: Mapping[str, Any]) -> tuple[Row, ...]:
        """Return the record's ancestors, nearest first: all of them, or none where one is not known."""
        found: list[Row] = []
        current: Mapping[str, Any] = row
        while collection.parent:
            name, key = collection.parent
            held = self.find(name, readable_id(current.get(key)) or "")  # a refused one's may be anything
            if held is None or held.now is None:
                return ()
            found.append(held.now)
            collection, current = self.registry[name], held.now
        return tuple(found)

    def has_live_children(self, collection: Collection, record_id: str) -> bool:
        """Say whether a record still has children that are not deleted, as the database or this batch has them."""
        stored = self.stored_children.get((collection.name, record_id), set())
        if any(key not in self.records or self.records[key].is_live for key in stored):
            return True
        children = {child.name: child.parent[1] for child in self.registry.children_of(collection.name) if child.parent}
        return any(
            held.is_live and held.now and held.now[children[name]] == record_id
            for (name, _), held in self.records.items()
            if name in children
        )

    def put(self, collection: Collection, record_id: str, row: Row, version: Version) -> None:
        """Let a record stand as `row` from now on."""
        key = (collection.name, record_id)
        held = self.records.setdefault(key, Held(collection, None, None, True))
        held.now, held.is_known = row, True
        held.history.append(version)
        if collection.table is Rejection.__table__:
            self.absent.note_refusal(row)
        self.touched.pop(key, None)
        self.touched[key] = None

    def settle_replaced(self, rejection_id: str) -> None:
        """Let a rejection be corrected (PU12)."""
        row = self.replaced[rejection_id]
        held = self.records.get(("rejections", rejection_id))
        if held and held.now:
            row |= held.now  # with what its author said of it earlier in the same batch
        row |= {"state": "corrected", "version": row["version"] + 1}
        if held:
            held.now = dict(row)
        self.fates.append((cast(Table, Rejection.__table__), dict(row)))
