"""The rows of facts: read whole, and written only where they differ. Knows neither records nor what a fact means.

Flush, never commit.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from fieldapp.summaries.daily import Key
from fieldapp.summaries.models import SiteDay, SummaryFact

FACTS: Any = SummaryFact.__table__
SITE_DAYS: Any = SiteDay.__table__
Json = dict[str, Any]
Changes = dict[Key, tuple[Json, Json]]  # what was kept and what is, nothing being empty
NOTHING: Json = {}
DAMAGED: Json = {"is_damaged": True}  # a row whose numbers are not those of its figures
SiteDays = set[tuple[str, date]]


def kept(
    session: Session, grain: str, first: date, last: date, scopes: Collection[str] | None = None
) -> dict[Key, Json]:
    """Return the facts that are kept of days, or of months by their first day."""
    query = select(FACTS).where(FACTS.c.grain == grain, FACTS.c.date.between(first, last))
    if scopes is not None:
        query = query.where(FACTS.c.scope.in_(scopes))
    rows = session.execute(query)
    return {(row.scope, row.date): row.figures if _agrees(row) else DAMAGED for row in rows}


def write_facts(session: Session, grain: str, known: dict[Key, Json], wanted: dict[Key, Json]) -> Changes:
    """Let rows of a grain be as wanted; return those that changed, as they were and as they are."""
    changed = {key for key in known.keys() | wanted.keys() if known.get(key) != wanted.get(key)}
    gone, new = changed - wanted.keys(), changed - known.keys()
    _execute(session, _DELETE_FACT, [_key(grain, key) for key in sorted(gone)])
    _execute(session, _UPDATE_FACT, [_key(grain, key) | _values(wanted[key]) for key in sorted(changed - gone - new)])
    if new:
        rows = [
            {"scope": scope, "grain": grain, "date": day, **_values(wanted[scope, day])} for scope, day in sorted(new)
        ]
        session.execute(insert(FACTS), rows)
    return {key: (known.get(key, NOTHING), wanted.get(key, NOTHING)) for key in changed}


def known_site_days(session: Session, first: date, last: date) -> SiteDays:
    """Return the site days that are kept."""
    query = select(SITE_DAYS.c.site_id, SITE_DAYS.c.day).where(SITE_DAYS.c.day.between(first, last))
    return {(row.site_id, row.day) for row in session.execute(query)}


def write_site_days(session: Session, known: SiteDays, wanted: SiteDays) -> None:
    """Let the days on which sites were visited be as wanted."""
    _execute(session, _DELETE_SITE_DAY, [{"b_site_id": site, "b_day": day} for site, day in sorted(known - wanted)])
    if wanted - known:
        session.execute(insert(SITE_DAYS), [{"site_id": site, "day": day} for site, day in sorted(wanted - known)])


def _agrees(row: Any) -> bool:
    """Say whether the numbers beside a fact are those in it."""
    packed: Json = row.figures
    return bool(packed) and (row.shifts, row.open_again) == (packed["effort"][0], packed["open_again"])


def _key(grain: str, key: Key) -> Json:
    return {"b_scope": key[0], "b_grain": grain, "b_date": key[1]}


def _values(packed: Json) -> Json:
    return {"shifts": packed["effort"][0], "open_again": packed["open_again"], "figures": packed}


def _execute(session: Session, statement: Any, rows: list[Json]) -> None:
    if rows:
        session.connection().execute(statement, rows)


_THIS_FACT = (
    FACTS.c.scope == bindparam("b_scope"),
    FACTS.c.grain == bindparam("b_grain"),
    FACTS.c.date == bindparam("b_date"),
)
_DELETE_FACT = delete(FACTS).where(*_THIS_FACT)
_UPDATE_FACT = (
    update(FACTS)
    .where(*_THIS_FACT)
    .values({name: bindparam(name, type_=FACTS.c[name].type) for name in ("shifts", "open_again", "figures")})
)
_DELETE_SITE_DAY = delete(SITE_DAYS).where(
    SITE_DAYS.c.site_id == bindparam("b_site_id"), SITE_DAYS.c.day == bindparam("b_day")
)
