"""What a group says from its own page: kept as said, and written to the walk by the same decisions as a phone's."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785
from flask import current_app
from marshmallow import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor, Grant
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.schema import flat_errors
from fieldapp.sync.collection import Registry
from fieldapp.sync.desk import Edit, write
from fieldapp.walks import rules
from fieldapp.walks.group_reads import GroupLink
from fieldapp.walks.models import Walk, WalkAnswer, WalkLink
from fieldapp.walks.schemas import AnswerSchema

MOST_ANSWERS = 100  # of a walk: a page that is passed on fills no table
CONTENT = ("walk_id", "kind", "walkers", "other_evening", "mood", "note")


@dataclass(frozen=True)
class Answered:
    """What became of an answer: the walk's version after it, and whether it had come before."""

    walk_id: str
    version: int
    is_repeated: bool


def answer_walk(
    session: Session, registry: Registry, *, link: GroupLink, answer: Mapping[str, Any], now: datetime
) -> Answered:
    """Take in what a group says of one of its walks, once: the same id with the same content is answered as before.

    `answer`: as `AnswerSchema`. *Coming* sets the walkers and ready or planned, *log* what came of it and done; the
    others are kept and shown. Raises `Invalid` with the field errors (PU13 among them), `NotFound` for another's walk
    or a link that has ended, `Conflict` `answer_reused` for an id met with other content, and `Conflict` where
    somebody changed the same fields after the version the page showed: nothing is kept then, and the page asks again.
    """
    given = _loaded(answer)
    in_force = select(WalkLink.id).where(WalkLink.id == link.id, WalkLink.revoked_at.is_(None)).with_for_update()
    if session.execute(in_force).scalar_one_or_none() is None:  # one at a time, so that a repeated one finds the first
        raise NotFound
    walk = _walk(session, link, given["walk_id"])
    hashed = _content_hash(given)
    before = session.execute(
        select(WalkAnswer.link_id, WalkAnswer.content_hash).where(WalkAnswer.id == given["id"])
    ).one_or_none()
    if before is not None:
        if before.link_id != link.id or not hmac.compare_digest(before.content_hash, hashed):
            raise Conflict("answer_reused")
        return Answered(walk["id"], walk["version"], is_repeated=True)
    errors = rules.answer_faults(given, walk, now)
    if errors:
        raise Invalid(fields=errors)
    said = session.scalar(select(func.count(WalkAnswer.id)).where(WalkAnswer.walk_id == walk["id"])) or 0
    if said >= MOST_ANSWERS:
        raise Invalid(fields={"walk_id": ["too_many_answers"]})
    fields, version = rules.what_follows(given, walk), walk["version"]
    if fields:
        edit = Edit("walks", walk["id"], "update", fields, given["version"])
        [row] = write(session, registry, actor=_as_actor(link, now), edits=[edit], now=now)
        version = row["version"]
    kept = {name: given[name] for name in ("id", "name", *CONTENT)}
    made_at = min(given["made_at"] or now, now)
    session.add(
        WalkAnswer(
            **kept, link_id=link.id, group_id=link.group_id, made_at=made_at, received_at=now, content_hash=hashed
        )
    )
    session.flush()
    return Answered(walk["id"], version, is_repeated=False)


def _loaded(answer: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = AnswerSchema().load(answer)
    except ValidationError as error:
        raise Invalid(fields=flat_errors(error.messages)) from error
    return found


def _walk(session: Session, link: GroupLink, walk_id: str) -> Mapping[Any, Any]:
    table: Any = Walk.__table__
    own = select(table).where(table.c.id == walk_id, table.c.group_id == link.group_id, ~table.c.deleted)
    found = session.execute(own.with_for_update()).mappings().one_or_none()
    if found is None:
        raise NotFound
    return found


def _as_actor(link: GroupLink, now: datetime) -> Actor:
    """Return the group as somebody who may write in its district: in the history stands the link, no person."""
    grant = Grant("walk_coordinator", link.district, None, now, None)
    return Actor(link.id, link.name, "", "", None, (grant,))


def _content_hash(given: Mapping[str, Any]) -> str:
    """Return a keyed hash of what was said, without the name: that can be forgotten."""
    said = {name: given[name] for name in CONTENT}
    said["other_evening"] = said["other_evening"].isoformat() if said["other_evening"] else None
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"walk answer:" + rfc8785.dumps(said), sha256).hexdigest()
