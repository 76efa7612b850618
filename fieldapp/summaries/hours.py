"""Person-hours: nobody's hour counted twice, every hour in one district (figures.md, *Person-hours*). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from fieldapp.outreach.codes import JOINT_PARTNERS
from fieldapp.summaries.rows import ShiftRow, VisitRow

Interval = tuple[datetime, datetime]


def credited_hours(shifts: Iterable[ShiftRow]) -> dict[str, float]:
    """Return person-hours by shift id: of each participant what no earlier shift of theirs covers, plus other staff.

    Moments are aware, so a night with a change of clocks has its real length.
    """
    hours: dict[str, float] = {}
    worked_until: dict[str, datetime] = {}
    for shift in sorted(shifts, key=lambda shift: (shift.started_at, shift.id)):
        if shift.ended_at is None:
            hours[shift.id] = 0.0
            continue
        seconds = shift.others * (shift.ended_at - shift.started_at).total_seconds()
        for person in set(shift.participants):
            # In order of start, what is covered before this shift ends where the latest of them ends.
            start = max(shift.started_at, worked_until.get(person, shift.started_at))
            seconds += max(0.0, (shift.ended_at - start).total_seconds())
            worked_until[person] = max(shift.ended_at, start)
        hours[shift.id] = seconds / 3600
    return hours


def district_shares(shift: ShiftRow, visits: Sequence[VisitRow]) -> dict[str, float]:
    """Return each district's share of a shift, summing to 1: by minutes of visits there, the rest to its own.

    Where visits add up to more than the shift – a group that split – they are scaled down together.
    """
    seconds: defaultdict[str, float] = defaultdict(float)
    for visit in visits:
        seconds[visit.district] += visit_seconds(visit, shift)
    length = (shift.ended_at - shift.started_at).total_seconds() if shift.ended_at else 0.0
    whole = max(length, sum(seconds.values()))
    if whole <= 0:
        return {shift.district: 1.0}
    shares = {district: part / whole for district, part in seconds.items()}
    shares[shift.district] = shares.get(shift.district, 0.0) + 1.0 - sum(shares.values())
    return shares


def joint_hours(shifts: Iterable[ShiftRow], visits_of: Mapping[str, Sequence[VisitRow]]) -> float:
    """Return the staff's person-hours at joint visits; `visits_of`: those of each shift, by its id.

    What overlaps counts once for each person, over several shifts too; other staff have no name, and count by shift.
    """
    spans_of: defaultdict[str, list[Interval]] = defaultdict(list)
    seconds = 0.0
    for shift in shifts:
        joint = (visit for visit in visits_of.get(shift.id, ()) if is_joint(visit))
        spans = [span for visit in joint if (span := span_within(visit, shift))]
        seconds += union_s(spans) * shift.others
        for person in set(shift.participants):
            spans_of[person] += spans
    return (seconds + sum(union_s(spans) for spans in spans_of.values())) / 3600


def union_s(spans: Iterable[Interval]) -> float:
    """Return the seconds that intervals cover together."""
    seconds = 0.0
    covered: datetime | None = None
    for start, end in sorted(spans):
        begin = start if covered is None else max(start, covered)
        seconds += max(0.0, (end - begin).total_seconds())
        covered = end if covered is None else max(covered, end)
    return seconds


def visit_seconds(visit: VisitRow, shift: ShiftRow) -> float:
    """Return how long a visit took of its shift; one not made, or not ended, took no time."""
    span = span_within(visit, shift)
    return (span[1] - span[0]).total_seconds() if span else 0.0


def span_within(visit: VisitRow, shift: ShiftRow) -> Interval | None:
    """Return a visit's time as far as it lies within its shift: two phones' clocks may differ (PU15)."""
    if visit.left_at is None or shift.ended_at is None or visit.outcome == "not_visited":
        return None
    start, end = max(visit.arrived_at, shift.started_at), min(visit.left_at, shift.ended_at)
    return (start, end) if start < end else None


def is_joint(visit: VisitRow) -> bool:
    """Say whether a visit was made together with police or public order guards."""
    return visit.outcome != "not_visited" and not JOINT_PARTNERS.isdisjoint(visit.together_with)


def by_shift(visits: Iterable[VisitRow]) -> Mapping[str, list[VisitRow]]:
    """Group visits by their shift."""
    found: defaultdict[str, list[VisitRow]] = defaultdict(list)
    for visit in visits:
        found[visit.shift_id].append(visit)
    return found
