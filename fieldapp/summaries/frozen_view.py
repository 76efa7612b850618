"""What the summary page says of a period that is or can be frozen (*Fastställ*): words, rows, who may. No figures."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.clock import local_date
from fieldapp.core.wording import day_words
from fieldapp.summaries import frozen, queries, rights
from fieldapp.summaries.completeness import NOT_APPROVED, completeness
from fieldapp.summaries.frozen_rules import Scope
from fieldapp.summaries.summary import DEFAULT_STATUS, Question

Json = dict[str, Any]
# In the order of the page.
NAMED = {
    "effort.shifts": "summary.shifts",
    "visits.total": "summary.visits",
    "effort.person_hours": "summary.person_hours",
    "people.totals.present": "summary.present_total",
    "people.totals.contacts": "summary.contacts_total",
    "effort.joint_briefings": "summary.joint_briefings_label",
    "effort.joint_visits": "summary.joint_visits",
    "effort.joint_person_hours": "summary.joint_person_hours",
    "effort.reinforcements": "summary.reinforcements",
    "effort.mumin": "summary.mumin",
    "effort.unallocated_minutes": "summary.unallocated",
}
# Rows of a table: its name, and what its codes are called.
ROWS = (
    (r"people\.present\[([^,]+),(\w+)\]\.value", "summary.present_total", ("band", "gender")),
    (r"people\.contacts\[([^,]+),(\w+)\]\.value", "summary.contacts_total", ("band", "gender")),
    (r"topics\[(\w+)\]\.visits", "summary.topics", ("topic",)),
    (r"conditions\[(\w+)\]\.visits", "summary.conditions", ("condition",)),
    (r"effort\.actions\[(\w+)\]\.visits", "summary.actions", ("action",)),
    (r"referrals\[(\w+)\]\.value", "summary.referrals", ("referral",)),
    (r"visits\.not_visited\.(\w+)", "summary.not_visited", ("not_visited",)),
    (r"effort\.arena_minutes\.(\w+)", "summary.arenas", ("arena",)),
    (r"effort\.incidents\.(\w+)", "frozen.incidents", ("incident",)),
)


def panel(session: Session, actor: Actor, question: Question, answer: Json, now: datetime) -> Json | None:
    """Return what the page of a summary says of freezing it; None where nothing is frozen and nothing can be."""
    marks = answer.get("frozen")
    may = _may_freeze(session, actor, question, now)
    if marks is None and not may:
        return None
    shown: Json = {"marks": marks, "may": may, "lacks": None, "versions": [], "by": None, "differences": [], "more": 0}
    if may:
        shown["lacks"] = lacks_words(completeness(session, question.wanted(question.period), now))
    if marks is not None:
        kept = frozen.frozen_summary(session, actor, marks["id"])
        listing = frozen.Listing(
            Scope(question.district, question.team), question.period.first, question.period.last, limit=1000
        )
        others = frozen.frozen_summaries(session, actor, listing)["items"]
        rows = named_rows(kept["differences"])
        shown |= {
            "on": day_of(marks["frozen_at"]),
            "by": text(f"frozen.by.{kept['frozen_by']}"),
            "versions": [(one["version"], day_of(one["frozen_at"]), one["sha256"]) for one in others],
            "differences": rows,
            "more": len(kept["differences"]) - len(rows),
        }
    return shown


def lacks_words(complete: Json) -> str:
    """Say how many passes the figures lack: missing ones, and those that are not approved."""
    waiting = sum(complete[f"shifts_{status}"] for status in NOT_APPROVED)
    if not waiting and not complete["shifts_missing"]:
        return text("frozen.lacks_none")
    return text("frozen.lacks", missing=complete["shifts_missing"], waiting=waiting)


def named_rows(differences: Iterable[Json]) -> list[tuple[str, Any, Any]]:
    """Return (name, was, now) of the differences that have a name, the main figures first.

    The others are rows of weeks, hours and places.
    """
    named = [(found, one) for one in differences if (found := label(one["path"]))]
    return [(name, one["was"], one["now"]) for (_, name), one in sorted(named, key=lambda row: row[0][0])]


def label(path: str) -> tuple[int, str] | None:
    """Return where on the page what a path leads to comes, and its name; None for what has no name of its own."""
    if path in NAMED:
        return [*NAMED].index(path), text(NAMED[path])
    for place, (pattern, table, kinds) in enumerate(ROWS, len(NAMED)):
        if found := re.fullmatch(pattern, path):
            codes = [text(f"code.{kind}.{code}") for kind, code in zip(kinds, found.groups(), strict=True)]
            return place, f"{text(table)}: {', '.join(codes)}"
    return None


def _may_freeze(session: Session, actor: Actor, question: Question, now: datetime) -> bool:
    if question.status != DEFAULT_STATUS or not question.period.is_closed(local_date(now)):
        return False
    team = next((one for one in queries.teams(session) if one.id == question.team), None)
    return rights.freezes_as(actor, question.district, team) is not None


def day_of(written: str) -> str:
    """Write the local date of a moment as it travels."""
    return day_words(local_date(datetime.fromisoformat(written)))
