"""Decisions about places: what school-near means, which mapping counts as listed. Pure; no table, no clock.

Definitions: figures.md, *School-near*.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from shapely import STRtree, distance, points

from fieldapp.core.geodesy import in_metres, is_area, positions_in_metres, read_geometry

Answer = Literal["yes", "uncertain", "no"]
ANSWERS: tuple[Answer, ...] = ("yes", "uncertain", "no")
KINDS = ("open_drug_scene", "emerging", "other")
LISTED_KIND = KINDS[0]  # what a site is that was in force in a mapping year (product.md, glossary)
SAFETY_LEVELS = ("normal", "extra_care", "do_not_go")
LONGEST_UNTIL_REVIEW = timedelta(days=90)
MAPPING_STATUSES = ("listed", "struck", "new", "merged", "split")
IN_FORCE = ("listed", "new", "split")  # what `listed=yes` and every count of listed sites mean
REPORTERS = ("police", "municipality", "both")
YEARS = (1900, 2200)  # a mapping year lies between
PRIORITY_LEVELS = ("regional", "joint_local", "own")
CHANGES = (
    "created", "changed", "mapped", "mapping_corrected", "mapping_removed", "safety_set", "place_linked",
    "place_unlinked", "taken_back",
)  # fmt: skip
LINK_CHANGES = ("place_linked", "place_unlinked")  # say what is linked to a site and change nothing of it
WITH_RELATED = ("merged", "split")  # these name another site: merged into, split from
SCHOOL_STATUSES = ("active", "dormant", "planned", "ceased")


@dataclass(frozen=True)
class NearnessRule:
    """What near means: radius in metres, and the school forms that count (a setting, default grundskola)."""

    radius_m: int = 500
    school_forms: tuple[str, ...] = ("GR",)


@dataclass(frozen=True)
class SchoolFacts:
    """What nearness needs to know of a school unit."""

    school_unit_code: str
    name: str
    school_forms: tuple[str, ...]
    status: str
    lat: float | None
    lon: float | None
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True)
class Nearness:
    """The answer for one site, with the schools it rests on, nearest first."""

    answer: Answer
    schools: list[dict[str, Any]]


def nearness(
    geometry: Mapping[str, Any],
    coordinate_uncertainty_m: float,
    schools: Iterable[SchoolFacts],
    *,
    on: date,
    rule: NearnessRule,
) -> Nearness:
    """Decide whether a site is near a school on a date.

    `geometry` is a GeoJSON point or area in WGS 84; an area is measured from its edge, inside is 0 m.
    A school in `schools` of the answer is within the radius, certainly or perhaps; `distance_m` is rounded.
    """
    return NearnessIndex(schools, rule=rule).nearness(geometry, coordinate_uncertainty_m, on=on)


class NearnessIndex:
    """Schools of the forms that count, found by where they lie: made once and asked for many sites."""

    def __init__(self, schools: Iterable[SchoolFacts], *, rule: NearnessRule) -> None:
        forms = set(rule.school_forms)
        self.rule = rule
        self._schools: list[SchoolFacts] = []
        positions: list[tuple[float, float]] = []
        for school in schools:
            if school.lat is not None and school.lon is not None and not forms.isdisjoint(school.school_forms):
                self._schools.append(school)
                positions.append((school.lon, school.lat))
        self._points = points(positions_in_metres(np.array(positions).reshape(-1, 2)))
        self._tree = STRtree(self._points)

    def nearness(self, geometry: Mapping[str, Any], coordinate_uncertainty_m: float, *, on: date) -> Nearness:
        """Decide as `nearness` does. Raises `UnreadableGeometry`."""
        site = read_geometry(geometry)
        plane = in_metres(site)
        basis = "edge" if is_area(site) else "point"
        reach = self.rule.radius_m + coordinate_uncertainty_m
        around = self._tree.query(plane, predicate="dwithin", distance=reach + 0.001)  # `within` alone decides
        found: list[tuple[float, Answer, SchoolFacts]] = []
        for number in around:
            school = self._schools[number]
            if is_active(school, on=on):
                metres = float(distance(plane, self._points[number]))
                answer = within(metres, coordinate_uncertainty_m, self.rule.radius_m)
                if answer != "no":
                    found.append((metres, answer, school))
        found.sort(key=lambda entry: (entry[0], entry[2].school_unit_code))
        answers = {answer for _, answer, _ in found}
        return Nearness(
            answer=next((answer for answer in ANSWERS if answer in answers), "no"),
            schools=[
                {
                    "school_unit_code": school.school_unit_code,
                    "name": school.name,
                    "distance_m": round(metres),
                    "basis": basis,
                }
                for metres, _, school in found
            ],
        )


def within(metres: float, uncertainty_m: float, radius_m: float) -> Answer:
    """Compare a distance with the radius; `uncertain` when the uncertainty could move it across."""
    if uncertainty_m > 0 and abs(metres - radius_m) <= uncertainty_m:
        return "uncertain"
    return "yes" if metres <= radius_m else "no"


def is_active(school: SchoolFacts, *, on: date) -> bool:
    """Say whether the unit was active on the date. Today's status decides only where no end date is known."""
    if school.active_from is not None and on < school.active_from:
        return False
    if school.active_to is not None:
        return on <= school.active_to
    return school.status == "active"


