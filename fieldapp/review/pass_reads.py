"""What a leader reads around one pass: earlier rounds, versions, what of it is not in effect, the next in the queue.

The caller has seen to it that the pass is the reader's to know. Writes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.outreach.approved import versions_of
from fieldapp.outreach.differences import between, differences
from fieldapp.outreach.models import Shift
from fieldapp.outreach.queries import tree_of
from fieldapp.outreach.shift_reads import known_names
from fieldapp.review import kept_reads, queue
from fieldapp.review.kept_names import names_in
from fieldapp.review.warnings import phone_warnings
from fieldapp.review.words import field_name, grouped, in_words, kind_name, told_apart

Json = dict[str, Any]
Names = Mapping[str, str]
NOT_IN_EFFECT = ("conflicts", "rejections", "late")


def rounds(shift: Json) -> list[Json]:
    """Return the decisions on a pass, newest first, each with the comments that came with it.

    `{id, decision, by, at, reason, due_on, deliveries, comments}`; comments of before rounds were kept stand in a last
    one without a decision.
    """
    asked = [comment for comment in shift["comments"] if comment["before"] is None]
    of_fields = [comment for comment in asked if comment["field"] or not comment["review_id"]]
    shown = [
        {**row, "comments": [one for one in of_fields if one["review_id"] == row["id"]]}
        for row in reversed(shift["reviews"])
    ]
    older = [comment for comment in of_fields if not comment["review_id"]]
    return [*shown, *([{"decision": None, "comments": older}] if older else [])]


def mends_in_words(session: Session, actor: Actor, now: datetime, shift: Json) -> dict[str, list[Json]]:
    """Return what was mended of each record, oldest first, `{name, before, by, at, text}`; words are not said again."""
    mended = [comment for comment in shift["comments"] if comment["before"] is not None]
    names = names_in(session, actor, now, [comment["before"] for comment in mended])
    found: dict[str, list[Json]] = {}
    for one in mended:
        group = next(iter(grouped(one["before"])), [])
        said = {"name": field_name(one["field"]), "before": in_words(group, one["before"], names) if group else None}
        row = {**said, "by": one["author_id"], "at": one["made_at"], "text": one["text"]}
        found.setdefault(one["record_id"], []).append(row)
    return found


def changes_in_words(session: Session, actor: Actor, now: datetime, changes: Sequence[Json]) -> list[Json]:
    """Return changes as they are read: `{at, who, what, record_id, fields: [{name, before, after}]}`."""
    names = names_in(session, actor, now, [field for row in changes for field in row["fields"]])
    people = known_names(session, actor, now, {row["user_id"] for row in changes if row.get("user_id")})
    return [_change_in_words(row, names, people) for row in changes]


def _change_in_words(row: Json, names: Names, people: Names) -> Json:
    return {
        "at": row.get("made_at"),
        "who": people.get(row.get("user_id") or ""),
        "collection": row["collection"],
        "op": row["op"],
        "version": row.get("version"),
        "record_id": row["record_id"],
        "fields": fields_in_words(row["fields"], names),
    }


def history_in_words(session: Session, actor: Actor, now: datetime, shift: Json) -> list[Json]:
    """Return the history of a pass and of what hangs on it, oldest first, with what each version changed."""
    return changes_in_words(session, actor, now, differences(shift["history"]))


def versions_in_words(session: Session, actor: Actor, now: datetime, shift_id: str) -> list[Json]:
    """Return the approved versions, newest first: `number, at, who, reason` and `changes` from the one before."""
    found = versions_of(session, shift_id)
    people = known_names(session, actor, now, {version["by"] for version in found})
    changes: dict[int, list[Json]] = {
        later["number"]: between(earlier["content"], later["content"]) for earlier, later in pairwise(found)
    }
    rows = [row for some in changes.values() for row in some]
    names = names_in(session, actor, now, [field for row in rows for field in row["fields"]])
    return [
        {
            **{name: version[name] for name in ("number", "at", "reason")},
            "who": people.get(version["by"]),
            "changes": [_change_in_words(row, names, {}) for row in changes.get(version["number"], [])],
        }
        for version in reversed(found)
    ]


def fields_in_words(fields: Sequence[Json], names: Names) -> list[Json]:
    """Return changed fields with what stood before and after, those that mean something together as one."""
    sides = [{one["field"]: one[side] for one in fields} for side in ("before", "after")]
    return [
        {"name": field_name(group[0]), **dict(zip(("before", "after"), told_apart(group, sides, names), strict=True))}
        for group in grouped(sides[1])
    ]


def warnings(shift: Json) -> list[Json]:
    """Return whose phone may hold more of a pass; `{code, user_id, at}`."""
    people = dict.fromkeys([*shift["participant_ids"], shift["created_by"]])
    return phone_warnings(people, shift["devices"], shift["started_at"], shift["ended_at"])


def people_of(shift: Json) -> Json:
    """Add up the people noted on a pass: `{present, contacts, uncounted, is_estimated}`; None where none was counted.

    `uncounted`: observations at which nobody was counted, which is missing and never zero (figures.md).
    """
    counted = [seen for seen in shift["observations"] if seen["people_basis"] != "not_counted"]
    cells = [cell for seen in counted for cell in seen["counts"]]
    return {
        **{name: sum(cell[name] for cell in cells) if counted else None for name in ("present", "contacts")},
        "uncounted": len(shift["observations"]) - len(counted),
        "is_estimated": any(seen["people_basis"] == "estimated" for seen in counted),
    }


def settled(session: Session, shift: Json) -> dict[str, list[Json]]:
    """Return what of a pass was settled, each with `name`: what it is or which fields it was about."""
    found = kept_reads.settled_of_pass(session, shift["team_id"], tree_of(session, shift["id"]))
    for row in found["conflicts"]:
        row["name"] = ", ".join(field_name(group[0]) for group in grouped(row["sent"]))
    for row in found["rejections"]:
        row["name"] = kind_name(row["collection"], row["op"])
    return found


def not_in_effect(session: Session, shift: Json) -> dict[str, int]:
    """Count what of a pass waits for somebody to settle it, by `NOT_IN_EFFECT`."""
    counted = kept_reads.counts_of_pass(session, shift["team_id"], tree_of(session, shift["id"]))
    return {**counted, "late": len(shift["late"])}


def neighbours(session: Session, actor: Actor, shift_id: str) -> tuple[str | None, str | None]:
    """Return the passes before and after one among those that were sent in to the reader, by their ids.

    Raises `NotFound` for one that was disposed of since it was read.
    """
    begun = session.scalar(select(Shift.started_at).where(Shift.id == shift_id))
    if begun is None:
        raise NotFound
    return queue.neighbours(session, actor.teams("team_lead"), (begun, shift_id))
