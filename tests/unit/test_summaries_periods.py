"""Periods: whole months, comparisons, weeks, limits."""

from datetime import date

import pytest

from fieldapp.summaries.periods import (
    Period,
    SpecialDay,
    period_faults,
    same_special_day,
    tertial_of,
    week_of,
)


def period(first, last):
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("given", "before"),
    [
        (("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
        (("2026-01-01", "2026-04-30"), ("2025-09-01", "2025-12-31")),
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        (("2026-10-09", "2026-10-11"), ("2026-10-06", "2026-10-08")),
    ],
)
def test_the_period_before_is_as_many_months_or_days(given, before):
    assert period(*given).previous() == period(*before)


@pytest.mark.parametrize(
    ("given", "ago"),
    [
        (("2025-02-01", "2025-02-28"), ("2024-02-01", "2024-02-29")),
        (("2024-02-29", "2024-03-02"), ("2023-02-28", "2023-03-02")),
    ],
)
def test_a_year_ago_keeps_whole_months_whole(given, ago):
    assert period(*given).year_ago() == period(*ago)


def test_only_whole_months_that_have_passed_are_closed():
    today = date(2026, 11, 1)
    assert period("2026-10-01", "2026-10-31").is_closed(today)
    assert period("2026-08-01", "2026-10-31").is_closed(today)
    assert not period("2026-10-01", "2026-10-31").is_closed(date(2026, 10, 31))
    assert not period("2026-10-02", "2026-10-31").is_closed(today)
    assert not period("2026-10-01", "2026-10-30").is_closed(today)


def test_weeks_across_a_new_year():
    assert list(period("2026-12-28", "2027-01-04").weeks()) == ["2026-W53", "2027-W01"]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (("2021-10-01", "2026-09-30"), {}),
        (("2021-10-01", "2026-10-01"), {"to": ["period_too_long"]}),
        (("2024-02-29", "2029-02-28"), {"to": ["period_too_long"]}),
        (("2026-10-02", "2026-10-01"), {"to": ["ended_before_started"]}),
        (("0001-01-01", "9999-12-31"), {"from": ["out_of_range"], "to": ["out_of_range"]}),
    ],
)
def test_free_periods_have_limits(given, faults):
    assert period_faults(*(date.fromisoformat(day) for day in given)) == faults


def day(written, code="lucia", name="Lucia"):
    return SpecialDay(date.fromisoformat(written), code, name)


@pytest.mark.parametrize(
    ("given", "special", "then"),
    [
        (("2026-12-13", "2026-12-13"), [day("2026-12-13"), day("2025-12-13")], ("2025-12-13", "2025-12-13")),
        # Days around it come along, as many.
        (("2026-12-11", "2026-12-14"), [day("2026-12-13"), day("2025-12-13")], ("2025-12-11", "2025-12-14")),
        # Days on end are one: the third day of a lov is compared with the third, though weeks move.
        (
            ("2026-02-25", "2026-02-25"),
            [
                *(day(f"2026-02-{n}", "lov", "Sportlov") for n in (23, 24, 25)),
                *(day(f"2025-02-{n}", "lov", "sportlov") for n in (17, 18, 19)),
                day("2025-02-25", "lov", "Höstlov"),
            ],
            ("2025-02-19", "2025-02-19"),
        ),
        # The same of another time of the year is another day.
        (
            ("2026-06-10", "2026-06-10"),
            [day("2026-06-10", "skolavslutning", "a"), day("2025-12-19", "skolavslutning", "b")],
            None,
        ),
        (("2026-12-12", "2026-12-12"), [day("2026-12-13"), day("2025-12-13")], None),
    ],
)
def test_a_special_day_is_compared_with_the_same_one_a_year_before(given, special, then):
    expected = then and period(*then)
    assert same_special_day(period(*given), special) == expected
    assert same_special_day(period(*given), special[::-1]) == expected


def test_a_new_year_of_two_days_is_compared_from_its_first():
    nights = [day(one, "nyar", "Nyår") for one in ("2025-12-31", "2026-01-01", "2024-12-31", "2025-01-01")]
    assert same_special_day(period("2026-01-01", "2026-01-01"), nights) == period("2025-01-01", "2025-01-01")


def test_a_week_and_a_tertial_are_those_of_a_date():
    assert week_of(date(2027, 1, 3)) == period("2026-12-28", "2027-01-03")
    assert tertial_of(date(2026, 8, 31)) == period("2026-05-01", "2026-08-31")
