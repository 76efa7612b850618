"""What becomes of places outside the register: linked to a site, joined to a new one, dismissed; each taken back.

The visit is never changed: it keeps what was noted, the register keeps the link, until what was noted changes. Who
decides holds the counter of changes, so that visits, sites and links stand still meanwhile. Flush, never commit.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.geodesy import from_plane
from fieldapp.core.ids import new_id
from fieldapp.core.ports import port
from fieldapp.core.schema import says_something
from fieldapp.outreach.clusters import middle
from fieldapp.outreach.models import PlaceLink, Shift, Visit
from fieldapp.outreach.new_places import DECIDERS, STANDS, decidable, position_of, undecided
from fieldapp.places.history import is_known_elsewhere, note_change
from fieldapp.places.models import Site, SiteChange
from fieldapp.places.outlines import outlines
from fieldapp.places.register import add_site
from fieldapp.places.rules import LINK_CHANGES, NearnessRule
from fieldapp.sync.sequence import hold_seqs, take_seqs

MOST = 200  # at once
OF_JOINING = {"created", *LINK_CHANGES}  # a site changed by nothing else is what joining made


def link_places(
    session: Session, *, actor: Actor, visit_ids: Sequence[str], site_id: str, reason: str, now: datetime
) -> None:
    """Say that places noted in the field are a site of the register, in a district of the actor's.

    Raises `NotFound` for a place that is not the actor's to decide on, `Conflict` for one decided on meanwhile, and
    `Invalid` for a site that is not theirs or is merged into another.
    """
    _open(session, actor, visit_ids, now)
    site = session.scalars(
        select(Site).where(Site.id == site_id, ~Site.deleted).execution_options(populate_existing=True)
    ).one_or_none()
    if site is None or not actor.covers(site.district, *DECIDERS):
        raise Invalid(fields={"site_id": ["unknown_id"]})
    if site.merged_into_id is not None:
        raise Invalid(fields={"site_id": ["merged_site"]})
    _decide(session, actor, visit_ids, "linked", site, reason, now)


def join_places(
    session: Session, *, actor: Actor, visit_ids: Sequence[str], name: str, reason: str, rule: NearnessRule,
    now: datetime,
) -> str:  # fmt: skip
    """Make a site of places noted in the field, in their middle, and return its id. Raises as `link_places`."""
    visits = _open(session, actor, visit_ids, now)
    where = middle([position_of(visit.place or {}) for visit in visits])
    lat, lon = from_plane(*where.position)
    found = outlines(session).at(lat, lon)
    district = found if found and actor.covers(found, *DECIDERS) else visits[0].district
    values = {
        "name": name,
        "kind": "emerging",
        "district": district,
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "coordinate_uncertainty_m": where.uncertainty_m,
    }
    made = add_site(session, actor=actor, values=values, reason=reason, rule=rule, now=now)
    _decide(session, actor, visit_ids, "joined", session.get_one(Site, made), reason, now)
    return made


def dismiss_places(session: Session, *, actor: Actor, visit_ids: Sequence[str], reason: str, now: datetime) -> None:
    """Say why places noted in the field are nothing for the register. Raises as `link_places`."""
    _open(session, actor, visit_ids, now)
    if not says_something(reason):
        raise Invalid(fields={"reason": ["required"]})
    _decide(session, actor, visit_ids, "dismissed", None, reason, now)


def take_back(session: Session, *, actor: Actor, link_id: str, now: datetime) -> None:
    """Take a decision back: the place waits again. A site that joining made goes with its last place, if only that.

    It stays where anything else stands on it, or a person changed it since. Raises `NotFound`, and `Conflict` for a
    decision that is taken back already.
    """
    hold_seqs(session)
    query = select(PlaceLink).join(Visit, Visit.id == PlaceLink.visit_id).join(Shift, Shift.id == Visit.shift_id)
    known = query.where(PlaceLink.id == link_id, decidable(actor, now))
    link = session.scalars(known.execution_options(populate_existing=True)).one_or_none()
    if link is None:
        raise NotFound
    if link.taken_back_at is not None:
        raise Conflict
    link.taken_back_at, link.taken_back_by = now, actor.user_id
    session.flush()
    if link.site_id is not None:
        site = session.get_one(Site, link.site_id, populate_existing=True)
        _note(session, actor, site, "place_unlinked", 1, "", now)
        _forget_made(session, actor, site, now)
    session.flush()
    audit.record(session, action="place.taken_back", actor_id=actor.user_id, subject=link.site_id, visit=link.visit_id)


def lapse_links(session: Session, visit_ids: Sequence[str], now: datetime) -> None:
    """End what was decided on places of visits that note another place since, or none: what is noted waits anew."""
    standing = select(PlaceLink).where(PlaceLink.visit_id.in_(visit_ids), STANDS)
    for link in session.scalars(standing):
        link.taken_back_at = now
        audit.record(session, action="place.lapsed", actor_id=None, subject=link.site_id, visit=link.visit_id)
    session.flush()


def forget_links(session: Session, visit_ids: Sequence[str]) -> None:
    """Clear what was decided on places of visits that are disposed of."""
    for link in session.scalars(select(PlaceLink).where(PlaceLink.visit_id.in_(visit_ids))):
        session.delete(link)
    session.flush()


def _open(session: Session, actor: Actor, visit_ids: Sequence[str], now: datetime) -> list[Visit]:
    """Return the visits, each with a place that waits for the actor's decision, in the order they were made."""
    hold_seqs(session)
    asked = set(visit_ids)
    if not asked:
        raise Invalid(fields={"visit": ["required"]})
    if len(asked) > MOST:
        raise Invalid(fields={"visit": ["too_many_items"]})
    ours = decidable(actor, now)
    known = select(Visit).join(Shift, Shift.id == Visit.shift_id).where(Visit.id.in_(asked), ours)
    visits = list(session.scalars(known.order_by(Visit.arrived_at, Visit.id)))
    if len(visits) != len(asked):
        raise NotFound
    waiting = session.execute(undecided(ours).where(Visit.id.in_(asked))).all()
    if len(waiting) != len(asked):
        raise Conflict
    return visits


