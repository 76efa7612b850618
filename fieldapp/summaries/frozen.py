"""Reads what was frozen: the figures as a reader may have them, and the counts of persons that stay as they were."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import to_wire
from fieldapp.core.errors import NotFound
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.summaries import queries, rights
from fieldapp.summaries.disclosure import Atom, PersonCounts
from fieldapp.summaries.frozen_models import FrozenAtom, FrozenSummary
from fieldapp.summaries.frozen_rules import Scope, counts_from, differences, readable
from fieldapp.summaries.periods import Period

Json = dict[str, Any]
Level = Literal["full", "protected"]
WALKS_ONLY = ("district", "from", "to", "status", "disclosure", "basis", "complete", "walks")


@dataclass(frozen=True)
class Listing:
    """Which frozen summaries: of a district, a team or the city, of one period or all, a page at a time."""

    scope: Scope
    first: date | None = None
    last: date | None = None
    limit: int = 100
    after: str | None = None


def newest(session: Session, scope: Scope, period: Period, mapping_year: int | None = None) -> FrozenSummary | None:
    """Return the newest version of exactly this scope and period, None where there is none.

    With `mapping_year`, only where the newest rests on that one.
    """
    query = select(FrozenSummary).where(
        FrozenSummary.scope == scope.key, FrozenSummary.first_on == period.first, FrozenSummary.last_on == period.last
    )
    found = session.scalars(query.order_by(FrozenSummary.version.desc()).limit(1)).first()
    return found if found and mapping_year in (None, found.mapping_year) else None


def states(session: Session, district: str | None, period: Period) -> dict[Atom, list[PersonCounts]]:
    """Return what each district's month was frozen as, oldest first, in summaries of districts and the city.

    A state that is as the one before it is none of its own.
    """
    first, last = ((day.year, day.month) for day in (period.first, period.last))
    month = tuple_(FrozenAtom.year, FrozenAtom.month)
    query = (
        select(FrozenAtom.district, FrozenAtom.year, FrozenAtom.month, FrozenAtom.cells, FrozenAtom.observed_visits)
        .join(FrozenSummary, FrozenSummary.id == FrozenAtom.frozen_id)
        .where(FrozenSummary.team_id.is_(None), month >= tuple_(*first), month <= tuple_(*last))
        .order_by(FrozenSummary.number)
    )
    if district is not None:
        query = query.where(FrozenAtom.district == district)
    found: defaultdict[Atom, list[PersonCounts]] = defaultdict(list)
    for row in session.execute(query):
        some, counts = found[row.district, (row.year, row.month)], counts_from(row.cells, row.observed_visits)
        if not some or some[-1] != counts:
            some.append(counts)
    return dict(found)


def document(session: Session, actor: Actor, kept: FrozenSummary, level: Level) -> Json:
    """Return a frozen summary of a disclosure level, with the sites that the actor may know."""
    text = kept.full if level == "full" else kept.protected
    if text is None:
        raise NotFound  # a team's own figures leave it in no form
    return readable(orjson.loads(text), _known_sites(session, actor))


def stored(kept: FrozenSummary) -> Json:
    """Return the full document, with the names of all sites."""
    found: Json = orjson.loads(kept.full)
    return found


def marks(kept: FrozenSummary, level: Level) -> Json:
    """Return what tells frozen figures from others: id, version, checksum of the level, when."""
    sha256 = kept.full_sha256 if level == "full" else kept.protected_sha256
    return {"id": kept.id, "version": kept.version, "sha256": sha256, "frozen_at": to_wire(kept.frozen_at)}


def frozen_summaries(session: Session, actor: Actor, asked: Listing) -> Json:
    """Return the frozen summaries of a scope in the order they were made, at most `limit` after the id `after`.

    Raises `NotFound` for a district or team that does not exist or is not the actor's to know.
    """
    level = _level(rights_in(session, actor, asked.scope))
    query = select(FrozenSummary).where(FrozenSummary.scope == asked.scope.key)
    for column, day in ((FrozenSummary.first_on, asked.first), (FrozenSummary.last_on, asked.last)):
        if day is not None:
            query = query.where(column == day)
    if asked.after is not None:
        before = select(FrozenSummary.number).where(FrozenSummary.id == asked.after).scalar_subquery()
        query = query.where(FrozenSummary.number > before)
    found: Sequence[FrozenSummary] = session.scalars(query.order_by(FrozenSummary.number).limit(asked.limit + 1)).all()
    page = found[: asked.limit]
    return {"items": [named(kept, level) for kept in page], "next": page[-1].id if len(found) > len(page) else None}


def frozen_summary(session: Session, actor: Actor, frozen_id: str) -> Json:
    """Return one frozen summary as its reader may have it, and what it has otherwise than the version before.

    Raises `NotFound` for one that does not exist or is not the actor's to know.
    """
    kept = session.get(FrozenSummary, frozen_id)
    if kept is None:
        raise NotFound
    reading = rights_in(session, actor, Scope(kept.district, kept.team_id))
    level = _level(reading)
    figures = document(session, actor, kept, level)
    before = _before(session, kept)
    changed = differences(document(session, actor, before, level), figures) if before else []
    if reading == "walks":
        figures = {name: figures[name] for name in WALKS_ONLY}
        changed = [one for one in changed if one["path"].startswith("walks.")]
    return {**figures, **named(kept, level), "differences": changed}


def rights_in(session: Session, actor: Actor, scope: Scope) -> rights.Disclosure:
    """Return how much of a scope's summaries the actor gets. Raises `NotFound`."""
    if scope.team is not None:
        found = next((team for team in queries.teams(session) if team.id == scope.team), None)
        if found is None:
            raise NotFound
        return rights.team_disclosure(actor, found.id, found.district)
    if scope.district is not None and scope.district not in district_codes():
        raise NotFound
    return rights.disclosure(actor, scope.district)


def _level(reading: rights.Disclosure) -> Level:
    return "full" if reading == "full" else "protected"


def named(kept: FrozenSummary, level: Level) -> Json:
    """Return a frozen summary without its figures."""
    return {
        **marks(kept, level),
        "district": kept.district,
        "team_id": kept.team_id,
        "from": kept.first_on.isoformat(),
        "to": kept.last_on.isoformat(),
        "mapping_year": kept.mapping_year,
        "frozen_by": kept.role,
    }


def _before(session: Session, kept: FrozenSummary) -> FrozenSummary | None:
    query = select(FrozenSummary).where(
        FrozenSummary.scope == kept.scope,
        FrozenSummary.first_on == kept.first_on,
        FrozenSummary.last_on == kept.last_on,
        FrozenSummary.version == kept.version - 1,
    )
    return session.scalars(query).one_or_none()


def _known_sites(session: Session, actor: Actor) -> set[str]:
    """Return the ids of the sites that the actor may read, those since taken out of the register too."""
    return set(session.scalars(select(Site.id).where(readable_sites(actor))))
