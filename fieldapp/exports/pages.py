"""The office's pages of exports: asking for a file from a summary, and seeing how far it is, without JavaScript."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.exports import api, queries
from fieldapp.exports.rules import AT_ONCE, FORMS, SHEET
from fieldapp.summaries.pages import FILTERS, OF_TEAM
from fieldapp.summaries.rights import DISTRICT_READERS
from fieldapp.summaries.schemas import SummaryQuery
from fieldapp.summaries.summary import Question
from fieldapp.summaries.view import CITY

pages = Blueprint("office_exports", __name__, url_prefix="/office/exports")
MADE_LATER = (*(form for form in FORMS if form not in AT_ONCE), SHEET)
SHOWN = (
    "id", "form", "file_name", "state", "progress", "error", "is_kept", "rows", "size", "sha256", "finished_at",
    "expires_at",
)  # fmt: skip


@pages.post("")
@access(*DISTRICT_READERS)
def ask() -> ResponseReturnValue:
    """Ask for a file of a summary, and go to where it will be."""
    form = request.form.get("form")
    if form not in MADE_LATER:
        raise Invalid(fields={"form": ["unknown_code"]})
    export_id = api.queue(form, _question(request.form))
    return redirect(url_for("office_exports.one", export_id=export_id), 303)


@pages.get("/<export_id>")
@access(*DISTRICT_READERS)
def one(export_id: str) -> ResponseReturnValue:
    """Show how far a file is, and the way to it when it is made."""
    row = queries.own_export(db.session(), current_actor(), known_id(export_id), utc_now())
    shown = {name: getattr(row, name) for name in SHOWN}
    api.start_if_needed(row)
    return render_template("exports/one.html", export=shown)


def _question(given: MultiDict[str, str]) -> Question:
    """Read a summary's question from a form. Raises `Invalid`, and `NotFound` for a team that can't be."""
    try:
        query = SummaryQuery().load({name: given[name] for name in FILTERS if given.get(name)})
    except ValidationError as error:
        raise Invalid(fields=flat_errors(error.messages)) from error
    whose = given.get("whose", "")
    if whose.startswith(OF_TEAM):
        return api.question_from(query, team=known_id(whose.removeprefix(OF_TEAM)))
    if not whose:
        raise NotFound
    return api.question_from(query, district=None if whose == CITY else whose)
