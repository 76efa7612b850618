"""*Läget i korthet*: one sheet for a director, methods from its second page; without JavaScript, fit to print."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.collaboration.queries import open_measures
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.schema import flat_errors
from fieldapp.summaries import rights, view
from fieldapp.summaries.api import ask
from fieldapp.summaries.brief import Decision, brief
from fieldapp.summaries.pages import default_period
from fieldapp.summaries.periods import Period
from fieldapp.summaries.schemas import SummaryQuery
from fieldapp.summaries.wording import day_words, period_words, school_words

pages = Blueprint("office_brief", __name__, url_prefix="/office/summaries/<code>/brief")
METHODS = ("near_monthly", "outdoor_share", "contacts", "posts_filled", "not_been", "decisions", "children", "equality")
MOST_NAMED = 5  # places of a decision that are named; the others are counted
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
    return render_template("summaries/brief.html", **_form(code, query, {}), **shown(answer))


def shown(answer: Json) -> Json:
    """Return the template's values of a summary compared with a year ago."""
    period, then = _period(answer), answer["compare"]
    sheet = brief(answer)
    sheet["decisions"] += _late_measures(answer["district"])
    return {
        "summary": answer,
        "heading": text("brief.heading", unit=view.district_words(answer["district"]), period=period_words(period)),
        "then_words": period_words(_period(then)),
        "complete_words": view.complete_words(answer["complete"], answer["status"]),
        "then_complete_words": view.complete_words(then["complete"], answer["status"]),
        "schools": school_words(answer["basis"]["school_forms"]),
        "register_words": _day(answer["basis"]["register_date"]),
        "sheet": sheet,
        "decision_words": _decision,
        "methods": METHODS,
    }


def _late_measures(district: str | None) -> list[Decision]:
    """Return the measures past their day today that the reader may read, as one decision."""
    today = local_date(utc_now())
    late = [one for one in open_measures(db.session(), current_actor(), district, today) if one["is_overdue"]]
    return [Decision("measures_overdue", len(late), sorted({one["site_name"] for one in late}))] if late else []


def _refused(code: str, query: Json, faults: dict[str, list[str]]) -> ResponseReturnValue:
    return render_template("summaries/brief.html", sheet=None, **_form(code, query, translated_fields(faults))), 422


def _form(code: str, query: Json, faults: dict[str, list[str]]) -> Json:
    return {"code": code, "given": query, "faults": faults}


def _decision(one: Decision) -> str:
    """Say what needs a decision, naming the first places."""
    names = ", ".join(one.places[:MOST_NAMED])
    if len(one.places) > MOST_NAMED:
        names = text("brief.and_more", names=names, n=len(one.places) - MOST_NAMED)
    count = f"{one.count:g}".replace(".", text("brief.decimal_mark"))
    return text(f"brief.decide.{one.kind}", n=count, names=names)


def _period(figures: Json) -> Period:
    return Period(date.fromisoformat(figures["from"]), date.fromisoformat(figures["to"]))


def _day(written: str | None) -> str:
    return day_words(date.fromisoformat(written)) if written else "–"
