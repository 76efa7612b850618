"""Shape of what the routes of review take."""

from marshmallow import Schema, fields

from fieldapp.core.schema import Code, Day, IdField, Items, PageQuery, Part, StrictSchema, Text, Whole
from fieldapp.review.rules import DECISIONS

LARGEST = 2**53 - 1
A_TIME = {"type": "string", "format": "date-time"}  # as every time: UTC, Z
STATES = ("open", "handed_over", "discarded", "replayed", "corrected")


class FieldCommentSchema(StrictSchema):
    """What is asked for of one field."""

    record_id = IdField(required=True)
    field = Text(limit=60, required=True)
    text = Text(limit=2000, filled=True, required=True)


class ReviewSchema(StrictSchema):
    """A decision on a shift."""

    decision = Code(DECISIONS, required=True)
    content_version = Whole(0, LARGEST, required=True)
    comment = Text(limit=2000, load_default="")
    field_comments = Items(Part(FieldCommentSchema), load_default=list)
    due_on = Day(load_default=None, allow_none=True)


class ReviewedSchema(Schema):
    """A shift after a decision."""

    id = fields.String()
    status = fields.String()
    version = fields.Integer()
    content_version = fields.Integer()


class MendSchema(StrictSchema):
    """What is mended of a pass or of a line of it: fields as they travel, the record as it was read, and why."""

    record_id = IdField(required=True)
    version = Whole(1, LARGEST, required=True)
    changes = fields.Dict(
        required=True,
        data_key="fields",
        error_messages={"required": "required", "null": "required", "invalid": "not_an_object"},
    )
    reason = Text(filled=True, required=True)


class MendedSchema(Schema):
    """A record after it was mended."""

    id = fields.String()
    version = fields.Integer()
    mended = fields.List(fields.String())
    content_version = fields.Integer()


class RejectionsQuery(PageQuery):
    """Which rejections are asked for."""

    state = Code(STATES, load_default=None)


class RejectionActionSchema(StrictSchema):
    """What becomes of a rejection."""

    action = Code(("replay", "discard"), required=True)
    reason = Text(load_default="")


class LateActionSchema(StrictSchema):
    """What becomes of what came late."""

    action = Code(("take_in", "discard"), required=True)
    reason = Text(load_default="")


class TakeInSchema(StrictSchema):
    """Why what came late belongs to the shift."""

    reason = Text(limit=2000, load_default="")


class TakenInSchema(Schema):
    """What became of what had come late for a shift."""

    id = fields.String()
    applied = fields.Integer()
    rejected = fields.Integer()
    waiting = fields.Integer()
    content_version = fields.Integer()


class PageSchema(Schema):
    """A page of a list."""

    items = fields.List(fields.Dict())
    next = fields.String(allow_none=True)


class MissingSchema(Schema):
    """A plan that no pass answers, or a draft past its time."""

    kind = fields.String(metadata={"enum": ["plan", "draft"]})
    id = fields.String()
    team_id = fields.String()
    district = fields.String()
    started_at = fields.Raw(metadata=A_TIME)
    participant_ids = fields.List(fields.String())


class SilentSchema(Schema):
    """Somebody on a pass who was not heard of since."""

    shift_id = fields.String()
    team_id = fields.String()
    started_at = fields.Raw(metadata=A_TIME)
    status = fields.String()
    user_id = fields.String()
    last_sync_at = fields.Raw(allow_none=True, metadata=A_TIME)


class AbsentCountsSchema(Schema):
    """How many there are of each, told or not."""

    missing = fields.Integer()
    silent = fields.Integer()


class AbsentSchema(Schema):
    """What is not there, of the teams one leads: the oldest hundred of each."""

    missing = fields.List(fields.Nested(MissingSchema))
    silent = fields.List(fields.Nested(SilentSchema))
    counts = fields.Nested(AbsentCountsSchema)


class LateSchema(Schema):
    """What came late, as it stands."""

    id = fields.String()
    state = fields.String()


class QueueFileReadSchema(Schema):
    """What reading in a queue file came to."""

    author = fields.Dict()
    device_id = fields.String()
    saved_at = fields.String(allow_none=True)
    receipts = fields.List(fields.Dict())
