"""Shape of what the routes of shifts take and give; the OpenAPI description is made from it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from fieldapp.core.schema import MESSAGES, Code, Day, IdField, Messages, PageQuery, StrictSchema, Text
from fieldapp.outreach.codes import STATUSES


class ShiftsQuery(PageQuery):
    """Filters of the shift list; dates are those shifts began on, both ends included."""

    class Meta:
        unknown = EXCLUDE

    district = Text(40, guarded=False)
    team = IdField()
    status = Code(STATUSES)
    first = Day(data_key="from")
    last = Day(data_key="to")


class SixDigits(fields.Field[str]):
    """The code of a pass as it is read out and typed: blanks between the digits say nothing."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_code", "null": "not_a_code"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "maxLength": 20, "example": "482 913"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        digits = "".join(value.split()) if isinstance(value, str) and len(value) <= 20 else ""
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise self.make_error("invalid")
        return digits


class JoinSchema(StrictSchema):
    """The code that a colleague read out."""

    code = SixDigits(required=True)


class JoinedShift(Schema):
    """The pass one is on now."""

    shift_id = fields.String()


class Participant(Schema):
    """Someone on a shift; the name is null for those who may not know it."""

    id = fields.String()
    name = fields.String(allow_none=True)


class ShiftTotals(Schema):
    """What a shift came to."""

    visits = fields.Integer()
    not_visited = fields.Integer()
    observations = fields.Integer()
    arena_minutes = fields.Integer()


class ShiftItem(Schema):
    """A shift in a list."""

    id = fields.String()
    team_id = fields.String()
    team = fields.String(allow_none=True)
    district = fields.String()
    kind = fields.String()
    assignment = fields.String()
    status = Code(STATUSES)
    started_at = fields.Raw(metadata={"type": "string", "format": "date-time"})
    ended_at = fields.Raw(allow_none=True, metadata={"type": "string", "format": "date-time"})
    version = fields.Integer()
    participants = fields.List(fields.Nested(Participant))
    totals = fields.Nested(ShiftTotals)


class ShiftPage(Schema):
    """A page of shifts."""

    items = fields.List(fields.Nested(ShiftItem))
    next = fields.String(allow_none=True)


class WholeShift(ShiftItem):
    """A shift with everything that hangs on it; records are as they travel in the protocol."""

    requested_by = fields.String(allow_none=True)
    event = fields.String(allow_none=True)
    reason = fields.String()
    briefing_id = fields.String(allow_none=True)
    plan_id = fields.String(allow_none=True)
    participant_ids = fields.List(fields.String())
    other_participants = fields.Integer()
    arena_minutes = fields.Dict()
    mumin = fields.List(fields.Dict())
    incidents = fields.Dict()
    handover_note = fields.String()
    open_items = fields.List(fields.Dict())
    created_by = fields.String(allow_none=True)
    created_at = fields.Raw(metadata={"type": "string", "format": "date-time"})
    received_at = fields.Raw(metadata={"type": "string", "format": "date-time"})
    flags = fields.List(fields.String())
    visits = fields.List(fields.Dict())
    observations = fields.List(fields.Dict())
    late = fields.List(fields.Dict())
    history = fields.List(fields.Dict())
    comments = fields.List(fields.Dict())
    reviews = fields.List(fields.Dict())
    receipts = fields.List(fields.Dict())
    content_version = fields.Integer()
    devices = fields.List(fields.Dict())
