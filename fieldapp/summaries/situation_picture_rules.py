"""*Underlag till lägesbild* of one place: the figures that are saved of it, in one shape. Pure.

It leaves the team and is of one place, so nothing here counts persons (figures.md, *Protected figures*). What is
canonical, what a checksum is of and what differs between two is as of frozen summaries (`frozen_rules`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.outreach.codes import CONDITIONS
from fieldapp.summaries.mapping_material_rows import Moves, noted_topics
from fieldapp.summaries.overview_rows import dealing_share
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rules import SiteTally, frequency, month_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What the log shows of a place in a period. `conditions`: visits by code; `parts`: visits by part of the day."""

    tally: SiteTally
    days: Iterable[date]
    conditions: Mapping[str, int]
    parts: Mapping[str, int]
    moves: Moves


def picture_document(shown: Shown, period: Period, basis: Mapping[str, Any], complete: Mapping[str, int]) -> Json:
    """Return what is saved: figures of approved passes, and what they rest on."""
    site, tally = shown.tally.site, shown.tally
    return {
        "site": {name: getattr(site, name) for name in ("id", "name", "district", "is_listed", "school_near")},
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "status": "approved",
        "basis": dict(basis),
        "complete": dict(complete),
        "visits": tally.visits,
        "frequency": frequency(tally.visits, period),
        "months_visited": len({month_of(day) for day in shown.days}),
        "visits_by_part": dict(shown.parts),
        "observations": tally.observations,
        "dealing": dealing_share(tally),
        "topics": noted_topics(tally),
        "conditions": [
            {"code": code, "visits": shown.conditions[code]}
            for code in CONDITIONS
            if code != "none" and shown.conditions.get(code)
        ],
        "movements": [
            {"from": source, "to": target, "observations": observations}
            for (source, target), observations in sorted(
                shown.moves.items(), key=lambda one: (one[0][0] or "", one[0][1] or "")
            )
            if site.id in (source, target) and observations
        ],
        "last_visit": site.last_visit.isoformat() if site.last_visit else None,
    }
