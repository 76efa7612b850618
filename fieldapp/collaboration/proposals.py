"""What the municipality proposes of a place for the mapping, from a year's work: read by grant, written by leads.

Flush, never commit; each change is in the audit log, its reason is not.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.collaboration import queries, rules
from fieldapp.collaboration.models import MappingProposal
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.queries import check_year, readable_sites
from fieldapp.places.rules import IN_FORCE
from fieldapp.sync.sequence import hold_seqs

READERS = queries.OF_DISTRICT
FIELDS = ("proposal", "reason")
Row = dict[str, Any]


def proposal(session: Session, actor: Actor, site_id: str, year: int) -> Row:
    """Return what is proposed of a place from a year's work; version 0 where nothing is. Raises `NotFound`."""
    site = queries.site(session, actor, site_id)
    if not actor.covers(site["district"], *READERS):
        raise NotFound
    check_year(year)
    found = proposals(session, actor, [site_id], year).get(site_id)
    nothing = {"proposal": None, "reason": "", "version": 0}
    is_listed = _is_listed(session, site_id, year)
    return {**nothing, **(found or {}), "site_id": site_id, "year": year, "site": site, "is_listed": is_listed}


def proposals(session: Session, actor: Actor, ids: Collection[str] | None, year: int) -> dict[str, Row]:
    """Return `proposal, reason, version` by site, of some places or all (None), in the districts the actor reads."""
    query = (
        select(MappingProposal.__table__)
        .join(Site, Site.id == MappingProposal.site_id)
        .where(MappingProposal.year == year, ~Site.deleted, readable_sites(actor))
    )
    held = actor.districts(*READERS)
    if held is not None:
        query = query.where(Site.district.in_(held))
    if ids is not None:
        query = query.where(MappingProposal.site_id.in_(list(ids)))
    rows = session.execute(query).mappings()
    return {row["site_id"]: {name: row[name] for name in (*FIELDS, "version")} for row in rows}


def save_proposal(
    session: Session,
    *,
    actor: Actor,
    site_id: str,
    year: int,
    version: int,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Propose something of a place, against the version that was read (0: nothing). The same again changes nothing.

    Raises `NotFound`, `NotAllowed` outside the districts one writes in, `Invalid`, and `Conflict` where somebody else
    changed it meanwhile.
    """
    hold_seqs(session)  # the place stays what it is while something is said of it
    stored = proposal(session, actor, site_id, year)
    if not stored["site"]["may_write"]:
        raise NotAllowed
    faults = {
        **rules.year_faults(year, local_date(now)),
        **rules.proposal_faults(values["proposal"], is_listed=stored["is_listed"]),
    }
    if stored["site"]["merged_into_id"]:
        faults = {"site_id": ["merged_site"]}
    if faults:
        raise Invalid(fields=faults)
    query = select(MappingProposal).where(MappingProposal.site_id == site_id, MappingProposal.year == year)
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is not None and all(getattr(row, name) == values[name] for name in FIELDS):
        return
    if (row.version if row else 0) != version:
        raise Conflict
    before = row.proposal if row else None
    if row is None:
        row = MappingProposal(id=new_id(), site_id=site_id, year=year, version=0)
        session.add(row)
    row.proposal, row.reason = values["proposal"], values["reason"]
    row.version, row.changed_at, row.changed_by = row.version + 1, now, actor.user_id
    session.flush()
    audit.record(
        session, action="mapping_proposal.saved", actor_id=actor.user_id, subject=site_id, year=year,
        version=row.version, proposal=row.proposal, proposal_before=before,
    )  # fmt: skip


def _is_listed(session: Session, site_id: str, year: int) -> bool:
    on = queries.mapping_year(session, year)
    query = select(SiteMapping.id).where(
        SiteMapping.site_id == site_id, SiteMapping.year == on, SiteMapping.status.in_(IN_FORCE)
    )
    return session.scalar(query) is not None
