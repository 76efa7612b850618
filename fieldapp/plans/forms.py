"""What the office's forms about plans may hold: shape and format, each field with a limit and a key for its fault."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import Code, Day, IdField
from fieldapp.places.facts import district_codes
from fieldapp.plans.codes import KINDS, SPECIAL_DAYS
from fieldapp.plans.schemas import MOST_PEOPLE

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


class SpanForm(FormSchema):
    """From when to when; an end before the start lies on the next day, the same time is no length."""

    starts = Clock(required=True)
    ends = Clock(required=True)

    @validates_schema
    def lasts(self, form: dict[str, Any], **_: Any) -> None:
        """Refuse a plan without a length."""
        if form["starts"] == form["ends"]:
            raise ValidationError("ended_before_started", "ends")


class TimesForm(SpanForm):
    """When one plan begins and ends, and how many."""

    version = Number(1, 2**31 - 1, required=True)
    planned_people = Number(0, MOST_PEOPLE, required=True)


class RemovalForm(FormSchema):
    """One plan to take away."""

    version = Number(1, 2**31 - 1, required=True)


class WeeklyForm(SpanForm):
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
    skip = fields.List(Code(SPECIAL_DAYS), load_default=list, validate=validate.Length(max=20, error="too_many_items"))

    @post_load
    def once(self, form: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Let each weekday and code count once."""
        return {**form, "weekdays": frozenset(form["weekdays"]), "skip": frozenset(form["skip"])}
