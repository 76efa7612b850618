"""Divides approved records among days and scopes – the city, a district, a team – and folds each. Pure.

The days of a period add up to its fold (`packing.add`). What makes a day depend on others – a night of which another
pass has counted the hours already, a joint visit across midnight – is known from `Material.others`, with their visits.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fieldapp.summaries.hours import Spans, by_shift, credited_us, in_both_us, joint_spans
from fieldapp.summaries.packing import unnamed
from fieldapp.summaries.periods import DAY, Period
from fieldapp.summaries.rows import Material, ObservationRow, ShiftRow, VisitRow
from fieldapp.summaries.rules import Figures, fold

CITY = "city"
Key = tuple[str, date]  # scope, day


def scope_of(district: str | None, team: str | None) -> str:
    """Name whose figures they are: a team's, a district's, or the city's."""
    if team is not None:
        return f"team:{team}"
    return CITY if district is None else f"district:{district}"


def daily(material: Material) -> dict[Key, Figures]:
    """Return the figures of each day and scope that has any. Sites in them have no name yet."""
    return _Evenings(material).figures()


@dataclass(frozen=True)
class _Part:
    """The shifts of a day that reach a scope: its own, and those with a place there."""

    shifts: list[ShiftRow]
    district: str | None = None
    team: str | None = None


class _Evenings:
    def __init__(self, material: Material) -> None:
        self.visits_of: Mapping[str, list[VisitRow]] = by_shift(material.visits)
        self.observations_of: defaultdict[str, list[ObservationRow]] = defaultdict(list)
        for row in material.observations:
            self.observations_of[row.visit_id].append(row)
        everybody = (*material.others, *material.shifts)
        self.days = sorted({shift.day for shift in material.shifts})
        self.shifts_on: defaultdict[date, list[ShiftRow]] = defaultdict(list)
        for shift in everybody:
            self.shifts_on[shift.day].append(shift)
        self.credited = credited_us(everybody)
        self.credited_in = {
            team: credited_us(shifts) for team, shifts in _grouped(everybody).items()
        }  # as if there were no other team

    def figures(self) -> dict[Key, Figures]:
        found: dict[Key, Figures] = {}
        for day in self.days:
            before = self._parts(day - DAY)
            for scope, part in self._parts(day).items():
                figures = self._fold(part, day)
                if scope in before and figures.effort.joint_us:
                    figures.effort.joint_twice_us = in_both_us(self._spans(before[scope]), self._spans(part))
                found[scope, day] = figures
        return found

    def _parts(self, day: date) -> dict[str, _Part]:
        shifts = self.shifts_on.get(day, [])
        parts = {scope_of(None, None): _Part(shifts)} if shifts else {}
        for team, theirs in _grouped(shifts).items():
            parts[scope_of(None, team)] = _Part(theirs, team=team)
        reaching: defaultdict[str, list[ShiftRow]] = defaultdict(list)
        for shift in shifts:
            for district in {shift.district, *(visit.district for visit in self.visits_of[shift.id])}:
                reaching[district].append(shift)
        return parts | {scope_of(district, None): _Part(some, district) for district, some in reaching.items()}

    def _fold(self, part: _Part, day: date) -> Figures:
        visits = [visit for shift in part.shifts for visit in self.visits_of[shift.id]]
        observations = [row for visit in visits for row in self.observations_of.get(visit.id, ())]
        sites = [unnamed(site_id) for site_id in sorted({visit.site_id for visit in visits if visit.site_id})]
        credited = self.credited if part.team is None else self.credited_in[part.team]
        rows = Material(part.shifts, visits, observations, sites, joint_briefings=0)
        return fold(rows, Period(day, day), part.district, credited=credited)

    def _spans(self, part: _Part) -> Spans:
        visits = {
            shift.id: [visit for visit in self.visits_of[shift.id] if part.district in (None, visit.district)]
            for shift in part.shifts
        }
        return joint_spans(part.shifts, visits)


def _grouped(shifts: Iterable[ShiftRow]) -> dict[str, list[ShiftRow]]:
    found: defaultdict[str, list[ShiftRow]] = defaultdict(list)
    for shift in shifts:
        found[shift.team_id].append(shift)
    return dict(found)
