"""Shape of what the overview's route takes and gives; the OpenAPI description is made from it."""

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.schema import Day
from fieldapp.places.rules import YEARS
from fieldapp.places.schemas import NearSchool
from fieldapp.summaries.before_after_schemas import PlaceName
from fieldapp.summaries.schemas import Basis, CompleteOf


class OverviewQuery(Schema):
    """The mapping year, by default the newest decided by the end; the dates, by default the last month that is over."""

    class Meta:
        unknown = EXCLUDE

    from_ = Day(data_key="from")
    to = Day()
    mapping_year = fields.Integer(
        validate=validate.Range(*YEARS, error="unknown_year"), error_messages={"invalid": "not_a_whole_number"}
    )


class OverviewShare(Schema):
    """Visits, at how many suspected dealing was noted, and the share with an exact 95 % interval."""

    visits = fields.Integer()
    visits_with_topic = fields.Integer()
    share = fields.Float(allow_none=True)
    interval = fields.List(fields.Float(), allow_none=True)


class OverviewMeasures(Schema):
    """Measures at a place, by how they stand."""

    open = fields.Integer()
    overdue = fields.Integer()
    done = fields.Integer()


class SaysAndShows(Schema):
    """Outreach to an audience: what the survey says, and the visits that the log shows.

    `year`: the survey's; `is_old`: as an earlier survey that was read in has it; `differs`: null where nothing was
    answered, or of another year than the period.
    """

    audience = fields.String()
    survey = fields.Boolean(allow_none=True)
    year = fields.Integer(allow_none=True)
    is_old = fields.Boolean()
    visits = fields.Integer()
    differs = fields.Boolean(allow_none=True)


class VisitsByPart(Schema):
    """Visits by the local time of arrival: a school's day, evening, night, a day without school."""

    school_day = fields.Integer()
    evening = fields.Integer()
    night = fields.Integer()
    day_without_school = fields.Integer()


class OverviewRow(Schema):
    """A school-near place: what is answered of it beside what the log shows."""

    site = fields.Nested(PlaceName)
    listed_last_year = fields.Boolean(allow_none=True)
    listed_this_year = fields.Boolean()
    schools = fields.List(fields.Nested(NearSchool))
    answer_year = fields.Integer(allow_none=True)
    form = fields.String(allow_none=True)
    actors = fields.List(fields.String())
    social_services = fields.String(allow_none=True)
    cause_analysis = fields.String(allow_none=True, metadata={"format": "date"})
    action_plan = fields.String(allow_none=True, metadata={"format": "date"})
    measures = fields.Nested(OverviewMeasures)
    visits = fields.Integer()
    frequency = fields.String()
    visits_youth = fields.Integer()
    visits_adults = fields.Integer()
    visits_by_part = fields.Nested(VisitsByPart)
    says_and_shows = fields.List(fields.Nested(SaysAndShows))
    last_visit = fields.String(allow_none=True, metadata={"format": "date"})
    now = fields.Nested(OverviewShare)
    year_ago = fields.Nested(OverviewShare)
    walks = fields.Integer()


class OverviewCounts(Schema):
    """What the line at the top counts."""

    monthly = fields.Integer()
    near = fields.Integer()
    uncertain = fields.Integer()


class OverviewBasis(Basis):
    """What the overview rests on."""

    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    status = fields.String()
    note = fields.String()


class OverviewSchema(Schema):
    """Places near a compulsory school: a row each, the line at the top, and what all rests on."""

    items = fields.List(fields.Nested(OverviewRow))
    top_line = fields.String()
    counts = fields.Nested(OverviewCounts)
    basis = fields.Nested(OverviewBasis)
    complete = fields.List(fields.Nested(CompleteOf))
