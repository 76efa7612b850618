"""A row's place in a mapping year: judged as the register's form is, and written with what undoing needs."""

from datetime import date

from fieldapp.places import facts
from fieldapp.places.importers.known_sites import KnownSites
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Line, Row
from fieldapp.places.models import Site
from fieldapp.places.rules import IN_FORCE, NearnessIndex, mapping_faults
from fieldapp.places.services import add_mapping

KEPT = ("site_id", "year", "status", "related_site_id", "source", "reported_by", "decided_on")  # of a mapping, to undo


def is_mapped(row: Row, site: Site | None) -> bool:
    """Say whether a row gives a site a year that it has not yet."""
    return bool(row["status"]) and not (site and any(entry["year"] == row["year"] for entry in site.mappings))


def mapping_fault(ledger: Ledger, row: Row, site: Site | None, known: KnownSites) -> str | None:
    """Return why a row's place in a mapping can't be, None where it can or the row says none."""
    if not row["status"]:
        return None
    related, reason = known.related(row, site)
    if reason:
        return reason
    related_id = related.id if related else None
    for entry in site.mappings if site else ():
        if entry["year"] == row["year"]:
            if entry["status"] != row["status"]:
                return "other_status"
            return "other_related" if related_id not in (None, entry["related_site_id"]) else None
    if row["year"] not in known.years and not ledger.may_write_all():
        return "year_not_open"
    site_id = site.id if site else ""
    merged = known.merged(without=site_id) if related_id else {}
    faults = mapping_faults(
        site_id, row["year"], row["status"], related_id, _decided_on(ledger, row), ledger.today, merged
    )
    found = next((keys[0] for keys in faults.values()), None)
    return "related_missing" if found == "required" else found


def write_mapping(ledger: Ledger, row: Row, site: Site, known: KnownSites, index: NearnessIndex) -> None:
    """Give a site its place in the mapping; what it is merged into, its latest year decides."""
    related, _ = known.related(row, site)
    mapping = add_mapping(
        ledger.session,
        site_id=site.id,
        year=row["year"],
        status=row["status"],
        related_site_id=related.id if related else None,
        source=row["source"],
        reported_by=row["reported_by"],
        decided_on=_decided_on(ledger, row),
        rule=ledger.rule,
        index=index,
    )
    if row["year"] not in known.years:
        known.opened.setdefault(row["year"], row)
    ledger.made("mappings", mapping.id, {name: getattr(mapping, name) for name in KEPT})
    if site.mappings[-1]["year"] == row["year"]:
        into = mapping.related_site_id if row["status"] == "merged" else None
        ledger.write("sites", site, {"merged_into_id": into})


def note_opened(ledger: Ledger, known: KnownSites) -> None:
    """Tell which years the file opened, and the districts with places in force before that it maps none of then."""
    names = facts.district_names()
    for year, row in known.opened.items():
        mapped = {site.district for site in known.all_sites() if any(one["year"] == year for one in site.mappings)}
        earlier = {
            site.district
            for site in known.all_sites()
            if any(one["year"] < year and one["status"] in IN_FORCE for one in site.mappings)
        }
        lacking = ", ".join(sorted(names[code] for code in earlier - mapped))
        reason = "opens_year_in_part" if lacking else "opens_year"
        ledger.read.notes.append(Line(row["row"], row["name"], reason, f"{year}: {lacking}" if lacking else f"{year}"))


def _decided_on(ledger: Ledger, row: Row) -> date:
    """Return the day a mapping was decided: a file that says none, the year's last day, or the day it is read in."""
    said = row["decided_on"]
    return date.fromisoformat(said) if said else min(date(row["year"], 12, 31), ledger.today)
