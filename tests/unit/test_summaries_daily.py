"""Facts of days add up to the fold of their period: any period, the city, each district, each team."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orjson import dumps, loads

from fieldapp.summaries.daily import daily, scope_of
from fieldapp.summaries.packing import add, pack
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.rows import Material
from fieldapp.summaries.rules import Effort, Figures, fold
from tests.factories.facts import told
from tests.factories.summary_rows import a_shift, a_site, a_visit, an_observation, people

STOCKHOLM = ZoneInfo("Europe/Stockholm")
FIRST = date(2026, 10, 29)  # into the next month, and into the next week; the week after the clocks were moved
DAYS = [FIRST + timedelta(days=n) for n in range(6)]
DISTRICTS, TEAMS, PEOPLE, SITES = ("farsta", "skarholmen"), ("a", "b"), ("one", "two", "three"), ("s1", "s2")
minutes = st.integers(0, 6 * 24 * 60)


@st.composite
def evenings(draw):
    """Shifts of six days with what hangs on them: overlapping, over midnight, of the same people."""
    shifts, visits, observations = [], [], []
    for number in range(draw(st.integers(1, 7))):
        start = datetime(2026, 10, 29, tzinfo=STOCKHOLM) + timedelta(minutes=draw(minutes))
        start = start.astimezone(ZoneInfo("UTC"))
        length = draw(st.none() | st.integers(0, 24 * 60))
        shift = a_shift(
            id=f"{number}",
            district=draw(st.sampled_from(DISTRICTS)),
            team_id=draw(st.sampled_from(TEAMS)),
            participants=draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3)),
            others=draw(st.integers(0, 2)),
            arena_minutes={"outdoor": draw(st.integers(0, 500)), "digital": draw(st.integers(0, 100))},
            mumin=[{"delegated_by": "socialjour", "count": draw(st.integers(0, 3))}],
            incidents={"threat": draw(st.integers(0, 1))},
            version=draw(st.none() | st.just(1)),
        )
        ended = start + timedelta(minutes=length) if length is not None else None
        day = start.astimezone(STOCKHOLM).date()
        shift = shift._replace(started_at=start, ended_at=ended, day=day)
        shifts.append(shift)
        for _ in range(draw(st.integers(0, 3))):
            arrived = start + timedelta(minutes=draw(st.integers(-60, 24 * 60)))
            local = arrived.astimezone(STOCKHOLM)
            visit = a_visit(
                shift,
                district=draw(st.sampled_from(DISTRICTS)),
                site_id=draw(st.sampled_from((*SITES, None))),
                outcome=draw(st.sampled_from(("observed", "nothing_noted", "not_visited"))),
                together_with=draw(st.sampled_from(((), ("police",)))),
                actions=("presence",),
            )
            left = draw(st.none() | st.integers(0, 600))
            visit = visit._replace(
                arrived_at=arrived,
                left_at=arrived + timedelta(minutes=left) if left is not None else None,
                weekday=local.isoweekday(),
                hour=local.hour,
            )
            visits.append(visit)
            if draw(st.booleans()):
                counts = [people(draw(st.integers(0, 5)), 1)]
                noted = {"topics": ["weapon"], "counts": counts, "moved_to": "s2", "people_basis": "counted"}
                observations.append(an_observation(visit, **noted))
    return Material(shifts, visits, observations, [], joint_briefings=0)


def folded(rows, period, district, team):
    """Fold the records of a period, as `queries.material` hands them over."""
    theirs = [shift for shift in rows.shifts if team in (None, shift.team_id)]
    inside = [shift for shift in theirs if period.first <= shift.day <= period.last]
    before = [shift for shift in theirs if shift.day < period.first]
    of = {shift.id for shift in inside}
    visits = [visit for visit in rows.visits if visit.shift_id in of]
    sites = [a_site(site) for site in SITES]
    return fold(Material(inside, visits, rows.observations, sites, 0, before), period, district)


def added_up(facts, period, scope):
    """Add up facts of whole months and of days, as `facts.kept_figures` reads them."""
    figures = Figures(Effort(), weeks=period.empty_weeks())
    for grain, first, last in period.parts():
        for (of, day), packed in facts[grain].items():
            if of == scope and first <= day <= last:
                add(figures, packed, is_first=day == period.first)
    return figures


def facts_of(rows):
    days = {key: loads(dumps(pack(figures))) for key, figures in daily(rows).items()}
    months = {}
    for (scope, day), packed in days.items():
        month = day.replace(day=1)
        add(months.setdefault((scope, month), Figures(Effort())), packed, is_first=day == month)
    return {"day": days, "month": {key: loads(dumps(pack(figures))) for key, figures in months.items()}}


@settings(max_examples=60, deadline=None)
@given(rows=evenings(), first=st.integers(0, 5), length=st.integers(0, 5))
def test_the_days_of_any_period_add_up_to_its_fold(rows, first, length):
    facts = facts_of(rows)
    odd = Period(DAYS[first], DAYS[first] + timedelta(days=length))
    october, november = Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 11, 1), date(2026, 11, 30))
    for period in (odd, october, november, Period(october.first, november.last), Period(DAYS[first], november.last)):
        for district, team in ((None, None), *((one, None) for one in DISTRICTS), *((None, one) for one in TEAMS)):
            kept = added_up(facts, period, scope_of(district, team))
            kept.sites = {
                key: tally
                for key, tally in kept.sites.items()
                if tally.visits or tally.not_visited or tally.observations
            }
            then, now = told(folded(rows, period, district, team)), told(kept)
            assert then["figures"] == now["figures"], (period, district, team)
            assert then["weeks"] == now["weeks"]


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("2026-10-01", "2026-10-31", [("month", "2026-10-01", "2026-10-31")]),
        ("2026-01-01", "2026-12-31", [("month", "2026-01-01", "2026-12-31")]),
        ("2026-10-02", "2026-10-30", [("day", "2026-10-02", "2026-10-30")]),
        ("2026-10-30", "2026-11-02", [("day", "2026-10-30", "2026-11-02")]),
        (
            "2026-09-30",
            "2026-11-01",
            [
                ("day", "2026-09-30", "2026-09-30"),
                ("month", "2026-10-01", "2026-10-31"),
                ("day", "2026-11-01", "2026-11-01"),
            ],
        ),
        ("2026-10-01", "2026-11-29", [("month", "2026-10-01", "2026-10-31"), ("day", "2026-11-01", "2026-11-29")]),
    ],
)
def test_a_period_is_its_whole_months_and_the_days_that_are_left(first, last, wanted):
    found = Period(date.fromisoformat(first), date.fromisoformat(last)).parts()
    assert [(grain, str(one), str(other)) for grain, one, other in found] == wanted


def test_every_day_of_a_period_is_in_one_part_of_it():
    for first in range(70):
        for length in range(70):
            begin = date(2026, 9, 1) + timedelta(days=first)
            period = Period(begin, begin + timedelta(days=length))
            days = [one + timedelta(days=n) for _, one, other in period.parts() for n in range((other - one).days + 1)]
            assert days == [begin + timedelta(days=n) for n in range(length + 1)]
            assert all(
                one.day == 1 and other == month_end(other) for grain, one, other in period.parts() if grain == "month"
            )


def test_a_joint_visit_across_midnight_counts_once_in_both_days_and_in_each():
    """Two shifts of one person, each with a joint visit over the same hour after midnight."""
    span = ("2026-10-31 23:30", "2026-11-01 01:00")
    early = a_shift("2026-10-31 20:00", "2026-11-01 02:00", participants=("one",), team_id="a")
    late = a_shift("2026-11-01 00:00", "2026-11-01 03:00", participants=("one",), team_id="a")
    visits = [a_visit(shift, *span, together_with=["police"]) for shift in (early, late)]
    rows = Material([early, late], visits, [], [], 0)
    facts = facts_of(rows)
    october, november = Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 11, 1), date(2026, 11, 30))
    hours = [
        added_up(facts, period, scope_of(None, None)).effort.joint_person_hours
        for period in (october, november, Period(october.first, november.last))
    ]
    assert hours == [1.5, 1, 1.5]
