"""Shape and format of plans (api.md, Sync)."""

from fieldapp.core.schema import Code, Day, IdField, Moment, StrictSchema, Whole
from fieldapp.places.facts import district_codes
from fieldapp.plans.codes import KINDS

MOST_PEOPLE = 50


class ShiftPlanSchema(StrictSchema):
    """A plan."""

    team_id = IdField(required=True)
    district = Code(sorted(district_codes()), required=True)
    date = Day(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    kind = Code(KINDS, load_default="evening")
    planned_people = Whole(0, MOST_PEOPLE, load_default=2)
