"""Shape of what the routes of walks take and give; the OpenAPI description is made from it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from fieldapp.core.schema import Code, Day, PageQuery, Text
from fieldapp.walks.codes import MOODS, WALK_STATUSES
from fieldapp.walks.rules import Cell
from fieldapp.walks.schemas import readable_cell

MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}


class WalksQuery(PageQuery):
    """Filters of the list of walks; dates are those walks begin on, both ends included."""

    class Meta:
        unknown = EXCLUDE

    district = Text(40, guarded=False)
    first = Day(data_key="from")
    last = Day(data_key="to")


class CellField(fields.Field[Any]):
    """Where a page of gaps ended: `<date>.<place id>`."""

    default_error_messages = {"not_an_id": "not_an_id", "null": "not_an_id"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Cell:
        day, _, place = value.partition(".") if isinstance(value, str) else ("", "", "")
        cell = readable_cell(place, day)
        if cell is None:
            raise self.make_error("not_an_id")
        return cell


class GapsQuery(WalksQuery):
    """The period and district to look for gaps in: four weeks from today unless said."""

    after = CellField(load_default=None, metadata={"type": "string"})


class WalkItem(Schema):
    """A walk, as the record that travels."""

    id = fields.String()
    version = fields.Integer()
    created_by = fields.String(allow_none=True)
    created_at = fields.Raw(metadata=MOMENT)
    received_at = fields.Raw(metadata=MOMENT)
    flags = fields.List(fields.String())
    district = fields.String()
    group_id = fields.String()
    planned_start = fields.Raw(metadata=MOMENT)
    planned_end = fields.Raw(metadata=MOMENT)
    meeting_point = fields.String()
    site_ids = fields.List(fields.String())
    planned_walkers = fields.Integer()
    actual_walkers = fields.Integer(allow_none=True)
    vests_lent = fields.Integer()
    status = Code(WALK_STATUSES)
    mood = Code(MOODS, allow_none=True)
    log_note = fields.String()
    duty_phone = fields.String()


class WalkPage(Schema):
    """A page of walks."""

    items = fields.List(fields.Nested(WalkItem))
    next = fields.String(allow_none=True)


class SpecialDayItem(Schema):
    """A special day."""

    code = fields.String()
    name = fields.String()


class Gap(Schema):
    """An evening at a school-near place with neither plan, shift nor walk."""

    date = fields.String(metadata={"format": "date"})
    site_id = fields.String()
    public_label = fields.String()
    special_days = fields.List(fields.Nested(SpecialDayItem))


class GapPage(Schema):
    """A page of gaps."""

    items = fields.List(fields.Nested(Gap))
    next = fields.String(allow_none=True)


class FeedSchema(Schema):
    """A new calendar feed; the address is shown this once."""

    id = fields.String()
    url = fields.String(metadata={"format": "uri"})
