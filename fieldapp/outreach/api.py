"""JSON routes of shifts (api.md, Review), read only: parse, ask one query, answer."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.ids import readable_id
from fieldapp.outreach import shift_reads
from fieldapp.outreach.schemas_http import ShiftPage, ShiftsQuery, WholeShift

READERS = ("field_worker", "team_lead", "analyst")

blp = Blueprint("shifts", __name__, url_prefix="/api/v1/shifts", description="Shifts with all that hangs on them")


@blp.route("")
@access(*READERS)
@blp.arguments(ShiftsQuery, location="query")
@blp.response(200, ShiftPage)
def shifts(query: dict[str, Any]) -> dict[str, Any]:
    """Shifts with totals, newest first"""
    return shift_reads.shifts(db.session(), current_actor(), utc_now(), **query)


@blp.route("/<shift_id>")
@access(*READERS)
@blp.response(200, WholeShift)
def shift(shift_id: str) -> dict[str, Any]:
    """A shift with visits, observations, history, receipts and devices"""
    known = readable_id(shift_id)
    if known is None:
        raise NotFound
    return shift_reads.whole_shift(db.session(), current_actor(), utc_now(), known)
