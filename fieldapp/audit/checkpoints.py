"""Checkpoints: what the log's end was at some moment, under a key that the database does not hold.

Whoever can write the database alone can hash a whole chain anew, and can't make a checkpoint agree with it. Each one
stands in a table and as a line beside the database, so that removing it from one place shows in the other.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import rfc8785
import structlog
from flask import current_app
from sqlalchemy import String, insert, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fieldapp.audit.models import AuditHead, Checkpoint
from fieldapp.core.appending import append_lines, whole_file
from fieldapp.core.clock import to_wire, utc_now
from fieldapp.core.columns import aware_moment
from fieldapp.core.database import after_commit, db

EVERY = 1000  # rows
LOG = "audit-checkpoints.log"
HEAD = select(AuditHead.number, AuditHead.row_hash)
_STORED = select(
    Checkpoint.number, type_coerce(Checkpoint.at, String).label("at"), Checkpoint.row_hash, Checkpoint.mac
).order_by(Checkpoint.number)
log = structlog.get_logger()


@dataclass(frozen=True)
class Vouched:
    """A checkpoint as it was found; `is_ours`: it carries a mac that this installation gives or gave to just this."""

    number: int
    at: datetime | None
    row_hash: str
    is_ours: bool


def mac_of(statement: Mapping[str, Any]) -> str:
    """Return the HMAC-SHA256 of a statement in canonical JSON (RFC 8785), under a key of its own."""
    return _mac(statement, current_app.config["SETTINGS"].secret_key)


def is_ours(statement: Mapping[str, Any], mac: object) -> bool:
    """Say whether a statement carries the mac that this installation gives it, or gave it under an old secret key."""
    settings = current_app.config["SETTINGS"]
    try:
        return isinstance(mac, str) and any(
            hmac.compare_digest(_mac(statement, secret).encode(), mac.encode())
            for secret in (settings.secret_key, *settings.old_secret_keys)
        )
    except ValueError:  # what can't be written canonically was never ours
        return False


def _mac(statement: Mapping[str, Any], secret: str) -> str:
    key = hmac.new(secret.encode(), b"audit checkpoints", sha256).digest()
    return hmac.new(key, rfc8785.dumps(dict(statement)), sha256).hexdigest()


def write_checkpoint(session: Session, *, number: int, row_hash: str, at: datetime) -> None:
    """Vouch for a row: one written in the present transaction, or the last one while the head is locked."""
    moment = at.replace(microsecond=0)
    mac = mac_of({"number": number, "at": to_wire(moment), "row_hash": row_hash})
    session.execute(insert(Checkpoint), [{"number": number, "at": moment, "row_hash": row_hash, "mac": mac}])
    after_commit(session, _append_what_is_missing)


def checkpoint_head(session: Session) -> int | None:
    """Vouch for the last row there is; return its number, or None where that was done already or the log is empty."""
    head = session.execute(HEAD.with_for_update()).one()
    known = select(Checkpoint.number).where(Checkpoint.number == head.number)
    if head.number == 0 or session.scalar(known) is not None:
        return None
    write_checkpoint(session, number=head.number, row_hash=head.row_hash, at=utc_now())
    return int(head.number)


def note_restored(session: Session) -> None:
    """Say beside the database that an older log was put back: what was vouched for beyond its end is no more."""
    head = session.execute(HEAD.with_for_update()).one()
    statement = {"restored": head.number, "at": to_wire(utc_now())}
    with whole_file(_path()) as file:
        append_lines(file, {**statement, "mac": mac_of(statement)})


def stored_checkpoints(session: Session) -> list[Vouched]:
    """Return the checkpoints of the table, by number."""
    return [_vouched(_line(row)) for row in session.execute(_STORED)]


def noted_checkpoints() -> list[Vouched]:
    """Return the checkpoints that stand beside the database and that no restore took back, the oldest first."""
    with whole_file(_path()) as file:
        return _in_force(file)


def _in_force(lines: Iterable[bytes]) -> list[Vouched]:
    found: list[Vouched] = []
    for line in map(_read, lines):
        restored = line.get("restored")
        if not isinstance(restored, int):
            found.append(_vouched(line))
        elif is_ours({"restored": restored, "at": line.get("at")}, line.get("mac")):
            found = [one for one in found if one.number <= restored]
        else:
            found.append(Vouched(restored, None, "", is_ours=False))
    return found


def _append_what_is_missing() -> None:
    """Write to the file what the table has beyond it: also what a process that fell after its commit left out."""
    try:
        with whole_file(_path()) as file:
            known = max((one.number for one in _in_force(file)), default=0)
            append_lines(file, *map(_line, db.session().execute(_STORED.where(Checkpoint.number > known))))
        db.session.rollback()
    except (OSError, SQLAlchemyError) as error:  # what was committed stands; the next checkpoint makes up for it
        log.error("checkpoint_not_noted", kind=type(error).__name__)


def _line(row: Any) -> dict[str, Any]:
    at = aware_moment(row.at)
    return {"number": row.number, "at": to_wire(at) if at else None, "row_hash": row.row_hash, "mac": row.mac}


def _read(line: bytes) -> dict[str, Any]:
    """Return what a line says; one that somebody broke says nothing."""
    try:
        found = orjson.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _vouched(line: Mapping[str, Any]) -> Vouched:
    statement = {name: line.get(name) for name in ("number", "at", "row_hash")}
    number, at, row_hash = statement.values()
    return Vouched(
        number if isinstance(number, int) else 0, aware_moment(at), str(row_hash), is_ours(statement, line.get("mac"))
    )


def _path() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir
    return folder / LOG