def _decide(
    session: Session,
    actor: Actor,
    visit_ids: Sequence[str],
    decision: str,
    site: Site | None,
    reason: str,
    now: datetime,
) -> None:
    unique = sorted(set(visit_ids))
    for visit_id in unique:
        session.add(
            PlaceLink(
                id=new_id(),
                visit_id=visit_id,
                site_id=site.id if site else None,
                decision=decision,
                reason=reason,
                decided_by=actor.user_id,
                decided_at=now,
            )
        )
    if site is not None:
        _note(session, actor, site, "place_linked", len(unique), reason, now)
    session.flush()
    subject = site.id if site else None
    audit.record(session, action=f"place.{decision}", actor_id=actor.user_id, subject=subject, places=len(unique))


def _note(session: Session, actor: Actor, site: Site, kind: str, places: int, reason: str, now: datetime) -> None:
    after = {"places": places}
    note_change(session, site=site, actor=actor, kind=kind, before={}, after=after, reason=reason, now=now)
    session.flush()


def _forget_made(session: Session, actor: Actor, site: Site, now: datetime) -> None:
    """Take a site away that joining made and that nothing stands on any more, nor anybody has changed since."""
    of_site = select(PlaceLink.id).where(PlaceLink.site_id == site.id)
    if not session.scalars(of_site.where(PlaceLink.decision == "joined")).first():
        return
    linked = of_site.where(STANDS)
    kinds = set(session.scalars(select(SiteChange.kind).where(SiteChange.site_id == site.id)))
    if session.scalars(linked).first() or site.mappings or "created" not in kinds or not kinds <= OF_JOINING:
        return
    if is_known_elsewhere(session, site.id) or port("stands_on")(session, [site.id], []):
        return
    seq = take_seqs(session, 1)[0]
    site.deleted, site.version, site.seq = True, site.version + 1, seq
    note_change(session, site=site, actor=actor, kind="taken_back", before={}, after={}, reason="", now=now)
