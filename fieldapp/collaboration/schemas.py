"""Shape of what the routes of platssamverkan take and give; each input has a limit and a key for its fault."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration import codes
from fieldapp.collaboration.queries import NEAR
from fieldapp.core.schema import (
    LONG,
    MESSAGES,
    Code,
    Day,
    Flag,
    IdField,
    Items,
    PageQuery,
    Part,
    StrictSchema,
    Text,
    Whole,
)
from fieldapp.outreach.codes import CONDITIONS

MOST_STEPS = 40  # four steps of ten delimited parts
MOST_WEEKS = 26  # as before and after asks for
FITTING = tuple(code for code in CONDITIONS if code != "none")
MOST_VERSION = 2**31 - 2


def _version(**kwargs: Any) -> Whole:
    return Whole(0, MOST_VERSION, **kwargs)


class ActorPart(StrictSchema):
    """How an actor takes part, or why not."""

    actor = Code(ACTORS, required=True)
    participation = Code(codes.PARTICIPATIONS, required=True)


class StepPart(StrictSchema):
    """A step of the work with a site, or with a delimited part of it."""

    step = Code(codes.STEPS, required=True)
    part_of_site = Text(load_default="")
    done_on = Day(load_default=None, allow_none=True)
    next_due_on = Day(load_default=None, allow_none=True)


class CollaborationSchema(StrictSchema):
    """A site's year, whole, against the version that was read; 0 where nothing was said."""

    form = Code(codes.FORMS, required=True)
    actors = Items(Part(ActorPart), limit=len(ACTORS), load_default=list)
    meeting_frequency = Code(codes.MEETING_FREQUENCIES, load_default=None, allow_none=True)
    fixed_cameras = Code(codes.CAMERAS, load_default="unknown")
    temporary_cameras = Code(codes.CAMERAS, load_default="unknown")
    lighting = Flag(load_default=None, allow_none=True)
    minor_changes = Flag(load_default=None, allow_none=True)
    vegetation_and_hiding_places = Flag(load_default=None, allow_none=True)
    place_activation = Flag(load_default=None, allow_none=True)
    outreach_youth = Flag(load_default=None, allow_none=True)
    outreach_adults = Flag(load_default=None, allow_none=True)
    process = Items(Part(StepPart), limit=MOST_STEPS, load_default=list)
    version = _version(load_default=0)


class ActorRecord(Schema):
    """How an actor takes part, or why not."""

    actor = fields.String()
    participation = fields.String()


class StepRecord(Schema):
    """A step of the work with a site, or with a delimited part of it."""

    step = fields.String()
    part_of_site = fields.String()
    done_on = fields.String(allow_none=True, metadata={"format": "date"})
    next_due_on = fields.String(allow_none=True, metadata={"format": "date"})


class CollaborationRecord(Schema):
    """A site's year as it stands."""

    site_id = fields.String()
    year = fields.Integer()
    form = fields.String()
    actors = fields.List(fields.Nested(ActorRecord))
    meeting_frequency = fields.String(allow_none=True)
    fixed_cameras = fields.String()
    temporary_cameras = fields.String()
    lighting = fields.Boolean(allow_none=True)
    minor_changes = fields.Boolean(allow_none=True)
    vegetation_and_hiding_places = fields.Boolean(allow_none=True)
    place_activation = fields.Boolean(allow_none=True)
    outreach_youth = fields.Boolean(allow_none=True)
    outreach_adults = fields.Boolean(allow_none=True)
    process = fields.List(fields.Nested(StepRecord))
    copied_from = fields.Integer(allow_none=True)
    is_approved = fields.Boolean()
    version = fields.Integer()


class VersionSchema(StrictSchema):
    """The version that was read."""

    version = _version(required=True)


class VersionQuery(Schema):
    """The version that was read, in an address."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(
        required=True, validate=validate.Range(0, MOST_VERSION, error="out_of_range"),
        error_messages={"required": "required", "null": "required", "invalid": "not_a_whole_number"},
    )  # fmt: skip


class SummaryQuery(Schema):
    """Which sites of the year."""

    class Meta:
        unknown = EXCLUDE

    school_near = Code(NEAR, load_default="all")
    district = Text(40, guarded=False)


class SiteWithout(Schema):
    """A site that is told of by name."""

    id = fields.String()
    name = fields.String()
    district = fields.String()


def _counts(names: tuple[str, ...], name: str) -> Any:
    return fields.Nested(Schema.from_dict({code: fields.Integer() for code in names}, name=name))


class YearMeasures(Schema):
    """Measures at the sites, by status and by kind."""

    total = fields.Integer()
    planned = fields.Integer()
    under_way = fields.Integer()
    done = fields.Integer()
    dropped = fields.Integer()
    overdue = fields.Integer()
    by_kind = _counts(codes.MEASURE_KINDS, "MeasuresByKind")


class YearProcess(Schema):
    """Steps of the work: done, past their next day, and at how many sites each was done."""

    done = fields.Integer()
    overdue = fields.Integer()
    sites_done = _counts(codes.STEPS, "SitesDone")


def _by(names: tuple[str, ...], inner: tuple[str, ...], name: str) -> Any:
    each = Schema.from_dict({code: fields.Integer() for code in inner}, name=f"{name}Counts")
    return fields.Nested(Schema.from_dict({code: fields.Nested(each) for code in names}, name=name))


class YearBasis(Schema):
    """The mapping the places are of, what nearness was decided with, and how many of the districts' are uncertain."""

    mapping_year = fields.Integer()
    radius_m = fields.Integer(allow_none=True)
    school_forms = fields.List(fields.String())
    register_date = fields.String(allow_none=True, metadata={"format": "date"})
    uncertain = fields.Integer()


