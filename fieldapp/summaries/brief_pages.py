"""*Läget i korthet*: one sheet for a director, methods from its second page; without JavaScript, fit to print."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.schema import flat_errors
from fieldapp.summaries import rights, view
from fieldapp.summaries.api import ask
from fieldapp.summaries.brief_view import shown
from fieldapp.summaries.finished_measures import finished_measures
from fieldapp.summaries.late_measures import late_measures
from fieldapp.summaries.pages import default_period
from fieldapp.summaries.schemas import SummaryQuery

pages = Blueprint("office_brief", __name__, url_prefix="/office/summaries/<code>/brief")
Json = dict[str, Any]


@pages.get("")
@access(*rights.CITY_READERS)
def sheet(code: str) -> ResponseReturnValue:
    """Show the sheet of a district or the city for a period."""
    district = None if code == view.CITY else code
    rights.disclosure(current_actor(), district)  # 404 before anything is said of the dates
    given = {name: request.args[name] for name in ("from", "to") if request.args.get(name)}
    default = default_period()
    query = {"from": default.first.isoformat(), "to": default.last.isoformat(), **given, "compare": "year_ago"}
    try:
        answer = ask(district, SummaryQuery().load(query))
    except ValidationError as error:
        return _refused(code, query, flat_errors(error.messages))
    except Invalid as error:
        return _refused(code, query, dict(error.fields))
    late = late_measures(db.session(), current_actor(), district, local_date(utc_now()))
    finished = finished_measures(db.session(), current_actor(), district, date.fromisoformat(answer["to"]))
    return render_template("summaries/brief.html", **_form(code, query, {}), **shown(answer, late, finished))


def _refused(code: str, query: Json, faults: dict[str, list[str]]) -> ResponseReturnValue:
    return render_template("summaries/brief.html", sheet=None, **_form(code, query, translated_fields(faults))), 422


def _form(code: str, query: Json, faults: dict[str, list[str]]) -> Json:
    return {"code": code, "given": query, "faults": faults}
