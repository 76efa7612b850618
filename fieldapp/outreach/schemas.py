"""Shape and format of shifts, visits and observations (api.md, Sync). Every field has a limit."""

from typing import Any

from marshmallow import post_load

from fieldapp.core.schema import (
    LONG,
    Code,
    Degrees,
    Flag,
    IdField,
    Items,
    Moment,
    MomentText,
    Part,
    StrictSchema,
    Text,
    Whole,
)
from fieldapp.outreach import codes
from fieldapp.outreach.rules import rounded_place
from fieldapp.places.facts import district_codes

DAY_MINUTES = 24 * 60
MOST_PEOPLE = 1000
REQUESTERS = (*sorted(district_codes()), "police", "own")
DELEGATORS = ("socialjour", *sorted(district_codes()))


def _minutes() -> Whole:
    return Whole(0, DAY_MINUTES)


ArenaMinutesSchema = StrictSchema.from_dict({arena: _minutes() for arena in codes.ARENAS}, name="ArenaMinutesSchema")
IncidentsSchema = StrictSchema.from_dict(
    {kind: Whole(0, MOST_PEOPLE) for kind in codes.INCIDENTS}, name="IncidentsSchema"
)


class MuminSchema(StrictSchema):
    """MUMIN interviews, as a count per who delegated them."""

    delegated_by = Code(DELEGATORS, required=True)
    count = Whole(0, MOST_PEOPLE, required=True)


class OpenItemSchema(StrictSchema):
    """Something the next shift should know is not finished, perhaps at a place of the register."""

    id = IdField(required=True)
    text = Text(filled=True, required=True)
    state = Code(codes.ITEM_STATES, required=True)
    by = IdField(required=True)
    at = MomentText(required=True)
    site_id = IdField(load_default=None, allow_none=True)

    @post_load
    def without_place(self, item: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep an item without a place as it always was: sent again by whatever build, it is no change."""
        return {name: value for name, value in item.items() if name != "site_id" or value is not None}


class ShiftSchema(StrictSchema):
    """A shift."""

    team_id = IdField(required=True)
    district = Code(sorted(district_codes()), required=True)
    kind = Code(codes.KINDS, required=True)
    assignment = Code(codes.ASSIGNMENTS, required=True)
    requested_by = Code(REQUESTERS, load_default=None, allow_none=True)
    event = Code(codes.EVENTS, load_default=None, allow_none=True)
    reason = Text(load_default="")
    briefing_id = IdField(load_default=None, allow_none=True)
    plan_id = IdField(load_default=None, allow_none=True)
    started_at = Moment(required=True)
    ended_at = Moment(load_default=None, allow_none=True)
    participant_ids = Items(IdField(), limit=50, unique=True, required=True)
    other_participants = Whole(0, 100, load_default=0)
    arena_minutes = Part(ArenaMinutesSchema, load_default=dict)
    mumin = Items(Part(MuminSchema), limit=20, load_default=list)
    incidents = Part(IncidentsSchema, load_default=dict)
    handover_note = Text(limit=LONG, load_default="")
    open_items = Items(Part(OpenItemSchema), limit=50, load_default=list)
    status = Code(codes.STATUSES, load_default="draft")


class PlaceSchema(StrictSchema):
    """A place outside the register: one position, a label."""

    lat = Degrees(-90, 90, required=True)
    lon = Degrees(-180, 180, required=True)
    label = Text(filled=True, required=True)

    @post_load
    def on_the_grid(self, place: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Round the pin before it is compared with what is stored: the same pin sent again is no change."""
        return rounded_place(place)


class VisitSchema(StrictSchema):
    """A visit."""

    shift_id = IdField(required=True)
    site_id = IdField(load_default=None, allow_none=True)
    school_unit_code = Text(limit=20, load_default=None, allow_none=True)
    place = Part(PlaceSchema, load_default=None, allow_none=True)
    neighbourhood = Text(load_default=None, allow_none=True)
    arena = Code(codes.ARENAS, required=True)
    arrived_at = Moment(required=True)
    left_at = Moment(load_default=None, allow_none=True)
    time_precision = Code(("exact", "band"), load_default="exact")
    outcome = Code(codes.OUTCOMES, required=True)
    not_visited_reason = Code(codes.NOT_VISITED_REASONS, load_default=None, allow_none=True)
    together_with = Items(Code(codes.TOGETHER_WITH), unique=True, load_default=list)
    audience = Items(Code(codes.AUDIENCES), unique=True, load_default=list)
    actions = Items(Code(codes.ACTIONS), unique=True, load_default=list)
    entered_afterwards = Flag(load_default=False)


class CountSchema(StrictSchema):
    """People of one age band and gender: how many were there, how many of them were talked to."""

    age_band = Code(codes.AGE_BANDS, required=True)
    gender = Code(codes.GENDERS, required=True)
    present = Whole(0, MOST_PEOPLE, required=True)
    contacts = Whole(0, MOST_PEOPLE, load_default=0)


class ReferralSchema(StrictSchema):
    """Referrals to one receiver, as a count."""

    to = Code(codes.REFERRALS, required=True)
    count = Whole(0, MOST_PEOPLE, required=True)


class ObservationSchema(StrictSchema):
    """An observation."""

    visit_id = IdField(required=True)
    observed_at = Moment(required=True)
    situation = Code(codes.SITUATIONS, load_default=None, allow_none=True)
    topics = Items(Code(codes.TOPICS), unique=True, load_default=list)
    conditions = Items(Code(codes.CONDITIONS), unique=True, load_default=list)
    people_basis = Code(codes.PEOPLE_BASES, load_default=None, allow_none=True)
    counts = Items(Part(CountSchema), limit=36, load_default=list)
    referrals = Items(Part(ReferralSchema), limit=26, load_default=list)
    voices = Items(Code(codes.VOICES), unique=True, load_default=list)
    moved_from = Text(limit=36, load_default=None, allow_none=True)
    moved_to = Text(limit=36, load_default=None, allow_none=True)
    note = Text(limit=LONG, load_default="")
