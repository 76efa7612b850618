"""What may leave the team of figures that count persons (figures.md, *Protected figures*; X27). Pure.

Person counts are kept in atoms: one district, one calendar month. In an atom 1 … k−1 is hidden, and a total of a
table with a hidden cell too. Everything else that leaves the team – several months, the city – is a sum of atoms, and
is hidden when any of them is. So whatever is shown is worked out from shown atoms alone, and subtracting one shown
figure from another – total, neighbouring period, other geography – never tells more than the atoms already did.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.outreach.codes import AGE_BANDS, GENDERS, INCIDENTS, REFERRALS
from fieldapp.outreach.schemas import DELEGATORS

Cell = tuple[str, ...]
Atom = tuple[str, tuple[int, int]]  # district, (year, month)

# Topics that describe a person; all others count visits only.
PERSON_TOPICS = (
    "vulnerable_girl_or_woman", "vulnerable_adult", "suspected_recruitment", "weapon", "violence_or_threat",
)  # fmt: skip
PEOPLE_CELLS: tuple[Cell, ...] = tuple(
    (table, band, gender) for table in ("present", "contacts") for band in AGE_BANDS for gender in GENDERS
)
TOPIC_CELLS: tuple[Cell, ...] = tuple(("topics", code) for code in PERSON_TOPICS)
ALL_CELLS: tuple[Cell, ...] = (
    *PEOPLE_CELLS,
    *TOPIC_CELLS,
    *(("referrals", code) for code in REFERRALS),
    *(("incidents", code) for code in INCIDENTS),
    ("mumin",),
)
# Who delegated an interview is the team's own to know: outside it only their sum leaves, under the rule of every count.
MUMIN_CELLS: tuple[Cell, ...] = tuple(("mumin", who) for who in DELEGATORS)
HIDDEN = {"suppressed": True}


@dataclass
class PersonCounts:
    """Counts of persons of one atom, and how many visits had an observation: no topic can be noted at more."""

    cells: Counter[Cell] = field(default_factory=Counter)
    observed_visits: int = 0


@dataclass(frozen=True)
class Released:
    """Person counts as a reader gets them."""

    counts: Mapping[Cell, int]
    hidden: frozenset[Cell]

    def value(self, cell: Cell) -> int | None:
        """Return a count, None when it is hidden."""
        return None if cell in self.hidden else self.counts.get(cell, 0)

    def total(self, cells: Iterable[Cell], table: Iterable[Cell]) -> int | None:
        """Return the sum of cells of a table, None when any cell of the table is hidden."""
        return None if not self.hidden.isdisjoint(table) else sum(self.counts.get(cell, 0) for cell in cells)


def full(atoms: Mapping[Atom, PersonCounts]) -> Released:
    """Release everything: to those who may see the team's own figures."""
    return Released(_sums(atoms), frozenset())


def protected(atoms: Mapping[Atom, PersonCounts], *, below: int, is_closed: bool) -> Released:
    """Release what may leave the team. `below` is the smallest shown count; only closed months show any at all."""
    if not is_closed:
        return Released({}, frozenset((*ALL_CELLS, *MUMIN_CELLS)))
    hidden = frozenset(cell for counts in atoms.values() for cell in hidden_cells(counts, below=below))
    return Released(_sums(atoms), hidden | frozenset(MUMIN_CELLS))


def hidden_cells(counts: PersonCounts, *, below: int) -> set[Cell]:
    """Return the cells of an atom that may not leave the team; each leaves its reader at least two possibilities."""
    # With 1 the only small number, hiding it alone would say it: then 0 hides too.
    least = 1 if below > 2 else 0
    hidden = {cell for cell in ALL_CELLS if least <= counts.cells[cell] < below}
    if counts.observed_visits == 0:
        return hidden - set(TOPIC_CELLS)  # nothing observed, so no topic: hiding a known 0 protects nobody
    # One visit with an observation: a hidden topic could only be 1, so those that are 0 hide with it.
    return hidden | set(TOPIC_CELLS) if counts.observed_visits == 1 else hidden


def shown(value: Any) -> Any:
    """Return a value as it travels: a hidden one is exactly {"suppressed": true}, never null or 0."""
    return HIDDEN if value is None else value


def _sums(atoms: Mapping[Atom, PersonCounts]) -> Counter[Cell]:
    sums: Counter[Cell] = Counter()
    for counts in atoms.values():
        sums.update(counts.cells)
    return sums
