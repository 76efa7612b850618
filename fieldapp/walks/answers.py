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
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor, Grant
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.schema import flat_errors
from fieldapp.sync.collection import Registry
from fieldapp.sync.desk import Edit, write
from fieldapp.sync.models import History
from fieldapp.walks import rules
from fieldapp.walks.group_reads import GroupLink
from fieldapp.walks.models import Walk, WalkAnswer, WalkLink
from fieldapp.walks.schemas import AnswerSchema
from fieldapp.walks.sync import Walks
from fieldapp.walks.tokens import token_hash

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
    hashed = _content_hash(given)
    before = _answered(session, given["id"], link.group_id, hashed)
    if before is not None:
        return before
    walk = _walk(session, link, given["walk_id"])
    errors = rules.answer_faults(given, walk, now, local_date(now))
    if errors:
        raise Invalid(fields=errors)
    said = session.scalar(select(func.count(WalkAnswer.id)).where(WalkAnswer.walk_id == walk["id"])) or 0
    if said >= MOST_ANSWERS:
        raise Invalid(fields={"walk_id": ["too_many_answers"]})
    fields, version = rules.what_follows(given, walk), walk["version"]
    if fields:
        base = _seen_by(session, link, walk, given["version"], fields)
        edit = Edit("walks", walk["id"], "update", fields, base)
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


def answered_before(session: Session, token: str, answer: Mapping[str, Any]) -> Answered | None:
    """Return what an answer came to that was received by a link, in force or ended; None where none was.

    A phone that lost the server's word asks again, perhaps when the link has ended: it is told what became of it.
    """
    group_id = session.scalar(select(WalkLink.group_id).where(WalkLink.token_hash == token_hash(token)))
    if group_id is None:
        return None
    given = _loaded(answer)
    return _answered(session, given["id"], group_id, _content_hash(given))


def _answered(session: Session, answer_id: str, group_id: str, hashed: str) -> Answered | None:
    """Return the first answer's outcome for the same id and content. Raises `Conflict` for anything else."""
    query = (
        select(WalkAnswer.group_id, WalkAnswer.content_hash, WalkAnswer.walk_id, Walk.version)
        .join(Walk, Walk.id == WalkAnswer.walk_id)
        .where(WalkAnswer.id == answer_id)
    )
    before = session.execute(query).one_or_none()
    if before is None:
        return None
    if before.group_id != group_id or not hmac.compare_digest(before.content_hash, hashed):
        raise Conflict("answer_reused")
    return Answered(before.walk_id, before.version, is_repeated=True)


def _seen_by(
    session: Session, link: GroupLink, walk: Mapping[Any, Any], version: int, fields: Mapping[str, Any]
) -> int:
    """Return the version an answer is judged against: the group's own answers are no one else's change (PU5).

    A page that was kept shows the version before them. What somebody else changed after it, where the answer changes it
    too, is still met.
    """
    links = select(WalkLink.id).where(WalkLink.group_id == link.group_id)
    others = select(History.changed).where(
        History.record_id == walk["id"],
        History.collection == "walks",
        History.version > version,
        or_(History.user_id.is_(None), History.user_id.not_in(links)),
    )
    touched = {name for changed in session.scalars(others) for name in changed}
    said = fields.keys() | {name for group in Walks.merge_groups if group & fields.keys() for name in group}
    return version if touched & said else walk["version"]


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
    key = current_app.config["SETTINGS"].lasting_key.encode()
    return hmac.new(key, b"walk answer:" + rfc8785.dumps(said), sha256).hexdigest()
