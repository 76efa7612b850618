"""Shape of what the routes of frozen summaries take and give."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Day, IdField, PageQuery, StrictSchema, Text, Whole
from fieldapp.places.rules import YEARS
from fieldapp.summaries.schemas import FrozenMarks, SummarySchema

CODE = 40  # characters of a district's code


def _one_scope(data: dict[str, Any]) -> None:
    if data.get("district") and data.get("team"):
        raise ValidationError("one_scope_only", "team")


class FreezeSchema(StrictSchema):
    """What to freeze: a district, a team or, with neither, the city; whole months that have passed."""

    district = Text(CODE, load_default=None, allow_none=True)
    team = IdField(load_default=None, allow_none=True)
    from_ = Day(data_key="from", required=True)
    to = Day(required=True)
    mapping_year = Whole(*YEARS, load_default=None, allow_none=True)

    @validates_schema
    def one_scope(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a district and a team together."""
        _one_scope(data)


class FreezeForm(FormSchema):
    """The page's form: the address says of what."""

    from_ = Day(data_key="from", required=True)
    to = Day(required=True)
    mapping_year = Number(*YEARS, load_default=None, allow_none=True)


class FrozenQuery(PageQuery):
    """Of what: a district, a team or, with neither, the city; of one period or all."""

    district = Text(CODE, load_default=None)
    team = IdField(load_default=None)
    from_ = Day(data_key="from", load_default=None)
    to = Day(load_default=None)

    @validates_schema
    def one_scope(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a district and a team together."""
        _one_scope(data)


class FrozenItem(FrozenMarks):
    """A frozen summary without its figures. `frozen_by` is the role of who did it, never a name."""

    class Meta:
        exclude = ("differs",)

    district = fields.String(allow_none=True)
    team_id = fields.String(allow_none=True)
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    mapping_year = fields.Integer(allow_none=True)
    frozen_by = fields.String()


class FrozenItems(Schema):
    """A page of frozen summaries, in the order they were made."""

    items = fields.List(fields.Nested(FrozenItem))
    next = fields.String(allow_none=True)


class FrozenDifference(Schema):
    """A value that two versions don't share; null where one has no such row, hidden where it is."""

    path = fields.String()
    was = fields.Raw(allow_none=True)
    now = fields.Raw(allow_none=True)


class FrozenSchema(SummarySchema):
    """A frozen summary: the figures as they were, as far as the reader may have them, and what is new in them."""

    class Meta:
        exclude = ("compare", "frozen")

    id = fields.String()
    version = fields.Integer()
    sha256 = fields.String()
    frozen_at = fields.String(metadata={"format": "date-time"})
    frozen_by = fields.String()
    mapping_year = fields.Integer(allow_none=True)
    team_id = fields.String(allow_none=True)
    differences = fields.List(fields.Nested(FrozenDifference))
