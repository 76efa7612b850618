"""Shape of what the summaries' routes take and give; the OpenAPI description is made from it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.schema import Code, Day
from fieldapp.outreach.codes import AGE_BANDS, ARENAS, GENDERS, INCIDENTS
from fieldapp.places.rules import YEARS

STATUSES = ("approved", "all")
COMPARISONS = ("previous", "year_ago", "special_day")


class SummaryQuery(Schema):
    """The period and what it is compared with."""

    class Meta:
        unknown = EXCLUDE

    from_ = Day(data_key="from", required=True)
    to = Day(required=True)
    status = Code(STATUSES)
    compare = Code(COMPARISONS)
    mapping_year = fields.Integer(
        validate=validate.Range(*YEARS, error="unknown_year"), error_messages={"invalid": "not_a_whole_number"}
    )


class Count(fields.Raw):
    """A count of persons: a whole number, or exactly {"suppressed": true} where it is hidden."""

    def __init__(self, **kwargs: Any) -> None:
        hidden = {"type": "object", "properties": {"suppressed": {"type": "boolean", "enum": [True]}}}
        super().__init__(metadata={"oneOf": [{"type": "integer"}, hidden]}, **kwargs)


class Basis(Schema):
    """What nearness and listing rest on."""

    mapping_year = fields.Integer(allow_none=True)
    radius_m = fields.Integer(allow_none=True)
    school_forms = fields.List(fields.String())
    register_date = fields.String(allow_none=True, metadata={"format": "date"})


class Complete(Schema):
    """What the figures may still lack. `shifts_open_again`: those of the others that count as they were approved."""

    shifts_approved = fields.Integer()
    shifts_submitted = fields.Integer()
    shifts_returned = fields.Integer()
    shifts_draft = fields.Integer()
    shifts_open_again = fields.Integer()
    shifts_missing = fields.Integer()
    conflicts_open = fields.Integer()
    rejections_open = fields.Integer()


class CompleteOf(Complete):
    """The same of one district, or of the city (null)."""

    district = fields.String(allow_none=True)


class CodeVisits(Schema):
    """Visits at which something was noted."""

    code = fields.String()
    visits = Count()


class Delegated(Schema):
    """MUMIN interviews by who delegated them; shown to the team and to analysts."""

    delegated_by = fields.String()
    value = Count()


class Effort(Schema):
    """What the work took."""

    shifts = fields.Integer()
    person_hours = fields.Float()
    arena_minutes = fields.Nested(Schema.from_dict({arena: fields.Integer() for arena in ARENAS}, name="ArenaMinutes"))
    unallocated_minutes = fields.Integer()
    outdoor_share = fields.Float(allow_none=True)
    joint_briefings = fields.Integer()
    joint_visits = fields.Integer()
    joint_person_hours = fields.Float()
    reinforcements = fields.Integer()
    mumin = Count()
    mumin_by = fields.List(fields.Nested(Delegated))
    actions = fields.List(fields.Nested(CodeVisits))
    incidents = fields.Nested(Schema.from_dict({kind: Count() for kind in INCIDENTS}, name="Incidents"))


class Visits(Schema):
    """Visits by outcome."""

    total = fields.Integer()
    observed = fields.Integer()
    nothing_noted = fields.Integer()
    not_visited = fields.Dict(keys=fields.String(), values=fields.Integer())


class SiteName(Schema):
    """A site."""

    id = fields.String()
    name = fields.String()
    district = fields.String()
    is_listed = fields.Boolean()
    school_near = fields.String()


class NotVisitedSite(Schema):
    """A listed site without a visit."""

    site = fields.Nested(SiteName)
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer())


class ByFrequency(Schema):
    """Listed sites by how often they were visited, and how many of them are school-near."""

    frequency = fields.String()
    school_near = fields.Integer()
    listed = fields.Integer()


class Coverage(Schema):
    """Listed sites with at least one visit."""

    listed_sites = fields.Integer()
    visited_sites = fields.Integer()
    school_near_sites = fields.Integer()
    school_near_visited = fields.Integer()
    school_near_monthly = fields.Integer()
    school_near_uncertain = fields.Integer()
    by_frequency = fields.List(fields.Nested(ByFrequency))
    not_visited_sites = fields.List(fields.Nested(NotVisitedSite))


class PeopleCell(Schema):
    """Persons of an age band and gender; the same person may be counted several times."""

    age_band = Code(AGE_BANDS)
    gender = Code(GENDERS)
    value = Count()


class GenderTotals(Schema):
    """Persons by gender."""

    gender = Code(GENDERS)
    present = Count()
    contacts = Count()


class PeopleTotals(Schema):
    """Persons in all."""

    present = Count()
    contacts = Count()


class AtKindOfPlace(Schema):
    """Persons present by gender at places of a kind: a site, a school, a new place, a stadsdel, or none."""

    kind = fields.String()
    female = Count()
    male = Count()
    unknown_ = Count(data_key="unknown", attribute="unknown")  # the schema's own `unknown` is another thing


class People(Schema):
    """Persons as noted."""

    present = fields.List(fields.Nested(PeopleCell))
    contacts = fields.List(fields.Nested(PeopleCell))
    totals = fields.Nested(PeopleTotals)
    by_gender = fields.List(fields.Nested(GenderTotals))
    female_share = fields.Raw(allow_none=True)
    by_kind_of_place = fields.List(fields.Nested(AtKindOfPlace))
    not_counted_visits = fields.Integer()


class Referral(Schema):
    """Referrals to a receiver."""

    to = fields.String()
    value = Count()


class Movement(Schema):
    """Observations that people seem to have moved."""

    from_ = fields.String(data_key="from", attribute="from", allow_none=True)
    to = fields.String(allow_none=True)
    observations = fields.Integer()


class Walks(Schema):
    """Night walks."""

    planned = fields.Integer()
    done = fields.Integer()
    walkers = fields.Integer()


class StaffingFigures(Schema):
    """Posts of a period's whole months, full-time; `hours_per_post`: person-hours a filled post and month."""

    posts = fields.Float()
    filled = fields.Float()
    months_lacking = fields.Integer()
    hours_per_post = fields.Raw(allow_none=True)


