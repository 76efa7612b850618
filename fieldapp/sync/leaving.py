"""What somebody had and may no longer have (PL3, PL4): noted when it happens, told by the next pull.

Told to audiences, as `core/audiences.py` names them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from fieldapp.core.ids import new_id
from fieldapp.sync.models import Gone
from fieldapp.sync.sequence import take_seqs


class Leaving(NamedTuple):
    """A record that an audience no longer has; `version` is its last."""

    collection: str
    record_id: str
    version: int
    audience: str


def note_leaving(session: Session, leaving: Iterable[Leaving], *, reason: str = "scope") -> None:
    """Note what audiences no longer have, in the transaction in which they lose it."""
    wanted = list(dict.fromkeys(leaving))
    if not wanted:
        return
    table: Any = Gone.__table__
    for item in wanted:
        session.execute(
            delete(table).where(
                table.c.collection == item.collection,
                table.c.record_id == item.record_id,
                table.c.audience == item.audience,
            )
        )
    rows = [
        {"id": new_id(), "seq": seq, "reason": reason, **item._asdict()}
        for item, seq in zip(wanted, take_seqs(session, len(wanted)), strict=True)
    ]
    session.execute(insert(table), rows)
