"""What a frozen summary is, and what differs between two of them (figures.md, *Protected figures*). Pure.

A document is a summary as it travels, without a comparison, of one disclosure level, with the names of all sites.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from fieldapp.summaries.daily import scope_of
from fieldapp.summaries.disclosure import Atom, Month, PersonCounts
from fieldapp.summaries.periods import Period

Json = dict[str, Any]
BETWEEN = "/"  # the parts of a cell's name as it is stored
NOT_FIGURES = ("district", "team", "complete")  # who it is of, and what it lacked
# What tells the rows of a list apart.
ROW_NAMES = (
    "site",
    "code",
    "delegated_by",
    "age_band",
    "gender",
    "from",
    "to",
    "week",
    "weekday",
    "hour",
    "frequency",
    "kind",
)


@dataclass(frozen=True)
class Scope:
    """What was frozen: a district, a team's own figures, or the city."""

    district: str | None = None
    team: str | None = None

    @property
    def key(self) -> str:
        """Name it in one word."""
        return scope_of(self.district, self.team)


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document as canonical JSON (RFC 8785): the same figures are the same text."""
    return rfc8785.dumps(dict(document)).decode()


def checksum(text: str) -> str:
    """Return the SHA-256 of a document's canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def figures_of(document: Mapping[str, Any]) -> Json:
    """Return the part of a document that makes a new version when it has changed: figures and what they rest on."""
    return {name: value for name, value in document.items() if name not in NOT_FIGURES}


def are_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two documents have the same figures."""
    return canonical(figures_of(one)) == canonical(figures_of(other))


def readable(document: Mapping[str, Any], known: Collection[str]) -> Json:
    """Return a document as far as a reader may know its sites; counts of sites stay, as in any summary."""
    coverage = document["coverage"]
    not_visited = [row for row in coverage["not_visited_sites"] if row["site"]["id"] in known]
    return {
        **document,
        "coverage": {**coverage, "not_visited_sites": not_visited},
        "sites": [row for row in document["sites"] if row["site"]["id"] in known],
        "movements": _movements(document["movements"], known),
    }


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Json]:
    """Return `{path, was, now}` of every value that two documents don't share; null where one has no such row.

    A path is made of keys and of what tells rows of a list apart: `people.present[13-15,female].value`.
    """
    before, after = dict(_leaves("", figures_of(was))), dict(_leaves("", figures_of(now)))
    return [
        {"path": path, "was": before.get(path), "now": after.get(path)}
        for path in (*before, *(path for path in after if path not in before))
        if before.get(path) != after.get(path)
    ]


def months_of(period: Period) -> Iterator[Month]:
    """Yield each month of a period of whole months."""
    for number in range(period.first.year * 12 + period.first.month - 1, period.last.year * 12 + period.last.month):
        yield number // 12, number % 12 + 1


def all_atoms(atoms: Mapping[Atom, PersonCounts], districts: Iterable[str], period: Period) -> dict[Atom, PersonCounts]:
    """Return the atoms of every district and month: those without a row were frozen without any."""
    months = list(months_of(period))
    none = {(district, month): PersonCounts() for district in districts for month in months}
    return {**none, **atoms}


def states_with(before: Sequence[PersonCounts], now: PersonCounts) -> list[PersonCounts]:
    """Return what an atom was frozen as before it is `now`, oldest first: one that is as before is no new state."""
    return list(before[:-1] if before and before[-1] == now else before)


def stored_cells(counts: PersonCounts) -> dict[str, int]:
    """Return an atom's counts as they are stored."""
    return {BETWEEN.join(cell): value for cell, value in sorted(counts.cells.items()) if value}


def counts_from(cells: Mapping[str, int], observed_visits: int) -> PersonCounts:
    """Return an atom's counts from what was stored."""
    return PersonCounts(Counter({tuple(name.split(BETWEEN)): value for name, value in cells.items()}), observed_visits)


def _movements(rows: Iterable[Json], known: Collection[str]) -> list[Json]:
    def end(site: str | None) -> str | None:
        return site if site is None or site in known else "unknown"

    pairs: Counter[tuple[str | None, str | None]] = Counter()
    for row in rows:
        pairs[end(row["from"]), end(row["to"])] += row["observations"]
    merged = [{"from": source, "to": target, "observations": count} for (source, target), count in pairs.items()]
    return sorted(merged, key=lambda row: (-int(row["observations"] or 0), str(row["from"]), str(row["to"])))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield (path, value) of all that is not made of parts: a hidden count and an interval are one value each."""
    if isinstance(value, dict) and "suppressed" not in value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for row in value:
            named = [name for name in ROW_NAMES if name in row]
            label = ",".join(str(row[name]["id"] if name == "site" else row[name]) for name in named)
            for name, inner in row.items():
                if name == "site" or name not in named:
                    yield from _leaves(f"{path}[{label}].{name}", inner)
    elif value != []:
        yield path, value
