"""Reading the whole chain again: finds rows edited, removed, moved or hashed anew, and says which.

Rows and the moments in them are taken as the database holds them: what somebody broke is a fault, never a crash.
Only what was written after the last checkpoint could be hashed anew without a trace.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import String, select, type_coerce

from fieldapp.audit.checkpoints import HEAD, Vouched, is_ours, noted_checkpoints, stored_checkpoints
from fieldapp.audit.models import AuditRow
from fieldapp.audit.services import row_hash
from fieldapp.core.columns import aware_moment
from fieldapp.core.database import db, one_view

A_TIME = 1000
DISPOSED = "audit.disposed"
_ROWS = (
    select(
        AuditRow.number,
        type_coerce(AuditRow.at, String).label("at"),
        AuditRow.actor_id,
        AuditRow.action,
        AuditRow.subject,
        type_coerce(AuditRow.details, String).label("details"),
        AuditRow.previous_hash,
        AuditRow.row_hash,
    )
    .order_by(AuditRow.number)
    .execution_options(yield_per=A_TIME)
)
Row = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with the rows `first` … `last`.

    `kind`: edited (or given another number) · missing · unlinked (does not follow on the row before) · rewritten
    (hashed anew since the checkpoint `last`) · end (the head says otherwise) · forged (a checkpoint that is not ours) ·
    checkpoint_missing (it stands beside the database alone).
    """

    first: int
    last: int
    kind: str


@dataclass
class _Walk:
    """What has been seen of the chain so far."""

    faults: list[Fault] = field(default_factory=list)
    first: int = 1
    first_link: str = ""
    last: int = 0
    last_hash: str = ""
    starts: dict[int, str] = field(default_factory=lambda: {0: ""})
    hashes: dict[int, str] = field(default_factory=dict)


def verify() -> list[Fault]:
    """Return what is wrong with the log, by number; empty where every row is as it was written."""
    noted = noted_checkpoints()  # before the view: a line is written once its row can be seen
    with one_view():
        session = db.session()
        stored = stored_checkpoints(session)
        head = session.execute(HEAD).first()
        return sorted(set(_faults(session.execute(_ROWS).mappings(), stored, noted, head)))


def seal_of_disposal(number: int, up_to_hash: str) -> dict[str, Any]:
    """Return the statement that a disposal makes of the last row it took."""
    return {"disposed": number, "row_hash": up_to_hash}


def _faults(rows: Iterable[Any], stored: Sequence[Vouched], noted: Sequence[Vouched], head: Any) -> Iterator[Fault]:
    sound = [one for one in (*stored, *noted) if one.is_ours]
    walk = _walked(rows, {one.number for one in sound})
    yield from walk.faults
    yield from _at_the_start(walk)
    yield from _at_the_end(walk, head, max((one.number for one in sound), default=0))
    yield from _against(walk, sound)
    yield from (Fault(one.number, one.number, "forged") for one in (*stored, *noted) if not one.is_ours)
    lost = {one.number for one in noted if one.is_ours} - {one.number for one in stored}
    yield from (Fault(number, number, "checkpoint_missing") for number in lost)


def _walked(rows: Iterable[Row], vouched: set[int]) -> _Walk:
    walk, is_begun, was_sound = _Walk(), False, True
    for row in rows:
        number, content = row["number"], _content(row)
        is_sound = content is not None and _hash_of(content) == row["row_hash"]
        if not is_begun:
            is_begun, walk.first, walk.first_link = True, number, row["previous_hash"]
        elif number != walk.last + 1:
            walk.faults.append(Fault(walk.last + 1, number - 1, "missing"))
        elif is_sound and was_sound and row["previous_hash"] != walk.last_hash:
            walk.faults.append(Fault(number, number, "unlinked"))
        if not is_sound:
            walk.faults.append(Fault(number, number, "edited"))
        elif row["action"] == DISPOSED and content:
            walk.starts |= _start_after(content["details"])
        if number in vouched:
            walk.hashes[number] = row["row_hash"]
        walk.last, walk.last_hash, was_sound = number, row["row_hash"], is_sound
    return walk


def _at_the_start(walk: _Walk) -> Iterator[Fault]:
    """Rows may be gone up to where a disposal of ours ended, and no further."""
    before = walk.first - 1
    if walk.last == 0:
        return
    if before in walk.starts:
        walk.hashes.setdefault(before, walk.first_link)
        if walk.starts[before] != walk.first_link:
            yield Fault(walk.first, walk.first, "unlinked")
    elif before < 0:
        yield Fault(walk.first, walk.first, "edited")
    else:
        yield Fault(max(start for start in walk.starts if start < before) + 1, before, "missing")


def _at_the_end(walk: _Walk, head: Any, vouched_up_to: int) -> Iterator[Fault]:
    end = head.number if head and isinstance(head.number, int) else -1
    known = max(end, vouched_up_to)
    if known > walk.last:
        yield Fault(walk.last + 1, known, "missing")
    if end < walk.last or (end == walk.last and head.row_hash != walk.last_hash):
        yield Fault(walk.last, walk.last, "end")


def _against(walk: _Walk, sound: Sequence[Vouched]) -> Iterator[Fault]:
    """Compare with the checkpoints: a row that hashes to something else now was written anew, or one before it was."""
    agreed = 0
    for one in sorted(sound, key=lambda one: one.number):
        found = walk.hashes.get(one.number)
        if found is not None and found != one.row_hash:
            yield Fault(max(agreed + 1, walk.first), one.number, "rewritten")
        elif found is not None:
            agreed = one.number


def _start_after(details: Any) -> dict[int, str]:
    """Return `{number: hash}` of the last row that a disposal took; nothing where the seal is not ours."""
    if not isinstance(details, dict):
        return {}
    number, up_to_hash = details.get("up_to"), details.get("row_hash")
    if not isinstance(number, int) or not isinstance(up_to_hash, str):
        return {}
    return {number: up_to_hash} if is_ours(seal_of_disposal(number, up_to_hash), details.get("seal")) else {}


def _content(row: Row) -> dict[str, Any] | None:
    """Return what a row's hash is over; None where it can't be read."""
    try:
        details = orjson.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
    except ValueError:
        return None
    at = aware_moment(row["at"])
    names = ("number", "actor_id", "action", "subject", "previous_hash")
    return {**{name: row[name] for name in names}, "at": at, "details": details} if at else None


def _hash_of(content: dict[str, Any]) -> str | None:
    try:
        return row_hash(content)
    except (ValueError, TypeError, RecursionError):  # what no row of ours ever held
        return None
