"""Posts: how they are written, which months count, how units are added up."""

from datetime import date

import pytest

from fieldapp.staffing.rules import Posts, Tally, months_between, posts_faults, read_posts, tally
from fieldapp.summaries.shape import shape_staffing

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


@pytest.mark.parametrize(
    ("written", "hundredths"),
    [("3", 300), ("3,75", 375), ("3.5", 350), ("0", 0), ("99,99", 9999), ("100", None), ("3,755", None)]
    + [(bad, None) for bad in ("", "-1", "1e1", "½", "٣", "3 5", "nan", ",5")],
)
def test_posts_are_numbers_with_two_decimals(written, hundredths):
    assert read_posts(written) == hundredths


def test_no_more_filled_than_there_are():
    assert posts_faults(300, 300) == {}
    assert posts_faults(300, 301) == {"filled": ["more_filled_than_posts"]}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (JAN, date(2026, 3, 31), [JAN, FEB, MAR]),
        (date(2026, 1, 2), date(2026, 3, 30), [FEB]),
        (date(2026, 1, 2), date(2026, 2, 27), []),
        (date(2025, 12, 1), date(2026, 1, 31), [date(2025, 12, 1), JAN]),
    ],
)
def test_only_whole_months_count(first, last, months):
    assert months_between(first, last) == months


def test_units_are_added_up_each_by_its_own_mean():
    entered = [Posts("a", JAN, 400, 300), Posts("a", FEB, 400, 400), Posts("b", JAN, 250, 50)]
    assert tally(entered, units=3, months=2) == Tally(posts=650, filled=400, lacking=3, units_lacking=1)
    assert tally([], units=3, months=2) is None


def test_no_time_per_post_where_there_are_few_or_others_work_too():
    assert shape_staffing(Tally(400, 200, 0), 320.0, 2, is_whole=True)["hours_per_post"] == 80.0
    assert shape_staffing(Tally(299, 200, 0), 320.0, 2, is_whole=True)["hours_per_post"] == {"suppressed": True}
    assert shape_staffing(Tally(400, 200, 0), 320.0, 2, is_whole=False)["hours_per_post"] is None
    assert shape_staffing(Tally(400, 0, 0), 320.0, 2, is_whole=True)["hours_per_post"] is None
    assert shape_staffing(Tally(400, 200, 2, units_lacking=1), 320.0, 2, is_whole=True)["hours_per_post"] is None
    assert shape_staffing(None, 320.0, 2, is_whole=True) is None
