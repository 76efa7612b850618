"""A leader chooses between two values that met (PU5), at the desk. Flush, never commit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, Invalid
from fieldapp.core.schema import says_something
from fieldapp.outreach.kept import shift_of_record
from fieldapp.outreach.queries import tree_of
from fieldapp.review.amending import amend, is_approved
from fieldapp.review.services import may_review
from fieldapp.sync import desk
from fieldapp.sync.collection import Registry

STORED = "server"  # the choice that changes nothing
Row = dict[str, Any]


def settle_conflict(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    conflict: Row,
    version: int,
    resolution: Mapping[str, Mapping[str, Any]],
    reason: str,
    now: datetime,
) -> str | None:
    """Let the record stand as chosen; return the conflict that asks again where its values moved meanwhile.

    What changes an approved pass is an amendment: with its reason, by who may review the pass, kept as its next
    version. Raises `Conflict` where somebody has chosen already and for who may not amend, `Invalid` without a reason.
    """
    shift = shift_of_record(session, conflict)
    stood = None
    if shift is not None and is_approved(session, shift["id"]):
        stood = max(tree_of(session, shift["id"]).values())
        if any(item["choice"] != STORED for item in resolution.values()):
            if not may_review(session, actor, shift):
                raise Conflict("wrong_status")
            if not says_something(reason):
                raise Invalid(fields={"why": ["required"]})
    asks_again = desk.choose(
        session,
        registry,
        actor=actor,
        conflict_id=conflict["id"],
        version=version,
        resolution={name: dict(item) for name, item in resolution.items()},
        now=now,
    )
    if shift is not None and stood is not None and max(tree_of(session, shift["id"]).values()) != stood:
        amend(session, actor, shift["id"], reason, now)
    audit.record(
        session,
        action="conflict.resolved",
        actor_id=actor.user_id,
        subject=conflict["id"],
        fields={name: item["choice"] for name, item in sorted(resolution.items())},
        asks_again=asks_again,
    )
    return asks_again
