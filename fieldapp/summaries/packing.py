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
            if tally.visits or tally.observations or tally.not_visited
        },
    }


def add(figures: Figures, packed: Json, *, is_first: bool) -> None:
    """Add what was packed to figures. `is_first`: nothing of what they hold came before it."""
    effort = figures.effort
    for name, value in zip(NUMBERS, packed["effort"], strict=True):
        if name != "joint_twice_us":
            setattr(effort, name, getattr(effort, name) + value)
        elif is_first:
            effort.joint_twice_us = value
        else:
            effort.joint_us -= value  # across midnight: the day before has it already
    effort.arena_us.update(packed["arenas"])
    effort.actions.update(packed["actions"])
    figures.open_again += packed["open_again"]
    figures.not_counted_visits += packed["not_counted"]
    for name in COUNTERS:
        getattr(figures, name).update(packed[name])
    for source, target, count in packed["movements"]:
        figures.movements[source, target] += count
    for weekday, hour, count in packed["hours"]:
        figures.weekday_hours[weekday, hour] += count
    for week, (shifts, visits) in packed["weeks"].items():
        figures.weeks.setdefault(week, Counter()).update(shifts=shifts, visits=visits)
    for district, year, month, observed_visits, cells in packed["atoms"]:
        atom = figures.atoms[district, (year, month)]
        atom.observed_visits += observed_visits
        for *cell, count in cells:
            atom.cells[tuple(cell)] += count
    for site_id, (visits, observations, topics, not_visited) in packed["sites"].items():
        tally = figures.sites.get(site_id)
        if tally is None:
            tally = figures.sites[site_id] = SiteTally(unnamed(site_id))
        tally.visits += visits
        tally.observations += observations
        tally.topics.update(topics)
        tally.not_visited.update(not_visited)


def _counts(counter: Mapping[str, int]) -> Json:
    return {code: count for code, count in sorted(counter.items()) if count}
