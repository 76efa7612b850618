"""The server's order of changes (PL2): one counter row, taken late and held to commit by every writer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.sync.models import NEXT_SEQ, SyncState

_EPOCH, _SEQ = select(SyncState.epoch), select(SyncState.seq)


def take_seqs(session: Session, count: int) -> range:
    """Reserve `count` consecutive numbers. Locks the counter row until commit, so commits follow the numbers' order."""
    last: int = session.execute(NEXT_SEQ, {"n": count}).scalar_one()
    return range(last - count + 1, last + 1)


def hold_seqs(session: Session) -> None:
    """Lock the counter row and take no number: who reads first and writes much later waits for nobody in between."""
    session.execute(_SEQ.with_for_update())  # SQLite has one writer at a time anyway


def current_epoch(session: Session) -> str:
    """Return the random id of this database (PL5)."""
    return session.execute(_EPOCH).scalar_one()


def current_seq(session: Session) -> int:
    """Return the highest number given out and committed."""
    return session.execute(_SEQ).scalar_one()
