"""Folds an evening's plain rows into figures, as figures.md defines them. Pure: rows in, numbers out.

Counts of persons are kept apart, in atoms; `disclosure` decides who gets them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from fieldapp.summaries.disclosure import PERSON_TOPICS, Atom, PersonCounts
from fieldapp.summaries.hours import (
    HOUR_US,
    MINUTE_US,
    by_shift,
    credited_us,
    district_shares,
    is_joint,
    joint_us,
    length_us,
)
from fieldapp.summaries.periods import Period, iso_week
from fieldapp.summaries.rows import Material, ObservationRow, ShiftRow, SiteRow, VisitRow

MAIN_TOPIC = "suspected_dealing"
FREQUENCIES = ("weekly", "monthly", "less_than_monthly", "none")
LONGEST_MONTH = 31  # days: a visit in each month of a period is monthly, however its months fall


@dataclass
class Effort:
    """What the work took. Times are whole microseconds (`hours`), so that days add up to what their period comes to.

    `joint_twice_us`: what the first day has in common with the day before it, at joint visits across midnight.
    """

    shifts: int = 0
    person_us: int = 0
    arena_us: Counter[str] = field(default_factory=Counter)
    unallocated_us: int = 0
    joint_briefings: int = 0
    joint_visits: int = 0
    joint_us: int = 0
    joint_twice_us: int = 0
    reinforcements: int = 0
    actions: Counter[str] = field(default_factory=Counter)

    @property
    def person_hours(self) -> float:
        """Person-hours."""
        return self.person_us / HOUR_US

    @property
    def joint_person_hours(self) -> float:
        """Person-hours at joint visits."""
        return self.joint_us / HOUR_US

    @property
    def arena_minutes(self) -> Mapping[str, float]:
        """Minutes by arena."""
        return defaultdict(float, {arena: time / MINUTE_US for arena, time in self.arena_us.items()})

    @property
    def unallocated_minutes(self) -> float:
        """Minutes of shifts that no arena has."""
        return self.unallocated_us / MINUTE_US

    @property
    def outdoor_share(self) -> float | None:
        """Outdoor arena minutes of all arena minutes, None without any."""
        total = self.arena_us.total()
        return self.arena_us["outdoor"] / total if total else None


@dataclass
class SiteTally:
    """What was noted at a site, each topic once a visit; no persons."""

    site: SiteRow
    visits: int = 0
    observations: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    not_visited: Counter[str] = field(default_factory=Counter)


@dataclass
class Figures:
    """All figures of one period and one district, or the city. `open_again`: shifts counted as they were approved."""

    effort: Effort
    open_again: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    not_visited: Counter[str] = field(default_factory=Counter)
    atoms: defaultdict[Atom, PersonCounts] = field(default_factory=lambda: defaultdict(PersonCounts))
    not_counted_visits: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    conditions: Counter[str] = field(default_factory=Counter)
    movements: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    sites: dict[str, SiteTally] = field(default_factory=dict)
    weeks: dict[str, Counter[str]] = field(default_factory=dict)
    weekday_hours: Counter[tuple[int, int]] = field(default_factory=Counter)


def fold(
    material: Material, period: Period, district: str | None, *, credited: Mapping[str, int] | None = None
) -> Figures:
    """Fold a period's rows into the figures of a district, or of the city (None).

    A shift is the district's when it belongs there or made a visit there; a visit is where its place is, also one that
    was not made, whosever the shift; counts on the shift itself – MUMIN, incidents – are the shift's own district's.
    `credited`: person-time by shift, where the caller knows it already.
    """
    visits_of = by_shift(material.visits)
    everyones = {shift.id: shift for shift in material.shifts}
    shifts = [shift for shift in material.shifts if belongs(shift, visits_of[shift.id], district)]
    figures = Figures(Effort(joint_briefings=material.joint_briefings), weeks=period.empty_weeks())
    figures.sites = {site.id: SiteTally(site) for site in material.sites}
    times = credited_us((*material.others, *material.shifts)) if credited is None else credited
    for shift in shifts:
        _add_shift(figures, shift, visits_of[shift.id], times[shift.id], district)
    here = {v.id: v for v in material.visits if v.shift_id in everyones and district in (None, v.district)}
    figures.effort.joint_us = joint_us(shifts, by_shift(here.values()))
    for visit in here.values():
        _add_visit(figures, visit, everyones[visit.shift_id])
    observations = defaultdict(list)
    for row in material.observations:
        if row.visit_id in here:
            observations[row.visit_id].append(row)
    for visit in here.values():
        # An observation in effect counts even where the visit says nothing was noted: never drop what was seen.
        if visit.outcome == "observed" or (visit.outcome == "nothing_noted" and observations[visit.id]):
            _add_observations(figures, visit, everyones[visit.shift_id], observations[visit.id])
    return figures


def belongs(shift: ShiftRow, visits: Iterable[VisitRow], district: str | None) -> bool:
    """Say whether a shift is one of a district's, or of the city's (None): its own, or one that made a visit there."""
    return district in (None, shift.district) or any(
        visit.district == district and visit.outcome != "not_visited" for visit in visits
    )


def frequency(visits: int, period: Period) -> str:
    """Return a site's frequency class, one of `FREQUENCIES`."""
    if visits == 0:
        return "none"
    if visits * 7 >= period.days:
        return "weekly"
    return "monthly" if visits * LONGEST_MONTH >= period.days else "less_than_monthly"


