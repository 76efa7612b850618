"""Decisions about platssamverkan: what may be said, what lacks, what a year comes to, which examples are near. Pure.

Rows are the tables' columns by name. Definitions: product.md, *Platssamverkan*; docs/decisions.md.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration.codes import (
    CAMERAS,
    FORMS,
    MEASURE_KINDS,
    MEASURE_STATUSES,
    MEETING_FREQUENCIES,
    PARTICIPATIONS,
    PRACTICES,
    STEPS,
)

COLLABORATION = "place_collaboration"
WITHOUT_ACTORS = ("not_warranted", "none")  # forms of which nobody takes part
OPEN = ("planned", "under_way")
FIRST_YEAR = 2015
LONGEST_AHEAD = timedelta(days=10 * 366)  # of a day that something is due
CONTENTS = ("form", "actors", "meeting_frequency", "fixed_cameras", "temporary_cameras", *PRACTICES, "process")
NOTHING_SAID: Mapping[str, Any] = {
    "form": "unknown",
    "actors": [],
    "meeting_frequency": None,
    "fixed_cameras": "unknown",
    "temporary_cameras": "unknown",
    **dict.fromkeys(PRACTICES),
    "process": [],
}
Row = Mapping[str, Any]
Faults = dict[str, list[str]]


@dataclass(frozen=True)
class Answers:
    """What there is of a survey year: `sites` of the mapping, answers by site, the year's measures at those sites.

    `mapping_year`: the mapping the year rests on; `uncertain`: how many places in force in the same districts are
    neither near a school nor not.
    """

    sites: Sequence[Row]
    by_site: Mapping[str, Row]
    measures: Sequence[Row]
    mapping_year: int
    uncertain: int

    def of_form(self, form: str) -> list[Row]:
        """Return the answers that say a form, in the order of the sites."""
        return [found for site in self.sites if (found := self.by_site.get(site["id"])) and found["form"] == form]


def year_faults(year: int, today: date) -> Faults:
    """Judge a survey year: from 2015 to the next one."""
    return {} if FIRST_YEAR <= year <= today.year + 1 else {"year": ["out_of_range"]}


def collaboration_faults(values: Row, today: date) -> Faults:
    """Judge what is said of a site's year. Path → message keys."""
    faults: Faults = {}
    if values["form"] in WITHOUT_ACTORS:
        for place, one in enumerate(values["actors"]):
            if one["participation"] == "takes_part":
                faults[f"actors.{place}.participation"] = ["nobody_takes_part"]
        if values["meeting_frequency"] not in (None, "none"):
            faults["meeting_frequency"] = ["no_meetings"]
    seen: set[str] = set()
    for place, one in enumerate(values["actors"]):
        if one["actor"] in seen:
            faults[f"actors.{place}.actor"] = ["repeated"]
        seen.add(one["actor"])
    steps: set[tuple[str, str]] = set()
    for place, step in enumerate(values["process"]):
        key = (step["step"], step["part_of_site"].casefold().strip())
        if key in steps:
            faults[f"process.{place}.step"] = ["repeated"]
        steps.add(key)
        done, due = step["done_on"], step["next_due_on"]
        if done and done > today:
            faults[f"process.{place}.done_on"] = ["in_the_future"]
        if due and ((done and due <= done) or due > today + LONGEST_AHEAD):
            faults[f"process.{place}.next_due_on"] = ["due_out_of_range"]
    return faults


def measure_faults(values: Row, today: date) -> Faults:
    """Judge a measure. Path → message keys."""
    faults: Faults = {}
    if not date(FIRST_YEAR, 1, 1) <= values["due_on"] <= today + LONGEST_AHEAD:
        faults["due_on"] = ["out_of_range"]
    effective, followed = values["effective_on"], values["followed_up_on"]
    if effective and not date(FIRST_YEAR, 1, 1) <= effective <= today + LONGEST_AHEAD:
        faults["effective_on"] = ["out_of_range"]
    if values["status"] == "done" and not effective:
        faults["effective_on"] = ["required"]
    if values["status"] == "done" and effective and effective > today:
        faults["effective_on"] = ["in_the_future"]
    if followed and followed > today:
        faults["followed_up_on"] = ["in_the_future"]
    if followed and effective and followed < effective:
        faults["followed_up_on"] = ["followed_up_before"]
    return faults


def proposal_faults(proposal: str, *, is_listed: bool) -> Faults:
    """Judge what is proposed of a place: one that is listed can't be taken up, one that is not can't be struck."""
    if proposal == "list" and is_listed:
        return {"proposal": ["already_listed"]}
    return {"proposal": ["not_listed"]} if proposal == "strike" and not is_listed else {}


def is_overdue(measure: Row, today: date) -> bool:
    """Say whether a measure should be done and is not."""
    return measure["status"] in OPEN and bool(measure["due_on"] < today)


def is_of_year(measure: Row, year: int) -> bool:
    """Say whether a measure was under way at any time of a year: from the first day that is known of it until it was
    done or dropped, so that what is begun later changes no earlier year's figures."""
    known = (measure["created_on"], measure["due_on"], measure["effective_on"])
    begun = min(day for day in known if day is not None)
    over = {"done": measure["effective_on"], "dropped": measure["dropped_on"]}.get(measure["status"])
    return bool(begun.year <= year and (over is None or over.year >= year))


def compared_periods(measure: Row) -> dict[str, dict[str, date] | None]:
    """Return a measure's baseline and after period, both as long and next to each other; None until its day is known.

    They are the two periods that before and after (`summaries`) asks for.
    """
    on: date | None = measure["effective_on"]
    if on is None:
        return {"baseline": None, "after": None}
    length = timedelta(weeks=measure["compare_weeks"])
    day = timedelta(days=1)
    return {"baseline": {"from": on - length, "to": on - day}, "after": {"from": on, "to": on + length - day}}


