"""The office's page of staffing: a unit's year, each month a form of its own."""

import re
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import readable_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.staffing import queries, services
from fieldapp.staffing.rules import EARLIEST, LATEST
from fieldapp.staffing.schemas import EnterForm

pages = Blueprint("office_staffing", __name__, url_prefix="/office/staffing")


@pages.get("")
@access(*queries.READERS)
def staffing() -> ResponseReturnValue:
    """Show a unit's year."""
    return _page(request.args.get("team"), request.args.get("year"))


@pages.post("")
@access(*queries.WRITERS)
@in_write_transaction
def enter() -> ResponseReturnValue:
    """Enter one month of a unit."""
    team_id, year = request.form.get("team"), request.form.get("year")
    known = _unit(team_id)["id"]

    def work() -> None:
        form = read_form(EnterForm(), request.form)
        services.enter(db.session(), actor=current_actor(), team_id=known, now=utc_now(), **form)

    refused = refused_by(work, moved="staffing_moved")
    if refused:
        return _page(team_id, year, refused.faults), refused.status
    return redirect(url_for("office_staffing.staffing", team=known, year=_year(year)), 303)


def _page(team_id: str | None, year: str | None, faults: Faults | None = None) -> str:
    session, actor = db.session(), current_actor()
    unit, shown = _unit(team_id), _year(year)
    months = queries.year(session, actor, unit["id"], shown)
    return render_template(
        "staffing/staffing.html",
        units=queries.units(session, actor),
        unit=unit,
        year=shown,
        months=[(date(shown, number, 1), row) for number, row in enumerate(months, 1)],
        given=request.form,
        faults=translated_fields(faults or {}),
    )


def _unit(team_id: str | None) -> queries.Row:
    """Return the unit asked for, else the first there is to read. Raises `NotFound` for one that is not."""
    session, actor = db.session(), current_actor()
    if team_id:
        return queries.unit(session, actor, readable_id(team_id) or "")
    found = queries.units(session, actor)
    if not found:
        raise NotFound
    return next((row for row in found if row["may_write"]), found[0])


def _year(written: str | None) -> int:
    """Return the year asked for, else this one."""
    if written and re.fullmatch("[0-9]{4}", written) and EARLIEST.year <= int(written) <= LATEST.year:
        return int(written)
    return local_date(utc_now()).year
