"""JSON routes of the school's part in the work with a place, and of *Informera skolan*."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.collaboration import queries, school_services, schools
from fieldapp.collaboration import school_schemas as shapes
from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id

blp = Blueprint(
    "school_parts", __name__, url_prefix="/api/v1/collaboration", description="The school's part at a place"
)  # fmt: skip
Json = dict[str, Any]
ONE = "/<int:year>/sites/<site_id>/schools/<school_unit_code>"


@blp.route("/<int:year>/sites/<site_id>/schools")
@access(*schools.READERS)
@blp.response(200, shapes.SchoolParts)
def of_site(year: int, site_id: str) -> Json:
    """The schools of a place with their part in a year"""
    return {"items": schools.parts_of_site(db.session(), current_actor(), known_id(site_id), year)}


@blp.route(ONE)
@access(*schools.READERS)
@blp.response(200, shapes.SchoolPartRecord)
def part(year: int, site_id: str, school_unit_code: str) -> Json:
    """A school's part at a place in a year"""
    return schools.part_of_school(db.session(), current_actor(), known_id(site_id), year, school_unit_code)


@blp.route(ONE, methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(shapes.SchoolPartSchema)
@blp.response(200, shapes.SchoolPartRecord)
@in_write_transaction
def save_part(given: Json, year: int, site_id: str, school_unit_code: str) -> Json:
    """Say a school's part, whole, against the version that was read"""
    session, actor, known = db.session(), current_actor(), known_id(site_id)
    version = given.pop("version")
    school_services.save_part(
        session, actor=actor, site_id=known, year=year, school=school_unit_code, version=version, values=given,
        now=utc_now(),
    )  # fmt: skip
    return schools.part_of_school(session, actor, known, year, school_unit_code)


@blp.route("/inform")
@access(*queries.WRITERS)
@blp.arguments(shapes.InformQuery, location="query")
@blp.response(200, shapes.InformList)
def to_inform(query: Json) -> Json:
    """Schools that are to be told of what changed in a mapping; nothing is sent by itself"""
    return schools.to_inform(db.session(), current_actor(), query["year"], district=query["district"])
