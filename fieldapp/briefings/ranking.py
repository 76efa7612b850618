"""The ranked list of *Ikväll*: which places first tonight, and why. Pure.

The reference, which nothing but the tests runs: what ranks is the phone's (`static/app/domain/tonight.ts`), and both
are held to `tests/fixtures/tonight.json`. The weights and what they mean stand in `docs/tonight.md`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fieldapp.places.rules import survivor

SCHOOL_NEAR = {"yes": 30, "uncertain": 15}
IN_MAPPING = {"regional": 40, "joint_local": 30, "own": 20}
MOST_DAYS = 30  # a point a day since the last visit; never visited counts as the most
NOTED = 30  # times the share of visits with something noted
FEWEST_VISITS = 3  # below this a share says nothing
LATELY_DAYS = 28
MOVED_HERE = 25
OPEN_ITEM = 20  # once, however many
METRES_A_POINT = 200  # only when a position was asked for
MOST_FAR = 30
SUGGESTING = frozenset({"school_near", "in_mapping", "moved_here", "open_item"})


@dataclass(frozen=True)
class Suggestion:
    """A place with its points and the reasons in words' stead: `{code, …}`, weightiest first as they are shown."""

    site_id: str
    points: int
    rank: int | None
    reason: str | None
    covered_by: str | None
    last_visit: str | None
    reasons: list[dict[str, Any]] = field(default_factory=list)


def tonight(
    *,
    now: datetime,
    today: date,
    sites: Iterable[Mapping[str, Any]],
    briefings: Iterable[Mapping[str, Any]],
    district: str | None,
    visited: Iterable[tuple[str, date]] = (),
    moved_here: Iterable[tuple[str, date]] = (),
    open_items: Iterable[str] = (),
    distances_m: Mapping[str, float] | None = None,
    since: datetime | None = None,
) -> list[Suggestion]:
    """Return the suggestions of a district (None: the whole city), best first.

    `sites` are records of `GET /sites` with `visits_lately`; `visited` and `moved_here` are dated by site: visits the
    register has not heard of yet, and observations that people seem to have moved there. `open_items` holds the site of
    each thing the team still has to follow up. What was agreed on some time from `since` until `now` counts; without
    it, what is in force now. A place one must not go to is never suggested, agreed on or not; nor is one that was
    merged into another, at which everything about it counts.
    """
    known = list(sites)
    merged = {site["id"]: into for site in known if (into := site.get("merged_into_id"))}
    allowed = {
        site["id"]: site for site in known if site.get("safety_level") != "do_not_go" and site["id"] not in merged
    }
    last = _last_visits(known, visited, merged)
    moved = {place for site_id, on in moved_here if _is_newer(on, last.get(place := survivor(site_id, merged)))}
    agreed = _agreed(briefings_in_force(briefings, now, district, since), merged)
    items = Counter(survivor(site_id, merged) for site_id in open_items)
    found = []
    for site_id, site in allowed.items():
        item = agreed.get(site_id)
        if item is None and district is not None and site["district"] != district:
            continue
        reasons = _reasons(site, item, last.get(site_id), today, site_id in moved, items[site_id], distances_m or {})
        if item is None and not {reason["code"] for reason in reasons} & SUGGESTING:
            continue
        found.append(
            Suggestion(
                site_id=site_id,
                points=sum(reason["points"] for reason in reasons),
                rank=item["rank"] if item else None,
                reason=item["reason"] if item else None,
                covered_by=item["covered_by"] if item else None,
                last_visit=day.isoformat() if (day := last.get(site_id)) else None,
                reasons=reasons,
            )
        )
    return sorted(found, key=_place_in_list)


def briefings_in_force(
    briefings: Iterable[Mapping[str, Any]], now: datetime, district: str | None, since: datetime | None = None
) -> list[Mapping[str, Any]]:
    """Return the briefings valid now for the district, or some time from `since` until now; the latest held first."""
    valid = [one for one in briefings if one["valid_from"] <= now and (since or now) < one["valid_until"]]
    ours = [one for one in valid if district is None or district in one["districts"]]
    return sorted(ours, key=lambda one: one["held_at"], reverse=True)


def _place_in_list(one: Suggestion) -> tuple[bool, int, int, str, str]:
    """What was agreed on comes first and in its order, whatever else is known; then the points decide."""
    return (one.rank is None, one.rank or 0, -one.points, one.last_visit or "", one.site_id)


def _agreed(briefings: Iterable[Mapping[str, Any]], merged: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    agreed: dict[str, Mapping[str, Any]] = {}
    items = [item for one in briefings for item in one["priorities"]]
    for item in sorted(items, key=lambda one: one["rank"]):
        agreed.setdefault(survivor(item["site_id"], merged), item)
    return agreed


def _last_visits(
    sites: Iterable[Mapping[str, Any]], visited: Iterable[tuple[str, date]], merged: Mapping[str, str]
) -> dict[str, date]:
    known = [(site["id"], date.fromisoformat(site["last_visited_on"])) for site in sites if site["last_visited_on"]]
    last: dict[str, date] = {}
    for site_id, on in [*known, *visited]:
        place = survivor(site_id, merged)
        if _is_newer(on, last.get(place)):
            last[place] = on
    return last


def _is_newer(on: date, than: date | None) -> bool:
    return than is None or on > than


def _reasons(
    site: Mapping[str, Any],
    item: Mapping[str, Any] | None,
    last: date | None,
    today: date,
    is_moved_here: bool,
    open_items: int,
    distances_m: Mapping[str, float],
) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = []

    def give(code: str, points: int, **more: Any) -> None:
        reasons.append({"code": code, "points": points, **more})

    if item:
        give("agreed", 0)  # its place in the list is the rank
    level = _level(site["priorities"], today)
    if level:
        give("in_mapping", IN_MAPPING[level], level=level)
    if site["school_near"] in SCHOOL_NEAR:
        give("school_near", SCHOOL_NEAR[site["school_near"]], certain=site["school_near"] == "yes")
    if is_moved_here:
        give("moved_here", MOVED_HERE)
    if open_items:
        give("open_item", OPEN_ITEM, items=open_items)
    lately = site.get("visits_lately") or {"visits": 0, "noted": 0}
    days = None if last is None else max(0, (today - last).days)
    if lately["visits"] >= FEWEST_VISITS and lately["noted"] and days is not None and days <= LATELY_DAYS:
        share = (NOTED * lately["noted"] * 2 + lately["visits"]) // (2 * lately["visits"])  # rounded half up
        give("noted", share, noted=lately["noted"], visits=lately["visits"])
    give("last_visit", MOST_DAYS if days is None else min(days, MOST_DAYS), days=days)
    if site["id"] in distances_m:
        metres = distances_m[site["id"]]
        give("distance", -min(MOST_FAR, int(metres // METRES_A_POINT)), metres=math.floor(metres + 0.5))
    return reasons


def _level(priorities: Sequence[Mapping[str, Any]], today: date) -> str | None:
    day = today.isoformat()
    held = [one["level"] for one in priorities if one["from"] <= day and (one["to"] is None or day <= one["to"])]
    return max((level for level in held if level in IN_MAPPING), key=lambda level: IN_MAPPING[level], default=None)
