"""*Läget i korthet*: what a director reads on one sheet, picked from a summary compared with a year ago. Pure.

Adds no figure of its own but sums, shares and differences of shown ones (E04): what is hidden in the summary is hidden
here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldapp.summaries.disclosure import HIDDEN

Json = dict[str, Any]
CHILDREN = ("0-12", "13-15", "16-17")  # age bands under 18
NOTED_OFTEN = 3  # visits with the main topic at a place outside the mapping, from which it is worth deciding about
NOT_FROM_SHIFTS = ("posts_filled",)
VACANT = 0.5  # posts, from which the want of them is told


@dataclass(frozen=True)
class Decision:
    """Something only a director can settle: what it is, how many, and which places."""

    kind: str
    count: float = 0
    places: Sequence[str] = field(default_factory=tuple)


def brief(summary: Json) -> Json:
    """Return the sheet of a summary with figures, `then` values None where nothing was compared.

    `headline`: (key, kind, now, then); `of` pairs are (part, whole). `not_been`: places never visited with the reasons
    noted. `decisions`: what needs one.
    """
    then = summary.get("compare")
    return {
        "headline": _both(_headline, summary, then),
        "not_been": [
            {"name": row["site"]["name"], "school_near": row["site"]["school_near"], "reasons": row["reasons"]}
            for row in summary["coverage"]["not_visited_sites"]
        ],
        "decisions": decisions(summary),
        "children": _both(_children, summary, then),
        "equality": _both(_equality, summary, then),
    }


def decisions(summary: Json) -> list[Decision]:
    """Return what the figures say needs a decision, the places nearest to schools first."""
    coverage, staffing = summary["coverage"], summary["staffing"]
    missed = coverage["not_visited_sites"]
    near = [row for row in missed if row["site"]["school_near"] == "yes"]
    unsafe = [row for row in missed if "safety" in row["reasons"]]
    outside = [
        row for row in summary["sites"] if not row["site"]["is_listed"] and row["visits_with_topic"] >= NOTED_OFTEN
    ]
    vacant = round(staffing["posts"] - staffing["filled"], 2) if staffing else 0
    found = [
        Decision("near_not_visited", len(near), _names(near)),
        Decision("not_for_safety", len(unsafe), _names(unsafe)),
        Decision("outside_mapping", len(outside), _names(outside)),
        Decision("vacant", vacant if vacant >= VACANT else 0),
        Decision("uncertain", coverage["school_near_uncertain"]),
        Decision("missing", summary["complete"]["shifts_missing"]),
    ]
    return [one for one in found if one.count]


def _both(lines: Any, summary: Json, then: Json | None) -> list[tuple[str, str, Any, Any]]:
    before = {key: value for key, _, value in lines(then)} if then else {}
    if then and not then["effort"]["shifts"]:
        before = {key: value for key, value in before.items() if key in NOT_FROM_SHIFTS}  # missing, not zero
    return [(key, kind, value, before.get(key)) for key, kind, value in lines(summary)]


def _headline(figures: Json) -> list[tuple[str, str, Any]]:
    coverage, staffing = figures["coverage"], figures["staffing"]
    return [
        ("near_monthly", "of", (coverage["school_near_monthly"], coverage["school_near_sites"])),
        ("outdoor_share", "share", figures["effort"]["outdoor_share"]),
        ("contacts", "count", figures["people"]["totals"]["contacts"]),
        ("posts_filled", "of_posts", (staffing["filled"], staffing["posts"]) if staffing else None),
    ]


def _children(figures: Json) -> list[tuple[str, str, Any]]:
    people = figures["people"]
    reports = {row["to"]: row["value"] for row in figures["referrals"]}
    return [
        ("children_present", "count", _sum_of(people["present"], CHILDREN)),
        ("children_contacts", "count", _sum_of(people["contacts"], CHILDREN)),
        ("concern_reports", "count", reports["concern_report"]),
        ("school_minutes", "count", figures["effort"]["arena_minutes"]["school"]),
    ]


def _equality(figures: Json) -> list[tuple[str, str, Any]]:
    people = figures["people"]
    by_gender = {row["gender"]: row for row in people["by_gender"]}
    unknown, total = by_gender["unknown"]["present"], people["totals"]["present"]
    return [
        ("female_share", "share", people["female_share"]),
        ("unknown_share", "share", _share(unknown, total)),
        ("female_contacts", "count", by_gender["female"]["contacts"]),
        ("male_contacts", "count", by_gender["male"]["contacts"]),
    ]


def _sum_of(cells: Iterable[Json], bands: Sequence[str]) -> Any:
    values = [cell["value"] for cell in cells if cell["age_band"] in bands]
    return HIDDEN if HIDDEN in values else sum(values)


def _share(part: Any, whole: Any) -> Any:
    if HIDDEN in (part, whole):
        return HIDDEN
    return round(part / whole, 4) if whole else None


def _names(rows: Iterable[Json]) -> list[str]:
    return [row["site"]["name"] for row in rows]