def month_of(day: date) -> tuple[int, int]:
    """Return the calendar month a date lies in."""
    return day.year, day.month


def _add_shift(figures: Figures, shift: ShiftRow, visits: list[VisitRow], time: int, district: str | None) -> None:
    effort = figures.effort
    share = Fraction(1) if district is None else district_shares(shift, visits).get(district, Fraction(0))
    effort.shifts += 1
    figures.open_again += shift.version is not None
    figures.weeks[iso_week(shift.day)]["shifts"] += 1
    effort.person_us += round(time * share)
    for arena, minutes in shift.arena_minutes.items():
        effort.arena_us[arena] += round(minutes * MINUTE_US * share)
    if shift.ended_at is not None:
        spare = max(0, length_us(shift) - sum(shift.arena_minutes.values()) * MINUTE_US)
        effort.unallocated_us += round(spare * share)
    if district not in (None, shift.district):
        return
    effort.reinforcements += shift.assignment == "reinforcement"
    cells = figures.atoms[(shift.district, month_of(shift.day))].cells
    for kind, count in shift.incidents.items():
        cells["incidents", kind] += count
    for row in shift.mumin:
        cells[("mumin",)] += row["count"]
        cells["mumin", row["delegated_by"]] += row["count"]


def _add_visit(figures: Figures, visit: VisitRow, shift: ShiftRow) -> None:
    site = figures.sites.get(visit.site_id or "")
    if visit.outcome == "not_visited":
        reason = visit.not_visited_reason or "other"
        figures.not_visited[reason] += 1
        if site:
            site.not_visited[reason] += 1
        return
    figures.outcomes[visit.outcome] += 1
    figures.effort.joint_visits += is_joint(visit)
    figures.effort.actions.update(set(visit.actions))
    figures.weeks[iso_week(shift.day)]["visits"] += 1
    figures.weekday_hours[visit.weekday, visit.hour] += 1
    if site:
        site.visits += 1


def _add_observations(figures: Figures, visit: VisitRow, shift: ShiftRow, rows: list[ObservationRow]) -> None:
    atom = figures.atoms[(visit.district, month_of(shift.day))]
    atom.observed_visits += 1
    topics = _noted(row.topics for row in rows)
    figures.topics.update(topics)
    atom.cells.update(("topics", code) for code in topics if code in PERSON_TOPICS)
    figures.conditions.update(_noted(row.conditions for row in rows))
    figures.not_counted_visits += all(row.people_basis == "not_counted" for row in rows)
    site = figures.sites.get(visit.site_id or "")
    if site:
        site.observations += len(rows)
        site.topics.update(topics)
    for row in rows:
        for count in row.counts:
            cell = (count["age_band"], count["gender"])
            atom.cells["present", *cell] += count["present"]
            atom.cells["where", visit.kind_of_place, count["gender"]] += count["present"]
            atom.cells["contacts", *cell] += count["contacts"]
        for referral in row.referrals:
            atom.cells["referrals", referral["to"]] += referral["count"]
        for pair in _movements(row, visit.site_id):
            figures.movements[pair] += 1


def _noted(lists: Iterable[Iterable[str]]) -> set[str]:
    return {code for codes in lists for code in codes}


def _movements(row: ObservationRow, here: str | None) -> Iterable[tuple[str | None, str | None]]:
    """Yield where people came from and went; the place itself is the other end, None where it is no site."""
    if row.moved_from:
        yield row.moved_from, here
    if row.moved_to:
        yield here, row.moved_to
