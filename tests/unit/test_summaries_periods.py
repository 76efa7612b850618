"""Periods: whole months, comparisons, weeks, limits."""

from datetime import date

import pytest

from fieldapp.summaries.periods import Period, period_faults


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
