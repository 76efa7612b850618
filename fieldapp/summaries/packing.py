"""Figures of a day or a month as they are kept (`facts`), and how they are added up again. Pure.

Nothing is rounded and nothing left out that `rules.fold` finds in the records; what hangs on the register – names, what
is listed in which year, last visits – is no part of it. Bump `FORMAT` when either changes: what was kept under another
number is not read, and goes with the first that is kept.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fieldapp.summaries.rows import SiteRow
from fieldapp.summaries.rules import Figures, SiteTally

FORMAT = 1
Json = dict[str, Any]
COUNTERS = ("outcomes", "not_visited", "topics", "conditions")
NUMBERS = (
    "shifts", "person_us", "unallocated_us", "joint_visits", "joint_us", "joint_twice_us", "reinforcements",
)  # fmt: skip


def unnamed(site_id: str) -> SiteRow:
    """Return a site of which nothing is known but its id."""
    return SiteRow(site_id, "", "", is_listed=False, school_near="no", last_visit=None)


def pack(figures: Figures) -> Json:
    """Return figures as JSON, always in the same order, so that equal figures are equal JSON."""
    effort = figures.effort
    return {
        "effort": [getattr(effort, name) for name in NUMBERS],
        "arenas": _counts(effort.arena_us),
        "actions": _counts(effort.actions),
        "open_again": figures.open_again,
        "not_counted": figures.not_counted_visits,
        **{name: _counts(getattr(figures, name)) for name in COUNTERS},
        "movements": sorted(
            ([source, target, count] for (source, target), count in figures.movements.items() if count),
            key=lambda row: (row[0] or "", row[1] or ""),
        ),
        "hours": sorted([weekday, hour, count] for (weekday, hour), count in figures.weekday_hours.items() if count),
        "weeks": {
            week: [counts["shifts"], counts["visits"]]
            for week, counts in sorted(figures.weeks.items())
            if any(counts.values())
        },
        # An atom without a count is kept: that a district worked in a month may decide what is hidden.
        "atoms": sorted(
            [
                district,
                year,
                month,
                counts.observed_visits,
                [[*cell, n] for cell, n in sorted(counts.cells.items()) if n],
            ]
            for (district, (year, month)), counts in figures.atoms.items()
        ),
        "sites": {
            site_id: [tally.visits, tally.observations, _counts(tally.topics), _counts(tally.not_visited)]
            for site_id, tally in sorted(figures.sites.items())
            if tally.visits or tally.observations or tally.not_visited.total()
        },
    }


def add(figures: Figures, packed: Json, *, is_first: bool, times: int = 1) -> None:
    """Add what was packed to figures, or take it out of them (`times=-1`).

    `is_first`: nothing of what they hold came before it. What is taken out leaves its atoms behind (`atoms_of`).
    """
    effort = figures.effort
    for name, value in zip(NUMBERS, packed["effort"], strict=True):
        if name == "joint_twice_us" and not is_first:
            effort.joint_us -= times * value  # across midnight: the day before has it already
        else:
            setattr(effort, name, getattr(effort, name) + times * value)
    _count(effort.arena_us, packed["arenas"], times)
    _count(effort.actions, packed["actions"], times)
    figures.open_again += times * packed["open_again"]
    figures.not_counted_visits += times * packed["not_counted"]
    for name in COUNTERS:
        _count(getattr(figures, name), packed[name], times)
    for source, target, count in packed["movements"]:
        figures.movements[source, target] += times * count
    for weekday, hour, count in packed["hours"]:
        figures.weekday_hours[weekday, hour] += times * count
    for week, (shifts, visits) in packed["weeks"].items():
        _count(figures.weeks.setdefault(week, Counter()), {"shifts": shifts, "visits": visits}, times)
    for district, year, month, observed_visits, cells in packed["atoms"]:
        atom = figures.atoms[district, (year, month)]
        atom.observed_visits += times * observed_visits
        for *cell, count in cells:
            atom.cells[tuple(cell)] += times * count
    for site_id, (visits, observations, topics, not_visited) in packed["sites"].items():
        tally = figures.sites.get(site_id)
        if tally is None:
            tally = figures.sites[site_id] = SiteTally(unnamed(site_id))
        tally.visits += times * visits
        tally.observations += times * observations
        _count(tally.topics, topics, times)
        _count(tally.not_visited, not_visited, times)


def atoms_of(packed: Json) -> set[tuple[str, int, int]]:
    """Return the districts, years and months that packed figures have atoms of."""
    return {(district, year, month) for district, year, month, *_ in packed["atoms"]}


def _count(counter: Counter[str], packed: Mapping[str, int], times: int) -> None:
    for code, count in packed.items():
        counter[code] += times * count


def _counts(counter: Mapping[str, int]) -> Json:
    return {code: count for code, count in sorted(counter.items()) if count}
