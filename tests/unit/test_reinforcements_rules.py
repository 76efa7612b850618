"""Reinforcements: which shifts are whose, how one stands, which decisions are open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fieldapp.reinforcements.codes import STATES
from fieldapp.reinforcements.rules import belongs, request_faults, state_after, state_now, team_faults

DAY = date(2026, 10, 24)
ASKED = {"requested_by": "farsta", "date": DAY}
WORKED = {"assignment": "reinforcement", "team_id": "jour", "requested_by": "farsta", "date": DAY}


def test_a_shift_is_a_reinforcements_by_assignment_team_date_and_who_asked():
    assert belongs(WORKED, ASKED, {"jour", "other"})


@pytest.mark.parametrize(
    "other",
    [
        {"assignment": "core"},
        {"team_id": "farsta"},
        {"requested_by": "police"},
        {"requested_by": None},
        {"date": DAY + timedelta(days=1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_shift_that_differs_in_any_of_them_is_not(other):
    assert not belongs({**WORKED, **other}, ASKED, {"jour", "other"})


@pytest.mark.parametrize(
    ("stored", "worked", "now"),
    [
        ("accepted", [], "accepted"),
        ("accepted", [("jour", "approved"), ("other", "submitted")], "accepted"),
        ("accepted", [("jour", "approved")], "accepted"),
        ("accepted", [("jour", "approved"), ("other", "approved")], "done"),
        ("accepted", [("jour", "approved"), ("jour", "approved"), ("other", "approved")], "done"),
        ("accepted", [("jour", "approved"), ("jour", "returned"), ("other", "approved")], "accepted"),
        ("withdrawn", [("jour", "approved"), ("other", "approved")], "withdrawn"),
        ("requested", [("jour", "approved"), ("other", "approved")], "requested"),
    ],
)
def test_an_accepted_one_is_done_when_each_team_has_a_shift_and_all_are_approved(stored, worked, now):
    shifts = [{"team_id": team, "status": status} for team, status in worked]
    assert state_now(stored, shifts, ["jour", "other"]) == now


def test_one_without_teams_is_never_done():
    assert state_now("accepted", [{"team_id": "jour", "status": "approved"}], []) == "accepted"


def test_what_a_decision_makes_of_each_state():
    made = {(state, action): state_after(state, action) for state in STATES for action in ("accept", "decline")}
    assert {key for key, found in made.items() if found is None} == {
        ("declined", "decline"),
        ("withdrawn", "accept"),
        ("withdrawn", "decline"),
        ("done", "accept"),
        ("done", "decline"),
    }
    assert [state for state in STATES if state_after(state, "withdraw")] == ["requested", "accepted"]


@pytest.mark.parametrize(
    ("day", "hours", "faults"),
    [
        (DAY, 8, {}),
        (DAY, 24, {}),
        (DAY, 25, {"ends": ["longer_than_a_day"]}),
        (DAY, 0, {"ends": ["ended_before_started"]}),
        (DAY - timedelta(days=31), 8, {}),
        (DAY - timedelta(days=32), 8, {"date": ["out_of_range"]}),
        (DAY + timedelta(days=367), 8, {"date": ["out_of_range"]}),
    ],
)
def test_when_one_may_be_wanted(day, hours, faults):
    starts_at = datetime(2026, 10, 24, 16, tzinfo=UTC)
    assert request_faults(day, starts_at, starts_at + timedelta(hours=hours), DAY) == faults


def test_teams_are_of_the_city_and_on_one_reinforcement_an_evening_for_the_same_asker():
    assert team_faults([], {"a"}, []) == {"teams": ["required"]}
    assert team_faults(["a", "b"], {"a"}, []) == {"teams": ["unknown_team"]}
    assert team_faults(["a"], {"a", "b"}, ["a"]) == {"teams": ["team_busy"]}
    assert team_faults(["b"], {"a", "b"}, ["a"]) == {}
