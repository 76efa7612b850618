"""Shape of what the places' routes take and give; the OpenAPI description is made from it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.schema import Code, IdField, PageQuery, Text
from fieldapp.places import rules

YES_NO = ("yes", "no")


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
