"""Shape and format of groups, walks and what a group says (api.md, Sync); each text with its limit and guard."""

import re
from collections.abc import Mapping
from typing import Any

from fieldapp.core.ids import readable_id
from fieldapp.core.schema import (
    LONG,
    MESSAGES,
    Code,
    Day,
    IdField,
    Items,
    Messages,
    Moment,
    StrictSchema,
    Text,
    Whole,
    read_day,
)
from fieldapp.places.facts import district_codes
from fieldapp.walks.codes import ANSWER_KINDS, GROUP_KINDS, MOODS, WALK_STATUSES
from fieldapp.walks.rules import Cell

DISTRICTS = sorted(district_codes())
MOST_WALKERS = 500
MOST_PLACES = 20
PHONE = re.compile(r"[0-9 +()\-]*")
TYPED = re.compile(r"\s*[0-9]{1,10}\s*")
ONE_NAME = re.compile(r"(?:[^\W\d_]|[.\-])+")


def readable_cell(id_: str, day: str) -> Cell | None:
    """Return what names an evening of a group or a place, None for what is no id or no date of our years."""
    known = readable_id(id_)
    found = read_day(day)
    return (known, found) if known and found else None


class PhoneNumber(Text):
    """A telephone number: digits, blanks, plus, brackets and hyphens. A function's, never a person's."""

    default_error_messages: Messages = {**MESSAGES, "not_a_phone_number": "not_a_phone_number"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        number = super()._deserialize(value, attr, data, **kwargs)
        if not PHONE.fullmatch(number):
            raise self.make_error("not_a_phone_number")
        return number


class OneName(Text):
    """A first name or initials: one word of letters, dots and hyphens, so that nobody writes a whole name."""

    default_error_messages: Messages = {**MESSAGES, "not_one_name": "not_one_name"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs).strip()
        if not ONE_NAME.fullmatch(name):
            raise self.make_error("not_one_name")
        return name


class TypedWhole(Whole):
    """A whole number, also one that was typed into a form."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        typed = isinstance(value, str) and TYPED.fullmatch(value)
        return super()._deserialize(int(value) if typed else value, attr, data, **kwargs)


class WalkGroupSchema(StrictSchema):
    """A group that walks."""

    district = Code(DISTRICTS, required=True)
    name = Text(filled=True, required=True)
    kind = Code(GROUP_KINDS, load_default="association")
    area = Text(load_default="")
    usual_weekday = Whole(1, 7, load_default=None, allow_none=True)
    expected = Whole(0, MOST_WALKERS, load_default=0)


class WalkSchema(StrictSchema):
    """A walk."""

    district = Code(DISTRICTS, required=True)
    group_id = IdField(required=True)
    planned_start = Moment(required=True)
    planned_end = Moment(required=True)
    meeting_point = Text(load_default="")
    site_ids = Items(IdField(), limit=MOST_PLACES, unique=True, load_default=list)
    planned_walkers = Whole(0, MOST_WALKERS, load_default=0)
    actual_walkers = Whole(0, MOST_WALKERS, load_default=None, allow_none=True)
    vests_lent = Whole(0, MOST_WALKERS, load_default=0)
    status = Code(WALK_STATUSES, required=True)
    mood = Code(MOODS, load_default=None, allow_none=True)
    log_note = Text(limit=LONG, load_default="")
    duty_phone = PhoneNumber(limit=30, load_default="")


class AnswerSchema(StrictSchema):
    """What a group says about one of its walks. Numbers may be typed: the page is a form.

    `version`: the walk's, as the page showed it.
    """

    id = IdField(required=True)
    walk_id = IdField(required=True)
    version = TypedWhole(1, 2**31 - 1, required=True)
    kind = Code(ANSWER_KINDS, required=True)
    walkers = TypedWhole(0, MOST_WALKERS, load_default=None, allow_none=True)
    other_evening = Day(load_default=None, allow_none=True)
    mood = Code(MOODS, load_default=None, allow_none=True)
    note = Text(limit=LONG, load_default="")
    name = OneName(limit=20, load_default=None, allow_none=True)
    made_at = Moment(load_default=None, allow_none=True)
