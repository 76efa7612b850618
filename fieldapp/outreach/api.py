"""JSON routes of shifts (api.md, Review): parse, ask one query or service, answer."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.outreach import joining, shift_reads
from fieldapp.outreach.queries import STAFF_ROLES
from fieldapp.outreach.reading import shift_to_read
from fieldapp.outreach.schemas_http import JoinedShift, JoinSchema, ShiftPage, ShiftsQuery, WholeShift
from fieldapp.sync.registered import registry

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
    return shift_to_read(shift_id)


@blp.route("/join", methods=["POST"])
@access(*STAFF_ROLES)
@blp.arguments(JoinSchema)
@blp.response(200, JoinedShift)
def join(asked: dict[str, Any]) -> dict[str, Any]:
    """Join a colleague's pass by the code on its phone, whatever the team"""
    shift_id = _joined(asked["code"])
    if shift_id is None:  # said only now: that the code was wrong is counted for good
        raise joining.CodeUnknown
    return {"shift_id": shift_id}


@in_write_transaction
def _joined(code: str) -> str | None:
    return joining.join_by_code(db.session(), registry(), actor=current_actor(), code=code, now=utc_now())
