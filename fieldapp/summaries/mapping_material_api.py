"""The JSON route of *Kommunens underlag till årets kartläggning*, and the shape of its answer."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.schema import Text
from fieldapp.summaries.mapping_material import READERS, mapping_material
from fieldapp.summaries.overview_schemas import OverviewShare
from fieldapp.summaries.schemas import Basis, CodeVisits, CompleteOf

blp = Blueprint(
    "mapping_material", __name__, url_prefix="/api/v1/collaboration", description="Material for the mapping"
)
Json = dict[str, Any]


class MaterialQuery(Schema):
    """Of which district, else of all one reads."""

    class Meta:
        unknown = EXCLUDE

    district = Text(40, guarded=False, load_default=None)


class MaterialSite(Schema):
    """A place, as of the mapping the year rests on."""

    id = fields.String()
    name = fields.String()
    district = fields.String()
    is_listed = fields.Boolean()
    school_near = fields.String()


class MaterialHeir(Schema):
    """What a place was merged into; `unknown` and no name where it is not the reader's to know."""

    id = fields.String()
    name = fields.String(allow_none=True)


class MaterialEnd(Schema):
    """The other end of movements: a place, `unknown` where it is not the reader's to know, null where it is none."""

    site = fields.String(allow_none=True)
    observations = fields.Integer()


class MaterialRow(Schema):
    """What a year's log shows of a place, what is answered of it, and what the municipality proposes.

    `visits_as_new`: visits to new places that were linked to it, which are not among `visits`.
    """

    site = fields.Nested(MaterialSite)
    kind = fields.String()
    merged_into = fields.Nested(MaterialHeir, allow_none=True)
    visits = fields.Integer()
    frequency = fields.String()
    months_visited = fields.Integer()
    months = fields.Integer()
    last_visit = fields.String(allow_none=True, metadata={"format": "date"})
    dealing = fields.Nested(OverviewShare)
    topics = fields.List(fields.Nested(CodeVisits))
    moved_from = fields.List(fields.Nested(MaterialEnd))
    moved_to = fields.List(fields.Nested(MaterialEnd))
    form = fields.String(allow_none=True)
    visits_as_new = fields.Integer()
    proposal = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class NewPlaces(Schema):
    """Places outside the register that were visited in a district, and of which nothing is decided."""

    district = fields.String()
    places = fields.Integer()
    visits = fields.Integer()


class MaterialBasis(Basis):
    """What the material rests on."""

    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    status = fields.String()


class MappingMaterial(Schema):
    """A year's material for the mapping."""

    year = fields.Integer()
    district = fields.String(allow_none=True)
    items = fields.List(fields.Nested(MaterialRow))
    new_places = fields.List(fields.Nested(NewPlaces))
    basis = fields.Nested(MaterialBasis)
    complete = fields.List(fields.Nested(CompleteOf))


@blp.route("/<int:year>/mapping-basis")
@access(*READERS)
@blp.arguments(MaterialQuery, location="query")
@blp.response(200, MappingMaterial)
def material(query: Json, year: int) -> Json:
    """The municipality's material for the mapping, from a year's log; no counts of persons"""
    return mapping_material(db.session(), current_actor(), year, district=query["district"], now=utc_now())
