"""When a level of safety holds together, and when it is to be looked at again."""

from datetime import date, timedelta

import pytest

from fieldapp.places.rules import is_review_due, safety_faults

TODAY = date(2026, 11, 27)
LAST = TODAY + timedelta(days=90)


@pytest.mark.parametrize(
    ("level", "reason", "review_on", "faults"),
    [
        ("normal", None, None, {}),
        ("normal", "kvar", TODAY - timedelta(days=1), {}),
        ("do_not_go", "hot", TODAY, {}),
        ("do_not_go", "hot", LAST, {}),
        ("do_not_go", "hot", LAST + timedelta(days=1), {"review_on": ["review_out_of_range"]}),
        ("do_not_go", "hot", TODAY - timedelta(days=1), {"review_on": ["review_out_of_range"]}),
        ("do_not_go", None, None, {"reason": ["required"], "review_on": ["required"]}),
        ("extra_care", "mörkt", None, {}),
        ("extra_care", None, TODAY, {"reason": ["required"]}),
        ("extra_care", "mörkt", LAST + timedelta(days=1), {"review_on": ["review_out_of_range"]}),
    ],
)
def test_do_not_go_needs_a_reason_and_a_review_within_ninety_days(level, reason, review_on, faults):
    assert safety_faults(level, reason, review_on, TODAY) == faults


@pytest.mark.parametrize(
    ("level", "review_on", "is_due"),
    [
        ("do_not_go", None, True),
        ("do_not_go", TODAY, True),
        ("do_not_go", TODAY + timedelta(days=1), False),
        ("extra_care", None, False),
        ("extra_care", TODAY - timedelta(days=3), True),
        ("normal", None, False),
    ],
)
def test_a_level_is_to_be_looked_at_when_its_day_has_come(level, review_on, is_due):
    assert is_review_due(level, review_on, TODAY) is is_due
