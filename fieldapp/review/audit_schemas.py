"""Shape of what the routes of the audit log take and give; the OpenAPI description is made from it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.schema import Day, IdField, PageQuery, Text

MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
LARGEST = 2**63 - 1  # what a column of numbers holds


class AuditQuery(PageQuery):
    """Filters of the log; dates are those things were done on, both ends included."""

    class Meta:
        unknown = EXCLUDE

    after = fields.Integer(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "not_a_whole_number", "too_large": "out_of_range"},
        validate=validate.Range(1, LARGEST, error="out_of_range"),
    )
    actor = IdField()
    action = Text(60)
    subject = Text(80)
    first = Day(data_key="from")
    last = Day(data_key="to")


class AuditEntry(Schema):
    """A row of the log, with the hashes that chain it."""

    number = fields.Integer()
    at = fields.Raw(metadata=MOMENT)
    actor_id = fields.String(allow_none=True)
    action = fields.String()
    subject = fields.String(allow_none=True)
    details = fields.Dict()
    previous_hash = fields.String()
    row_hash = fields.String()


class AuditPage(Schema):
    """A page of the log, newest first."""

    items = fields.List(fields.Nested(AuditEntry))
    next = fields.String(allow_none=True)
