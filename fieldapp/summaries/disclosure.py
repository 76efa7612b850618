"""What may leave the team of figures that count persons (figures.md, *Protected figures*; X27). Pure.

Person counts are kept in atoms: one district, one calendar month. In an atom 1 … k−1 is hidden. A sum whose parts are
all shown is shown. Of hidden counts one sum at most is told: an atom's total, or those of a code over a district's
calendar year, and only where each could then still be at least two numbers, in every world that the same rule would
answer alike. Where people were is told of a gender whole, with its sum, or not at all. Whatever else leaves the team –
several months, the city – adds up what atoms and years tell, and is hidden when one of them hides it: subtracting one
figure from another tells nothing that they did not.

An atom that was frozen with other counts before (`earlier`) tells less: what was added or taken away may be few.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fieldapp.outreach.codes import AGE_BANDS, GENDERS, INCIDENTS, REFERRALS, TOPICS
from fieldapp.outreach.schemas import DELEGATORS
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rows import KINDS_OF_PLACE

Cell = tuple[str, ...]
Month = tuple[int, int]  # year, month
Atom = tuple[str, Month]  # district, month
Ends = tuple[int, int, int]  # a count, the least and the most it could be where it is hidden

# Topics that describe a person; all others count visits only.
PERSON_TOPICS = (
    "vulnerable_girl_or_woman", "vulnerable_adult", "suspected_recruitment", "weapon", "violence_or_threat",
)  # fmt: skip
TABLES = ("present", "contacts")
ALL = "*"  # in the place of a band or gender: all of them together
PEOPLE_CELLS: tuple[Cell, ...] = tuple(
    (table, band, gender) for table in TABLES for band in AGE_BANDS for gender in GENDERS
)
# Sums of people, the total of each table first, and the cells each is the sum of.
SUMS: Mapping[Cell, tuple[Cell, ...]] = {
    (table, ALL, gender): tuple(cell for cell in PEOPLE_CELLS if cell[0] == table and gender in (ALL, cell[2]))
    for gender in (ALL, *GENDERS)
    for table in TABLES
}
TOTALS: tuple[Cell, ...] = tuple((table, ALL, ALL) for table in TABLES)
# Who was present once more, by gender and kind of place: each gender's add up to its sum of those present.
WHERE: Mapping[str, tuple[Cell, ...]] = {
    gender: tuple(("where", kind, gender) for kind in KINDS_OF_PLACE) for gender in GENDERS
}
WHERE_CELLS: tuple[Cell, ...] = tuple(cell for column in WHERE.values() for cell in column)
SITE_TOPICS = tuple(code for code in TOPICS if code not in PERSON_TOPICS)  # what may be told place by place
TOPIC_CELLS: tuple[Cell, ...] = tuple(("topics", code) for code in PERSON_TOPICS)
CODES: tuple[Cell, ...] = (
    *TOPIC_CELLS,
    *(("referrals", code) for code in REFERRALS),
    *(("incidents", code) for code in INCIDENTS),
    ("mumin",),
)
ALL_CELLS: tuple[Cell, ...] = (*PEOPLE_CELLS, *WHERE_CELLS, *CODES)
# Who delegated an interview is the team's own to know: outside it only their sum leaves, under the rule of every count.
MUMIN_CELLS: tuple[Cell, ...] = tuple(("mumin", who) for who in DELEGATORS)
HIDDEN = {"suppressed": True}


@dataclass
class PersonCounts:
    """Counts of persons of one atom, and how many visits had an observation: no topic can be noted at more."""

    cells: Counter[Cell] = field(default_factory=Counter)
    observed_visits: int = 0

    def value(self, figure: Cell) -> int:
        """Return a cell's count, or a sum of people."""
        return sum(self.cells[cell] for cell in SUMS.get(figure, (figure,)))


