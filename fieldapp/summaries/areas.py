"""Areas before and after a date: visits, at how many a topic was noted, and how the changes differ. Pure.

Differences are counted per visit: what was not visited is missing, never zero (figures.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.summaries.comparing import FEWEST_VISITS
from fieldapp.summaries.displacement import NOTHING, Change, Count, weighted_displacement_difference
from fieldapp.summaries.intervals import clopper_pearson
from fieldapp.summaries.rows import SiteRow
from fieldapp.summaries.rules import SiteTally

Json = dict[str, Any]
ROLES = ("site", "control", "displacement", "displacement_control")
PER_VISITS = 10  # what differences are counted per
FEWEST_NOTED = 5  # visits with the topic in all, below which the normal distribution says too much


@dataclass(frozen=True)
class Area:
    """Sites taken together: (visits, visits with the topic) before and after."""

    sites: tuple[SiteRow, ...]
    before: tuple[int, int]
    after: tuple[int, int]

    @classmethod
    def of(cls, pairs: Iterable[tuple[SiteTally, SiteTally]], topic: str) -> "Area":
        """Add up sites, each as it was noted before and after."""
        then, now = zip(*pairs, strict=True)
        before, after = (
            (sum(one.visits for one in some), sum(one.topics[topic] for one in some)) for some in (then, now)
        )
        return cls(tuple(one.site for one in now), before, after)

    def change(self, places: int = 1) -> Change:
        """Return its counts per `PER_VISITS` visits to each of so many places."""
        return Change(*(Count(noted, visits / (PER_VISITS * places)) for visits, noted in (self.before, self.after)))


def shape_areas(areas: Mapping[str, Area]) -> Json:
    """Return areas by role of `ROLES`, and the differences, as they travel."""
    return {
        "areas": [
            {
                "role": role,
                "sites": [{"id": site.id, "name": site.name, "district": site.district} for site in area.sites],
                "before": _shares(*area.before),
                "after": _shares(*area.after),
            }
            for role, area in areas.items()
        ],
        "per_visits": PER_VISITS,
        "why_not": why_not(areas.values()),
        **differences(areas),
    }


def why_not(areas: Iterable[Area]) -> str | None:
    """Return why no difference is given: too few visits in an area and period, or too few noted in all."""
    counts = [count for area in areas for count in (area.before, area.after)]
    if any(visits < FEWEST_VISITS for visits, _ in counts):
        return "too_few_visits"
    return "too_few_noted" if sum(noted for _, noted in counts) < FEWEST_NOTED else None


def differences(areas: Mapping[str, Area]) -> Json:
    """Return the difference at the place, where the problem may have moved, and of both together; null where none is.

    A control area counts as one place. The displaced area counts as many as it has sites, and its control with it:
    what left the place for two others is found at them in all, not on average.
    """
    moved, beside = areas.get("displacement"), areas.get("displacement_control")
    if why_not(areas.values()):
        return {"place": None, "displacement": None, "together": None}
    here = (areas["site"].change(), areas["control"].change())
    if moved is None:
        return {"place": _difference(*here), "displacement": None, "together": None}
    places = len(moved.sites)
    there = (moved.change(places), beside.change(places) if beside else NOTHING)
    return {"place": _difference(*here), "displacement": _difference(*there), "together": _difference(*here, *there)}


def _difference(*changes: Change) -> Json:
    found = weighted_displacement_difference(*changes)
    return {
        "estimate": round(found.estimate, 4),
        "variance": round(found.variance, 4),
        "standard_error": round(found.standard_error, 4),
        "interval": [round(end, 4) for end in found.interval()],
    }


def _shares(visits: int, noted: int) -> Json:
    ends = clopper_pearson(noted, visits)
    return {
        "visits": visits,
        "visits_with_topic": noted,
        "share_with_topic": round(noted / visits, 4) if visits else None,
        "interval": [round(end, 4) for end in ends] if ends else None,
    }
