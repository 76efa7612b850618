"""What holds together of a walk, what an answer does to it, which evenings nobody covers."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from fieldapp.plans.rules import WeeklyPattern
from fieldapp.walks.rules import (
    Covered,
    advice,
    answer_faults,
    cells_of,
    gaps,
    name_may_be_shown,
    walk_faults,
    what_follows,
)

START = datetime(2026, 11, 27, 20, tzinfo=UTC)
END = START + timedelta(hours=4)


def walk(**fields: Any) -> dict[str, Any]:
    return {"planned_start": START, "planned_end": END, "status": "planned", "planned_walkers": 0, **fields}


def answer(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "walkers": None, "other_evening": None, "mood": None, "note": "", **fields}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, {}),
        ({"planned_end": START}, {"planned_end": ["ended_before_started"]}),
        ({"planned_end": START + timedelta(hours=12)}, {}),
        ({"planned_end": START + timedelta(hours=12, seconds=1)}, {"planned_end": ["longer_than_twelve_hours"]}),
        ({"status": "ready", "planned_walkers": 1}, {"planned_walkers": ["ready_needs_two"]}),
        ({"status": "ready", "planned_walkers": 2}, {}),
        ({"status": "done", "planned_walkers": 0}, {}),
    ],
)
def test_a_walk_holds_together(fields: dict[str, Any], errors: dict[str, list[str]]):
    assert walk_faults(walk(**fields)) == errors


BEFORE, DURING, AFTER = START - timedelta(hours=1), START, END


@pytest.mark.parametrize(
    ("said", "status", "now", "errors"),
    [
        (answer("coming", walkers=3), "planned", BEFORE, {}),
        (answer("coming", walkers=0), "ready", BEFORE, {}),
        (answer("coming"), "planned", BEFORE, {"walkers": ["required"]}),
        (answer("coming", walkers=3), "planned", AFTER, {"kind": ["walk_is_over"]}),
        (answer("coming", walkers=3), "done", BEFORE, {"kind": ["walk_is_over"]}),
        (answer("cannot"), "ready", BEFORE, {}),
        (answer("cannot"), "cancelled", BEFORE, {"kind": ["walk_is_cancelled"]}),
        (answer("other_evening"), "planned", BEFORE, {"other_evening": ["required"]}),
        (answer("other_evening", other_evening=date(2026, 12, 4)), "planned", BEFORE, {}),
        (
            answer("other_evening", other_evening=date(2026, 10, 4)),
            "planned",
            BEFORE,
            {"other_evening": ["out_of_range"]},
        ),
        (answer("log", walkers=1), "planned", DURING, {}),
        (answer("log", walkers=1), "done", AFTER, {}),
        (answer("log"), "under_way", AFTER, {"walkers": ["required"]}),
        (answer("log", walkers=1), "planned", BEFORE, {"kind": ["walk_not_begun"]}),
        (answer("log", walkers=1), "cancelled", AFTER, {"kind": ["walk_is_cancelled"]}),
    ],
)
def test_what_a_group_may_say_of_a_walk(said: dict[str, Any], status: str, now: datetime, errors: dict[str, list[str]]):
    assert answer_faults(said, walk(status=status), now, now.date()) == errors


@pytest.mark.parametrize(
    ("said", "status", "fields"),
    [
        (answer("coming", walkers=2), "planned", {"planned_walkers": 2, "status": "ready"}),
        (answer("coming", walkers=1), "ready", {"planned_walkers": 1, "status": "planned"}),
        (answer("coming", walkers=1), "under_way", {"planned_walkers": 1}),
        (answer("cannot", note="Vi är sjuka"), "ready", {}),
        (answer("other_evening", other_evening=date(2026, 12, 4)), "planned", {}),
        (answer("log", walkers=1), "under_way", {"actual_walkers": 1, "status": "done"}),
        (
            answer("log", walkers=5, mood="calm", note="Mörkt vid gången"),
            "ready",
            {"actual_walkers": 5, "status": "done", "mood": "calm", "log_note": "Mörkt vid gången"},
        ),
    ],
)
def test_what_an_answer_does_to_the_walk(said: dict[str, Any], status: str, fields: dict[str, Any]):
    assert what_follows(said, walk(status=status, log_note="")) == fields


@pytest.mark.parametrize(
    ("before", "note", "after"),
    [
        ("Ring skolan.", "Lugnt.", "Ring skolan.\n\nLugnt."),
        ("Ring skolan.\n\nLugnt.", "Lugnt.", None),
        ("Ring skolan.", None, None),
        ("x" * 1990, "y" * 8, "x" * 1990 + "\n\n" + "y" * 8),
        ("x" * 1990, "y" * 9, None),
    ],
)
def test_what_is_passed_on_is_added_and_writes_over_nothing(before: str, note: str | None, after: str | None):
    told = what_follows(answer("log", walkers=2, note=note), walk(status="done", log_note=before))
    assert told.get("log_note") == after


def test_a_weekly_pattern_means_evenings_of_every_group_special_days_left_out():
    friday = date(2026, 12, 4)
    pattern = WeeklyPattern(date(2026, 11, 30), 2, frozenset({4, 5}), time(21), time(1), frozenset({date(2026, 12, 5)}))
    assert cells_of(pattern, ["a", "b"]) == [
        ("a", friday), ("b", friday), *((group, friday + timedelta(days=n)) for n in (7, 8) for group in ("a", "b")),
    ]  # fmt: skip


def test_a_gap_is_an_evening_that_neither_the_district_nor_the_place_has_covered():
    days = [date(2026, 12, 4), date(2026, 12, 5)]
    places = [{"id": "2", "district": "x"}, {"id": "1", "district": "x"}, {"id": "3", "district": "y"}]
    covered = Covered({(days[0], "x")}, {(days[1], "3"), (days[1], "1")})
    assert list(gaps(days, places, covered)) == [("3", days[0]), ("2", days[1])]


def test_a_name_is_shown_for_ninety_days_after_the_walk():
    assert name_may_be_shown(END, END + timedelta(days=90) - timedelta(seconds=1))
    assert not name_may_be_shown(END, END + timedelta(days=90))


def test_two_are_few_and_more_than_five_are_two_groups():
    assert [advice(walkers) for walkers in (0, 1, 2, 3, 5, 6, 40)] == [None, "few", "few", None, None, "many", "many"]