def is_step_overdue(step: Row, today: date) -> bool:
    """Say whether the next turn of a step is past its day."""
    return bool(step["next_due_on"] and as_date(step["next_due_on"]) < today)


def as_date(written: str | date) -> date:
    """Return a date of a row, or of the JSON in it."""
    return written if isinstance(written, date) else date.fromisoformat(written)


def start_from(earlier: Row) -> dict[str, Any]:
    """Return an earlier year's answer as a start for the next: what was done then is not done yet.

    A step keeps the part of the site and the day it is due next.
    """
    process = [{**step, "done_on": None} for step in earlier["process"]]
    return {**{name: earlier[name] for name in CONTENTS}, "process": process}


def missing(answer: Row | None, measures: Collection[Row]) -> list[str]:
    """Return what a year's answer lacks, as keys: nothing at all, or parts of a collaboration that are not said."""
    if answer is None or answer["form"] == "unknown":
        return ["answer"]
    if answer["form"] != COLLABORATION:
        return []
    said = {one["actor"] for one in answer["actors"] if one["participation"] != "unknown"}
    done = {step["step"] for step in answer["process"] if step["done_on"]}
    found = ["actors"] if set(ACTORS) - said else []
    found += ["meeting_frequency"] if answer["meeting_frequency"] is None else []
    found += ["practices"] if any(answer[name] is None for name in PRACTICES) else []
    found += [step for step in ("cause_analysis", "action_plan") if step not in done]
    return [*found, *([] if measures else ["measure"])]


def participation(answer: Row, actor: str) -> str:
    """Return how an actor takes part; what is not said is unknown."""
    return next((str(one["participation"]) for one in answer["actors"] if one["actor"] == actor), "unknown")


def taking_part(answer: Row) -> list[str]:
    """Return the actors that take part, in the order of their codes."""
    return [actor for actor in ACTORS if participation(answer, actor) == "takes_part"]


def year_summary(answers: Answers, today: date) -> dict[str, Any]:
    """Return what a survey year comes to (api.md, Places), its lists of sites by id."""
    collaborating = answers.of_form(COLLABORATION)
    joined = [taking_part(one) for one in collaborating]
    steps = [step for one in answers.by_site.values() for step in one["process"]]
    with_measure = {measure["site_id"] for measure in answers.measures if measure["status"] != "dropped"}
    said = [answers.by_site[site["id"]] for site in answers.sites if site["id"] in answers.by_site]
    forms = Counter(one["form"] for one in said)
    statuses = Counter(measure["status"] for measure in answers.measures)
    kinds = Counter(measure["kind"] for measure in answers.measures if measure["status"] != "dropped")
    return {
        "sites": len(answers.sites),
        "answered": sum(one["form"] != "unknown" for one in said),
        "forms": {form: forms[form] + (len(answers.sites) - len(said) if form == "unknown" else 0) for form in FORMS},
        "with_collaboration": len(collaborating),
        "actors_mean": round(sum(map(len, joined)) / len(joined), 2) if joined else None,
        "actors": {actor: sum(actor in some for some in joined) for actor in ACTORS},
        "absent": {
            actor: {
                reason: sum(participation(one, actor) == reason for one in collaborating)
                for reason in PARTICIPATIONS[1:]
            }
            for actor in ACTORS
        },
        "meeting_frequency": {
            **{code: sum(one["meeting_frequency"] == code for one in collaborating) for code in MEETING_FREQUENCIES},
            "unknown": sum(one["meeting_frequency"] is None for one in collaborating),
        },
        "practices": {
            name: {
                "yes": sum(one[name] is True for one in said),
                "no": sum(one[name] is False for one in said),
                "unknown": sum(one[name] is None for one in said) + len(answers.sites) - len(said),
            }
            for name in PRACTICES
        },
        "cameras": {
            name: {
                code: sum(one[name] == code for one in said)
                + (len(answers.sites) - len(said) if code == "unknown" else 0)
                for code in CAMERAS
            }
            for name in ("fixed_cameras", "temporary_cameras")
        },
        "measures": {
            "total": len(answers.measures),
            **{status: statuses[status] for status in MEASURE_STATUSES},
            "overdue": sum(is_overdue(measure, today) for measure in answers.measures),
            "by_kind": {kind: kinds[kind] for kind in MEASURE_KINDS},
        },
        "process": {
            "done": sum(bool(step["done_on"]) for step in steps),
            "overdue": sum(is_step_overdue(step, today) for step in steps),
            "sites_done": {
                name: sum(any(step["step"] == name and step["done_on"] for step in one["process"]) for one in said)
                for name in STEPS
            },
        },
        "sites_without_collaboration": [
            site["id"]
            for site in answers.sites
            if site["id"] not in answers.by_site or answers.by_site[site["id"]]["form"] != COLLABORATION
        ],
        "sites_without_measure": [site["id"] for site in answers.sites if site["id"] not in with_measure],
    }


def nearest_year(years: Iterable[int], wanted: int) -> int | None:
    """Return the mapping year that a survey year rests on: its own, else the next one, else the last one before.

    The survey of a year is asked about the places of the mapping that it led to. None where nothing was mapped.
    """
    known = sorted(years)
    return next((year for year in known if year >= wanted), known[-1] if known else None)


def likeness(example: Row, conditions: Collection[str]) -> int:
    """Return how many conditions of a place an example fits."""
    return len(set(example["conditions"]) & set(conditions))
