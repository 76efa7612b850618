"""Figures as they travel: the keys of api.md, Summaries, with hidden cells hidden. Pure.

The JSON answers, the pages and whatever is exported are made from what these functions return (E04).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.outreach.codes import ACTIONS, ARENAS, CONDITIONS, GENDERS, INCIDENTS, REFERRALS, TOPICS
from fieldapp.staffing.rules import Tally
from fieldapp.summaries.disclosure import ALL, MUMIN_CELLS, PEOPLE_CELLS, PERSON_TOPICS, Cell, Released, shown
from fieldapp.summaries.intervals import clopper_pearson, poisson_rate
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rows import KINDS_OF_PLACE
from fieldapp.summaries.rules import FREQUENCIES, MAIN_TOPIC, Figures, SiteTally, frequency

Json = dict[str, Any]
FEWEST_POSTS = 3  # below which no figure per post is given
OFTEN = ("monthly", "weekly")
KNOWN_SHARE = 0.7  # of genders, below which no share of girls and women is given
PRESENT: tuple[Cell, ...] = tuple(cell for cell in PEOPLE_CELLS if cell[0] == "present")
CONTACTS: tuple[Cell, ...] = tuple(cell for cell in PEOPLE_CELLS if cell[0] == "contacts")


def shape(figures: Figures, people: Released, period: Period, names: Mapping[str, str]) -> Json:
    """Return every figure of a period. `names` are those of the sites the reader may know, by id."""
    return {
        "effort": _effort(figures, people),
        "visits": {
            "total": figures.outcomes.total(),
            "observed": figures.outcomes["observed"],
            "nothing_noted": figures.outcomes["nothing_noted"],
            "not_visited": dict(sorted(figures.not_visited.items())),
        },
        "coverage": _coverage(figures, period, names),
        "people": _people(figures, people),
        "topics": [
            {
                "code": code,
                "visits": shown(people.value(("topics", code))) if code in PERSON_TOPICS else figures.topics[code],
            }
            for code in TOPICS
        ],
        "conditions": _visits_by_code(figures.conditions, CONDITIONS),
        "referrals": [{"to": to, "value": shown(people.value(("referrals", to)))} for to in REFERRALS],
        "movements": _movements(figures, names),
        "sites": [_site(tally, period) for tally in _in_order(figures, names)],
        "by_week": [
            {"week": week, "shifts": counts["shifts"], "visits": counts["visits"]}
            for week, counts in figures.weeks.items()
        ],
        "by_weekday_hour": [
            {"weekday": weekday, "hour": hour, "visits": visits}
            for (weekday, hour), visits in sorted(figures.weekday_hours.items())
        ],
    }


def with_trend(sites: Sequence[Json], then: Sequence[Json]) -> list[Json]:
    """Return the sites' rows, each with how its share stands against the compared period's.

    `more` or `less` only where the two intervals do not overlap, else `unclear`; null where either has no visits.
    """
    before = {row["site"]["id"]: row["interval"] for row in then}
    return [{**row, "trend": _trend(row["interval"], before.get(row["site"]["id"]))} for row in sites]


def _trend(now: list[float] | None, then: list[float] | None) -> str | None:
    if now is None or then is None:
        return None
    if now[0] > then[1]:
        return "more"
    return "less" if now[1] < then[0] else "unclear"


def shape_staffing(tally: Tally | None, person_hours: float, months: int, *, is_whole: bool) -> Json | None:
    """Return posts of a period, full-time; None when nothing is entered or the period holds no whole month.

    `is_whole`: the hours are those of these very posts, as a team's and the city's are; a district's are not, as
    others work there too, nor are they where a unit has entered nothing. Hours per filled post and month are hidden for
    everyone when there are few posts.
    """
    if tally is None:
        return None
    hours: Any = None
    if is_whole and tally.posts < FEWEST_POSTS * 100:
        hours = shown(None)
    elif is_whole and tally.filled and not tally.units_lacking:
        hours = round(person_hours / (tally.filled / 100) / months, 1)
    return {
        "posts": tally.posts / 100,
        "filled": tally.filled / 100,
        "months_lacking": tally.lacking,
        "hours_per_post": hours,
    }


def _effort(figures: Figures, people: Released) -> Json:
    effort = figures.effort
    return {
        "shifts": effort.shifts,
        "person_hours": round(effort.person_hours, 2),
        "arena_minutes": {arena: round(effort.arena_minutes[arena]) for arena in ARENAS},
        "unallocated_minutes": round(effort.unallocated_minutes),
        "outdoor_share": _rounded(effort.outdoor_share),
        "joint_briefings": effort.joint_briefings,
        "joint_visits": effort.joint_visits,
        "joint_person_hours": round(effort.joint_person_hours, 2),
        "reinforcements": effort.reinforcements,
        "mumin": shown(people.value(("mumin",))),
        "mumin_by": [{"delegated_by": cell[1], "value": shown(people.value(cell))} for cell in MUMIN_CELLS],
        "actions": _visits_by_code(effort.actions, ACTIONS),
        "incidents": {kind: shown(people.value(("incidents", kind))) for kind in INCIDENTS},
    }


def _coverage(figures: Figures, period: Period, names: Mapping[str, str]) -> Json:
    listed = [tally for tally in figures.sites.values() if tally.site.is_listed]
    near = [tally for tally in listed if tally.site.school_near == "yes"]
    return {
        "listed_sites": len(listed),
        "visited_sites": sum(tally.visits > 0 for tally in listed),
        "school_near_sites": len(near),
        "school_near_visited": sum(tally.visits > 0 for tally in near),
        "school_near_monthly": sum(frequency(tally.visits, period) in OFTEN for tally in near),
        "school_near_uncertain": sum(tally.site.school_near == "uncertain" for tally in listed),
        "by_frequency": [
            {
                "frequency": often,
                "school_near": sum(frequency(tally.visits, period) == often for tally in near),
                "listed": sum(frequency(tally.visits, period) == often for tally in listed),
            }
            for often in FREQUENCIES
        ],
        "not_visited_sites": [
            {"site": _site_name(tally), "reasons": dict(sorted(tally.not_visited.items()))}
            for tally in _in_order(figures, names)
            if tally.site.is_listed and tally.visits == 0
        ],
    }


def _people(figures: Figures, people: Released) -> Json:
    return {
        "present": [_cell(cell, people) for cell in PRESENT],
        "contacts": [_cell(cell, people) for cell in CONTACTS],
        "totals": {
            "present": shown(people.value(("present", ALL, ALL))),
            "contacts": shown(people.value(("contacts", ALL, ALL))),
        },
        "by_gender": [
            {
                "gender": gender,
                "present": shown(people.value(("present", ALL, gender))),
                "contacts": shown(people.value(("contacts", ALL, gender))),
            }
            for gender in GENDERS
        ],
        "female_share": _female_share(people),
        "by_kind_of_place": [
            {"kind": kind, **{gender: shown(people.value(("where", kind, gender))) for gender in GENDERS}}
            for kind in KINDS_OF_PLACE
        ],
        "not_counted_visits": figures.not_counted_visits,
    }


def _cell(cell: Cell, people: Released) -> Json:
    return {"age_band": cell[1], "gender": cell[2], "value": shown(people.value(cell))}


def _female_share(people: Released) -> Any:
    """Return the share of girls and women among those whose gender is known; null when too few are."""
    counts = {gender: people.value(("present", ALL, gender)) for gender in GENDERS}
    female, male, unknown = counts["female"], counts["male"], counts["unknown"]
    if female is None or male is None or unknown is None:
        return shown(None)
    known = female + male
    return _rounded(female / known) if known and known >= KNOWN_SHARE * (known + unknown) else None


def _visits_by_code(visits: Counter[str], codes: Sequence[str]) -> list[Json]:
    return [{"code": code, "visits": visits[code]} for code in codes]


def _movements(figures: Figures, names: Mapping[str, str]) -> list[Json]:
    """Return movements between places; a place the reader may not know of is `unknown`, one that is no site null."""

    def end(site: str | None) -> str | None:
        return site if site is None or site in names else "unknown"

    pairs: Counter[tuple[str | None, str | None]] = Counter()
    for (source, target), observations in figures.movements.items():
        pairs[end(source), end(target)] += observations
    rows = [{"from": source, "to": target, "observations": count} for (source, target), count in pairs.items()]
    return sorted(rows, key=lambda row: (-int(row["observations"] or 0), str(row["from"]), str(row["to"])))


def _in_order(figures: Figures, names: Mapping[str, str]) -> list[SiteTally]:
    """Return the sites the reader may know: school-near ones first, then listed ones, then by name."""
    near = {"yes": 0, "uncertain": 1, "no": 2}
    known = [tally for tally in figures.sites.values() if tally.site.id in names]
    return sorted(
        (tally for tally in known if tally.site.is_listed or tally.visits or tally.not_visited),
        key=lambda tally: (not tally.site.is_listed, near[tally.site.school_near], tally.site.name),
    )


def _site(tally: SiteTally, period: Period) -> Json:
    noted = tally.topics[MAIN_TOPIC]
    return {
        "site": _site_name(tally),
        "visits": tally.visits,
        "not_visited": dict(sorted(tally.not_visited.items())),
        "frequency": frequency(tally.visits, period),
        "observations": tally.observations,
        "topic": MAIN_TOPIC,
        "visits_with_topic": noted,
        "share_with_topic": _rounded(noted / tally.visits if tally.visits else None),
        "interval": _pair(clopper_pearson(noted, tally.visits)),
        "observations_per_visit": _rounded(tally.observations / tally.visits if tally.visits else None),
        "observations_interval": _pair(poisson_rate(tally.observations, tally.visits)),
        "last_visit": tally.site.last_visit.isoformat() if tally.site.last_visit else None,
        "trend": None,
    }


def _site_name(tally: SiteTally) -> Json:
    site = tally.site
    return {
        "id": site.id,
        "name": site.name,
        "district": site.district,
        "is_listed": site.is_listed,
        "school_near": site.school_near,
    }


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return [round(end, 4) for end in interval] if interval else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
