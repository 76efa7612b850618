"""Shape of what the places' routes take and give; the OpenAPI description is made from it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import (
    MESSAGES,
    Code,
    Day,
    Flag,
    IdField,
    Items,
    Messages,
    PageQuery,
    Part,
    StrictSchema,
    Text,
    Whole,
)
from fieldapp.places import rules
from fieldapp.places.facts import district_codes
from fieldapp.places.placing import BadGeometry, geometry_of

YES_NO = ("yes", "no")
MOST_UNCERTAIN_M = 10_000
MOST_PRIORITIES = 20
MOST_VERSION = 2**31 - 2


class SitesQuery(PageQuery):
    """Filters of the site lists."""

    class Meta:
        unknown = EXCLUDE

    district = Text(40, guarded=False)
    year = fields.Integer(
        validate=validate.Range(*rules.YEARS, error="unknown_year"), error_messages={"invalid": "not_a_whole_number"}
    )
    school_near = Code(rules.ANSWERS)
    listed = Code(YES_NO)


class SchoolsQuery(PageQuery):
    """Filters of the school list."""

    class Meta:
        unknown = EXCLUDE

    district = Text(40, guarded=False)
    near_site = IdField()
    after: fields.Field[Any] = fields.String(load_default=None, validate=validate.Regexp(r"\d{8}\Z", error="invalid"))


class MappingRecord(Schema):
    """A site's place in the mapping of a year."""

    year = fields.Integer()
    status = Code(rules.MAPPING_STATUSES)
    related_site_id = fields.String(allow_none=True)
    source = fields.String()
    reported_by = Code(rules.REPORTERS)
    decided_on = fields.String(metadata={"format": "date"})


class PriorityRecord(Schema):
    """A period during which a site is prioritised."""

    level = Code(rules.PRIORITY_LEVELS)
    reason = fields.String()
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(allow_none=True, metadata={"format": "date"})


class NearSchool(Schema):
    """A school within the radius of a site, certainly or perhaps."""

    school_unit_code = fields.String()
    name = fields.String()
    distance_m = fields.Integer()
    basis = Code(("point", "edge"))


class VisitsLately(Schema):
    """Visits by all units in the four weeks up to the last one, and those with something noted."""

    visits = fields.Integer()
    noted = fields.Integer()


class SiteRecord(Schema):
    """A site as the asker may read it; what may not be read is absent."""

    id = fields.String()
    name = fields.String()
    public_label = fields.String()
    district = fields.String()
    kind = Code(rules.KINDS)
    safety_level = Code(rules.SAFETY_LEVELS)
    safety_reason = fields.String(allow_none=True)
    safety_review_on = fields.String(allow_none=True, metadata={"format": "date"})
    mappings = fields.List(fields.Nested(MappingRecord))
    priorities = fields.List(fields.Nested(PriorityRecord))
    school_near = Code(rules.ANSWERS)
    schools = fields.List(fields.Nested(NearSchool))
    geometry = fields.Dict()
    coordinate_uncertainty_m = fields.Integer()
    last_visited_on = fields.String(allow_none=True, metadata={"format": "date"})
    visits_lately = fields.Nested(VisitsLately)
    merged_into_id = fields.String(allow_none=True)
    visits_28d = fields.Integer()


class SiteDetail(SiteRecord):
    """One site, with what is needed to change it."""

    version = fields.Integer()
    is_public = fields.Boolean()
    geometry_valid_from = fields.Date(allow_none=True)


class SitePage(Schema):
    """A page of sites."""

    items = fields.List(fields.Nested(SiteRecord))
    next = fields.String(allow_none=True)


class SchoolRecord(Schema):
    """A school unit of the register."""

    school_unit_code = fields.String()
    name = fields.String()
    school_forms = fields.List(fields.String())
    grades = fields.List(fields.String())
    organiser = fields.String()
    status = Code(rules.SCHOOL_STATUSES)
    district = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)


class SchoolPage(Schema):
    """A page of school units."""

    items = fields.List(fields.Nested(SchoolRecord))
    next = fields.String(allow_none=True)


class MappingCounts(Schema):
    """Sites of a mapping year, counted."""

    listed = fields.Integer()
    struck = fields.Integer()
    school_near = fields.Integer()
    school_near_uncertain = fields.Integer()


class DistrictMappingCounts(MappingCounts):
    """The same for one district."""

    district = fields.String()


class NearnessBasis(Schema):
    """What school-near was decided with."""

    radius_m = fields.Integer()
    school_forms = fields.List(fields.String())
    register_date = fields.String(allow_none=True, metadata={"format": "date"})


class MappingSummary(MappingCounts):
    """A mapping year in figures."""

    year = fields.Integer()
    by_district = fields.List(fields.Nested(DistrictMappingCounts))
    basis = fields.Nested(NearnessBasis)


class FeatureCollection(Schema):
    """GeoJSON, RFC 7946."""

    type = fields.Constant("FeatureCollection")
    features = fields.List(fields.Dict())


class GeometryField(fields.Field[dict[str, Any]]):
    """A point or an area as GeoJSON (RFC 7946), inside Stockholm county, kept sound and in WGS 84."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_an_object"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "object"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        try:
            return geometry_of(value)
        except BadGeometry as error:
            raise ValidationError(error.key) from error


class DayText(Day):
    """A date inside an object that is stored as JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).isoformat()


class PriorityPart(StrictSchema):
    """A period during which a site is prioritised, and why; `to` is the last day, none while it goes on."""

    level = Code(rules.PRIORITY_LEVELS, required=True)
    reason = Text(filled=True, required=True)
    from_ = DayText(data_key="from", attribute="from", required=True)
    to = DayText(load_default=None, allow_none=True)


class SiteFields(StrictSchema):
    """What may be said of a site; what is not sent stays as it is."""

    name = Text(filled=True)
    public_label = Text(filled=True)
    district = Code(sorted(district_codes()))
    kind = Code(rules.KINDS)
    is_public = Flag()
    geometry = GeometryField()
    coordinate_uncertainty_m = Whole(0, MOST_UNCERTAIN_M)
    geometry_valid_from = Day()
    priorities = Items(Part(PriorityPart), limit=MOST_PRIORITIES)
    reason = Text(load_default="")  # why, kept in the history


class NewSite(SiteFields):
    """A site to be: name and geometry at least. The same `id` again makes no second one."""

    id = IdField(load_default=None)
    name = Text(filled=True, required=True)
    geometry = GeometryField(required=True)


class ChangedSite(SiteFields):
    """What changes of a site, against the version that was read; how safe it is as on its own page."""

    version = Whole(1, MOST_VERSION, required=True)
    safety_level = Code(rules.SAFETY_LEVELS)
    safety_reason = Text(filled=True, allow_none=True)
    safety_review_on = Day(allow_none=True)


class NewMapping(StrictSchema):
    """A site's place in the mapping of a year; merged (into) and split (from) name the related site."""

    year = Whole(*rules.YEARS, required=True)
    status = Code(rules.MAPPING_STATUSES, required=True)
    related_site_id = IdField(load_default=None, allow_none=True)
    source = Text(filled=True, required=True)
    reported_by = Code(rules.REPORTERS, required=True)
    decided_on = Day(required=True)
    version = Whole(1, MOST_VERSION, load_default=None, allow_none=True)
    reason = Text(load_default="")


class RemovedMapping(FormSchema):
    """That a mapping year was added by mistake: the site's version that was read, and why; in an address or a form."""

    version = Number(1, MOST_VERSION, required=True)
    reason = Text(load_default="")
