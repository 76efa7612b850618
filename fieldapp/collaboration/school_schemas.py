"""Shape of what the routes of the school's part take and give: functions, never names."""

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.collaboration import codes
from fieldapp.collaboration.informing import EVENTS
from fieldapp.collaboration.schemas import MOST_VERSION
from fieldapp.core.schema import Code, Day, Flag, StrictSchema, Text, Whole
from fieldapp.places.rules import YEARS


class SchoolPartSchema(StrictSchema):
    """A school's part, whole, against the version that was read; 0 where nothing was said."""

    takes_part = Flag(load_default=None, allow_none=True)
    contact_function = Code(codes.SCHOOL_FUNCTIONS, load_default=None, allow_none=True)
    informed_on = Day(load_default=None, allow_none=True)
    informed_by = Code(codes.INFORMERS, load_default=None, allow_none=True)
    informed_of = Code(codes.INFORMED_OF, load_default=None, allow_none=True)
    about = Text(load_default="")
    set_aside_of = Code(EVENTS, load_default=None, allow_none=True)
    set_aside_reason = Code(codes.ASIDE_REASONS, load_default=None, allow_none=True)
    version = Whole(0, MOST_VERSION, load_default=0)


class SchoolPartRecord(Schema):
    """A school's part as it stands. `is_near`: within the radius in the mapping the year rests on."""

    site_id = fields.String()
    year = fields.Integer()
    school_unit_code = fields.String()
    name = fields.String()
    distance_m = fields.Integer(allow_none=True)
    is_near = fields.Boolean()
    takes_part = fields.Boolean(allow_none=True)
    contact_function = fields.String(allow_none=True)
    informed_on = fields.Date(allow_none=True)
    informed_by = fields.String(allow_none=True)
    informed_of = fields.String(allow_none=True)
    about = fields.String()
    set_aside_of = fields.String(allow_none=True)
    set_aside_reason = fields.String(allow_none=True)
    version = fields.Integer()


class SchoolParts(Schema):
    """The schools of a place, nearest first."""

    items = fields.List(fields.Nested(SchoolPartRecord))


class InformQuery(Schema):
    """Which mapping year, and of which district."""

    class Meta:
        unknown = EXCLUDE

    year = fields.Integer(
        load_default=None, validate=validate.Range(*YEARS, error="unknown_year"),
        error_messages={"invalid": "not_a_whole_number"},
    )  # fmt: skip
    district = Text(40, guarded=False, load_default=None)


class InformItem(Schema):
    """A school that is to be told of something about a place."""

    site_id = fields.String()
    site_name = fields.String()
    district = fields.String()
    school_unit_code = fields.String()
    school_name = fields.String()
    distance_m = fields.Integer()
    event = fields.String()


class InformYear(Schema):
    """How many are to be told in a mapping year."""

    year = fields.Integer()
    waiting = fields.Integer()


class InformList(Schema):
    """Schools to be told: of the year that was asked for, and how many of each year."""

    year = fields.Integer(allow_none=True)
    items = fields.List(fields.Nested(InformItem))
    years = fields.List(fields.Nested(InformYear))
