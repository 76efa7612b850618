"""Undoing an import: every row as it was before, or nothing at all and why.

What an import made goes as a tombstone, so that phones forget it; a visit that a phone still had waiting for such a
place comes back as *Kunde inte tas emot*, whole.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, NotAllowed
from fieldapp.core.ports import port
from fieldapp.places.import_models import OldSurvey, PlaceImportChange, SchoolPosition
from fieldapp.places.importing import may_import, readable_import
from fieldapp.places.models import District, School, Site, SiteChange, SiteMapping
from fieldapp.places.names import plain
from fieldapp.places.near import recompute
from fieldapp.places.rules import LINK_CHANGES, NearnessRule, standing, survivor
from fieldapp.sync.sequence import hold_seqs, take_seqs

TABLES: dict[str, Any] = {
    "districts": District,
    "sites": Site,
    "schools": School,
    "mappings": SiteMapping,
    "survey": OldSurvey,
    "queue": SchoolPosition,
}
# What a mapping or a survey hangs on goes after them.
ORDER = ("mappings", "survey", "queue", "sites", "schools", "districts")
FOLLOWING = {"merged_into_id"}  # as the latest year left says, not as it stood before the file
DAYS = ("active_from", "active_to", "registered_on", "geometry_valid_from")


def undo(session: Session, *, import_id: str, actor: Actor | None, rule: NearnessRule, now: datetime) -> None:
    """Undo an import; `actor` None is the command line, which may undo any.

    Nothing is undone while a visit, briefing, walk, mapping or survey stands on what the import made, or while
    anything it wrote, or a place it made, has been changed since; nor where merges would go in a circle, or two places
    of a district be called the same. Raises `NotFound`, `NotAllowed`, and `Conflict` whose `more["why"]` are keys of
    reasons.
    """
    hold_seqs(session)  # as in reading in
    found = readable_import(session, actor, import_id)
    if actor is not None and not may_import(actor, found.kind):
        raise NotAllowed
    if found.state != "done":
        raise Conflict(more={"why": ["already_undone"]})
    changes = list(session.scalars(select(PlaceImportChange).where(PlaceImportChange.import_id == import_id)))
    why = in_the_way(session, changes)
    if why:
        raise Conflict(more={"why": why})
    for change in sorted(changes, key=lambda one: (ORDER.index(one.collection), one.record_id)):
        _take_back(session, change)
    session.flush()
    recompute(session, rule=rule, today=local_date(now))
    found.state, found.undone_at, found.undone_by = "undone", now, actor.user_id if actor else None
    session.flush()
    audit.record(session, action="places.import_undone", actor_id=found.undone_by, subject=import_id, kind=found.kind)


def in_the_way(session: Session, changes: list[PlaceImportChange]) -> list[str]:
    """Return why these changes can't be taken back, sorted: `changed_since`, `visits`, `briefings`, …"""
    why: set[str] = set()
    own = {(change.collection, change.record_id) for change in changes}
    for change in changes:
        row = session.get(TABLES[change.collection], change.record_id)
        if row is None or getattr(row, "deleted", False) or _now(row, change.after) != change.after:
            why.add("changed_since")
    made = [change.record_id for change in changes if change.collection == "sites" and change.before is None]
    schools = [change.record_id for change in changes if change.collection == "schools" and change.before is None]
    if made:
        on_made = select(SiteMapping.id).where(SiteMapping.site_id.in_(made) | SiteMapping.related_site_id.in_(made))
        surveys = select(OldSurvey.id).where(OldSurvey.site_id.in_(made))
        into_made = select(Site.id).where(Site.merged_into_id.in_(made), Site.id.not_in(made), ~Site.deleted)
        mended = {one.record_id for one in changes if one.before and "merged_into_id" in one.before}
        mapped = any(("mappings", found) not in own for found in session.scalars(on_made))
        if mapped or not mended.issuperset(session.scalars(into_made)):
            why.add("mappings")
        if any(("survey", found) not in own for found in session.scalars(surveys)):
            why.add("surveys")
        of_links = (*LINK_CHANGES, "taken_back")  # a link that stands is told by the port
        by_people = select(SiteChange.id).where(SiteChange.site_id.in_(made), SiteChange.kind.not_in(of_links))
        if session.scalars(by_people).first():
            why.add("changed_since")
    restored = _restored(session, changes, made)
    if restored:
        why |= _as_it_would_be(session, restored, made)
    codes = list(session.scalars(select(School.school_unit_code).where(School.id.in_(schools))))
    if made or codes:
        why |= set(port("stands_on")(session, made, codes))
    return sorted(why)


def _restored(session: Session, changes: list[PlaceImportChange], made: list[str]) -> dict[str, dict[str, Any]]:
    """Return, by site, the fields it would have again: as before the file, merged as its latest year left says."""
    restored = {one.record_id: dict(one.before) for one in changes if one.collection == "sites" and one.before}
    years: dict[str, set[int]] = {}
    for one in changes:
        if one.collection == "mappings" and one.after["site_id"] not in made:
            years.setdefault(one.after["site_id"], set()).add(one.after["year"])
    for site in session.scalars(select(Site).where(Site.id.in_(list(years)))):
        left = [entry for entry in site.mappings if entry["year"] not in years[site.id]]
        if site.mappings[-1:] != left[-1:]:
            restored.setdefault(site.id, {})["merged_into_id"] = standing(left)["merged_into_id"]
    return restored


def _as_it_would_be(session: Session, restored: dict[str, dict[str, Any]], made: list[str]) -> set[str]:
    """Say what would be wrong with the sites if these had their earlier fields again and those made were gone."""
    why: set[str] = set()
    columns = select(Site.id, Site.name, Site.district, Site.merged_into_id).where(~Site.deleted, Site.id.not_in(made))
    rows = {row["id"]: {**row, **restored.get(row["id"], {})} for row in session.execute(columns).mappings()}
    merged = {key: row["merged_into_id"] for key, row in rows.items() if row["merged_into_id"]}
    for key in restored.keys() & merged.keys():
        if survivor(merged[key], {one: into for one, into in merged.items() if one != key}) == key:
            why.add("merges_in_a_circle")
    others = {(plain(row["name"]), row["district"]) for key, row in rows.items() if key not in restored}
    for key, before in restored.items():
        is_named = before.keys() & {"name", "district"} and key in rows
        if is_named and (plain(rows[key]["name"]), rows[key]["district"]) in others:
            why.add("name_taken")
    return why


def _now(row: Any, fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in fields}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _take_back(session: Session, change: PlaceImportChange) -> None:
    row: Any = session.get(TABLES[change.collection], change.record_id)
    if change.collection == "mappings":
        _unmap(session, row)
    elif change.collection in ("survey", "queue") and change.before is None:
        session.delete(row)
    elif change.before is None:
        row.deleted = True
    else:
        for name in change.before.keys() - FOLLOWING:
            value = change.before[name]
            setattr(row, name, date.fromisoformat(value) if name in DAYS and value else value)
    if hasattr(row, "seq"):
        row.version += 1
        row.seq = take_seqs(session, 1)[0]


def _unmap(session: Session, mapping: SiteMapping) -> None:
    site = session.get_one(Site, mapping.site_id)
    left = [entry for entry in site.mappings if entry["year"] != mapping.year]
    if site.mappings[-1:] != left[-1:]:
        for name, value in standing(left).items():
            setattr(site, name, value)
    site.mappings = left
    site.version += 1
    site.seq = take_seqs(session, 1)[0]
    session.delete(mapping)
