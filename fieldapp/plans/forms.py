"""What the office's forms about plans may hold: shape and format, each field with a limit and a key for its fault."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from fieldapp.core.schema import Code, IdField
from fieldapp.places.facts import district_codes
from fieldapp.plans.codes import KINDS, SPECIAL_DAYS
from fieldapp.plans.schemas import MOST_PEOPLE, Day

MOST_WEEKS = 26
CLOCK = "%H:%M"


class Clock(fields.Time):
    """A local time, `HH:MM`."""

    default_error_messages = {
        "required": "required",
        "null": "required",
        "invalid": "not_a_time",
        "format": "not_a_time",
    }  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=CLOCK, **kwargs)


class Number(fields.Integer):
    """A whole number typed into a form."""

    default_error_messages = {"required": "required", "null": "required", "invalid": "not_a_whole_number"}  # noqa: RUF012

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high, error="out_of_range"), **kwargs)


class FormSchema(Schema):
    """A form: what it does not know is left alone, as browsers and add-ons add fields."""

    class Meta:
        unknown = "exclude"


class TimesForm(FormSchema):
    """When one plan begins and ends, and how many."""

    version = Number(1, 2**31 - 1, required=True)
    starts = Clock(required=True)
    ends = Clock(required=True)
    planned_people = Number(0, MOST_PEOPLE, required=True)


class RemovalForm(FormSchema):
    """One plan to take away."""

    version = Number(1, 2**31 - 1, required=True)


class WeeklyForm(FormSchema):
    """A weekly pattern."""

    team = IdField(required=True)
    district = Code(sorted(district_codes()), required=True)
    kind = Code(KINDS, required=True)
    planned_people = Number(0, MOST_PEOPLE, required=True)
    first = Day(required=True)
    weeks = Number(1, MOST_WEEKS, required=True)
    weekdays = fields.List(
        Number(0, 6),
        required=True,
        validate=validate.Length(min=1, max=7, error="required"),
        error_messages={"required": "required"},
    )
    starts = Clock(required=True)
    ends = Clock(required=True)
    skip = fields.List(Code(SPECIAL_DAYS), load_default=list, validate=validate.Length(max=20, error="too_many_items"))

    @post_load
    def once(self, form: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Let each weekday and code count once."""
        return {**form, "weekdays": frozenset(form["weekdays"]), "skip": frozenset(form["skip"])}


def read_form(schema: Schema, form: Any, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """Load a submitted form; `lists` are fields that may come several times. Raises `ValidationError`."""
    given: Mapping[str, Any] = {
        **{name: value for name, value in form.items() if value != "" and name not in lists},
        **{name: form.getlist(name) for name in lists if name in form},
    }
    loaded: dict[str, Any] = schema.load(given)
    return loaded
