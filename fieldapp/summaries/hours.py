"""Person-hours: nobody's hour counted twice, every hour in one district (figures.md, *Person-hours*). Pure.

Times are counted in whole microseconds: a sum is the same in whatever order, and in whatever parts, it is added up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from fieldapp.outreach.codes import JOINT_PARTNERS
from fieldapp.summaries.rows import ShiftRow, VisitRow

Interval = tuple[datetime, datetime]
Spans = Mapping[str, Sequence[Interval]]
MICROSECOND = timedelta(microseconds=1)
MINUTE_US = timedelta(minutes=1) // MICROSECOND
HOUR_US = timedelta(hours=1) // MICROSECOND


def credited_us(shifts: Iterable[ShiftRow]) -> dict[str, int]:
    """Return person-time by shift id: of each participant what no earlier shift of theirs covers, plus other staff.

    Moments are aware, so a night with a change of clocks has its real length.
    """
    times: dict[str, int] = {}
    worked_until: dict[str, datetime] = {}
    for shift in sorted(shifts, key=lambda shift: (shift.started_at, shift.id)):
        if shift.ended_at is None:
            times[shift.id] = 0
            continue
        total = shift.others * _us(shift.started_at, shift.ended_at)
        for person in set(shift.participants):
            # In order of start, what is covered before this shift ends where the latest of them ends.
            start = max(shift.started_at, worked_until.get(person, shift.started_at))
            total += max(0, _us(start, shift.ended_at))
            worked_until[person] = max(shift.ended_at, start)
        times[shift.id] = total
    return times


def district_shares(shift: ShiftRow, visits: Sequence[VisitRow]) -> dict[str, Fraction]:
    """Return each district's share of a shift, summing to 1: by minutes of visits there, the rest to its own.

    Where visits add up to more than the shift – a group that split – they are scaled down together.
    """
    parts: defaultdict[str, int] = defaultdict(int)
    for visit in visits:
        parts[visit.district] += visit_us(visit, shift)
    whole = max(length_us(shift), sum(parts.values()))
    if whole <= 0:
        return {shift.district: Fraction(1)}
    shares = {district: Fraction(part, whole) for district, part in parts.items()}
    shares[shift.district] = shares.get(shift.district, Fraction(0)) + 1 - sum(shares.values())
    return shares


def joint_us(shifts: Iterable[ShiftRow], visits_of: Mapping[str, Sequence[VisitRow]]) -> int:
    """Return the staff's person-time at joint visits; `visits_of`: those of each shift, by its id.

    What overlaps counts once for each person, over several shifts too; other staff have no name, and count by shift.
    """
    listed = list(shifts)
    others = sum(shift.others * union_us(_joint_spans(shift, visits_of)) for shift in listed)
    return others + sum(union_us(spans) for spans in joint_spans(listed, visits_of).values())


def joint_spans(shifts: Iterable[ShiftRow], visits_of: Mapping[str, Sequence[VisitRow]]) -> dict[str, list[Interval]]:
    """Return when each person was at joint visits, by their id."""
    spans_of: defaultdict[str, list[Interval]] = defaultdict(list)
    for shift in shifts:
        if spans := _joint_spans(shift, visits_of):
            for person in set(shift.participants):
                spans_of[person] += spans
    return dict(spans_of)


def in_both_us(one: Spans, other: Spans) -> int:
    """Return the person-time that lies in both of two times' spans: what their sum would count twice."""
    people = one.keys() & other.keys()
    return sum(union_us(one[who]) + union_us(other[who]) - union_us([*one[who], *other[who]]) for who in sorted(people))


def union_us(spans: Iterable[Interval]) -> int:
    """Return the time that intervals cover together."""
    total = 0
    covered: datetime | None = None
    for start, end in sorted(spans):
        begin = start if covered is None else max(start, covered)
        total += max(0, _us(begin, end))
        covered = end if covered is None else max(covered, end)
    return total


def length_us(shift: ShiftRow) -> int:
    """Return how long a shift was; one that goes on has no length yet."""
    return 0 if shift.ended_at is None else _us(shift.started_at, shift.ended_at)


def visit_us(visit: VisitRow, shift: ShiftRow) -> int:
    """Return how long a visit took of its shift; one not made, or not ended, took no time."""
    span = span_within(visit, shift)
    return _us(*span) if span else 0


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


def _joint_spans(shift: ShiftRow, visits_of: Mapping[str, Sequence[VisitRow]]) -> list[Interval]:
    joint = (visit for visit in visits_of.get(shift.id, ()) if is_joint(visit))
    return [span for visit in joint if (span := span_within(visit, shift))]


def _us(start: datetime, end: datetime) -> int:
    return (end - start) // MICROSECOND
