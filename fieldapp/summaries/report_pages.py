"""The page of a reinforcement's report: one sheet to print, without JavaScript."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.places.facts import district_names
from fieldapp.summaries.report import note_reading, reinforcement_report

pages = Blueprint("office_reports", __name__, url_prefix="/office/reinforcements")


@pages.get("/<reinforcement_id>/report")
@access("field_worker", "team_lead")
def reinforcement(reinforcement_id: str) -> ResponseReturnValue:
    """Show the report of a reinforcement whose passes are approved."""
    known = known_id(reinforcement_id)
    below = current_app.config["SETTINGS"].suppress_below
    report = reinforcement_report(db.session(), current_actor(), known, below=below, now=utc_now())
    _note(known)  # before anything of it is shown
    names = district_names()
    return render_template("summaries/reinforcement_report.html", report=report, district_names=names)


@in_write_transaction
def _note(reinforcement_id: str) -> None:
    note_reading(db.session(), current_actor(), reinforcement_id)
