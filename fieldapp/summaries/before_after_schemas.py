"""Shape of what the routes of before and after take and give; the OpenAPI description is made from it."""

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.schema import Code, Day, IdField, Items
from fieldapp.outreach.codes import TOPICS
from fieldapp.summaries.areas import ROLES
from fieldapp.summaries.rules import MAIN_TOPIC
from fieldapp.summaries.schemas import Complete

WEEKS, MOST_WEEKS = 12, 26  # on each side of the date
MOST_SITES = 20  # of an area
ANY = validate.Length(1, error="required")


class BeforeAfterQuery(Schema):
    """Before and after a date at a site: the areas by site, the weeks on each side, and what was noted."""

    class Meta:
        unknown = EXCLUDE

    site = IdField(required=True)
    on = Day(required=True)
    weeks = fields.Integer(
        load_default=WEEKS,
        validate=validate.Range(1, MOST_WEEKS, error="out_of_range"),
        error_messages={"invalid": "not_a_whole_number"},
    )
    control = Items(
        IdField(), limit=MOST_SITES, unique=True, required=True, validate=validate.Length(1, error="required")
    )
    displacement = Items(IdField(), limit=MOST_SITES, unique=True, load_default=list)
    displacement_control = Items(IdField(), limit=MOST_SITES, unique=True, load_default=list)
    topic = Code(TOPICS, load_default=MAIN_TOPIC)
    status = Code(("approved", "all"))


class Dates(Schema):
    """A period, both ends included."""

    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})


class PlaceName(Schema):
    """A site of an area."""

    id = fields.String()
    name = fields.String()
    district = fields.String()


class Shares(Schema):
    """An area's visits of a period, and at how many the topic was noted, with an exact 95 % interval of the share."""

    visits = fields.Integer()
    visits_with_topic = fields.Integer()
    share_with_topic = fields.Float(allow_none=True)
    interval = fields.List(fields.Float(), allow_none=True)


class AreaSchema(Schema):
    """An area before and after."""

    role = fields.String(validate=validate.OneOf(ROLES))
    sites = fields.List(fields.Nested(PlaceName))
    before = fields.Nested(Shares)
    after = fields.Nested(Shares)


class DifferenceSchema(Schema):
    """A weighted displacement difference in visits with the topic per `per_visits` visits, with a 95 % interval."""

    estimate = fields.Float()
    variance = fields.Float()
    standard_error = fields.Float()
    interval = fields.List(fields.Float())


class BeforeAfterSchema(Schema):
    """Before and after a date: the areas, and how their changes differ; `why_not` where no difference is given."""

    on = fields.String(metadata={"format": "date"})
    before = fields.Nested(Dates)
    after = fields.Nested(Dates)
    topic = fields.String()
    status = fields.String()
    complete = fields.Nested(Complete)
    areas = fields.List(fields.Nested(AreaSchema))
    per_visits = fields.Integer()
    place = fields.Nested(DifferenceSchema, allow_none=True)
    displacement = fields.Nested(DifferenceSchema, allow_none=True)
    together = fields.Nested(DifferenceSchema, allow_none=True)
    why_not = fields.String(allow_none=True)
