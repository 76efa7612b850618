"""Decisions about plans: what holds together, which dates a weekly pattern means, what is missing. Pure.

Definition: figures.md, *Missing shift*.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

LONGEST = timedelta(hours=24)
NOON = time(12)
SATURDAY = 5
State = Literal["ahead", "started", "submitted", "not_submitted", "missing"]


@dataclass(frozen=True)
class WeeklyPattern:
    """A pass on the same weekdays (Monday 0) at the same local times, for some weeks, special days left out."""

    first: date
    weeks: int
    weekdays: frozenset[int]
    starts: time
    ends: time
    left_out: frozenset[date] = frozenset()


def plan_faults(plan: Mapping[str, Any], local_date: date) -> dict[str, list[str]]:
    """Judge a plan: it ends after it starts, within a day, and its date is the local date it starts."""
    length = plan["ends_at"] - plan["starts_at"]
    if length <= timedelta(0):
        return {"ends_at": ["ended_before_started"]}
    if length > LONGEST:
        return {"ends_at": ["longer_than_a_day"]}
    return {} if plan["date"] == local_date else {"date": ["not_the_start_date"]}


def dates_of(pattern: WeeklyPattern) -> list[date]:
    """Return the dates a pattern means, in order: from its first day, `weeks` weeks on."""
    days = (pattern.first + timedelta(days=n) for n in range(7 * pattern.weeks))
    return [day for day in days if day.weekday() in pattern.weekdays and day not in pattern.left_out]


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """Return the first day after `day` that is neither of a weekend nor a public holiday."""
    due = day + timedelta(days=1)
    while due.weekday() >= SATURDAY or due in holidays:
        due += timedelta(days=1)
    return due


def is_overdue(day: date, local_now: datetime, holidays: Collection[date]) -> bool:
    """Say whether noon of the next working day has passed. `local_now` is Stockholm's time."""
    return local_now >= datetime.combine(next_working_day(day, holidays), NOON, local_now.tzinfo)


def states_of(
    plans: Sequence[Mapping[str, Any]],
    shifts: Iterable[Mapping[str, Any]],
    local_now: datetime,
    holidays: Collection[date],
) -> dict[str, State]:
    """Return how each plan stands, by id: figures.md counts `missing` and `not_submitted` as missing shifts.

    A shift answers the plan of its team that it names; one that names none answers a plan of its team on the date it
    began, the first that nothing else answers. `shifts`: `id, plan_id, team_id, date, status`, oldest first.
    """
    listed = list(shifts)
    named = {(shift["plan_id"], shift["team_id"]): shift for shift in listed if shift["plan_id"]}
    answered = {plan["id"]: named.get((plan["id"], plan["team_id"])) for plan in plans}
    free = [shift for shift in listed if not shift["plan_id"]]
    found: dict[str, State] = {}
    for plan in sorted(plans, key=lambda one: one["starts_at"]):
        shift = answered[plan["id"]]
        if shift is None:
            mine = (one for one in free if (one["team_id"], one["date"]) == (plan["team_id"], plan["date"]))
            shift = next(mine, None)
            if shift:
                free.remove(shift)
        found[plan["id"]] = _state(plan, shift, local_now, holidays)
    return found


def _state(
    plan: Mapping[str, Any], shift: Mapping[str, Any] | None, local_now: datetime, holidays: Collection[date]
) -> State:
    if shift and shift["status"] != "draft":
        return "submitted"
    if is_overdue(plan["date"], local_now, holidays):
        return "not_submitted" if shift else "missing"
    return "started" if shift else "ahead"
