"""Which schools are to be told of what from one mapping to the next, and what may be said of a school's part."""

from datetime import date

import pytest

from fieldapp.collaboration.informing import NOTHING_SAID, events, is_settled, part_faults

TODAY = date(2026, 11, 2)


def mapped(status, *codes):
    return {"status": status, "schools": [{"school_unit_code": code} for code in codes]}


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, mapped("new", "1", "2"), [("1", "newly_listed"), ("2", "newly_listed")]),
        (mapped("struck", "1"), mapped("listed", "1"), [("1", "newly_listed")]),
        (mapped("listed", "1"), mapped("struck", "1", "2"), [("1", "struck"), ("2", "struck")]),
        (mapped("listed", "1"), mapped("struck"), [("1", "struck")]),
        (mapped("listed", "1"), mapped("listed", "1"), []),
        (mapped("listed", "1"), mapped("split", "1", "2"), [("2", "became_near")]),
        (mapped("listed", "1", "2"), mapped("listed", "1"), [("2", "no_longer_near")]),
        (mapped("listed", "1"), mapped("merged", "1"), []),
        (mapped("struck", "1"), mapped("struck", "1", "2"), []),
        (mapped("listed", "1"), None, []),
    ],
)
def test_a_school_is_told_once_of_what_is_otherwise(before, now, told):
    found = events({"a": before} if before else {}, {"a": now} if now else {})
    assert [(school["school_unit_code"], event) for _, school, event in found] == told


def test_an_event_is_settled_by_telling_of_it_or_setting_it_aside_and_by_nothing_else():
    informed = {**NOTHING_SAID, "informed_on": TODAY, "informed_by": "team_lead", "informed_of": "struck"}
    assert is_settled(informed, "struck")
    assert not is_settled(informed, "became_near")
    assert is_settled({**NOTHING_SAID, "set_aside_of": "struck", "set_aside_reason": "other"}, "struck")
    assert not is_settled({**NOTHING_SAID, "takes_part": True}, "struck")
    assert not is_settled(None, "struck")


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({}, {}),
        ({"informed_on": TODAY, "informed_by": "police", "informed_of": "other"}, {}),
        ({"informed_on": TODAY}, {"informed_by": ["required"], "informed_of": ["required"]}),
        ({"informed_by": "police"}, {"informed_on": ["required"]}),
        ({"about": "Demo"}, {"informed_on": ["required"]}),
        (
            {"informed_on": date(2026, 11, 3), "informed_by": "police", "informed_of": "other"},
            {"informed_on": ["in_the_future"]},
        ),
        (
            {"informed_on": date(2014, 1, 1), "informed_by": "police", "informed_of": "other"},
            {"informed_on": ["out_of_range"]},
        ),
        ({"set_aside_of": "struck"}, {"set_aside_reason": ["required"]}),
        ({"set_aside_reason": "other"}, {"set_aside_of": ["required"]}),
    ],
)
def test_what_is_said_of_a_school_hangs_together(said, faults):
    assert part_faults({**NOTHING_SAID, **said}, TODAY) == faults
