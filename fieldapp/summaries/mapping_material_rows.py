"""Rows of *Kommunens underlag till årets kartläggning*: what a year's log shows of a place. Pure.

It leaves the team place by place, so nothing here counts persons (figures.md, *Protected figures*).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.summaries.disclosure import SITE_TOPICS
from fieldapp.summaries.overview_rows import dealing_share
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rules import MAIN_TOPIC, SiteTally, frequency, month_of

EMERGING = "emerging"
UNKNOWN = "unknown"
Json = dict[str, Any]
Moves = Mapping[tuple[str | None, str | None], int]


@dataclass(frozen=True)
class Year:
    """What there is of a place's year. `days`: of each visit the day its pass began; `proposal`: None without one;
    `visits_as_new`: visits to new places that were linked to it."""

    tally: SiteTally
    kind: str
    days: Iterable[date]
    answer: Mapping[str, Any] | None
    proposal: Mapping[str, Any] | None
    merged_into: str | None
    visits_as_new: int


def is_relevant(tally: SiteTally, kind: str, *, is_proposed: bool, is_merged: bool, is_linked: bool) -> bool:
    """Say whether a place belongs in the material: listed, or one outside the mapping that the log speaks for.

    One merged into another keeps its own visits, so it belongs when there are any, and only then; so do visits to new
    places that were linked to a place.
    """
    if is_merged:
        return tally.visits > 0 or is_linked
    if tally.site.is_listed or is_proposed or is_linked:
        return True
    return tally.topics[MAIN_TOPIC] > 0 or (kind == EMERGING and tally.visits > 0)


def year_row(year: Year, period: Period, moves: Moves, known: Mapping[str, str]) -> Json:
    """Return a place's row; `known`: names, by id, of the places that the reader may know."""
    site, tally = year.tally.site, year.tally
    return {
        "site": {name: getattr(site, name) for name in ("id", "name", "district", "is_listed", "school_near")},
        "kind": year.kind,
        "merged_into": _heir(year.merged_into, known),
        "visits": tally.visits,
        "visits_as_new": year.visits_as_new,
        "frequency": frequency(tally.visits, period),
        "months_visited": len({month_of(day) for day in year.days}),
        "months": (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1,
        "last_visit": site.last_visit.isoformat() if site.last_visit else None,
        "dealing": dealing_share(tally),
        "topics": noted_topics(tally),
        "moved_from": _ends(moves, known, site.id, is_source=False),
        "moved_to": _ends(moves, known, site.id, is_source=True),
        "form": year.answer["form"] if year.answer else None,
        "proposal": year.proposal["proposal"] if year.proposal else None,
        "reason": year.proposal["reason"] if year.proposal else None,
    }


def _heir(site: str | None, known: Mapping[str, str]) -> Json | None:
    """Return `id, name` of what a place was merged into; `unknown` without a name where it is not the reader's."""
    if site is None:
        return None
    return {"id": site, "name": known[site]} if site in known else {"id": UNKNOWN, "name": None}


def noted_topics(tally: SiteTally) -> list[Json]:
    """Return at how many visits each topic was noted; those that describe a person are never told of a place."""
    return [{"code": code, "visits": tally.topics[code]} for code in SITE_TOPICS if tally.topics[code]]


def _ends(moves: Moves, known: Collection[str], site: str, *, is_source: bool) -> list[Json]:
    """Return the other ends of movements to a place, or from it (`is_source`), the most often noted first."""
    found: Counter[str | None] = Counter()
    for (source, target), observations in moves.items():
        here, other = (source, target) if is_source else (target, source)
        if here == site:
            found[other if other is None or other in known else UNKNOWN] += observations
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0] or ""))
    return [{"site": other, "observations": observations} for other, observations in ordered]
