"""What each role may read of a place: rows in, records for the wire out. Pure; the one place that leaves fields out.

Source: access.md, first row and its note, who writes included. Queries and sync both present through here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fieldapp.core.access import Actor
from fieldapp.core.geodesy import coarser, read_geometry, write_geometry

Row = Mapping[Any, Any]  # a RowMapping takes columns as keys too

READERS = ("field_worker", "team_lead", "walk_coordinator", "analyst", "viewer", "admin")
FULL_READERS = ("field_worker", "team_lead", "analyst", "admin")  # non-public sites too
MAPPING_READERS = (*FULL_READERS, "viewer")  # never volunteers' coordinators
SAFETY_READERS = ("field_worker", "team_lead", "analyst")
EDITORS = ("team_lead", "analyst", "admin")  # sites
REGISTER_EDITORS = ("analyst", "admin")  # districts and schools
SITE_FIELDS = (
    "id",
    "name",
    "public_label",
    "district",
    "kind",
    "safety_level",
    "safety_reason",
    "safety_review_on",
    "mappings",
    "priorities",
    "school_near",
    "schools",
    "geometry",
    "coordinate_uncertainty_m",
    "last_visited_on",
    "visits_lately",
    "merged_into_id",
)
# How safe it is there and how often there was somebody: for those who work there. Who set the level stays at the desk.
STAFF_FIELDS = ("safety_level", "safety_reason", "safety_review_on", "visits_lately")
OUTLINE_M = 25.0  # two points of a screen that shows a district
SMALLEST_PART_M2 = 20_000.0
SCHOOL_FIELDS = ("school_unit_code", "name", "school_forms", "grades", "organiser", "status", "district", "lat", "lon")


def reads_mappings(actor: Actor) -> bool:
    """Say whether the actor may know which places are mapped as open drug scenes, and when."""
    return actor.has_role(*MAPPING_READERS)


def site_record(row: Row, actor: Actor) -> dict[str, Any]:
    """Return a site as the actor may read it. `row` holds the table's columns; visibility is decided before."""
    left_out = () if actor.has_role(*SAFETY_READERS) else STAFF_FIELDS
    record = {field: _wire(row[field]) for field in SITE_FIELDS if field not in left_out}
    if actor.has_role(*FULL_READERS) or (actor.has_role("viewer") and row["is_listed"]):
        return record
    return _volunteers_face(record)


def school_record(row: Row, actor: Actor) -> dict[str, Any]:
    """Return a school unit; the register is public, so every role reads the same."""
    return {field: _wire(row[field]) for field in SCHOOL_FIELDS}


def district_record(row: Row, actor: Actor) -> dict[str, Any]:
    """Return a district as it travels, with an outline for the phone's map: official ones have 50,000 corners."""
    outline = coarser(read_geometry(row["geometry"]), OUTLINE_M, SMALLEST_PART_M2)
    told = {field: row[field] for field in ("code", "name", "neighbourhoods", "police_areas")}
    return told | {"outline": write_geometry(outline)}


def _volunteers_face(record: dict[str, Any]) -> dict[str, Any]:
    # Nothing may hint at what the place is: when units visited it and what it was merged with do, so they go too.
    public = {"name": record["public_label"], "kind": "other", "mappings": [], "priorities": []}
    hidden = (*STAFF_FIELDS, "last_visited_on", "merged_into_id")
    return {field: value for field, value in (record | public).items() if field not in hidden}


def _wire(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
