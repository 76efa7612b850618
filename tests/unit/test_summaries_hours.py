"""Person-hours: nobody's hour twice, every hour in one district, nights of changed clocks at their real length."""

from datetime import UTC

import pytest

from fieldapp.summaries import hours as counted
from fieldapp.summaries.hours import HOUR_US, district_shares, union_us
from tests.factories.summary_rows import a_shift, a_visit, at


def credited_hours(shifts):
    return {shift: time / HOUR_US for shift, time in counted.credited_us(shifts).items()}


def joint_hours(shifts, visits_of):
    return counted.joint_us(shifts, visits_of) / HOUR_US


def test_each_participant_and_other_staff_count_the_shifts_length():
    shift = a_shift(participants=("one", "two"), others=1)
    assert credited_hours([shift])[shift.id] == 15


def test_a_participant_on_two_overlapping_shifts_counts_the_time_once():
    first = a_shift("2026-10-09 18:00", "2026-10-09 23:00", participants=("one",))
    second = a_shift("2026-10-09 21:00", "2026-10-10 01:00", participants=("one", "two"))
    hours = credited_hours([second, first])
    assert hours == {first.id: 5, second.id: 2 + 4}


def test_a_shift_inside_another_adds_nothing_and_hides_nothing():
    long = a_shift("2026-10-09 18:00", "2026-10-09 23:00", participants=("one",))
    inside = a_shift("2026-10-09 19:00", "2026-10-09 20:00", participants=("one",))
    after = a_shift("2026-10-09 22:00", "2026-10-10 00:00", participants=("one",))
    assert credited_hours([long, inside, after]) == {long.id: 5, inside.id: 0, after.id: 1}


def test_a_participant_named_twice_counts_once():
    shift = a_shift(participants=("one", "one"))
    assert credited_hours([shift])[shift.id] == 5


def test_a_shift_that_goes_on_has_no_hours_yet():
    shift = a_shift(end=None)
    assert credited_hours([shift])[shift.id] == 0


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-24 22:00", "2026-10-25 04:00", 7),  # clocks go back: 02–03 twice
        ("2026-03-28 22:00", "2026-03-29 04:00", 5),  # clocks go forward
    ],
)
def test_nights_when_clocks_change_have_their_real_length(start, end, hours):
    shift = a_shift(participants=("one",))
    shift = shift._replace(started_at=at(start).astimezone(UTC), ended_at=at(end).astimezone(UTC))
    assert credited_hours([shift])[shift.id] == hours


def test_hours_go_to_districts_by_minutes_of_visits_and_the_rest_to_the_shifts_own():
    shift = a_shift()
    there = a_visit(shift, "2026-10-09 19:00", "2026-10-09 20:00", district="skarholmen")
    here = a_visit(shift, "2026-10-09 20:00", "2026-10-09 21:00")
    assert district_shares(shift, [there, here]) == pytest.approx({"skarholmen": 0.2, "farsta": 0.8})


def test_visits_longer_than_the_shift_together_are_scaled_down():
    shift = a_shift("2026-10-09 18:00", "2026-10-09 19:00")
    split = [
        a_visit(shift, "2026-10-09 18:00", "2026-10-09 19:00"),
        a_visit(shift, "2026-10-09 18:00", "2026-10-09 19:00", district="bromma"),
    ]
    assert district_shares(shift, split) == pytest.approx({"farsta": 0.5, "bromma": 0.5})


def test_a_place_not_visited_and_a_visit_without_end_take_no_time():
    shift = a_shift()
    visits = [
        a_visit(shift, district="bromma", outcome="not_visited"),
        a_visit(shift, end=None, district="skarholmen"),
    ]
    assert district_shares(shift, visits)["farsta"] == 1


def test_a_shift_without_length_is_its_own_districts():
    assert district_shares(a_shift(end=None), []) == {"farsta": 1.0}


def test_joint_visits_that_overlap_count_their_time_once():
    shift = a_shift(others=1)
    visits = [
        a_visit(shift, "2026-10-09 19:00", "2026-10-09 20:00", together_with=["police"]),
        a_visit(shift, "2026-10-09 19:30", "2026-10-09 20:30", together_with=["public_order_guard"]),
        a_visit(shift, "2026-10-09 21:00", "2026-10-09 22:00", together_with=["school"]),
        a_visit(shift, "2026-10-09 22:00", "2026-10-09 23:00", together_with=["police"], outcome="not_visited"),
    ]
    assert joint_hours([shift], {shift.id: visits}) == 3 * 1.5


def test_a_persons_joint_hour_counts_once_over_two_shifts_and_other_staffs_by_shift():
    one, two = a_shift(others=1), a_shift(others=2)
    span = ("2026-10-09 19:00", "2026-10-09 20:00")
    visits = {shift.id: [a_visit(shift, *span, together_with=["police"])] for shift in (one, two)}
    assert set(one.participants) == set(two.participants)
    assert joint_hours([one, two], visits) == len(set(one.participants)) + 1 + 2


def test_the_union_of_intervals_with_a_gap():
    spans = [(at("2026-10-09 18:00"), at("2026-10-09 19:00")), (at("2026-10-09 20:00"), at("2026-10-09 20:30"))]
    assert union_us(reversed(spans)) == 1.5 * HOUR_US
    assert union_us([]) == 0
