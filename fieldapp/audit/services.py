"""Writing to the audit log, inside the transaction of what is logged."""

import hashlib
from typing import Any

import rfc8785
from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from fieldapp.audit.checkpoints import EVERY, HEAD, write_checkpoint
from fieldapp.audit.models import AuditHead, AuditRow
from fieldapp.core.clock import to_wire, utc_now

_HEAD = HEAD.with_for_update()
_APPEND = insert(AuditRow)
_MOVE_HEAD = update(AuditHead).values(number=bindparam("number"), row_hash=bindparam("row_hash"))


def record(session: Session, *, action: str, actor_id: str | None, subject: str | None = None, **details: Any) -> None:
    """Append one row to the chain. `details` holds codes and counts, never contents.

    Locks the chain's head until commit; call it late in a transaction, after `take_seqs`. Each 1,000th row
    gets a checkpoint.
    """
    head = session.execute(_HEAD).one()
    row = {
        "number": head.number + 1,
        "at": utc_now().replace(microsecond=0),
        "actor_id": actor_id,
        "action": action,
        "subject": subject,
        "details": details,
        "previous_hash": head.row_hash,
    }
    row["row_hash"] = row_hash(row)
    session.execute(_APPEND, [row])
    session.connection().execute(_MOVE_HEAD, {"number": row["number"], "row_hash": row["row_hash"]})
    if row["number"] % EVERY == 0:
        write_checkpoint(session, number=row["number"], row_hash=row["row_hash"], at=row["at"])


def row_hash(row: dict[str, Any]) -> str:
    """Return the SHA-256 of a row in canonical JSON (RFC 8785), previous hash included."""
    return hashlib.sha256(rfc8785.dumps({**row, "at": to_wire(row["at"])})).hexdigest()
