"""Decisions about reinforcements: what may be asked, what a decision makes of one, which shifts are its. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

LONGEST = timedelta(hours=24)
BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
ACCEPT, DECLINE, WITHDRAW = "accept", "decline", "withdraw"
ANSWERS = (ACCEPT, DECLINE)
NEXT_STATE = {
    ("requested", ACCEPT): "accepted",
    ("declined", ACCEPT): "accepted",
    ("accepted", ACCEPT): "accepted",  # other teams
    ("requested", DECLINE): "declined",
    ("accepted", DECLINE): "declined",
    ("requested", WITHDRAW): "withdrawn",
    ("accepted", WITHDRAW): "withdrawn",
}


def state_after(state: str, action: str) -> str | None:
    """Return what a decision makes of a reinforcement as it stands, None where it can't be taken."""
    return NEXT_STATE.get((state, action))


def state_now(stored: str, shifts: Iterable[Mapping[str, Any]], team_ids: Collection[str]) -> str:
    """Return how a reinforcement stands: an accepted one is done when each team has a shift and all are approved.

    `shifts`: `team_id, status`, those worked for it. A team that never came is taken off it by whoever answers.
    """
    worked = list(shifts)
    has_all = bool(team_ids) and set(team_ids) <= {shift["team_id"] for shift in worked}
    is_done = stored == "accepted" and has_all and all(shift["status"] == "approved" for shift in worked)
    return "done" if is_done else stored


def belongs(shift: Mapping[str, Any], reinforcement: Mapping[str, Any], team_ids: Collection[str]) -> bool:
    """Say whether a shift was worked for a reinforcement.

    It was when it is one, of a team chosen, for whoever asked, begun on the date. `shift`: `assignment, team_id,
    requested_by, date` (local).
    """
    return (
        shift["assignment"] == "reinforcement"
        and shift["team_id"] in team_ids
        and shift["requested_by"] == reinforcement["requested_by"]
        and shift["date"] == reinforcement["date"]
    )


def request_faults(day: date, starts_at: datetime, ends_at: datetime, today: date) -> dict[str, list[str]]:
    """Judge when a reinforcement is wanted. One may be written in afterwards, within a month. Path → message keys."""
    if not today - BEHIND <= day <= today + AHEAD:
        return {"date": ["out_of_range"]}
    if ends_at <= starts_at:
        return {"ends": ["ended_before_started"]}
    return {"ends": ["longer_than_a_day"]} if ends_at - starts_at > LONGEST else {}


def team_faults(chosen: Collection[str], known: Collection[str], busy: Iterable[str]) -> dict[str, list[str]]:
    """Judge the teams chosen: at least one, of the whole city, none twice for the same asker on one date.

    So no shift belongs to two reinforcements.
    """
    if not chosen:
        return {"teams": ["required"]}
    if not set(chosen) <= set(known):
        return {"teams": ["unknown_team"]}
    return {"teams": ["team_busy"]} if set(chosen) & set(busy) else {}
