"""A visit belongs to one part of the day, and all visits to some part."""

from datetime import date, datetime, timedelta

import pytest

from fieldapp.collaboration.codes import PARTS_OF_DAY
from fieldapp.collaboration.parts_of_day import by_part, part_of_day

LOV = {date(2026, 10, 26)}  # a Monday


@pytest.mark.parametrize(
    ("arrived", "part"),
    [
        ("2026-11-02T06:59", "night"),
        ("2026-11-02T07:00", "school_day"),
        ("2026-11-02T16:59", "school_day"),
        ("2026-11-02T17:00", "evening"),
        ("2026-11-02T21:59", "evening"),
        ("2026-11-02T22:00", "night"),
        ("2026-11-03T00:00", "night"),
        ("2026-10-26T12:00", "day_without_school"),
        ("2026-10-26T18:00", "evening"),
        ("2026-10-26T23:00", "night"),
        ("2026-11-07T12:00", "day_without_school"),
        ("2026-11-06T12:00", "school_day"),
        ("2026-11-08T16:59", "day_without_school"),
        ("2026-11-08T17:00", "evening"),
    ],
)
def test_the_part_of_the_day_goes_by_the_hour_and_by_whether_there_is_school(arrived, part):
    assert part_of_day(datetime.fromisoformat(arrived), LOV) == part


def test_every_hour_of_a_fortnight_is_counted_once():
    hours = [datetime.fromisoformat("2026-10-26T00:00") + timedelta(hours=n) for n in range(14 * 24)]
    counts = by_part(hours, LOV)
    assert list(counts) == list(PARTS_OF_DAY)
    assert counts == {"school_day": 9 * 10, "evening": 14 * 5, "night": 14 * 9, "day_without_school": 5 * 10}
