"""A site's own history: what people changed, written beside the change itself, and read together with imports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import User
from fieldapp.accounts.sync import People
from fieldapp.core.access import Actor
from fieldapp.core.ids import new_id
from fieldapp.places.import_models import OldSurvey, PlaceImport, PlaceImportChange
from fieldapp.places.models import Site, SiteChange, SiteMapping
from fieldapp.places.records import EDITORS, FULL_READERS, SAFETY_READERS
from fieldapp.places.rules import IN_FORCE

MOST = 200
SAFETY_FIELDS = ("safety_level", "safety_reason", "safety_review_on")
MAPPED_BY_FORM = ("mapped", "mapping_corrected")
Row = dict[str, Any]


def note_change(
    session: Session,
    *,
    site: Site,
    actor: Actor,
    kind: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str | None,
    now: datetime,
) -> None:
    """Keep what a person changed of a site: its fields as they were and as they became."""
    session.add(
        SiteChange(
            id=new_id(),
            site_id=site.id,
            at=now,
            by=actor.user_id,
            by_role=acting_role(actor, site.district),
            kind=kind,
            before=_plain(before),
            after=_plain(after),
            reason=reason or "",
        )
    )


def acting_role(actor: Actor, district: str) -> str:
    """Return the role by which an actor writes sites in a district."""
    return next((role for role in EDITORS if actor.covers(district, role)), "")


def is_known_elsewhere(session: Session, site_id: str) -> bool:
    """Say whether an import or an earlier survey wrote of a site, or another site's mapping or merge names it."""
    queries = (
        select(PlaceImportChange.record_id).where(PlaceImportChange.record_id == site_id),
        select(OldSurvey.id).where(OldSurvey.site_id == site_id),
        select(SiteMapping.id).where(SiteMapping.related_site_id == site_id),
        select(Site.id).where(Site.merged_into_id == site_id, ~Site.deleted),
    )
    return any(session.scalars(query.limit(1)).first() for query in queries)


def kind_before_mapping(session: Session, site_id: str) -> str | None:
    """Return the kind that a mapping year in force ended, by form or by file; None where a person said it since."""
    people = session.scalars(select(SiteChange).where(SiteChange.site_id == site_id))
    files = [row for row in _of_imports(session, site_id) if not row["is_undone"]]
    listed_at = {row["at"] for row in files if row["after"].get("status") in IN_FORCE}
    told = [(change.at, change.kind in MAPPED_BY_FORM, change.before, change.after) for change in people]
    told += [(row["at"], row["at"] in listed_at, row["before"], row["after"]) for row in files]
    of_kind = [one for one in told if "kind" in one[3]]
    if not of_kind:
        return None
    _, by_mapping, before, _ = max(of_kind, key=lambda one: one[0])
    kind: str | None = before.get("kind") if by_mapping else None
    return kind


def history_of(session: Session, actor: Actor, site_id: str, now: datetime) -> list[Row]:
    """Return what was changed of a site, newest first, 200 at most; nothing for who reads listed sites alone.

    Each `{at, kind, by_role, by, before, after, reason, is_undone}`; `by` is the name where the actor may know it. Who
    may not know how safe a place is reads nothing of that here either.
    """
    if not actor.has_role(*FULL_READERS):
        return []
    asked = select(SiteChange).where(SiteChange.site_id == site_id)
    written = session.scalars(asked.order_by(SiteChange.at.desc(), SiteChange.id.desc()).limit(MOST))
    found = [_of_person(change) for change in written] + _of_imports(session, site_id)
    known = _names(session, actor, now, {one["by_id"] for one in found if one["by_id"]})
    shown = [_shown(one, actor) | {"by": known.get(one["by_id"])} for one in found]
    newest_first = sorted((one for one in shown if one["kind"] != "safety_set" or one["after"]), key=_at, reverse=True)
    return newest_first[:MOST]


def _of_person(change: SiteChange) -> Row:
    names = ("at", "kind", "by_role", "before", "after", "reason")
    return {name: getattr(change, name) for name in names} | {"by_id": change.by, "is_undone": False}


def _of_imports(session: Session, site_id: str) -> list[Row]:
    query = (
        select(PlaceImportChange.before, PlaceImportChange.after, PlaceImport.at, PlaceImport.by, PlaceImport.state)
        .join(PlaceImport, PlaceImport.id == PlaceImportChange.import_id)
        .where(
            or_(
                (PlaceImportChange.collection == "sites") & (PlaceImportChange.record_id == site_id),
                # By what was written, not by the mapping: that one may be gone since.
                (PlaceImportChange.collection == "mappings")
                & (PlaceImportChange.after["site_id"].as_string() == site_id),
            )
        )
    )
    return [
        {
            "at": row.at,
            "kind": "imported",
            "by_role": "import",
            "by_id": row.by,
            "before": row.before or {},
            "after": {name: value for name, value in row.after.items() if name != "site_id"},
            "reason": "",
            "is_undone": row.state == "undone",
        }
        for row in session.execute(query)
    ]


def _names(session: Session, actor: Actor, now: datetime, ids: set[str]) -> dict[str, str]:
    query = select(User.id, User.name).where(User.id.in_(ids), People().readable(actor, now))
    return {row.id: row.name for row in session.execute(query)}


def _shown(one: Row, actor: Actor) -> Row:
    if actor.has_role(*SAFETY_READERS):
        return one
    without = {
        side: {name: value for name, value in one[side].items() if name not in SAFETY_FIELDS}
        for side in ("before", "after")
    }
    return one | without | ({"reason": ""} if one["kind"] == "safety_set" else {})


def _at(one: Row) -> datetime:
    at: datetime = one["at"]
    return at


def _plain(values: Mapping[str, Any]) -> Row:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