class YearSummary(Schema):
    """A survey year in figures."""

    year = fields.Integer()
    mapping_year = fields.Integer()
    basis = fields.Nested(YearBasis)
    school_near = fields.String()
    district = fields.String(allow_none=True)
    sites = fields.Integer()
    answered = fields.Integer()
    forms = _counts(codes.FORMS, "CollaborationForms")
    with_collaboration = fields.Integer()
    actors_mean = fields.Float(allow_none=True)
    actors = _counts(ACTORS, "ActorsTakingPart")
    absent = _by(ACTORS, codes.PARTICIPATIONS[1:], "ActorsAbsent")
    meeting_frequency = _counts((*codes.MEETING_FREQUENCIES, "unknown"), "MeetingFrequencies")
    practices = _by(codes.PRACTICES, ("yes", "no", "unknown"), "Practices")
    cameras = _by(("fixed_cameras", "temporary_cameras"), codes.CAMERAS, "Cameras")
    measures = fields.Nested(YearMeasures)
    process = fields.Nested(YearProcess)
    sites_without_collaboration = fields.List(fields.Nested(SiteWithout))
    sites_without_measure = fields.List(fields.Nested(SiteWithout))


class YesNo(fields.Field[bool]):
    """yes or no in an address."""

    default_error_messages = {**MESSAGES, "invalid": "unknown_code"}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "enum": ["yes", "no"]}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in ("yes", "no"):
            raise self.make_error("invalid")
        return bool(value == "yes")


class MeasuresQuery(PageQuery):
    """Which measures."""

    site = IdField()
    district = Text(40, guarded=False)
    status = Code(codes.MEASURE_STATUSES)
    overdue = YesNo()


class MeasureFields(StrictSchema):
    """What a measure says of itself."""

    kind = Code(codes.MEASURE_KINDS, required=True)
    what = Text(filled=True, required=True)
    owner = Code(ACTORS, required=True)
    owner_function = Text(load_default="")
    due_on = Day(required=True)
    status = Code(codes.MEASURE_STATUSES, load_default="planned")
    effective_on = Day(load_default=None, allow_none=True)
    compare_weeks = Whole(1, MOST_WEEKS, load_default=12)
    followed_up_on = Day(load_default=None, allow_none=True)
    follow_up = Text(LONG, load_default="")


class NewMeasure(MeasureFields):
    """A measure at a site. `id`: the asker's own, so that the same asked for twice is one."""

    site_id = IdField(required=True)
    id = IdField(load_default=None)


class ChangedMeasure(MeasureFields):
    """A measure, whole, against the version that was read."""

    version = _version(required=True)


class PeriodRecord(Schema):
    """Dates, both ends included."""

    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})


class MeasureRecord(Schema):
    """A measure as it stands; `baseline` and `after` are null until its first day is known."""

    id = fields.String()
    site_id = fields.String()
    site_name = fields.String()
    district = fields.String()
    kind = fields.String()
    what = fields.String()
    owner = fields.String()
    owner_function = fields.String()
    due_on = fields.String(metadata={"format": "date"})
    status = fields.String()
    is_overdue = fields.Boolean()
    effective_on = fields.String(allow_none=True, metadata={"format": "date"})
    compare_weeks = fields.Integer()
    baseline = fields.Nested(PeriodRecord, allow_none=True)
    after = fields.Nested(PeriodRecord, allow_none=True)
    followed_up_on = fields.String(allow_none=True, metadata={"format": "date"})
    follow_up = fields.String()
    is_approved = fields.Boolean()
    version = fields.Integer()


class MeasurePage(Schema):
    """A page of measures."""

    items = fields.List(fields.Nested(MeasureRecord))
    next = fields.String(allow_none=True)


class ExamplesQuery(PageQuery):
    """Which good examples; `q`: words that each stand in one of the texts."""

    q = Text(guarded=False)
    kind = Code(codes.EXAMPLE_KINDS)
    condition = Code(FITTING)
    district = Text(40, guarded=False)


class ExampleFields(StrictSchema):
    """What was done, where it fits, what was seen."""

    kind = Code(codes.EXAMPLE_KINDS, required=True)
    title = Text(filled=True, required=True)
    done = Text(LONG, filled=True, required=True)
    fits = Text(LONG, load_default="")
    seen = Text(LONG, load_default="")
    conditions = Items(Code(FITTING), unique=True, load_default=list)
    measure_id = IdField(load_default=None, allow_none=True)


class NewExample(ExampleFields):
    """A good example from a site. `id`: the asker's own, so that the same asked for twice is one."""

    site_id = IdField(required=True)
    id = IdField(load_default=None)


class ChangedExample(ExampleFields):
    """A good example, whole, against the version that was read."""

    version = _version(required=True)


class ExampleRecord(Schema):
    """A good example; the site is null where the reader may not know of it."""

    id = fields.String()
    site_id = fields.String(allow_none=True)
    site_name = fields.String(allow_none=True)
    district = fields.String()
    measure_id = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    done = fields.String()
    fits = fields.String()
    seen = fields.String()
    conditions = fields.List(fields.String())
    is_approved = fields.Boolean()
    version = fields.Integer()


class ExamplePage(Schema):
    """A page of good examples."""

    items = fields.List(fields.Nested(ExampleRecord))
    next = fields.String(allow_none=True)