@dataclass(frozen=True)
class Released:
    """Person counts as a reader gets them: cells, and sums of people."""

    counts: Mapping[Cell, int]
    hidden: frozenset[Cell]

    def value(self, figure: Cell) -> int | None:
        """Return a cell's count or a sum of people, None when it is hidden."""
        if figure in self.hidden:
            return None
        return sum(self.counts.get(cell, 0) for cell in SUMS.get(figure, (figure,)))


_Month = tuple[Sequence[PersonCounts], Collection[Cell]]  # its states, and what it does not tell


def full(atoms: Mapping[Atom, PersonCounts]) -> Released:
    """Release everything: to those who may see the team's own figures."""
    return Released(_sums(atoms), frozenset())


def protected(
    atoms: Mapping[Atom, PersonCounts],
    *,
    below: int,
    period: Period,
    is_closed: bool,
    earlier: Mapping[Atom, Sequence[PersonCounts]] = MappingProxyType({}),
) -> Released:
    """Release what may leave the team of all atoms of a period, of a district or the city.

    `below` is the smallest shown count; only closed months show any at all. `earlier`: the counts an atom was frozen
    with before these, oldest first.
    """
    if not is_closed:
        return Released({}, frozenset((*ALL_CELLS, *SUMS, *MUMIN_CELLS)))
    hidden = set(MUMIN_CELLS)
    years: defaultdict[tuple[str, int], list[_Month]] = defaultdict(list)
    for (district, month), counts in atoms.items():
        states = [*earlier.get((district, month), ()), counts]
        of_month = untold(states, below=below)
        hidden |= of_month.difference(CODES)
        years[district, month[0]].append((states, of_month))
    for (_, year), months in years.items():
        hidden.update(_untold_of_year(months, below, is_whole=period.holds_year(year)))
    return Released(_sums(atoms), frozenset(hidden))


def untold(states: Sequence[PersonCounts], *, below: int) -> set[Cell]:
    """Return what an atom does not tell of its cells and sums; `states`: what it was frozen as, and is, oldest first.

    People, or a code, that have been the same all the time are told as if they had been frozen once.
    """
    told: defaultdict[Cell, list[int]] = defaultdict(list)
    hidden: set[Cell] = set()
    for number, counts in enumerate(states, 1):
        so_far = states[:number]
        hidden = hidden_cells(counts, below=below)
        hidden |= {figure for figure in SUMS if not _is_told(figure, counts, hidden, below)}
        changed = {code for code in CODES if _has_changed(so_far, code, below)}
        hidden |= {code for code in changed if not _is_far(counts.cells[code], told[code], below)}
        if any(state.cells[cell] != counts.cells[cell] for state in so_far for cell in PEOPLE_CELLS):
            hidden |= {*PEOPLE_CELLS, *SUMS}
            # Both totals or none: one that is told bounds the other, which then changed by few.
            if all(_may_follow(counts.value(total), told[total], below) for total in TOTALS):
                hidden.difference_update(TOTALS)
        hidden.update(_untold_where(so_far, hidden))
        for figure in {*ALL_CELLS, *SUMS} - hidden:
            told[figure].append(counts.value(figure))
    return hidden


def hidden_cells(counts: PersonCounts, *, below: int) -> set[Cell]:
    """Return the cells of an atom that may not leave the team; each leaves its reader at least two possibilities."""
    # With 1 the only small number, hiding it alone would say it: then 0 hides too.
    least = 1 if below > 2 else 0
    hidden = {cell for cell in ALL_CELLS if least <= counts.cells[cell] < below}
    if counts.observed_visits == 0:
        return hidden - set(TOPIC_CELLS)  # nothing observed, so no topic: hiding a known 0 protects nobody
    # One visit with an observation: a hidden topic could only be 1, so those that are 0 hide with it.
    return hidden | set(TOPIC_CELLS) if counts.observed_visits == 1 else hidden


def is_unknown(counts: Collection[Ends], below: int) -> bool:
    """Say whether hidden counts keep at least two possible values each when their sum is told.

    Each could be its least or its most, whatever the others are: then it is enough that they are two, and neither all
    at the one end nor all at the other. Nor may their sum be a small count itself.
    """
    value, least, most = _added(counts)
    return len(counts) > 1 and least < value < most and value >= below


