"""Shape of what the routes of saved material for situation pictures take and give."""

from marshmallow import Schema, fields

from fieldapp.core.schema import LONG, Day, StrictSchema, Text
from fieldapp.summaries.frozen_schemas import FrozenDifference
from fieldapp.summaries.mapping_material_api import MaterialSite
from fieldapp.summaries.overview_schemas import OverviewShare, VisitsByPart
from fieldapp.summaries.schemas import Basis, CodeVisits, Complete


class NewPicture(StrictSchema):
    """The period to save, and a note."""

    from_ = Day(data_key="from", required=True)
    to = Day(required=True)
    note = Text(LONG, load_default="")


class PictureMove(Schema):
    """Observations of people who seem to have moved; null where an end is no site."""

    from_ = fields.String(data_key="from", attribute="from", allow_none=True)
    to = fields.String(allow_none=True)
    observations = fields.Integer()


class PictureFigures(Schema):
    """What the log showed of a place; the checksum is of exactly this, as canonical JSON (RFC 8785)."""

    site = fields.Nested(MaterialSite)
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    status = fields.String()
    basis = fields.Nested(Basis)
    complete = fields.Nested(Complete)
    visits = fields.Integer()
    frequency = fields.String()
    months_visited = fields.Integer()
    visits_by_part = fields.Nested(VisitsByPart)
    observations = fields.Integer()
    dealing = fields.Nested(OverviewShare)
    topics = fields.List(fields.Nested(CodeVisits))
    conditions = fields.List(fields.Nested(CodeVisits))
    movements = fields.List(fields.Nested(PictureMove))
    last_visit = fields.String(allow_none=True, metadata={"format": "date"})


class PictureItem(Schema):
    """A saved version without its figures. `made_by` is the role of who saved it, never a name."""

    id = fields.String()
    site_id = fields.String()
    version = fields.Integer()
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    sha256 = fields.String()
    note = fields.String()
    made_by = fields.String()
    made_at = fields.String(metadata={"format": "date-time"})


class PictureItems(Schema):
    """The saved versions of a place, newest first."""

    items = fields.List(fields.Nested(PictureItem))


class PictureRecord(PictureItem):
    """A saved version, and what it has otherwise than the one before."""

    figures = fields.Nested(PictureFigures)
    differences = fields.List(fields.Nested(FrozenDifference))