class SiteFigures(Schema):
    """A site's visits and how often the main topic was noted, with exact 95 % intervals."""

    site = fields.Nested(SiteName)
    visits = fields.Integer()
    not_visited = fields.Dict(keys=fields.String(), values=fields.Integer())
    frequency = fields.String()
    observations = fields.Integer()
    topic = fields.String()
    visits_with_topic = fields.Integer()
    share_with_topic = fields.Float(allow_none=True)
    interval = fields.List(fields.Float(), allow_none=True)
    observations_per_visit = fields.Float(allow_none=True)
    observations_interval = fields.List(fields.Float(), allow_none=True)
    last_visit = fields.String(allow_none=True, metadata={"format": "date"})
    trend = fields.String(allow_none=True)
    look_closer = fields.Boolean(allow_none=True)  # for analysts who compare, else absent


class Week(Schema):
    """An ISO week."""

    week = fields.String()
    shifts = fields.Integer()
    visits = fields.Integer()


class WeekdayHour(Schema):
    """An hour of a weekday, Monday 1."""

    weekday = fields.Integer()
    hour = fields.Integer()
    visits = fields.Integer()


class FrozenMarks(Schema):
    """What figures were frozen as. `sha256` is of their canonical JSON at the reader's disclosure, all sites named."""

    id = fields.String()
    version = fields.Integer()
    sha256 = fields.String()
    frozen_at = fields.String(metadata={"format": "date-time"})
    differs = fields.Boolean(allow_none=True)  # are they others now; null for readers of protected figures


class FiguresSchema(Schema):
    """The figures of a period, and what they may still lack. `frozen`: as what they stand whatever is approved."""

    frozen = fields.Nested(FrozenMarks, allow_none=True)

    complete = fields.Nested(Complete)
    effort = fields.Nested(Effort)
    visits = fields.Nested(Visits)
    coverage = fields.Nested(Coverage)
    people = fields.Nested(People)
    topics = fields.List(fields.Nested(CodeVisits))
    conditions = fields.List(fields.Nested(CodeVisits))
    referrals = fields.List(fields.Nested(Referral))
    movements = fields.List(fields.Nested(Movement))
    walks = fields.Nested(Walks)
    staffing = fields.Nested(StaffingFigures, allow_none=True)
    sites = fields.List(fields.Nested(SiteFigures))
    by_week = fields.List(fields.Nested(Week))
    by_weekday_hour = fields.List(fields.Nested(WeekdayHour))
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})


class TeamName(Schema):
    """A team."""

    id = fields.String()
    name = fields.String()


class SummarySchema(FiguresSchema):
    """A summary; one who may only know of walks gets that part alone. `team` stands in a team's own alone."""

    district = fields.String(allow_none=True)
    team = fields.Nested(TeamName)
    status = fields.String()
    disclosure = fields.String(validate=validate.OneOf(("full", "protected")))
    basis = fields.Nested(Basis)
    compare = fields.Nested(FiguresSchema, allow_none=True)
