"""A row of *Läget vid ÖDS nära grundskola*: what is answered of a place beside what the log shows of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fieldapp.collaboration import rules as collaboration
from fieldapp.summaries.intervals import clopper_pearson
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rules import MAIN_TOPIC, SiteTally, frequency

OFTEN = ("monthly", "weekly")
AUDIENCES = ("youth", "adults")
Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """What there is of a place. `listed_before`: None without a mapping; `answer`, `old`: its newest answer here and of
    earlier surveys, each with its `year`. `audiences`: visits by whom they were for; `parts`: by part of the day.
    """

    site: Mapping[str, Any]
    listed_before: bool | None
    answer: Mapping[str, Any] | None
    old: Mapping[str, Any] | None
    measures: Iterable[Mapping[str, Any]]
    now: SiteTally
    then: SiteTally | None
    audiences: Mapping[str, int]
    parts: Mapping[str, int]
    walks: int


def overview_row(place: Place, period: Period, today: date) -> Json:
    """Return a place's row (figures.md)."""
    answer, measures = place.answer, list(place.measures)
    steps = answer["process"] if answer else []
    return {
        "site": {name: place.site[name] for name in ("id", "name", "district")},
        "listed_last_year": place.listed_before,
        "listed_this_year": True,
        "schools": place.site["schools"],
        "answer_year": answer["year"] if answer else None,
        "form": answer["form"] if answer else None,
        "actors": collaboration.taking_part(answer) if answer else [],
        "social_services": collaboration.participation(answer, "social_services") if answer else None,
        "cause_analysis": _done(steps, "cause_analysis"),
        "action_plan": _done(steps, "action_plan"),
        "measures": {
            "open": sum(one["status"] in collaboration.OPEN for one in measures),
            "overdue": sum(collaboration.is_overdue(one, today) for one in measures),
            "done": sum(one["status"] == "done" for one in measures),
        },
        "visits": place.now.visits,
        "frequency": frequency(place.now.visits, period),
        "visits_youth": place.audiences.get("youth", 0),
        "visits_adults": place.audiences.get("adults", 0),
        "visits_by_part": dict(place.parts),
        "says_and_shows": [_says_and_shows(place, audience, period) for audience in AUDIENCES],
        "last_visit": place.now.site.last_visit.isoformat() if place.now.site.last_visit else None,
        "now": dealing_share(place.now),
        "year_ago": dealing_share(place.then),
        "walks": place.walks,
    }


def top_counts(tallies: Iterable[SiteTally], period: Period) -> dict[str, int]:
    """Count places near a school in force, those visited at least once a month, and those uncertain."""
    listed = [tally for tally in tallies if tally.site.is_listed]
    near = [tally for tally in listed if tally.site.school_near == "yes"]
    return {
        "monthly": sum(frequency(tally.visits, period) in OFTEN for tally in near),
        "near": len(near),
        "uncertain": sum(tally.site.school_near == "uncertain" for tally in listed),
    }


def dealing_share(tally: SiteTally | None) -> Json:
    """Return at how many visits suspected dealing was noted, and the share with an exact 95 % interval."""
    visits, noted = (tally.visits, tally.topics[MAIN_TOPIC]) if tally else (0, 0)
    interval = clopper_pearson(noted, visits)
    return {
        "visits": visits,
        "visits_with_topic": noted,
        "share": round(noted / visits, 4) if visits else None,
        "interval": [round(end, 4) for end in interval] if interval else None,
    }


def _says_and_shows(place: Place, audience: str, period: Period) -> Json:
    """Put what the newest survey says beside what the log shows: an answer here before an earlier survey's of its year.

    The two are compared where the period has days of the year that was asked about, and not else.
    """
    here, old = place.answer, place.old
    is_old = old is not None and (here is None or here["year"] < old["year"])
    said = old if is_old else here
    survey = said[f"outreach_{audience}"] if said else None
    visits = place.audiences.get(audience, 0)
    is_same_time = said is not None and period.first.year <= said["year"] <= period.last.year
    return {
        "audience": audience,
        "survey": survey,
        "year": said["year"] if said else None,
        "is_old": is_old,
        "visits": visits,
        "differs": survey != (visits > 0) if survey is not None and is_same_time else None,
    }


def _done(steps: Iterable[Mapping[str, Any]], step: str) -> str | None:
    """Return the last day a step was done, for any part of the site."""
    return max((one["done_on"] for one in steps if one["step"] == step and one["done_on"]), default=None)
