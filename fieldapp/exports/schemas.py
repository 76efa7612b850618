"""Shape of what the exports' routes take and give."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from fieldapp.core.schema import MESSAGES, Code, Day
from fieldapp.exports.csv_form import DIALECTS
from fieldapp.exports.situation import read_week
from fieldapp.summaries.periods import Period
from fieldapp.summaries.schemas import Basis, SummaryQuery


class Week(fields.Field[Period]):
    """An ISO week such as 2026-W47, as its days."""

    default_error_messages = {**MESSAGES, "invalid": "not_a_week"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Period:
        found = read_week(value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return found


class ExportQuery(SummaryQuery):
    """The summary's question, and how its CSV is written."""

    dialect = Code(tuple(DIALECTS), load_default="excel")


class SheetQuery(Schema):
    """The period of *Läget i korthet*."""

    class Meta:
        unknown = EXCLUDE

    from_ = Day(data_key="from", required=True)
    to = Day(required=True)


class SituationQuery(Schema):
    """Which week, of which passes, and how the CSV is written."""

    class Meta:
        unknown = EXCLUDE

    week = Week(required=True, metadata={"type": "string", "pattern": "^[0-9]{4}-W[0-9]{2}$"})
    status = Code(("approved", "all"), load_default="approved")
    dialect = Code(tuple(DIALECTS), load_default="excel")


class ExportState(Schema):
    """An export under way: where it is found, and how far it is in percent."""

    url = fields.String(required=True)
    state = fields.String(required=True)
    progress = fields.Integer(required=True)


class Manifest(Schema):
    """What a file was: its rows below the header, bytes and checksum, and what its figures rest on."""

    file = fields.String()
    form = fields.String()
    rows = fields.Integer()
    bytes = fields.Integer()
    sha256 = fields.String()
    district = fields.String(allow_none=True)
    team = fields.String(allow_none=True)
    from_ = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    to = fields.String(metadata={"format": "date"})
    status = fields.String()
    disclosure = fields.String()
    basis = fields.Nested(Basis, allow_none=True)
    frozen = fields.Raw(allow_none=True)
    made_at = fields.String(metadata={"format": "date-time"})
