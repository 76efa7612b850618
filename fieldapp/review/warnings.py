"""What a leader should know before approving: whose phone may hold more of the pass. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from fieldapp.review.rules import gap_of

GAP, QUEUE, SILENT, NO_PHONE, REVOKED = "gap", "queue", "silent", "no_phone", "revoked"
Json = dict[str, Any]


def phone_warnings(
    people: Iterable[str], devices: Sequence[Mapping[str, Any]], started_at: datetime, ended_at: datetime | None
) -> list[Json]:
    """Return what may be missing of a pass, `{code, user_id, at}`, a row a person and reason.

    `devices`: `user_id, last_sync_at, missing_ranges, queue, revoked_at`. A phone that was silent since before the pass
    says nothing of it when another of the same person was heard of since: then they walked with that one. One that was
    never heard of (None) is known by its queue file alone. What a revoked one lacks never comes by itself: that is
    said as such, of passes that had begun when it was revoked (`at`), and of later ones nothing.
    """
    found: list[Json] = []
    for person in people:
        mine = [device for device in devices if device["user_id"] == person]
        heard = [device for device in mine if device["last_sync_at"] is not None]
        since = [device for device in heard if device["last_sync_at"] >= started_at]
        newest = max((device["last_sync_at"] for device in heard), default=None)
        looked_at = since or mine
        if newest is None:
            found.append({"code": NO_PHONE, "user_id": person, "at": None})
        elif newest < (ended_at or started_at):
            found.append({"code": SILENT, "user_id": person, "at": newest})
        in_use = [device for device in looked_at if device["revoked_at"] is None]
        gap = gap_of(mine)
        if gap and gap.is_of(started_at):
            found.append({"code": GAP, "user_id": person, "at": newest})
        if any(_queued(device) for device in in_use):
            found.append({"code": QUEUE, "user_id": person, "at": newest})
        revoked = [
            device["revoked_at"]
            for device in looked_at
            if (device["missing_ranges"] or _queued(device)) and (device["revoked_at"] or started_at) > started_at
        ]
        if revoked:
            found.append({"code": REVOKED, "user_id": person, "at": max(revoked)})
    return found


def _queued(device: Mapping[str, Any]) -> bool:
    return bool((device["queue"] or {}).get("count"))
