"""What the engine asks of a collection. Packages answer in their own `sync.py`; `create_app` lists them.

Recipe for a new collection: a table with the `Synced` columns, a schema with a limit on every field, a subclass of
`Collection` that fills in `readable`, `knowable`, `check` and `present`, and a line in the registry of `create_app`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import JSON, ColumnElement, Table, Text, cast, false
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.schema import StrictSchema
from fieldapp.sync.models import SERVER_COLUMNS

Row = dict[str, Any]


class Refused(Exception):
    """A mutation the rules refuse: protocol slug, and field path → message keys.

    `waits_for`: the record it was refused for want of; should that record come, the mutation is taken along (PU12).
    """

    def __init__(
        self, slug: str, fields: Mapping[str, list[str]] | None = None, *, waits_for: str | None = None
    ) -> None:
        super().__init__(slug)
        self.slug = slug
        self.fields = dict(fields or {})
        self.waits_for = waits_for


class Waits(Exception):
    """A mutation that can't be judged yet: *held* until a record comes (PU9), or *late* (PU11)."""

    def __init__(self, kind: str, waits_for: str | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.waits_for = waits_for


@dataclass(frozen=True)
class Change:
    """One mutation about to take effect: the record before and after it, its parents nearest first."""

    actor: Actor
    op: str
    record_id: str
    before: Row | None
    after: Row
    changed: frozenset[str]
    parents: tuple[Row, ...]
    facts: Any
    made_at: datetime  # when it was written, by the corrected clock of who wrote it
    is_for_others: bool  # a choice between values that met (PU5), a slip mended: who may has been judged already
    has_children: bool = False  # asked for only where the collection minds (`minds_children`)


@dataclass(frozen=True)
class Written:
    """A record as it stands after a batch, and as it stood before it."""

    before: Row | None
    after: Row


class Collection:
    """A kind of record that travels. Read-only for clients unless it has a `schema`."""

    name: str
    table: Table
    schema: type[StrictSchema] | None = None
    parent: tuple[str, str] | None = None  # (collection, field that holds the parent's id)
    merge_groups: tuple[frozenset[str], ...] = ()
    set_fields: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()  # set at creation for good
    disposable = False  # goes when its time is over, with all that hangs on it (PL4)
    can_leave = False  # its audience may shrink while it stands: who loses it is told (PL3)
    minds_children: frozenset[str] = frozenset()  # fields whose change `check` judges by whether anything hangs on it
    planned: frozenset[str] = frozenset()  # times that lie ahead because they are meant to: no clock is wrong (PU15)
    not_amended: frozenset[str] = frozenset()  # what an amendment leaves as it is (PU11)

    verbatim = False  # lists and objects travel as stored; `present` needs none of them parsed

    @cached_property
    def loader(self) -> StrictSchema:
        """The schema's one instance: making one costs more than loading a record."""
        assert self.schema  # noqa: S101 - the engine refuses mutations of read-only collections first
        return self.schema()

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Fields a client may send, in the schema's order."""
        return tuple(self.loader.fields) if self.schema else ()

    @cached_property
    def shown_names(self) -> tuple[str, ...]:
        """Fields that travel: those of the client and those the server sets."""
        return (*self.field_names, *(name for name in SERVER_COLUMNS if name not in ("seq", "deleted")))

    @cached_property
    def json_names(self) -> tuple[str, ...]:
        """Columns that travel as stored."""
        return tuple(column.name for column in self.table.columns if self.verbatim and isinstance(column.type, JSON))

    @cached_property
    def travelling(self) -> tuple[ColumnElement[Any], ...]:
        """Columns to read for a pull; JSON that travels as stored is read as text."""
        return tuple(
            cast(column, Text).label(column.name) if column.name in self.json_names else column
            for column in self.table.columns
        )

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Return which rows travel to the actor's phone (PL3, PL6)."""
        return false()

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Return which rows the actor may know of; all others are answered as absent (access.md)."""
        return false()

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> Any:
        """Read once for a batch what `check` needs to judge these records."""

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """Refuse what is not the actor's to write, whatever its content. Raises `Refused`."""

    def is_locked(
        self, op: str, row: Mapping[str, Any], sent: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Say whether a change comes too late to take effect by itself (PU11). Raises `Refused` where it never may."""
        return False

    def may_amend(self, actor: Actor, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> bool:
        """Say whether a leader of the record's unit may change it although it is locked."""
        return True

    def check(self, change: Change) -> Row:
        """Judge a change's content and return what the server sets beside it. Raises `Refused`."""
        raise Refused("not_allowed")

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """Return the unit whose lead sees what was refused or conflicted here."""
        return None

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the record as it travels to this actor."""
        record = {name: row[name] for name in self.shown_names}
        for name in self.json_names:
            if record[name] is not None:
                record[name] = orjson.Fragment(record[name])
        return record

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Return who may have the record, as `core/audiences.py` names them: told when it is disposed of (PL4)."""
        return ()

    def disposed(self, session: Session, record_ids: Sequence[str]) -> None:
        """Clear what is kept beside the records' own rows, before these go (PL4)."""

    def written(self, session: Session, rows: Sequence[Written]) -> None:
        """Do what follows from a batch's records, in its transaction, after they are written."""


class Registry:
    """The collections of this product, by name, in an order where parents come before children."""

    def __init__(self, collections: Iterable[Collection]) -> None:
        self._by_name = {collection.name: collection for collection in collections}

    def __iter__(self) -> Any:
        return iter(self._by_name.values())

    def get(self, name: str) -> Collection | None:
        """Return a collection, or None when this server does not know it (PU18)."""
        return self._by_name.get(name)

    def __getitem__(self, name: str) -> Collection:
        return self._by_name[name]

    def children_of(self, name: str) -> list[Collection]:
        """Collections that clients hang on this one's records; what the server hangs there keeps none from going."""
        return [one for one in self if one.parent and one.parent[0] == name and one.schema]
