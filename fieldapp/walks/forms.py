"""What the office's forms about walks may hold: shape and format, each field with a limit and a key for its fault."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from fieldapp.core.forms import FormSchema, Number
from fieldapp.core.schema import LONG, MESSAGES, Code, Day, IdField, Messages, Text
from fieldapp.plans.codes import SPECIAL_DAYS
from fieldapp.plans.forms import MOST_WEEKS, Clock
from fieldapp.walks.codes import GROUP_KINDS, MOODS, WALK_STATUSES
from fieldapp.walks.rules import Cell
from fieldapp.walks.schemas import DISTRICTS, MOST_PLACES, MOST_WALKERS, PhoneNumber, readable_cell

MOST_TICKS = 400


class Ticks(fields.List[Any]):
    """Boxes that were ticked, each once; none at all is an empty list."""

    default_error_messages = {"invalid": "not_a_list"}  # noqa: RUF012

    def __init__(self, inner: Any, limit: int = MOST_TICKS) -> None:
        super().__init__(inner, load_default=list, validate=validate.Length(max=limit, error="too_many_items"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


class GridCell(fields.Field[Cell]):
    """A group's evening in the grid: `<group id>.<date>`."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_date"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Cell:
        group, _, day = value.partition(".") if isinstance(value, str) else ("", "", "")
        cell = readable_cell(group, day)
        if cell is None:
            raise self.make_error("invalid")
        return cell


class CommonForm(FormSchema):
    """What planned walks have in common."""

    starts = Clock(required=True)
    ends = Clock(required=True)
    meeting_point = Text(load_default="")
    site_ids = Ticks(IdField(), MOST_PLACES)
    planned_walkers = Number(0, MOST_WALKERS, load_default=0)
    duty_phone = PhoneNumber(limit=30, load_default="")


class GridForm(CommonForm):
    """Evenings ticked in the grid: one by one, whole evenings, whole groups, out of what the grid showed."""

    cells = Ticks(GridCell())
    evenings = Ticks(Day())
    groups = Ticks(IdField())
    shown_evenings = Ticks(Day())
    shown_groups = Ticks(IdField())


class WeeklyForm(CommonForm):
    """A group's weekly pattern."""

    group = IdField(required=True)
    on = Number(0, 6, required=True)
    begins = Day(required=True)
    weeks = Number(1, MOST_WEEKS, required=True)
    skip = Ticks(Code(SPECIAL_DAYS))


class NewGroupForm(FormSchema):
    """A new group."""

    district = Code(DISTRICTS, required=True)
    name = Text(filled=True, required=True)
    kind = Code(GROUP_KINDS, required=True)
    area = Text(load_default="")
    usual_weekday = Number(1, 7, load_default=None)
    expected = Number(0, MOST_WALKERS, load_default=0)


class GroupForm(NewGroupForm):
    """Changes of a group, which stays in its district."""

    class Meta:
        unknown = "exclude"
        exclude = ("district",)

    version = Number(1, 2**31 - 1, required=True)


class WalkForm(CommonForm):
    """One walk."""

    version = Number(1, 2**31 - 1, required=True)
    day = Day(required=True)
    actual_walkers = Number(0, MOST_WALKERS, load_default=None)
    vests_lent = Number(0, MOST_WALKERS, load_default=0)
    status = Code(WALK_STATUSES, required=True)
    mood = Code(MOODS, load_default=None)
    log_note = Text(limit=LONG, load_default="")


class CancelForm(FormSchema):
    """A walk that will not be."""

    version = Number(1, 2**31 - 1, required=True)
