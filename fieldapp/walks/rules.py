"""Decisions about night walks: what holds together, what an answer does, which evenings nobody covers. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fieldapp.plans.rules import WeeklyPattern, dates_of

LONGEST = timedelta(hours=12)
READY_NEEDS = 2
ADVISED, ONE_GROUP = 3, 5
NAME_KEPT = timedelta(days=90)
LOG_UNTIL = timedelta(days=15)  # the page shows two weeks back
LONGEST_NOTE = 2000
Cell = tuple[str, date]
Faults = dict[str, list[str]]


def walk_faults(walk: Mapping[str, Any]) -> Faults:
    """Judge a walk: it ends after it starts, within twelve hours; ready needs two walkers."""
    length = walk["planned_end"] - walk["planned_start"]
    errors: Faults = {}
    if length <= timedelta(0):
        errors["planned_end"] = ["ended_before_started"]
    elif length > LONGEST:
        errors["planned_end"] = ["longer_than_twelve_hours"]
    if walk["status"] == "ready" and walk["planned_walkers"] < READY_NEEDS:
        errors["planned_walkers"] = ["ready_needs_two"]
    return errors


def advice(walkers: int) -> str | None:
    """Return the code of what to think of: `few` under three, `many` over five, who can walk as two groups."""
    if 0 < walkers < ADVISED:
        return "few"
    return "many" if walkers > ONE_GROUP else None


def cells_of(pattern: WeeklyPattern, group_ids: Iterable[str]) -> list[Cell]:
    """Return the evenings of groups that a weekly pattern means, in order of date."""
    groups = list(group_ids)
    return [(group_id, day) for day in dates_of(pattern) for group_id in groups]


def answer_faults(answer: Mapping[str, Any], walk: Mapping[str, Any], now: datetime, today: date) -> Faults:
    """Judge what a group says of a walk as it stands; `today` is the local date of now."""
    kind = answer["kind"]
    if walk["status"] == "cancelled":
        return {"kind": ["walk_is_cancelled"]}
    if kind == "log":
        if now < walk["planned_start"]:
            return {"kind": ["walk_not_begun"]}
        if now >= walk["planned_end"] + LOG_UNTIL:
            return {"kind": ["walk_is_over"]}
        return {"walkers": ["required"]} if answer["walkers"] is None else {}
    if walk["status"] == "done" or now >= walk["planned_end"]:
        return {"kind": ["walk_is_over"]}
    if kind == "coming" and answer["walkers"] is None:
        return {"walkers": ["required"]}
    if kind == "other_evening" and answer["other_evening"] is None:
        return {"other_evening": ["required"]}
    if kind == "other_evening" and answer["other_evening"] < today:
        return {"other_evening": ["out_of_range"]}
    return {}


def what_follows(answer: Mapping[str, Any], walk: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the walk that an answer sets; none for *cannot* and *other evening*, which a person reads.

    Said to come in time, a walk is ready or planned by its walkers; one under way stays so.
    """
    if answer["kind"] == "coming":
        fields: dict[str, Any] = {"planned_walkers": answer["walkers"]}
        if walk["status"] in ("planned", "ready"):
            fields["status"] = "ready" if answer["walkers"] >= READY_NEEDS else "planned"
        return fields
    if answer["kind"] == "log":
        told = {"mood": answer["mood"], "log_note": _noted(walk["log_note"], answer["note"])}
        return {
            "actual_walkers": answer["walkers"],
            "status": "done",
            **{name: value for name, value in told.items() if value},
        }
    return {}


def _noted(before: str, note: str | None) -> str | None:
    """Return the walk's note with what a group adds to it: its page shows no note, so it writes over none.

    What finds no room stands with the answer alone.
    """
    if not note or f"\n\n{note}\n\n" in f"\n\n{before}\n\n":
        return None
    together = f"{before}\n\n{note}" if before else note
    return together if len(together) <= LONGEST_NOTE else None


def name_may_be_shown(walk_ended_at: datetime, now: datetime) -> bool:
    """Say whether the name that came with an answer may still be read."""
    return now < walk_ended_at + NAME_KEPT


@dataclass(frozen=True)
class Covered:
    """What covers evenings: whole districts, by a plan or a shift, and single places, by a visit or a walk."""

    districts: Collection[tuple[date, str]]
    places: Collection[tuple[date, str]]


def gaps(days: Iterable[date], places: Sequence[Mapping[str, Any]], covered: Covered) -> Iterator[Cell]:
    """Yield `(place id, date)` of the evenings at places that nothing covers, by date and id.

    `places`: `id, district`.
    """
    in_order = sorted(places, key=lambda place: place["id"])
    for day in days:
        for place in in_order:
            if (day, place["district"]) not in covered.districts and (day, place["id"]) not in covered.places:
                yield place["id"], day
