"""Shape of what the staffing routes and the form take and give."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import MESSAGES, IdField, Messages, StrictSchema
from fieldapp.staffing.rules import EARLIEST, LATEST, MOST_POSTS, read_posts


class PostsField(fields.Field[int]):
    """Full-time posts with at most two decimals, a number or text with a comma or a full stop; kept in hundredths."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_posts"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "number", "minimum": 0, "maximum": MOST_POSTS / 100}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        found = read_posts(f"{value}".strip()) if is_number or isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return found


class MonthField(fields.Field[date]):
    """A calendar month, `YYYY-MM`; kept as its first day."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_month"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        try:
            found = date.fromisoformat(f"{value}-01") if isinstance(value, str) and len(value) == 7 else None
        except ValueError:
            found = None
        if found is None or not EARLIEST <= found <= LATEST:
            raise self.make_error("invalid")
        return found


class YearQuery(Schema):
    """Which unit's year."""

    class Meta:
        unknown = EXCLUDE

    team = IdField(required=True)
    year = fields.Integer(
        required=True,
        validate=validate.Range(EARLIEST.year, LATEST.year, error="unknown_year"),
        error_messages={"required": "required", "invalid": "not_a_whole_number"},
    )


class EnterSchema(StrictSchema):
    """A month's posts, against the version that was read; 0 where nothing was entered."""

    posts = PostsField(required=True)
    filled = PostsField(required=True)
    version = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 2**31 - 1, error="out_of_range"),
        error_messages={"required": "required", "null": "required", "invalid": "not_a_whole_number"},
    )  # fmt: skip


class EnterForm(FormSchema):
    """The same as a form, with the month it is of."""

    month = MonthField(required=True)
    posts = PostsField(required=True)
    filled = PostsField(required=True)
    version = Number(0, 2**31 - 1, required=True)


class MonthSchema(Schema):
    """A unit's month; what is not entered is null, its version 0."""

    month = fields.String(metadata={"example": "2026-11"})
    posts = fields.Float(allow_none=True)
    filled = fields.Float(allow_none=True)
    version = fields.Integer()


class YearSchema(Schema):
    """A unit's year."""

    items = fields.List(fields.Nested(MonthSchema))
