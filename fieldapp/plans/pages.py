"""The office's pages of plans: the weeks ahead of a team, a weekly pattern, one plan's exception; special days."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from fieldapp.accounts.queries import team_names
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, readable_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors, read_day
from fieldapp.places.facts import district_names
from fieldapp.plans import queries, services, special_days
from fieldapp.plans.codes import KINDS, SPECIAL_DAYS
from fieldapp.plans.forms import RemovalForm, TimesForm, WeeklyForm
from fieldapp.plans.rules import WeeklyPattern
from fieldapp.sync.registered import registry

pages = Blueprint("office_plans", __name__, url_prefix="/office/plans")
READERS = ("field_worker", "team_lead", "analyst")
WEEKS_SHOWN = 6


@pages.get("")
@access(*READERS)
def plans() -> ResponseReturnValue:
    """Show the plans of some weeks and how each stands."""
    return _page()


@pages.post("")
@access(*services.WRITERS)
@in_write_transaction
def plan_weekly() -> ResponseReturnValue:
    """Make the plans of a weekly pattern, all or none."""
    try:
        form = read_form(WeeklyForm(), request.form, lists=("weekdays", "skip"))
    except ValidationError as error:
        return _page(flat_errors(error.messages)), 422
    last = form["first"] + timedelta(weeks=form["weeks"])
    special = queries.special_days(db.session(), form["first"], last)
    left_out = frozenset(day for day, codes in special.items() if form["skip"] & {one["code"] for one in codes})
    pattern = WeeklyPattern(form["first"], form["weeks"], form["weekdays"], form["starts"], form["ends"], left_out)
    plan = {
        "team_id": form["team"],
        "district": form["district"],
        "kind": form["kind"],
        "planned_people": form["planned_people"],
    }
    try:
        made, stood = services.plan_weekly(
            db.session(), registry(), actor=current_actor(), pattern=pattern, plan=plan, now=utc_now()
        )
    except DomainError as error:
        db.session.rollback()
        return _page({"team": ["not_allowed"]} if error.status == 403 else dict(error.fields)), error.status
    return redirect(url_for("office_plans.plans", first=form["first"], team=form["team"], made=made, stood=stood), 303)


@pages.post("/<plan_id>")
@access(*services.WRITERS)
@in_write_transaction
def change(plan_id: str) -> ResponseReturnValue:
    """Change one plan, or take it away: an exception of its week."""
    known = known_id(plan_id)
    session, actor, now = db.session(), current_actor(), utc_now()

    def work() -> None:
        if request.form.get("action") == "remove":
            form = read_form(RemovalForm(), request.form)
            services.take_away(session, registry(), actor=actor, plan_id=known, now=now, **form)
        else:
            form = read_form(TimesForm(), request.form)
            services.change_plan(session, registry(), actor=actor, plan_id=known, now=now, **form)

    refused = refused_by(work, moved="plan_moved")
    if refused:
        return _page(refused.faults, about=known), refused.status
    first, team = (request.form.get(name) or None for name in ("shown", "shown_team"))
    return redirect(url_for("office_plans.plans", first=first, team=team), 303)


@pages.get("/special-days")
@access("admin", *READERS)
def special() -> ResponseReturnValue:
    """Show the special days from a year back on, and for an administrator the way to read new ones in."""
    return _special_page()


@pages.post("/special-days")
@access("admin")
@in_write_transaction
def read_special_in() -> ResponseReturnValue:
    """Read special days in from a file; a dry run says what would happen."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid(fields={"file": ["required"]})
        is_dry_run = request.form.get("action") != "import"
        content, by = file.read(special_days.MOST_BYTES + 1), current_actor().user_id
        report = special_days.read_in(db.session(), content, by=by, is_dry_run=is_dry_run)
    except Invalid as error:
        return _special_page(faults=dict(error.fields)), 422
    return _special_page(report=report.as_dict(), is_dry_run=is_dry_run)


def _page(faults: Faults | None = None, about: str | None = None) -> str:
    """Show the plans; `about` is the plan whose change was refused, none where it was the weekly pattern."""
    actor, session = current_actor(), db.session()
    first = _day(request.args.get("first") or request.form.get("shown")) or _monday(local_date(utc_now()))
    last = first + timedelta(weeks=WEEKS_SHOWN) - timedelta(days=1)
    team = readable_id(request.args.get("team") or request.form.get("shown_team"))
    teams, own = team_names(session), actor.teams(*services.WRITERS)
    names = district_names()
    found = queries.plans(session, actor, first, last, team)
    return render_template(
        "plans/plans.html",
        plans=found,
        special=queries.special_days(session, first, last),
        first=first,
        earlier=first - timedelta(weeks=WEEKS_SHOWN),
        later=first + timedelta(weeks=WEEKS_SHOWN),
        teams=teams,
        own_teams={team_id: name for team_id, name in teams.items() if team_id in own},
        districts_of_teams={code: name for code, name in names.items() if actor.covers(code, *services.WRITERS)},
        chosen_team=team,
        given=request.form,
        weekly=request.form if about is None else MultiDict(),
        about=about,
        faults=translated_fields(faults or {}),
        said=_said(),
        kinds=KINDS,
        special_codes=SPECIAL_DAYS,
        district_names=names,
        today=local_date(utc_now()),
    )


def _special_page(
    report: dict[str, Any] | None = None, *, is_dry_run: bool = False, faults: Faults | None = None
) -> str:
    today = local_date(utc_now())
    found = queries.special_days(db.session(), today - timedelta(days=366), today + timedelta(days=800))
    return render_template(
        "plans/special_days.html",
        days=found,
        report=report,
        is_dry_run=is_dry_run,
        faults=translated_fields(faults or {}),
    )


def _said() -> str | None:
    made, stood = (request.args.get(name, "") for name in ("made", "stood"))
    if not all(count.isdecimal() and len(count) < 5 for count in (made, stood)):
        return None
    return text("plans.made", made=int(made), stood=int(stood))


def _day(given: str | None) -> date | None:
    found = read_day(given)
    return _monday(found) if found else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
