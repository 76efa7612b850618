"""Tables with typed columns: all that CSV, XLSX and PDF are written from (E04). Pure.

A cell is a number, a text, an ISO date, None where it is missing, `HIDDEN` where it may not leave.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from fieldapp.summaries.disclosure import HIDDEN

# whole: a count · hours · share: 0 … 1 · rate: per visit · date: YYYY-MM-DD
Kind = Literal["text", "whole", "hours", "share", "rate", "date"]
Json = Mapping[str, Any]
Row = Sequence[Any]


class Measured(NamedTuple):
    """A value that has a kind and a unit of its own: columns of measures hold them."""

    kind: Kind
    unit: str
    value: Any


@dataclass(frozen=True)
class Column:
    """A column; `kind` is None where each cell is `Measured`."""

    key: str
    heading: str
    kind: Kind | None = "text"
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under a heading. The first `labels` columns name a row; `rows` may be read once only."""

    key: str
    heading: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    labels: int = 1
    note: str = ""


# A column, and what it says of a record.
Field = tuple[Column, Callable[[Json], Any]]


@dataclass(frozen=True)
class Words:
    """How things are called: sentences by key, sites the reader may know by id, districts by code."""

    say: Callable[..., str]
    sites: Mapping[str, str]
    districts: Mapping[str, str]

    def code(self, group: str, code: str) -> str:
        """Name a code of a group."""
        return self.say(f"code.{group}.{code}")

    def coded(self, group: str, code: str | None) -> str | None:
        """Name a code of a group where there is one."""
        return self.code(group, code) if code else None

    def place(self, site: str | None) -> str:
        """Name an end of a movement."""
        if site is None:
            return self.say("office.other_place")
        return self.sites.get(site, self.say("office.unknown_place"))

    def district(self, code: str) -> str:
        """Name a district."""
        return self.districts.get(code, code)

    def yes_no(self, holds: bool) -> str:
        """Say yes or no."""
        return self.say("office.yes" if holds else "office.no")

    def unit(self, name: str) -> str:
        """Name a unit; that of persons says that one may be counted several times."""
        return self.say(f"export.unit.{name}")


def table_of(
    key: str, heading: str, fields: Iterable[Field], records: Iterable[Json], *, labels: int = 1, note: str = ""
) -> Table:
    """Return a table with a row a record."""
    columns, cells = zip(*fields, strict=True)
    return Table(key, heading, columns, [tuple(cell(one) for cell in cells) for one in records], labels, note)


def site_fields(words: Words) -> tuple[Field, ...]:
    """Return the name of a record's `site` and that of its district."""
    return (
        (Column("site", words.say("summary.site")), lambda one: one["site"]["name"]),
        (Column("district", words.say("office.district")), lambda one: words.district(one["site"]["district"])),
    )


def share_fields(key: str, heading: str, words: Words, share_of: Callable[[Json], Json]) -> tuple[Field, ...]:
    """Return a share and the ends of its interval; `share_of` finds `{share, interval}` in a record."""

    def end(number: int) -> Callable[[Json], float | None]:
        return lambda one: (share_of(one)["interval"] or (None, None))[number]

    unit = words.unit("share")
    return (
        (Column(key, heading, "share", unit), lambda one: share_of(one)["share"]),
        (Column(f"{key}_low", words.say("export.share_low"), "share", unit), end(0)),
        (Column(f"{key}_high", words.say("export.share_high"), "share", unit), end(1)),
    )


def sentences(key: str, heading: str, pairs: Iterable[tuple[str, str]], words: Words) -> Table:
    """Return a table of what is said of each thing."""
    columns = (Column("what", words.say("export.what")), Column("says", words.say("export.says")))
    return Table(key, heading, columns, tuple(pairs))


def is_hidden(value: Any) -> bool:
    """Say whether a cell may not leave."""
    return bool(value == HIDDEN)


def long_rows(table: Table) -> Iterator[tuple[str, str, str, Measured]]:
    """Yield each cell of a table by itself: what names its row, in one or two parts, its column, and the value."""
    for row in table.rows:
        name, part = str(row[0]), str(row[1]) if table.labels > 1 else ""
        for column, cell in zip(table.columns[table.labels :], row[table.labels :], strict=True):
            yield name, part, column.heading, measured(column, cell)


def measured(column: Column, cell: Any) -> Measured:
    """Return a cell with its kind and unit."""
    return cell if column.kind is None else Measured(column.kind, column.unit, cell)
