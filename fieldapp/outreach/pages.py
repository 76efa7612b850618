"""The office's pages of shifts: a list to choose from, and one pass to read."""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.schema import flat_errors
from fieldapp.outreach import shift_reads
from fieldapp.outreach.api import READERS
from fieldapp.outreach.codes import STATUSES
from fieldapp.outreach.overlaps import overlaps
from fieldapp.outreach.pass_map import picture_of_pass, places_of
from fieldapp.outreach.reading import shift_to_read
from fieldapp.outreach.schemas_http import ShiftsQuery
from fieldapp.outreach.wording import rough_time
from fieldapp.places.facts import district_names
from fieldapp.places.map_reads import places_by_key

pages = Blueprint("office_shifts", __name__, url_prefix="/office/shifts")
PAGE = 50
FILTERS = ("district", "team", "status", "from", "to", "after")


@pages.get("")
@access(*READERS)
def shifts() -> ResponseReturnValue:
    """List the shifts one may know of, with a filter that shows in the address."""
    given = {name: value for name, value in request.args.items() if name in FILTERS and value}
    try:
        query = ShiftsQuery().load({**given, "limit": PAGE})
        found = shift_reads.shifts(db.session(), current_actor(), utc_now(), **query)
    except ValidationError as error:
        return _list({"items": [], "next": None}, given, flat_errors(error.messages)), 422
    except Invalid as error:
        return _list({"items": [], "next": None}, given, dict(error.fields)), 422
    return _list(found, given, {})


@pages.get("/<shift_id>")
@access(*READERS)
def shift(shift_id: str) -> ResponseReturnValue:
    """Show one pass with its visits and observations."""
    return render_template("outreach/shift.html", **pass_context(shift_to_read(shift_id)))


def pass_context(found: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a pass is made of; review's page of it holds more."""
    by_visit: dict[str, list[Any]] = {}
    for observation in found["observations"]:
        by_visit.setdefault(observation["visit_id"], []).append(observation)
    places = shift_reads.place_names_of(db.session(), current_actor(), found["visits"], found["observations"])
    named = places_of(found["visits"], found["observations"])
    known = places_by_key(db.session(), current_actor(), *named)
    radius_m = current_app.config["SETTINGS"].school_radius_m
    return {
        "shift": found,
        "picture": picture_of_pass(found["visits"], found["observations"], known, radius_m),
        "observations": by_visit,
        "places": places,
        "report_url": current_app.config["SETTINGS"].incident_report_url,
        "rough_time": rough_time,
        "overlaps": overlaps(db.session(), current_actor(), utc_now(), [found]).get(found["id"], []),
        "writers": {person["id"]: person["name"] for person in found["participants"]},
        "leads_team": found["team_id"] in current_actor().teams("team_lead"),
        "district_names": district_names(),
    }


def _list(found: dict[str, Any], given: dict[str, str], faults: dict[str, list[str]]) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    older = {**given, "after": found["next"]} if found["next"] else None
    return render_template(
        "outreach/shifts.html",
        shifts=found["items"],
        overlaps=overlaps(session, actor, now, found["items"]),
        held=shift_reads.held_long(session, actor, now),
        missed=shift_reads.missed_for_safety(session, actor, now),
        rough_time=rough_time,
        older=older,
        given=given,
        faults=translated_fields(faults),
        statuses=STATUSES,
        teams=sorted(shift_reads.teams_to_choose(session, actor, now).items(), key=lambda team: team[1]),
        district_names=district_names(),
    )
