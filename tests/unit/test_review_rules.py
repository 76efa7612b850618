"""Who can review, which phones are silent, which may hold what others wait for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fieldapp.review.rules import gap_of, is_silent, may_hold, nobody_can
from fieldapp.review.warnings import phone_warnings

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def shift(status: str = "submitted", began: float = 14, ended: float | None = 9) -> dict[str, Any]:
    return {"status": status, "started_at": hours_ago(began), "ended_at": None if ended is None else hours_ago(ended)}


@pytest.mark.parametrize(
    ("of", "heard", "expected"),
    [
        (shift(), 8, False),
        (shift(), 9, False),
        (shift(), 10, True),
        (shift(), None, True),
        (shift("returned"), 10, True),
        (shift("approved"), None, False),
        (shift("draft"), 10, False),
        (shift("draft", ended=None), 13, False),
        (shift("draft", ended=None), 15, True),
        (shift("submitted", ended=None), 15, True),
        (shift(began=48), None, True),
        (shift(began=49), None, False),
        (shift("draft", began=-1, ended=None), None, False),
    ],
    ids=[
        "since its end", "at its end", "before its end", "never", "sent back", "approved", "still written",
        "a draft under way", "not since a draft began", "no end", "two days ago", "longer ago", "begins ahead",
    ],
)  # fmt: skip
def test_a_phone_is_silent_that_was_not_heard_of_since_the_pass(of: Any, heard: float | None, expected: bool):
    assert is_silent(of, None if heard is None else hours_ago(heard), NOW) == expected


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ({}, False),
        ({"queue": {"count": 0}}, False),
        ({"queue": {"count": 3}}, True),
        ({"missing_ranges": [[2, 2]]}, True),
        ({"last_sync_at": hours_ago(9)}, True),
    ],
)
def test_a_phone_may_hold_what_it_has_not_sent(device: dict[str, Any], expected: bool):
    whole = {"last_sync_at": NOW, "missing_ranges": [], "queue": None, **device}
    assert may_hold(whole, hours_ago(8)) == expected


@pytest.mark.parametrize(
    ("created_by", "people", "leads", "expected"),
    [
        ("fält", ["fält"], ["ledare"], False),
        ("fält", ["fält", "ledare"], ["ledare"], True),
        ("ledare", [], ["ledare"], True),
        ("ledare", ["deputy"], ["ledare", "deputy"], True),
        ("ledare", [], ["ledare", "deputy"], False),
    ],
)
def test_nobody_can_review_what_every_lead_was_on(created_by: str, people: list[str], leads: list[str], expected: bool):
    assert nobody_can({"created_by": created_by, "participant_ids": people}, leads) == expected


def phone(heard: float | None, lacks: bool = True, revoked: float | None = None) -> dict[str, Any]:
    return {
        "last_sync_at": None if heard is None else hours_ago(heard),
        "missing_ranges": [[2, 2]] if lacks else [],
        "revoked_at": None if revoked is None else hours_ago(revoked),
    }


@pytest.mark.parametrize(
    ("phones", "expected"),
    [
        ([], False),
        ([phone(1, lacks=False)], False),
        ([phone(1)], True),
        ([phone(15)], True),
        ([phone(None)], True),
        ([phone(15), phone(1, lacks=False)], False),
        ([phone(14), phone(1, lacks=False)], True),
        ([phone(15), phone(20, lacks=False)], True),
        ([phone(None), phone(1, lacks=False)], False),
        ([phone(None), phone(15, lacks=False)], True),
        ([phone(1, revoked=2)], False),
        ([phone(15), phone(1, revoked=0)], False),
        ([phone(15), phone(1)], True),
    ],
    ids=[
        "no phone", "nothing lacks", "heard of since", "silent since before", "known by a file",
        "another since", "as it began", "another, longer silent", "a file, another since", "a file, another before",
        "revoked", "silent, a revoked one since", "both lack some",
    ],
)  # fmt: skip
def test_numbers_lack_of_a_pass_where_the_phone_they_walked_with_may_hold_them(phones: Any, expected: bool):
    gap = gap_of(phones)
    assert bool(gap and gap.is_of(hours_ago(14))) == expected
    warned = [{"user_id": "fält", "queue": None, **one} for one in phones]
    codes = [one["code"] for one in phone_warnings(["fält"], warned, hours_ago(14), hours_ago(9))]
    assert ("gap" in codes) == expected
