"""Sites into the register, and their place in a mapping year."""

from datetime import date
from typing import Any

import shapely

from fieldapp.core.geodesy import read_geometry
from fieldapp.places import facts
from fieldapp.places.importers.known_sites import KnownSites, new_name
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Row
from fieldapp.places.importers.tables import plain
from fieldapp.places.models import Site
from fieldapp.places.near import nearness_index
from fieldapp.places.outlines import Outlines, outlines
from fieldapp.places.rules import NearnessIndex, mapping_faults
from fieldapp.places.services import add_mapping, create_site

STEP = 100
KEPT = ("site_id", "year", "status", "related_site_id", "source", "reported_by", "decided_on")  # of a mapping, to undo
CHANGEABLE = ("public_label", "kind", "is_public", "coordinate_uncertainty_m", "district")


def write_sites(ledger: Ledger) -> None:
    """Write what the rows say; a field that a row does not name stays as it is."""
    known, official = KnownSites(ledger), outlines(ledger.session)
    index = nearness_index(ledger.session, ledger.rule)
    rows = sorted(ledger.read.rows, key=lambda row: (row["year"] or 0, plain(row["name"]), row["id"] or "", row["row"]))
    for row in rows:
        site, reason = known.find(row)
        if reason is None:
            known.want(row, site, _district(row, site, official))
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if number % STEP == 0:
            ledger.progress(number, len(rows))
        site, reason = known.find(row)
        if reason:
            ledger.refuse(row, reason)
            continue
        district = _district(row, site, official)
        reason = _fault(ledger, row, site, district, official, known)
        if reason:
            ledger.refuse(row, reason)
        elif site is None:
            made = _make(ledger, row, str(district), index)
            known.add(made)
            seen.add(made.id)
        else:
            seen.add(site.id)
            _change(ledger, row, site, index)
    _disappeared(ledger, known, seen)


def _district(row: Row, site: Site | None, official: Outlines) -> str | None:
    """Return the district that a row's site is of: as it says, as it is stored, or where it lies."""
    stored = row["district"] or (site.district if site else None)
    return stored or (official.of_geometry(row["geometry"]) if row["geometry"] else None)


def _fault(
    ledger: Ledger, row: Row, site: Site | None, district: str | None, official: Outlines, known: KnownSites
) -> str | None:
    if site is None and row["geometry"] is None:
        return "no_position"
    if district is None or (row["geometry"] and official.of_geometry(row["geometry"]) is None):
        return "outside_city"
    if not ledger.may_write(district) or (site is not None and not ledger.may_write(site.district)):
        return "not_your_district"
    if (called := new_name(row, site, district)) is not None and known.is_taken(called, site):
        return "name_taken"
    if not row["status"]:
        return None
    then = [mapping for mapping in site.mappings if mapping["year"] == row["year"]] if site else []
    if then:
        return "other_status" if then[0]["status"] != row["status"] else None
    faults = mapping_faults("", row["status"], None, _decided_on(ledger, row), ledger.today, {})
    return next((keys[0] for field, keys in faults.items() if field == "decided_on"), None)


def _decided_on(ledger: Ledger, row: Row) -> date:
    """Return the day a mapping was decided: a file that says none, the year's last day, or the day it is read in."""
    said = row["decided_on"]
    return date.fromisoformat(said) if said else min(date(row["year"], 12, 31), ledger.today)


def _make(ledger: Ledger, row: Row, district: str, index: NearnessIndex) -> Site:
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
    return site


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
        decided_on=_decided_on(ledger, row),
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
