"""Pages of the queue's lists: each begins after the last row of the one before, whatever was settled meanwhile."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from fieldapp.core.ids import readable_id
from fieldapp.core.schema import YEARS

PAGE = 50
FIRST = datetime(YEARS[0], 1, 1, tzinfo=UTC)  # before any moment there is
Place = tuple[datetime, str]  # where a page ended: a moment and an id
Json = dict[str, Any]


def read_place(text: str | None) -> Place | None:
    """Return where a page ended from its address, None for its beginning and for what can't be read."""
    moment, _, key = (text or "").rpartition(".")
    known = readable_id(key)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    is_moment = at.tzinfo is not None and YEARS[0] <= at.year < YEARS[1]
    return (at, known) if known and is_moment else None


def place_text(place: Place) -> str:
    """Return a place as it stands in an address."""
    return f"{place[0].isoformat()}.{place[1]}"


def page(
    session: Session, query: Select[Any], order: tuple[Any, Any], after: Place | None, *, newest_first: bool = False
) -> tuple[list[Json], str | None]:
    """Return the next rows of a query in the order of a moment and an id, and where the page after them begins."""
    if after is not None:
        query = query.where(tuple_(*order) < after if newest_first else tuple_(*order) > after)
    sorted_by = [column.desc() for column in order] if newest_first else order
    rows = [dict(row) for row in session.execute(query.order_by(*sorted_by).limit(PAGE + 1)).mappings()]
    shown = rows[:PAGE]
    last = (shown[-1][order[0].key], shown[-1][order[1].key]) if len(rows) > PAGE else None
    return shown, place_text(last) if last else None


def cut(found: Sequence[Json], place_of: Callable[[Json], Place], after: Place | None) -> tuple[list[Json], str | None]:
    """Return the next of rows that are in order already, as `page` does; those of one place are not parted."""
    rest = [row for row in found if after is None or place_of(row) > after]
    size = PAGE
    while size < len(rest) and place_of(rest[size]) == place_of(rest[size - 1]):
        size += 1
    return rest[:size], place_text(place_of(rest[size - 1])) if len(rest) > size else None
