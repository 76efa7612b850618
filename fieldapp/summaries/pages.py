"""The office's summary pages: the same figures as the JSON answers, without JavaScript, fit to print."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import SIGNED_IN, access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.shift_reads import missed_for_safety
from fieldapp.outreach.wording import rough_time
from fieldapp.places.facts import districts
from fieldapp.places.map_reads import places_by_key
from fieldapp.summaries import frozen_view, queries, rights, view
from fieldapp.summaries.api import ask, question_of
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.schemas import STATUSES, SummaryQuery
from fieldapp.summaries.sites_on_map import picture_of_summary, places_of
from fieldapp.summaries.summary import DEFAULT_STATUS

pages = Blueprint("office", __name__, url_prefix="/office")
SHIFT_READERS = ("field_worker",)
OF_TEAM = "team:"
FILTERS = ("from", "to", "status", "compare", "mapping_year")


@pages.get("/")
@access(SIGNED_IN)
def start() -> ResponseReturnValue:
    """Go to what one's role uses most."""
    actor = current_actor()
    if actor.has_role("team_lead"):
        return redirect(url_for("office_review.submitted"))
    if actor.has_role("walk_coordinator", "analyst", "viewer"):
        return redirect(url_for("office.choose"))
    if actor.has_role(*SHIFT_READERS):
        return redirect(url_for("office_shifts.shifts"))
    return render_template("office/start.html")


@pages.get("/summaries")
@access(*rights.DISTRICT_READERS)
def choose() -> ResponseReturnValue:
    """Choose a district or team and a period; the form's answer leads to the summary's own address.

    A leader hears here too what was not visited for safety.
    """
    code = request.args.get("district")
    if code:
        kept = {name: value for name, value in request.args.items() if name in FILTERS and value}
        return redirect(f"{_address(code)}?{urlencode(kept)}")
    missed = missed_for_safety(db.session(), current_actor(), utc_now())
    return render_template("summaries/choose.html", missed=missed, rough_time=rough_time, **_form(None, {}))


@pages.get("/summaries/<code>")
@access(*rights.DISTRICT_READERS)
def summary(code: str) -> ResponseReturnValue:
    """Show a summary, or the form again with what is wrong with the period."""
    district = None if code == view.CITY else code
    rights.disclosure(current_actor(), district)  # 404 before anything is said of the form
    return _summary(code, district)


@pages.get("/summaries/teams/<team_id>")
@access(*rights.TEAM_READERS)
def team_summary(team_id: str) -> ResponseReturnValue:
    """Show a team's own summary, or the form again with what is wrong with the period."""
    known = known_id(team_id)
    if known not in {team.id for team in _teams()}:
        raise NotFound
    return _summary(OF_TEAM + known, None, known)


def _summary(code: str, district: str | None, team: str | None = None) -> ResponseReturnValue:
    given = {name: value for name, value in request.args.items() if name in FILTERS and value}
    try:
        query = SummaryQuery().load(_with_dates(given))
        answer = ask(district, query, team=team)
    except ValidationError as error:
        return _refused(code, given, flat_errors(error.messages))
    except Invalid as error:
        return _refused(code, given, dict(error.fields))
    names = queries.readable_names(db.session(), current_actor())
    shown = view.page(answer, names, _today())
    form = _form(code, _with_dates(given))
    question = question_of(district, query, team)
    picture = None
    if shown["has_figures"]:
        known = places_by_key(db.session(), current_actor(), places_of(answer), ())
        picture = picture_of_summary(answer, known, current_app.config["SETTINGS"].school_radius_m)
    frozen = {
        "freezing": frozen_view.panel(db.session(), current_actor(), question, answer, utc_now()),
        "freeze_address": _freeze_address(code),
    }
    return render_template(
        "summaries/summary.html",
        **form,
        **shown,
        **frozen,
        picture=picture,
        queue=_queue(district, team),
        files=_files(answer, district, team),
    )


