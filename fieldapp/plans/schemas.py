"""Shape and format of plans (api.md, Sync)."""

from datetime import date
from typing import Any

from marshmallow import fields

from fieldapp.core.schema import MESSAGES, Code, IdField, Moment, StrictSchema, Whole
from fieldapp.places.facts import district_codes
from fieldapp.plans.codes import KINDS

YEARS = (2000, 2200)
MOST_PEOPLE = 50


class Day(fields.Date):
    """A date, `YYYY-MM-DD`."""

    default_error_messages = {**MESSAGES, "invalid": "not_a_date", "format": "not_a_date"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        found: date = super()._deserialize(value, attr, data, **kwargs)
        if not YEARS[0] <= found.year <= YEARS[1]:
            raise self.make_error("invalid")
        return found


class ShiftPlanSchema(StrictSchema):
    """A plan."""

    team_id = IdField(required=True)
    district = Code(sorted(district_codes()), required=True)
    date = Day(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    kind = Code(KINDS, load_default="evening")
    planned_people = Whole(0, MOST_PEOPLE, load_default=2)
