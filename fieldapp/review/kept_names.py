"""Names behind the ids and codes that kept values hold, as far as the reader may know them. Writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.ids import readable_id
from fieldapp.outreach.shift_reads import known_names, place_names
from fieldapp.places.facts import district_names


def names_in(session: Session, actor: Actor, now: datetime, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return names by id or code: of people, sites, schools and districts that the rows speak of."""
    said = {word for row in rows for value in row.values() for word in _strings(value)}
    ids = {one for word in said if (one := readable_id(word))}
    people = known_names(session, actor, now, ids)
    unit_codes = [word for word in said if word.isascii() and word.isdigit() and len(word) == 8]
    places = place_names(session, actor, ids, unit_codes)
    areas = district_names()
    return {"unknown": text("office.unknown_place"), **areas, **places, **people}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