def _files(answer: dict[str, Any], district: str | None, team: str | None) -> dict[str, Any]:
    """Return the addresses of this summary's files, and the query that they and the form ask with."""
    asked = {name: answer[name] for name in ("from", "to", "status")}
    kept = {name: request.args[name] for name in ("compare", "mapping_year") if request.args.get(name)}
    query = {**asked, **kept}
    whose: dict[str, Any] = {"team_id": team} if team else {"code": district} if district else {}
    of_whom = "team" if team else "district" if district else "city"
    of_form = {form: url_for(f"exports.{of_whom}", form=form, **whose, **query) for form in ("csv", "geojson")}
    may_know = district is not None and current_actor().has_role(*rights.SITUATION_READERS)
    situation = url_for("exports.situation_picture", code=district) if may_know else None
    return {"query": query, "situation": situation, **of_form}


def _queue(district: str | None, team: str | None) -> str | None:
    """Return the address of the queue that passes of this summary wait in, None for who does not lead any of them."""
    actor = current_actor()
    if team is not None:
        return url_for("office_review.submitted", team=team) if team in actor.teams("team_lead") else None
    leads_here = actor.has_role("team_lead") if district is None else actor.covers(district, "team_lead")
    return url_for("office_review.submitted") if leads_here else None


def _refused(code: str, given: dict[str, str], faults: dict[str, list[str]]) -> ResponseReturnValue:
    return render_template("summaries/choose.html", **_form(code, given, translated_fields(faults))), 422


def _form(code: str | None, given: dict[str, str], faults: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Return what the form for district and period needs."""
    default = default_period()
    return {
        "choices": _choices(),
        "chosen": code or _choices()[0][0],
        "address": _address(code or _choices()[0][0]),
        "status": given.get("status", DEFAULT_STATUS),
        "statuses": STATUSES[:1] if rights.is_viewer_alone(current_actor()) else STATUSES,
        "given": {"from": default.first.isoformat(), "to": default.last.isoformat(), "compare": "", **given},
        "faults": faults or {},
        "shortcuts": view.shortcuts(_today(), queries.special_days_passed(db.session(), _today())),
    }


def _choices() -> list[tuple[str, str]]:
    """Return (code, name) of the districts and teams one may read, and of the city; own ones first, as grants say."""
    actor = current_actor()
    found = []
    for code in (*(district.code for district in districts()), None):
        try:
            rights.disclosure(actor, code)
        except NotFound:
            continue
        found.append((code or view.CITY, view.district_words(code)))
    found += [(OF_TEAM + team.id, text("summary.of_team", team=team.name)) for team in _teams()]
    own = {OF_TEAM + team_id for team_id in actor.teams(*rights.TEAM_READERS)}
    own |= actor.districts(*rights.DISTRICT_READERS) or frozenset()
    return sorted(found, key=lambda choice: choice[0] not in own)


def _teams() -> list[queries.TeamFacts]:
    """Return the teams whose own summary one may read."""
    actor, found = current_actor(), []
    for team in queries.teams(db.session()):
        try:
            rights.team_disclosure(actor, team.id, team.district)
        except NotFound:
            continue
        found.append(team)
    return found


def _address(code: str) -> str:
    """Return the page of what was chosen: a district's code, the city, or a team."""
    if code.startswith(OF_TEAM):
        return url_for("office.team_summary", team_id=code.removeprefix(OF_TEAM))
    return url_for("office.summary", code=code)


def _freeze_address(code: str) -> str:
    """Return where the form that freezes what was chosen goes."""
    if code.startswith(OF_TEAM):
        return url_for("office_frozen.freeze_team", team_id=code.removeprefix(OF_TEAM))
    return url_for("office_frozen.freeze", code=code)


def _with_dates(given: dict[str, str]) -> dict[str, str]:
    """Fill in the last closed month where no dates are given."""
    default = default_period()
    return {"from": default.first.isoformat(), "to": default.last.isoformat(), **given}


def default_period() -> Period:
    """Return the last month that is closed."""
    this_month = _today().replace(day=1)
    return Period(this_month, month_end(this_month)).previous()


def _today() -> date:
    return local_date(utc_now())
