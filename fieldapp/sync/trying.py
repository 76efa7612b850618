"""A piece of work that may fail without stopping the rest (PU1, PU2)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

log = structlog.get_logger()
T = TypeVar("T")


def tried(session: Session, work: Callable[[], T], *, event: str, mutation_ids: Sequence[str]) -> T | None:
    """Return what the work returns, or None where it failed: then nothing of it is written. `event`: what the log says.

    Raises `OperationalError`: that is the database, not a mutation, and nothing of the batch may stay.
    """
    try:
        with session.begin_nested():
            return work()
    except OperationalError:
        raise
    except Exception as error:
        kind = type(error.orig if isinstance(error, DatabaseError) else error).__name__
        log.exception(event, kind=kind, mutation_ids=mutation_ids)
        return None
