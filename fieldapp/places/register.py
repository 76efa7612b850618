"""Writes of the register by people: a new site, a change. Each keeps history and audit.

The counter is taken before a site is read: two who write at once come one after the other, and the second reads what
the first wrote. Flush, never commit.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.places import facts
from fieldapp.places.history import note_change
from fieldapp.places.models import Site
from fieldapp.places.names import plain, says_scene
from fieldapp.places.near import judge_again
from fieldapp.places.outlines import outlines
from fieldapp.places.queries import readable_sites
from fieldapp.places.records import EDITORS
from fieldapp.places.rules import NearnessRule, priority_faults
from fieldapp.places.services import create_site
from fieldapp.sync.sequence import take_seqs

FIELDS = (
    "name", "public_label", "district", "kind", "is_public", "geometry", "coordinate_uncertainty_m",
    "geometry_valid_from", "priorities",
)  # fmt: skip
Values = Mapping[str, Any]


def may_edit(actor: Actor, district: str) -> bool:
    """Say whether the sites of a district are the actor's to write (access.md)."""
    return actor.covers(district, *EDITORS)


def add_site(
    session: Session, *, actor: Actor, values: Values, reason: str | None, rule: NearnessRule, now: datetime,
    key: str | None = None,
) -> str:  # fmt: skip
    """Make a site and return its id; the same `key` again by the same person makes no second one.

    `values` are of `FIELDS`, the geometry sound and in WGS 84. Without a district it is that of where the site lies,
    without a public label *Plats i …*. Raises `Invalid`, `NotAllowed` where the district is not the actor's, and
    `Conflict` for a key that is something else's.
    """
    take_seqs(session, 1)  # whoever sends the same key at the same moment comes after
    if key is not None and (there := session.get(Site, key)) is not None:
        if there.created_by != actor.user_id or there.deleted or not may_edit(actor, there.district):
            raise Conflict
        return key
    given = {"kind": "other", "is_public": False, "coordinate_uncertainty_m": 0, "priorities": [], **values}
    given["district"] = given.get("district") or outlines(session).of_geometry(given["geometry"])
    if given["district"] is None:
        raise Invalid(fields={"district": ["required"]})
    today = local_date(now)
    given["geometry_valid_from"] = given.get("geometry_valid_from") or today
    if not given.get("public_label"):
        names = facts.district_names()
        given["public_label"] = f"Plats i {names.get(given['district'], '')}"
    _check(given, today)
    if not may_edit(actor, given["district"]):
        raise NotAllowed
    _refuse_same_name(session, given["name"], given["district"])
    site = create_site(session, **given, rule=rule, created_by=actor.user_id, site_id=key)
    note_change(session, site=site, actor=actor, kind="created", before={}, after=given, reason=reason, now=now)
    audit.record(session, action="site.created", actor_id=actor.user_id, subject=site.id, district=site.district)
    return site.id


def change_site(
    session: Session, *, actor: Actor, site_id: str, version: int, values: Values, reason: str | None,
    rule: NearnessRule, now: datetime,
) -> int:  # fmt: skip
    """Change those of `FIELDS` that are given and are others than before; return the version then.

    A site that moves is judged anew. Raises `NotFound` also for a site of another's district, `Invalid`, and `Conflict`
    where it has changed after the version that was read.
    """
    seq = take_seqs(session, 1)[0]
    site = own_site(session, actor, site_id, version)
    today = local_date(now)
    new = {name: value for name, value in values.items() if getattr(site, name) != value}
    if "geometry" in new and new.get("geometry_valid_from") is None:
        new["geometry_valid_from"] = values.get("geometry_valid_from") or today
    if not new:
        return site.version
    _check(new, today)
    if "district" in new and not may_edit(actor, new["district"]):
        raise Invalid(fields={"district": ["not_your_district"]})
    if "name" in new or "district" in new:
        _refuse_same_name(session, new.get("name", site.name), new.get("district", site.district), site_id)
    before = {name: getattr(site, name) for name in new}
    for name, value in new.items():
        setattr(site, name, value)
    if new.keys() & {"geometry", "coordinate_uncertainty_m"}:
        judge_again(session, site, rule=rule, today=today)
    site.version, site.seq = site.version + 1, seq
    note_change(session, site=site, actor=actor, kind="changed", before=before, after=new, reason=reason, now=now)
    session.flush()
    audit.record(session, action="site.changed", actor_id=actor.user_id, subject=site_id, fields=sorted(new))
    return site.version


def own_site(session: Session, actor: Actor, site_id: str, version: int | None = None) -> Site:
    """Return a site that the actor may write, as it stands now. Raises `NotFound`, and `Conflict` for another version.

    One of a district that is another's is refused like one that does not exist.
    """
    query = select(Site).where(Site.id == site_id, ~Site.deleted, readable_sites(actor))
    site = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if site is None or not may_edit(actor, site.district):
        raise NotFound
    if version is not None and site.version != version:
        raise Conflict
    return site


def _refuse_same_name(session: Session, name: str, district: str, site_id: str | None = None) -> None:
    """Refuse a name that another site of the district has: a file that names it could mean either."""
    others = select(Site.name).where(Site.district == district, ~Site.deleted)
    if site_id is not None:
        others = others.where(Site.id != site_id)
    if plain(name) in {plain(other) for other in session.scalars(others)}:
        raise Invalid(fields={"name": ["name_taken"]})


def _check(values: Values, today: date) -> None:
    faults = priority_faults(values.get("priorities", ()))
    if "district" in values and values["district"] not in facts.district_codes():
        faults["district"] = ["unknown_code"]
    if "public_label" in values and says_scene(values["public_label"]):
        faults["public_label"] = ["label_says_scene"]
    valid_from = values.get("geometry_valid_from")
    if valid_from is not None and valid_from > today:
        faults["geometry_valid_from"] = ["in_the_future"]
    if faults:
        raise Invalid(fields=faults)
