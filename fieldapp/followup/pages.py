"""The office's pages of briefings: the weeks' list, and one with what was agreed on against what was done."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.briefings.queries import READERS
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import readable_id
from fieldapp.followup import queries
from fieldapp.outreach.wording import rough_time
from fieldapp.places.facts import districts

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


@pages.get("/<briefing_id>")
@access(*READERS)
def briefing(briefing_id: str) -> ResponseReturnValue:
    """Show one briefing: who met, how long it holds, and each priority against what came of it."""
    known = readable_id(briefing_id)
    if known is None:
        raise NotFound
    found = queries.briefing(db.session(), current_actor(), known)
    return render_template(
        "followup/briefing.html", briefing=found, rough_time=rough_time, district_names=district_names()
    )


def district_names() -> dict[str, str]:
    """Return the districts' names by code."""
    return {district.code: district.name for district in districts()}


def _first_day(given: Any) -> date:
    """Return the Monday of the weeks asked for; without one, those that end with the present week."""
    this_week = _monday(local_date(utc_now()))
    try:
        found = date.fromisoformat(given or "")
    except ValueError:
        return this_week - timedelta(weeks=WEEKS_SHOWN - 1)
    return _monday(found) if 2000 <= found.year < 2200 else this_week


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
