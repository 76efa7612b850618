"""The office's pages of briefings: the weeks' list, one against what was done, and the material for the next one."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.briefings.queries import READERS
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.schema import flat_errors, read_day
from fieldapp.followup import material, queries
from fieldapp.followup.forms import HandOverForm
from fieldapp.outreach.wording import rough_time
from fieldapp.places.facts import district_names
from fieldapp.summaries.disclosure import PERSON_TOPICS

pages = Blueprint("office_briefings", __name__, url_prefix="/office/briefings")
WEEKS_SHOWN = 4
Faults = dict[str, list[str]]


@pages.get("")
@access(*READERS)
def briefings() -> ResponseReturnValue:
    """List the briefings of some weeks, newest first, with a filter that shows in the address."""
    first, district = _first_day(request.args.get("first")), request.args.get("district") or None
    last = first + timedelta(weeks=WEEKS_SHOWN) - timedelta(days=1)
    try:
        found, faults = queries.briefings(db.session(), current_actor(), first, last, district), {}
    except Invalid as error:
        found, faults = [], translated_fields(dict(error.fields))
    page = render_template(
        "followup/briefings.html",
        briefings=found,
        first=first,
        last=last,
        earlier=first - timedelta(weeks=WEEKS_SHOWN),
        later=first + timedelta(weeks=WEEKS_SHOWN),
        chosen=district,
        faults=faults,
        district_names=district_names(),
    )
    return page, 422 if faults else 200


@pages.get("/underlag")
@access(*READERS)
def underlag() -> ResponseReturnValue:
    """Show the material of a district, and log that it was shown; without a district, the form to choose one."""
    if not request.args.get("district"):
        own = material.readable_districts(current_actor())
        return render_template("followup/choose.html", choices=_names_of(own))
    return _material_page(material.readable_district(current_actor(), request.args["district"]))


@pages.post("/underlag")
@access(*READERS)
def hand_over() -> ResponseReturnValue:
    """Log that the material was handed to an authority."""
    district = material.readable_district(current_actor(), request.form.get("district"))
    try:
        _note_handed_over(district, read_form(HandOverForm(), request.form))
    except ValidationError as error:
        return _material_page(district, flat_errors(error.messages)), 422
    except Invalid as error:
        return _material_page(district, dict(error.fields)), 422
    return redirect(url_for("office_briefings.underlag", district=district), 303)


@pages.get("/<briefing_id>")
@access(*READERS)
def briefing(briefing_id: str) -> ResponseReturnValue:
    """Show one briefing: who met, how long it holds, and each priority against what came of it."""
    found = queries.briefing(db.session(), current_actor(), known_id(briefing_id))
    return render_template(
        "followup/briefing.html", briefing=found, rough_time=rough_time, district_names=district_names()
    )


@in_write_transaction
def _note_handed_over(district: str, form: dict[str, Any]) -> None:
    material.hand_over(db.session(), actor=current_actor(), district=district, now=utc_now(), **form)


@in_write_transaction
def _note_shown(district: str) -> None:
    material.note_shown(db.session(), actor=current_actor(), district=district, now=utc_now())


def _material_page(district: str, faults: Faults | None = None) -> str:
    _note_shown(district)  # committed first: nothing is shown that is not logged, and reading keeps no writer waiting
    session, actor, now = db.session(), current_actor(), utc_now()
    found = material.material(session, district, now)
    handed_over = material.handed_over(session, district, now)
    return render_template(
        "followup/underlag.html",
        material=found,
        handed_over=handed_over,
        authorities=material.AUTHORITIES,
        form_id=readable_id(request.form.get("id")) or new_id(),
        person_topics=PERSON_TOPICS,
        chosen=district,
        choices=_names_of(material.readable_districts(actor)),
        given=request.form,
        faults=translated_fields(faults or {}),
        now=now,
    )


def _names_of(codes: frozenset[str]) -> dict[str, str]:
    return {code: name for code, name in district_names().items() if code in codes}


def _first_day(given: str | None) -> date:
    """Return the Monday of the weeks asked for; without one, those that end with the present week."""
    found = read_day(given) or local_date(utc_now()) - timedelta(weeks=WEEKS_SHOWN - 1)
    return found - timedelta(days=found.weekday())