def shown(value: Any) -> Any:
    """Return a value as it travels: a hidden one is exactly {"suppressed": true}, never null or 0."""
    return HIDDEN if value is None else value


def _is_told(figure: Cell, counts: PersonCounts, hidden: Collection[Cell], below: int) -> bool:
    """Say whether an atom tells a sum of people; `hidden` are its hidden cells."""
    few = [cell for cell in SUMS[figure] if cell in hidden]
    if not few:
        return True
    ends = [_ends(counts, cell, below) for cell in few]
    bound = [_ends(counts, cell, below) for cell in few if cell[0] == "contacts" and ("present", *cell[1:]) in hidden]
    return figure in TOTALS and (_leaves_room(ends, bound, below) if bound else is_unknown(ends, below))


def _leaves_room(counts: Sequence[Ends], bound: Sequence[Ends], below: int) -> bool:
    """Say whether the sum of hidden contacts can be told though some are `bound`: they stand on hidden present people.

    A contact is no more than who was present. So that the sum says nothing of these, the bound ones must all fit at
    their least, where any number of people would do; the others then make up the sum, and could do so with one less.
    """
    value, least, most = _added(counts)
    _, bound_least, bound_most = _added(bound)
    return below <= value <= most - bound_most + bound_least and least < value


def _may_follow(value: int, told: Iterable[int], below: int) -> bool:
    """Say whether people's total may be told after other totals: no small count, nor what came or went since."""
    return (value == 0 or value >= below) and all(value == before or abs(value - before) >= below for before in told)


def _untold_where(states: Sequence[PersonCounts], hidden: Collection[Cell]) -> Iterator[Cell]:
    """Yield what an atom does not tell of where people were: a gender is told whole or not at all.

    Not where one of its counts is small, and only with its sum, which its counts would give away; nothing once any has
    changed.
    """
    has_changed = any(state.cells[cell] != states[-1].cells[cell] for state in states for cell in WHERE_CELLS)
    for gender, column in WHERE.items():
        if has_changed or ("present", ALL, gender) in hidden or not set(column).isdisjoint(hidden):
            yield from column


def _has_changed(states: Sequence[PersonCounts], code: Cell, below: int) -> bool:
    """Say whether a code's count, or what it could be, has not been the same all the time."""
    return len({_ends(state, code, below) for state in states}) > 1


def _is_far(value: int, told: Sequence[int], below: int) -> bool:
    """Say whether a changed code may be told: no small count, nor its difference to any it was told as, if it was."""
    return value >= below and bool(told) and all(abs(value - before) >= below for before in told)


def _ends(counts: PersonCounts, cell: Cell, below: int) -> Ends:
    """Return a count, and the least and the most it could be as far as its reader knows, where it is hidden."""
    is_topic, observed = cell in TOPIC_CELLS, counts.observed_visits
    least = 0 if below == 2 or (is_topic and observed == 1) else 1
    return counts.cells[cell], least, min(below - 1, observed) if is_topic else below - 1


def _added(counts: Collection[Ends]) -> Ends:
    values, least, most = zip(*counts, strict=True)
    return sum(values), sum(least), sum(most)


def _untold_of_year(months: Sequence[_Month], below: int, *, is_whole: bool) -> Iterator[Cell]:
    """Yield the codes that a district does not tell of a calendar year, or of the part of it that was asked for."""
    for code in CODES:
        hidden = [_ends(states[-1], code, below) for states, untold_of in months if code in untold_of]
        has_changed = any(_has_changed(states, code, below) for states, _ in months)
        if hidden and (not is_whole or has_changed or not is_unknown(hidden, below)):
            yield code


def _sums(atoms: Mapping[Atom, PersonCounts]) -> Counter[Cell]:
    sums: Counter[Cell] = Counter()
    for counts in atoms.values():
        sums.update(counts.cells)
    return sums
