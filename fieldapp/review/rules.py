"""Which decisions a status allows (PU10), who can take them, what one may say, which phones are silent. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

APPROVE, RETURN, REOPEN = "approve", "return", "reopen"
DECISIONS = (APPROVE, RETURN, REOPEN)
NEXT_STATUS = {
    ("submitted", APPROVE): "approved",
    ("submitted", RETURN): "returned",
    ("approved", REOPEN): "returned",
}
SILENCE_LOOKED_FOR = timedelta(days=2)  # after a pass began; then it is missing, or was read


def status_after(status: str, decision: str) -> str | None:
    """Return what a decision makes of a shift, None where it can't be taken."""
    return NEXT_STATUS.get((status, decision))


LONGEST_WAIT = timedelta(days=30)


def due_faults(decision: str, due_on: date | None, today: date) -> dict[str, list[str]]:
    """Judge until when a shift is asked for again: with a return or a reopening, from today on, within 30 days."""
    is_open_again = decision in (RETURN, REOPEN)
    if due_on is None or (is_open_again and today <= due_on <= today + LONGEST_WAIT):
        return {}
    return {"due_on": ["out_of_range"]}


def comment_faults(
    comments: Sequence[Mapping[str, str]], live: Mapping[str, str], fields: Mapping[str, Collection[str]]
) -> dict[str, list[str]]:
    """Judge what is asked of single fields. `live`: the collection of each record; `fields`: of each collection."""
    faults: dict[str, list[str]] = {}
    for index, comment in enumerate(comments):
        collection = live.get(comment["record_id"])
        if collection is None:
            faults[f"field_comments.{index}.record_id"] = ["unknown_id"]
        elif comment["field"] not in fields[collection]:
            faults[f"field_comments.{index}.field"] = ["unknown_field"]
    return faults


def needs_words(decision: str) -> bool:
    """Say whether the decision has to say why: whoever gets a shift back must know what is asked for."""
    return decision in (RETURN, REOPEN)


def is_own(shift: Mapping[Any, Any], user_id: str) -> bool:
    """Say whether somebody made the shift or was on it: they never review it."""
    return shift["created_by"] == user_id or user_id in shift["participant_ids"]


def nobody_can(shift: Mapping[Any, Any], leads: Collection[str]) -> bool:
    """Say whether the shift is every lead's own: then nobody of the team can review it."""
    return all(is_own(shift, lead) for lead in leads)


def is_silent(shift: Mapping[Any, Any], last_sync_at: datetime | None, now: datetime) -> bool:
    """Say whether somebody on a pass of the last days may still hold what the server does not know of.

    `last_sync_at`: the newest contact of any phone of theirs. What was sent in can be whole only if they were heard
    of after its end; what is still being written, after its start.
    """
    begun = shift["started_at"]
    if shift["status"] == "approved" or not now - SILENCE_LOOKED_FOR <= begun <= now:
        return False
    since = begun if shift["status"] == "draft" else shift["ended_at"] or begun
    return last_sync_at is None or last_sync_at < since


def may_hold(device: Mapping[str, Any], made_at: datetime) -> bool:
    """Say whether a phone may hold what something written then waits for (PU9): unsent, skipped, or not heard of since.

    `device`: `last_sync_at, missing_ranges, queue`.
    """
    queued = (device["queue"] or {}).get("count")
    return bool(device["last_sync_at"] < made_at or device["missing_ranges"] or queued)


@dataclass(frozen=True)
class Gap:
    """Numbers that somebody's phones in use lack: when any that lacks some was heard of last, and any of them at all.

    A phone that was silent since before a pass says nothing of it when another of the same person was heard of since:
    then they walked with that one.
    """

    lacking_at: datetime | None  # None: known by a queue file alone
    newest_at: datetime | None  # None: no phone was ever heard of

    def is_everywhere(self) -> bool:
        """Say whether any pass of theirs may lack something."""
        return self.lacking_at == self.newest_at

    def is_of(self, started_at: datetime) -> bool:
        """Say whether a pass that began then may lack something."""
        since = self.lacking_at is not None and self.lacking_at >= started_at
        return since or self.newest_at is None or self.newest_at < started_at


def gap_of(devices: Iterable[Mapping[Any, Any]]) -> Gap | None:
    """Return what lacks on the phones of one person, None where nothing does.

    `devices`: `last_sync_at, missing_ranges, revoked_at`. What a revoked one still held never comes, and is no reason
    to wait; that it was heard of counts.
    """
    known = list(devices)
    lacking = [device for device in known if device["missing_ranges"] and device["revoked_at"] is None]
    return Gap(_newest(lacking), _newest(known)) if lacking else None


def _newest(devices: Iterable[Mapping[Any, Any]]) -> datetime | None:
    return max((device["last_sync_at"] for device in devices if device["last_sync_at"] is not None), default=None)
