"""What somebody had and may no longer have (PL3, PL4): noted when it happens, told by the next pull.

An audience is a key an actor may hold: `user:<id>`, `unit:<id>`, `district:<code>`, or `city` for all districts.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.ids import new_id
from fieldapp.sync.models import Gone
from fieldapp.sync.sequence import take_seqs

CITY = "city"
NOBODY = "nobody"  # a mark only: no phone has it any more


class Leaving(NamedTuple):
    """A record that an audience no longer has; `version` is its last."""

    collection: str
    record_id: str
    version: int
    audience: str


def of_user(user_id: str) -> str:
    """Return the audience that is one person."""
    return f"user:{user_id}"


def of_unit(unit_id: str) -> str:
    """Return the audience of a unit."""
    return f"unit:{unit_id}"


def of_district(code: str) -> str:
    """Return the audience of a district; who holds all of them loses nothing with one."""
    return f"district:{code}"


def audiences_of(actor: Actor) -> frozenset[str]:
    """Return every audience the actor is part of."""
    keys = {of_user(actor.user_id)}
    for grant in actor.grants:
        if grant.team_id:
            keys.add(of_unit(grant.team_id))
        keys.add(of_district(grant.district) if grant.district else CITY)
    return frozenset(keys)


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
