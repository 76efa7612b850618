"""The JSON route of *Läget vid ÖDS nära grundskola* (api.md, Places)."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.collaboration.queries import READERS
from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.summaries.overview import overview
from fieldapp.summaries.overview_schemas import OverviewQuery, OverviewSchema
from fieldapp.summaries.pages import default_period
from fieldapp.summaries.periods import Period

blp = Blueprint("overview", __name__, url_prefix="/api/v1/sites", description="Places near compulsory schools")


@blp.route("/overview")
@access(*READERS)
@blp.arguments(OverviewQuery, location="query")
@blp.response(200, OverviewSchema)
def sites_overview(query: dict[str, Any]) -> dict[str, Any]:
    """Places near compulsory schools: what is answered of each beside what the log shows"""
    return ask_overview(query)


def ask_overview(query: dict[str, Any]) -> dict[str, Any]:
    """Return the overview a request asks for; without dates, of the last month that is over."""
    default = default_period()
    period = Period(query.get("from_", default.first), query.get("to", default.last))
    return overview(db.session(), current_actor(), period, query.get("mapping_year"), now=utc_now())
