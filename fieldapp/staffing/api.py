"""JSON routes of staffing: a unit's year, and a month of it entered by its lead."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.staffing import queries, services
from fieldapp.staffing.schemas import EnterSchema, MonthField, MonthSchema, YearQuery, YearSchema

blp = Blueprint("staffing", __name__, url_prefix="/api/v1/staffing", description="Posts and filled posts of the units")


@blp.route("")
@access(*queries.READERS)
@blp.arguments(YearQuery, location="query")
@blp.response(200, YearSchema)
def year(query: dict[str, Any]) -> dict[str, Any]:
    """A unit's posts of a year, month by month"""
    return {"items": queries.year(db.session(), current_actor(), query["team"], query["year"])}


@blp.route("/<team_id>/<month>", methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(EnterSchema)
@blp.response(200, MonthSchema)
@in_write_transaction
def enter(entered: dict[str, Any], team_id: str, month: str) -> dict[str, Any]:
    """Enter a unit's posts of a month"""
    known = known_id(team_id)
    try:
        first = MonthField().deserialize(month)
    except ValidationError as error:
        raise NotFound from error
    services.enter(db.session(), actor=current_actor(), team_id=known, month=first, now=utc_now(), **entered)
    return queries.year(db.session(), current_actor(), known, first.year)[first.month - 1]
