"""What the material for a briefing counts at each place: visits, never persons. Pure: rows in, figures out.

Definitions: figures.md, *Visit* and *Protected figures*. Fourteen days are no closed month, so topics that describe a
person are not even counted here: what is not worked out can't leave.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fieldapp.outreach.codes import CONDITIONS, TOPICS
from fieldapp.places.rules import survivor
from fieldapp.summaries.disclosure import PERSON_TOPICS

SHOWN_TOPICS = tuple(code for code in TOPICS if code not in PERSON_TOPICS)
SHOWN_CONDITIONS = tuple(code for code in CONDITIONS if code != "none")
UNKNOWN = "unknown"  # where people came from or went, when nobody knew


@dataclass(frozen=True)
class VisitMade:
    """A visit that was made; `site_id` is None where the place is no site."""

    id: str
    site_id: str | None


@dataclass(frozen=True)
class Noted:
    """What one observation says, without persons and without words."""

    visit_id: str
    topics: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    moved_from: str | None = None
    moved_to: str | None = None


@dataclass
class PlaceTally:
    """What was noted at a place. Topics and conditions are numbers of visits, movements of observations."""

    visits: int = 0
    noted: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    conditions: Counter[str] = field(default_factory=Counter)
    came_from: Counter[str] = field(default_factory=Counter)
    went_to: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    """Every site's figures by id, sites that were merged as one, and the visits made at what is no site."""

    places: defaultdict[str, PlaceTally] = field(default_factory=lambda: defaultdict(PlaceTally))
    elsewhere: int = 0


def tally(visits: Iterable[VisitMade], observations: Iterable[Noted], merged_into: Mapping[str, str]) -> Tally:
    """Count what was noted at each site.

    An observation counts also where its visit says that nothing was noted: what was seen is never dropped. A visit
    where only what is not shown was noted is not among those with something noted: the rest would tell what is hidden.
    Where people came from or went stands at both ends of the movement.
    """
    of_visit: defaultdict[str, list[Noted]] = defaultdict(list)
    for row in observations:
        of_visit[row.visit_id].append(row)
    found = Tally()
    for visit in visits:
        if visit.site_id is None:
            found.elsewhere += 1
            continue
        here = survivor(visit.site_id, merged_into)
        place, rows = found.places[here], of_visit[visit.id]
        place.visits += 1
        place.noted += any(_is_shown(row) for row in rows)
        place.topics.update({code for row in rows for code in row.topics if code in SHOWN_TOPICS})
        place.conditions.update({code for row in rows for code in row.conditions if code in SHOWN_CONDITIONS})
        for row in rows:
            _move(found, row.moved_from, here, merged_into)
            _move(found, here, row.moved_to, merged_into)
    return found


def _is_shown(row: Noted) -> bool:
    shown = {*row.topics} & {*SHOWN_TOPICS} or {*row.conditions} & {*SHOWN_CONDITIONS}
    return bool(shown) or row.moved_from is not None or row.moved_to is not None


def _move(found: Tally, origin: str | None, goal: str | None, merged_into: Mapping[str, str]) -> None:
    if origin is None or goal is None:
        return
    begins, ends = survivor(origin, merged_into), survivor(goal, merged_into)
    if begins == ends:
        return
    if ends != UNKNOWN:
        found.places[ends].came_from[begins] += 1
    if begins != UNKNOWN:
        found.places[begins].went_to[ends] += 1
