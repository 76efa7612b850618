"""Why a pass is looked at closely: each reason by itself, and what is none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fieldapp.review.attention import reasons

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
Row = dict[str, Any]


def shift(**more: Any) -> Row:
    return {"handover_note": "", "reason": "", "open_items": [], "incidents": {}, **more}


def visit(start: int = 0, end: int | None = 60, **more: Any) -> Row:
    """A visit of somebody at a place, from and until minutes after six."""
    places = {"site_id": "torget", "school_unit_code": None, "place": None, "neighbourhood": None}
    return {
        **places,
        "created_by": "ett",
        "time_precision": "exact",
        "outcome": "observed",
        "arrived_at": AT + timedelta(minutes=start),
        "left_at": None if end is None else AT + timedelta(minutes=end),
        **more,
    }


def elsewhere(start: int = 30, end: int | None = 90, **more: Any) -> Row:
    return visit(start, end, **{"created_by": "två", "site_id": "parken", **more})


def seen(**more: Any) -> Row:
    return {"situation": None, "note": "", **more}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reasons(shift(), [visit()], [seen(situation="uneasy")]), []),
        (reasons(shift(), [visit()], [seen(), seen(situation="serious")]), ["serious"]),
        (reasons(shift(incidents={"threat": 0, "violence": 0, "near_miss": 0}), [], []), []),
        (reasons(shift(incidents={"threat": 0, "near_miss": 1}), [], []), ["incident"]),
        (
            reasons(shift(incidents={"threat": 1}, reason="abc12d"), [], [seen(situation="serious")]),
            ["serious", "guard", "incident"],
        ),
    ],
)
def test_what_was_noted_is_a_reason(found: list[str], expected: list[str]):
    assert found == expected


@pytest.mark.parametrize(
    ("one", "visits", "observations"),
    [
        (shift(handover_note="Ring 070-000 00 00"), [], []),
        (shift(reason="abc12d"), [], []),
        (shift(open_items=[{"text": "lugnt"}, {"text": "mejla demo@demo.example"}]), [], []),
        (shift(), [visit(place={"label": "hos Demo Demosson"})], []),
        (shift(), [], [seen(note="en som kallas Demo")]),
    ],
    ids=["handover note", "reason", "open item", "place", "note"],
)
def test_the_guard_reads_every_free_text_and_tells_no_word(one: Row, visits: list[Row], observations: list[Row]):
    assert reasons(one, visits, observations) == ["guard"]


def test_the_name_of_a_known_place_is_nobodys():
    named = shift(handover_note="lugnt vid Demo Torget")
    assert reasons(named, [], []) == ["guard"]
    assert reasons(named, [], [], ["Demo Torget"]) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (elsewhere(), ["overlap"]),
        (elsewhere(30, None), ["overlap"]),
        (elsewhere(60, 90), []),
        (elsewhere(61, 90), []),
        (elsewhere(60, None), []),
        (elsewhere(site_id="torget"), []),
        (elsewhere(created_by="ett"), []),
        (elsewhere(time_precision="band"), []),
        (elsewhere(outcome="not_visited"), []),
        (elsewhere(site_id=None), []),
        (elsewhere(site_id=None, neighbourhood="Hökarängen"), ["overlap"]),
    ],
    ids=[
        "meet", "arrived meanwhile", "one after the other", "later", "arrived as the other left", "same place",
        "same author", "rough time", "not visited", "digital", "a stadsdel",
    ],
)  # fmt: skip
def test_two_authors_at_two_places_at_one_time(other: Row, expected: list[str]):
    assert reasons(shift(), [visit(), other], []) == expected
    assert reasons(shift(), [other, visit()], []) == expected
