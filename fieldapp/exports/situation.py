"""The week's material for a situation picture: what was noted where, and what it took. Pure: rows in, rows out.

It leaves the team and a week is no closed month, so nothing here counts persons: topics that describe a person are not
even counted, and no remainder tells of them (figures.md, *Protected figures*).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from fieldapp.outreach.codes import CONDITIONS
from fieldapp.summaries.disclosure import SITE_TOPICS
from fieldapp.summaries.hours import MINUTE_US, visit_us
from fieldapp.summaries.periods import EARLIEST, LATEST, Period, iso_week
from fieldapp.summaries.rows import Material

WEEK_TEXT = re.compile(r"([0-9]{4})-W([0-9]{2})")
# In the order they are listed; `none` of the conditions says that there was nothing to note.
KINDS = (
    *(("topic", code) for code in SITE_TOPICS),
    *(("condition", code) for code in CONDITIONS if code != "none"),
)
SHOWN = frozenset(KINDS)
Kind = tuple[str, str]


class Line(NamedTuple):
    """One line of the file. `kind` is None where nothing that is shown was noted; the effort is all of the place's."""

    week: str
    place: str
    kind: Kind | None
    noted: int
    visits: int
    staff_minutes: int


@dataclass
class Effort:
    """What was done and noted at a place: each kind once a visit."""

    visits: int = 0
    staff_us: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)


def read_week(given: str | None) -> Period | None:
    """Return the days of an ISO week written 2026-W47, None for anything else."""
    found = WEEK_TEXT.fullmatch(given or "")
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        week = Period(monday, monday + timedelta(days=6))
    except (ValueError, OverflowError):
        return None
    return week if week.first >= EARLIEST and week.last <= LATEST else None


def lines(
    material: Material, period: Period, district: str, names: Mapping[str, str], elsewhere: str
) -> Iterator[Line]:
    """Yield what was noted at visits in a district, place by place; what is no site, or not the reader's, is one place.

    `names` are those of the sites the reader may know, by id; `elsewhere` is what all other places are called.
    """
    week = iso_week(period.first)
    places = efforts(material, district, lambda site: names.get(site or ""))
    for place in sorted(places, key=lambda name: (name is None, name or "")):
        effort = places[place]
        minutes = round(effort.staff_us / MINUTE_US)
        said = place or elsewhere
        noted = [kind for kind in KINDS if effort.kinds[kind]]
        if not noted:
            yield Line(week, said, None, 0, effort.visits, minutes)
        for kind in noted:
            yield Line(week, said, kind, effort.kinds[kind], effort.visits, minutes)


def efforts(material: Material, district: str, name_of: Callable[[str | None], str | None]) -> dict[str | None, Effort]:
    """Add up visits, staff time and what was noted by place; None is every place that `name_of` has no name for."""
    shifts = {shift.id: shift for shift in material.shifts}
    found: defaultdict[str | None, Effort] = defaultdict(Effort)
    place_of: dict[str, str | None] = {}
    for visit in material.visits:
        shift = shifts.get(visit.shift_id)
        if shift is None or visit.district != district or visit.outcome == "not_visited":
            continue
        place_of[visit.id] = place = name_of(visit.site_id)
        found[place].visits += 1
        staff = len(set(shift.participants)) + shift.others
        found[place].staff_us += visit_us(visit, shift) * staff
    kinds: defaultdict[str, set[Kind]] = defaultdict(set)
    for row in material.observations:
        if row.visit_id in place_of:
            kinds[row.visit_id] |= {("topic", code) for code in row.topics}
            kinds[row.visit_id] |= {("condition", code) for code in row.conditions}
    for visit_id, noted in kinds.items():
        found[place_of[visit_id]].kinds.update(noted & SHOWN)
    return dict(found)
