"""What a weekly pattern means, what is missing, and what a plan must hold."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from fieldapp.core.clock import STOCKHOLM
from fieldapp.core.holidays import public_holidays
from fieldapp.plans.rules import WeeklyPattern, dates_of, next_working_day, plan_faults, states_of
from fieldapp.plans.services import local_span

FRIDAY = date(2026, 11, 20)


def plan(plan_id: str = "p", day: date = FRIDAY, hour: int = 18, team: str = "t") -> dict[str, Any]:
    starts = datetime.combine(day, time(hour), STOCKHOLM)
    return {"id": plan_id, "team_id": team, "date": day, "starts_at": starts, "ends_at": starts + timedelta(hours=5)}


def shift(status: str = "submitted", day: date = FRIDAY, team: str = "t", plan_id: str | None = None) -> dict[str, Any]:
    return {"id": "s", "plan_id": plan_id, "team_id": team, "date": day, "status": status}


def test_six_fridays_and_saturdays_special_days_left_out():
    pattern = WeeklyPattern(
        date(2026, 11, 18), 6, frozenset({4, 5}), time(18), time(1), frozenset({date(2026, 12, 25)})
    )
    found = dates_of(pattern)
    assert (found[0], found[-1], len(found)) == (FRIDAY, date(2026, 12, 26), 11)
    assert {day.weekday() for day in found} == {4, 5}


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 24), 14), (date(2026, 3, 28), 12), (date(2026, 11, 20), 13)]
)
def test_local_times_stay_as_they_are_over_the_change_of_the_clock(day: date, hours: int):
    starts, ends = local_span(day, time(16), time(5))
    assert (starts.hour, ends.hour, ends.date()) == (16, 5, day + timedelta(days=1))
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 25), date(2026, 11, 26)),
        (FRIDAY, date(2026, 11, 23)),
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2026, 6, 18), date(2026, 6, 22)),
        (date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_the_next_working_day_leaves_weekends_and_holidays_out(day: date, due: date):
    assert next_working_day(day, public_holidays({2026, 2027})) == due


@pytest.mark.parametrize(
    ("shifts", "hour", "state"),
    [
        ([], 11, "ahead"),
        ([], 12, "missing"),
        ([shift("draft")], 11, "started"),
        ([shift("draft")], 12, "not_submitted"),
        ([shift("returned")], 12, "submitted"),
        ([shift(team="other")], 12, "missing"),
        ([shift(day=date(2026, 11, 21))], 12, "missing"),
        ([shift(day=date(2026, 11, 21), plan_id="p")], 12, "submitted"),
        ([shift(plan_id="another")], 12, "missing"),
    ],
)
def test_missing_is_a_plan_without_a_shift_sent_in_by_noon_of_the_next_working_day(shifts, hour: int, state: str):
    now = datetime(2026, 11, 23, hour, tzinfo=STOCKHOLM)
    assert states_of([plan()], shifts, now, frozenset()) == {"p": state}


def test_one_shift_answers_one_plan_the_one_it_names_else_the_first():
    plans = [plan("late", hour=20), plan("early", hour=14)]
    now = datetime(2026, 11, 23, 12, tzinfo=STOCKHOLM)
    assert states_of(plans, [shift()], now, frozenset()) == {"early": "submitted", "late": "missing"}
    assert states_of(plans, [shift(plan_id="late")], now, frozenset()) == {"early": "missing", "late": "submitted"}
    assert states_of(plans, [shift(), shift()], now, frozenset()) == {"early": "submitted", "late": "submitted"}


def test_another_teams_shift_answers_no_plan_whichever_it_names():
    now = datetime(2026, 11, 23, 12, tzinfo=STOCKHOLM)
    assert states_of([plan()], [shift(plan_id="p", team="other")], now, frozenset()) == {"p": "missing"}
    shifts = [shift(plan_id="p", team="other"), shift(plan_id="p")]
    assert states_of([plan()], shifts, now, frozenset()) == {"p": "submitted"}


def test_a_plan_ends_after_it_starts_within_a_day_on_its_own_date():
    good = plan()
    assert plan_faults(good, FRIDAY) == {}
    assert plan_faults({**good, "ends_at": good["starts_at"]}, FRIDAY) == {"ends_at": ["ended_before_started"]}
    too_long = good["starts_at"] + timedelta(hours=24, seconds=1)
    assert plan_faults({**good, "ends_at": too_long}, FRIDAY) == {"ends_at": ["longer_than_a_day"]}
    assert plan_faults(good, date(2026, 11, 21)) == {"date": ["not_the_start_date"]}
