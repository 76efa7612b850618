"""Decisions about what came of a briefing, and what the material for the next one counts. Pure: rows in, figures out.

Definitions: figures.md, *Visit* and *Protected figures*. Nothing here knows who is asking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fieldapp.outreach.codes import NOT_VISITED_REASONS
from fieldapp.places.rules import survivor

State = Literal["visited", "followed", "not_visited", "no_row"]
FOLLOWED = "moved_focus"


@dataclass(frozen=True)
class Stop:
    """A stop at a site, or the decision not to make it, with the pass it belongs to."""

    site_id: str
    arrived_at: datetime
    outcome: str
    not_visited_reason: str | None
    shift_started_at: datetime
    shift_briefing_id: str | None


@dataclass(frozen=True)
class Done:
    """What came of a priority: `reasons` say why a place was not visited, also where it was visited another time."""

    state: State
    visits: int = 0
    first_at: datetime | None = None
    is_followed: bool = False
    reasons: tuple[str, ...] = ()


def planned_against_done(
    briefing: Mapping[str, Any], stops: Iterable[Stop], merged_into: Mapping[str, str]
) -> dict[str, Done]:
    """Return what came of each priority of a briefing, by the site it names.

    Counted are the stops of passes, of any unit, that name the briefing or began while it held: from `valid_from` up to
    but not at `valid_until`, across midnight. Sites that were merged are one. *Gruppen hade flyttat* is following the
    problem, not a miss (figures.md). `merged_into`: site id → the site that took it over.
    """
    by_site: defaultdict[str, list[Stop]] = defaultdict(list)
    for stop in stops:
        if belongs(briefing, stop.shift_started_at, stop.shift_briefing_id):
            by_site[survivor(stop.site_id, merged_into)].append(stop)
    return {item["site_id"]: _done(by_site[survivor(item["site_id"], merged_into)]) for item in briefing["priorities"]}


def belongs(briefing: Mapping[str, Any], started_at: datetime, briefing_id: str | None) -> bool:
    """Say whether a pass worked on a briefing: it names it, or began while it held."""
    return bool(briefing_id == briefing["id"] or briefing["valid_from"] <= started_at < briefing["valid_until"])


def _done(stops: list[Stop]) -> Done:
    made = [stop for stop in stops if stop.outcome != "not_visited"]
    why_not = {stop.not_visited_reason or "other" for stop in stops if stop.outcome == "not_visited"}
    is_followed = FOLLOWED in why_not
    state: State = "visited" if made else "followed" if is_followed else "not_visited" if why_not else "no_row"
    return Done(
        state=state,
        visits=len(made),
        first_at=min((stop.arrived_at for stop in made), default=None),
        is_followed=is_followed,
        reasons=tuple(code for code in NOT_VISITED_REASONS if code in why_not and code != FOLLOWED),
    )