def safety_faults(level: str, reason: str | None, review_on: date | None, today: date) -> dict[str, list[str]]:
    """Judge a place's level of safety: one that is not normal says why, *gå inte dit* also when it is looked at again.

    A review lies between today and 90 days ahead, so that no place is closed for ever by somebody who has left.
    """
    if level == "normal":
        return {}
    errors: dict[str, list[str]] = {}
    if not reason:
        errors["reason"] = ["required"]
    if review_on is None:
        if level == "do_not_go":
            errors["review_on"] = ["required"]
    elif not today <= review_on <= today + LONGEST_UNTIL_REVIEW:
        errors["review_on"] = ["review_out_of_range"]
    return errors


def is_review_due(level: str, review_on: date | None, today: date) -> bool:
    """Say whether a level is to be looked at: its day has come, or *gå inte dit* never got one."""
    return level == "do_not_go" if review_on is None else level != "normal" and review_on <= today


def mapping_faults(
    site_id: str,
    year: int,
    status: str,
    related_site_id: str | None,
    decided_on: date,
    today: date,
    merged_into: Mapping[str, str],
) -> dict[str, list[str]]:
    """Judge a mapping year: merged and split name another site, no merge ends where it began, nothing lies ahead.

    The year is at the latest the one after its decision, as one decided in December may be of the year to come.
    `merged_into`: which sites are merged into which, by id.
    """
    errors: dict[str, list[str]] = {}
    if status in WITH_RELATED and related_site_id is None:
        errors["related_site_id"] = ["required"]
    elif status not in WITH_RELATED and related_site_id is not None:
        errors["related_site_id"] = ["only_merged_or_split"]
    elif related_site_id == site_id:
        errors["related_site_id"] = ["another_site"]
    elif status == "merged" and survivor(str(related_site_id), merged_into) == site_id:
        errors["related_site_id"] = ["merges_in_a_circle"]
    if decided_on > today:
        errors["decided_on"] = ["in_the_future"]
    if year > min(decided_on, today).year + 1:
        errors["year"] = ["year_ahead"]
    return errors


def priority_faults(priorities: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Judge periods of priority, `from` and `to` as ISO dates: none ends before it begins."""
    return {
        f"priorities.{number}.to": ["ends_before_start"]
        for number, one in enumerate(priorities)
        if one["to"] is not None and one["to"] < one["from"]
    }


def standing(mappings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a site's latest year decides, of its years in order: `merged_into_id` and `is_listed`."""
    latest = mappings[-1] if mappings else {"status": None}
    into = latest["related_site_id"] if latest["status"] == "merged" else None
    return {"merged_into_id": into, "is_listed": latest["status"] in IN_FORCE}


def survivor(site_id: str, merged_into: Mapping[str, str]) -> str:
    """Return the site that a site has become, itself where it was not merged."""
    seen = {site_id}
    while (following := merged_into.get(site_id)) and following not in seen:
        seen.add(following)
        site_id = following
    return site_id
