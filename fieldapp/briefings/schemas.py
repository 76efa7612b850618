"""Shape and format of briefings (api.md, Sync)."""

from fieldapp.briefings.codes import ACTORS, PRIORITY_REASONS
from fieldapp.core.schema import LONG, Code, Flag, IdField, Items, Moment, Part, StrictSchema, Text, Whole
from fieldapp.places.facts import district_codes

DISTRICTS = sorted(district_codes())


class ActorSchema(StrictSchema):
    """An organisation at the briefing and how many came; never who."""

    actor = Code(ACTORS, required=True)
    people = Whole(0, 1000, required=True)


class PrioritySchema(StrictSchema):
    """A place agreed on for tonight."""

    site_id = IdField(required=True)
    rank = Whole(1, 100, required=True)
    reason = Code(PRIORITY_REASONS, required=True)
    covered_by = IdField(load_default=None, allow_none=True)


class BriefingSchema(StrictSchema):
    """A briefing."""

    held_at = Moment(required=True)
    joint = Flag(required=True)
    districts = Items(Code(DISTRICTS), limit=11, unique=True, required=True)
    police_area = Text(load_default=None, allow_none=True)
    actors = Items(Part(ActorSchema), limit=20, load_default=list)
    valid_from = Moment(required=True)
    valid_until = Moment(required=True)
    priorities = Items(Part(PrioritySchema), limit=50, load_default=list)
    note = Text(limit=LONG, load_default="")
