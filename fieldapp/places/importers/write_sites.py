"""Sites into the register, and their place in a mapping year; earlier surveys to the sites they speak of."""

from datetime import date
from typing import Any

import shapely
from sqlalchemy import select

from fieldapp.core.geodesy import read_geometry
from fieldapp.core.ids import new_id
from fieldapp.places import facts
from fieldapp.places.import_models import OldSurvey
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Row
from fieldapp.places.importers.tables import plain
from fieldapp.places.models import Site
from fieldapp.places.near import nearness_index
from fieldapp.places.outlines import Outlines, outlines
from fieldapp.places.rules import NearnessIndex
from fieldapp.places.services import add_mapping, create_site

STEP = 100
KEPT = ("site_id", "year", "status", "related_site_id", "source", "reported_by", "decided_on")  # of a mapping, to undo
CHANGEABLE = ("public_label", "kind", "is_public", "coordinate_uncertainty_m", "district")


class KnownSites:
    """The sites that stand, found by id, or by name and district."""

    def __init__(self, ledger: Ledger) -> None:
        stored = ledger.session.scalars(select(Site).where(~Site.deleted).order_by(Site.id))
        self.by_id = {site.id: site for site in stored}
        self._by_name: dict[str, list[Site]] = {}
        for site in self.by_id.values():
            self._by_name.setdefault(plain(site.name), []).append(site)

    def find(self, row: Row) -> tuple[Site | None, str | None]:
        """Return the site a row speaks of, or why nobody can tell; neither where none is called so."""
        if row["id"]:
            found = self.by_id.get(row["id"])
            return (found, None) if found else (None, "unknown_id")
        called = self._by_name.get(plain(row["name"]), [])
        called = [site for site in called if row["district"] in (None, site.district)]
        return (None, "ambiguous") if len(called) > 1 else (called[0] if called else None, None)


def write_sites(ledger: Ledger) -> None:
    """Write what the rows say; a field that a row does not name stays as it is."""
    known, official = KnownSites(ledger), outlines(ledger.session)
    index = nearness_index(ledger.session, ledger.rule)
    rows = sorted(ledger.read.rows, key=lambda row: (row["year"] or 0, plain(row["name"]), row["id"] or "", row["row"]))
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if number % STEP == 0:
            ledger.progress(number, len(rows))
        site, reason = known.find(row)
        if reason:
            ledger.refuse(row, reason)
            continue
        district = row["district"] or (site.district if site else None)
        if district is None and row["geometry"]:
            district = official.of_geometry(row["geometry"])
        reason = _fault(ledger, row, site, district, official)
        if reason:
            ledger.refuse(row, reason)
        elif site is None:
            seen.add(_make(ledger, row, str(district), index))
        else:
            seen.add(site.id)
            _change(ledger, row, site, index)
    _disappeared(ledger, known, seen)


def _fault(ledger: Ledger, row: Row, site: Site | None, district: str | None, official: Outlines) -> str | None:
    if site is None and row["geometry"] is None:
        return "no_position"
    if district is None or (row["geometry"] and official.of_geometry(row["geometry"]) is None):
        return "outside_city"
    if not ledger.may_write(district) or (site is not None and not ledger.may_write(site.district)):
        return "not_your_district"
    if site is not None and row["status"]:
        then = [mapping for mapping in site.mappings if mapping["year"] == row["year"]]
        if then and then[0]["status"] != row["status"]:
            return "other_status"
    return None


def _make(ledger: Ledger, row: Row, district: str, index: NearnessIndex) -> str:
    named = next(known.name for known in facts.districts() if known.code == district)
    fields = {
        "name": row["name"],
        "public_label": row["public_label"] or f"Plats i {named}",
        "district": district,
        "kind": row["kind"] or ("open_drug_scene" if row["status"] else "other"),
        "geometry": row["geometry"],
        "coordinate_uncertainty_m": row["coordinate_uncertainty_m"] or 0,
        "is_public": bool(row["is_public"]),
    }
    by = ledger.actor.user_id if ledger.actor else None
    site = create_site(
        ledger.session, **fields, geometry_valid_from=ledger.today, rule=ledger.rule, index=index, created_by=by
    )
    ledger.made("sites", site.id, fields | {"geometry": site.geometry})
    ledger.created += 1
    if row["status"]:
        _map(ledger, row, site, index)
    return site.id


def _change(ledger: Ledger, row: Row, site: Site, index: NearnessIndex) -> None:
    values: dict[str, Any] = {name: row[name] for name in CHANGEABLE if row[name] is not None}
    if row["id"]:
        values["name"] = row["name"]
    if row["geometry"] and not _same(row["geometry"], site.geometry):
        values["geometry"], values["geometry_valid_from"] = row["geometry"], ledger.today
    is_mapped = row["status"] and not any(mapping["year"] == row["year"] for mapping in site.mappings)
    if is_mapped and site.merged_into_id and row["year"] > max((one["year"] for one in site.mappings), default=0):
        values["merged_into_id"] = None  # the latest year decides
    is_changed = ledger.write("sites", site, values)
    if is_mapped:
        _map(ledger, row, site, index)
        is_changed = True
    ledger.changed += is_changed
    ledger.unchanged += not is_changed


def _map(ledger: Ledger, row: Row, site: Site, index: NearnessIndex) -> None:
    mapping = add_mapping(
        ledger.session,
        site_id=site.id,
        year=row["year"],
        status=row["status"],
        source=row["source"],
        reported_by=row["reported_by"],
        decided_on=date.fromisoformat(row["decided_on"]),
        rule=ledger.rule,
        index=index,
    )
    ledger.made("mappings", mapping.id, {name: getattr(mapping, name) for name in KEPT})


def _disappeared(ledger: Ledger, known: KnownSites, seen: set[str]) -> None:
    """Tell the listed sites that the file does not name, of the districts that it names."""
    if not any(row["status"] for row in ledger.read.rows):
        return
    named = {known.by_id[site_id].district for site_id in seen if site_id in known.by_id}
    ledger.disappeared += [
        site.name for site in known.by_id.values() if site.is_listed and site.district in named and site.id not in seen
    ]


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one == other or bool(shapely.equals(read_geometry(one), read_geometry(other)))


def write_survey(ledger: Ledger) -> None:
    """Keep the answers of each site and year; they are told as old wherever they are shown."""
    session, known = ledger.session, KnownSites(ledger)
    stored = {(row.site_id, row.year): row for row in session.scalars(select(OldSurvey))}
    for row in sorted(ledger.read.rows, key=lambda row: (row["year"], plain(row["name"]), row["row"])):
        site, reason = known.find(row)
        if site is None:
            ledger.refuse(row, reason or "unknown_site")
        elif not ledger.may_write(site.district):
            ledger.refuse(row, "not_your_district")
        elif (survey := stored.get((site.id, row["year"]))) is None:
            made = OldSurvey(id=new_id(), site_id=site.id, year=row["year"], answers=row["answers"])
            session.add(made)
            stored[site.id, row["year"]] = made
            ledger.made("survey", made.id, {"answers": row["answers"]})
            ledger.created += 1
        elif survey.answers == row["answers"]:
            ledger.unchanged += 1
        elif ("survey", survey.id) in ledger.changes:  # two rows of one site, by name and by id
            ledger.refuse(row, "repeated")
        else:
            before, survey.answers = survey.answers, row["answers"]
            ledger.made("survey", survey.id, {"answers": row["answers"]})
            ledger.changes["survey", survey.id].before = {"answers": before}
            ledger.changed += 1
