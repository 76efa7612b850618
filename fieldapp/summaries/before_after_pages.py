"""The page of before and after: an analyst's question as a form, and its answer, without JavaScript."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.schema import flat_errors
from fieldapp.core.wording import day_words
from fieldapp.outreach.codes import TOPICS
from fieldapp.places.facts import district_names
from fieldapp.summaries import rights
from fieldapp.summaries.api import ask_before_after
from fieldapp.summaries.areas import ROLES
from fieldapp.summaries.before_after import places
from fieldapp.summaries.before_after_schemas import MOST_WEEKS, WEEKS, BeforeAfterQuery
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rules import MAIN_TOPIC
from fieldapp.summaries.summary import DEFAULT_STATUS
from fieldapp.summaries.view import complete_words
from fieldapp.summaries.wording import period_words

pages = Blueprint("office_before_after", __name__, url_prefix="/office/summaries/before-after")
AREAS = ROLES[1:]  # chosen by ticking
SINGLE = ("site", "on", "weeks", "topic", "status")
Json = dict[str, Any]


@pages.get("")
@access(*rights.ANALYSTS)
def before_and_after() -> ResponseReturnValue:
    """Ask for a site, a date and what to compare with; show the answer, or what is wrong with the question."""
    if not rights.analyses(current_actor(), None):
        raise NotFound
    given = _given()
    if not given or ("prefill" in request.args and "control" not in given):  # from a measure: what it is about is known
        return render_template("summaries/before_after_choose.html", **_form(given, {}))
    try:
        answer = ask_before_after(BeforeAfterQuery().load(given))
    except ValidationError as error:
        return _refused(given, flat_errors(error.messages))
    except Invalid as error:
        return _refused(given, dict(error.fields))
    return render_template("summaries/before_after.html", **_form(given, {}), **_shown(answer))


def _given() -> Json:
    """Return what the form says; what is left empty is not said."""
    single = {name: request.args[name] for name in SINGLE if request.args.get(name)}
    areas = {name: found for name in AREAS if (found := [one for one in request.args.getlist(name) if one])}
    return single | areas


def _refused(given: Json, faults: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Show the form again; what is wrong with one site of an area is said of the area."""
    of_field: dict[str, list[str]] = {}
    for path, keys in faults.items():
        found = of_field.setdefault(path.partition(".")[0], [])
        found += [key for key in keys if key not in found]
    return render_template("summaries/before_after_choose.html", **_form(given, translated_fields(of_field))), 422


def _form(given: Json, faults: dict[str, list[str]]) -> Json:
    names = district_names()
    of_district: dict[str, list[tuple[str, str]]] = {}
    for place in places(db.session()):
        of_district.setdefault(names[place.district], []).append((place.id, place.name))
    on = local_date(utc_now()) - timedelta(weeks=WEEKS)
    defaults = {"on": on.isoformat(), "weeks": WEEKS, "topic": MAIN_TOPIC, "status": DEFAULT_STATUS}
    return {
        "given": {**defaults, **{name: [] for name in AREAS}, **given},
        "faults": faults,
        "roles": AREAS,
        "places": sorted(of_district.items()),
        "topics": TOPICS,
        "most_weeks": MOST_WEEKS,
    }


def _shown(answer: Json) -> Json:
    """Return what the page shows of an answer; adds no figure of its own (E04)."""
    differences = {name: answer[name] for name in ("place", "displacement", "together") if answer[name]}
    roles = {area["role"] for area in answer["areas"]}
    return {
        "answer": answer,
        "complete_words": complete_words(answer["complete"], answer["status"]),
        "site_name": answer["areas"][0]["sites"][0]["name"],
        "day": day_words(date.fromisoformat(answer["on"])),
        "periods": {when: _words(answer[when]) for when in ("before", "after")},
        "differences": {name: (found, _said(*found["interval"])) for name, found in differences.items()},
        "lacks_control": "displacement" in roles and "displacement_control" not in roles,
    }


def _words(dates: Json) -> str:
    return period_words(Period(date.fromisoformat(dates["from"]), date.fromisoformat(dates["to"])))


def _said(low: float, high: float) -> str:
    """Return which sentence an interval allows."""
    if low > 0:
        return "more"
    return "fewer" if high < 0 else "unclear"
