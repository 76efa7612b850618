"""Sites into the register, and their place in a mapping year."""

from typing import Any

import shapely

from fieldapp.core.geodesy import read_geometry
from fieldapp.places import facts
from fieldapp.places.importers.known_sites import KnownSites, new_name
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Row
from fieldapp.places.importers.write_mappings import is_mapped, mapping_fault, note_opened, write_mapping
from fieldapp.places.models import Site
from fieldapp.places.names import plain
from fieldapp.places.near import nearness_index
from fieldapp.places.outlines import Outlines, outlines
from fieldapp.places.rules import NearnessIndex
from fieldapp.places.services import create_site

STEP = 100
CHANGEABLE = ("public_label", "kind", "is_public", "coordinate_uncertainty_m", "district")


def write_sites(ledger: Ledger) -> None:
    """Write what the rows say; a field that a row does not name stays as it is."""
    known, official = KnownSites(ledger), outlines(ledger.session)
    index = nearness_index(ledger.session, ledger.rule)
    rows = sorted(ledger.read.rows, key=_order)
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
            seen.add(_make(ledger, row, str(district), known, index))
        else:
            seen.add(site.id)
            _change(ledger, row, site, known, index)
    note_opened(ledger, known)
    _disappeared(ledger, known, seen)


def _order(row: Row) -> tuple[Any, ...]:
    """Order rows whatever their order in the file: by year, those that name another site after those it may make."""
    return row["year"] or 0, bool(row.get("related")), plain(row["name"]), row["id"] or "", row["row"]


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
    return mapping_fault(ledger, row, site, known)


def _make(ledger: Ledger, row: Row, district: str, known: KnownSites, index: NearnessIndex) -> str:
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
    known.add(site)
    ledger.created += 1
    if row["status"]:
        write_mapping(ledger, row, site, known, index)
    return site.id


def _change(ledger: Ledger, row: Row, site: Site, known: KnownSites, index: NearnessIndex) -> None:
    values: dict[str, Any] = {name: row[name] for name in CHANGEABLE if row[name] is not None}
    if row["id"]:
        values["name"] = row["name"]
    if row["geometry"] and not _same(row["geometry"], site.geometry):
        values["geometry"], values["geometry_valid_from"] = row["geometry"], ledger.today
    is_changed = ledger.write("sites", site, values)
    known.add(site)
    if is_mapped(row, site):
        write_mapping(ledger, row, site, known, index)
        is_changed = True
    ledger.changed += is_changed
    ledger.unchanged += not is_changed


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
