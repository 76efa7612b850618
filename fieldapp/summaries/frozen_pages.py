"""The summary page's form that freezes its period, without JavaScript."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access
from fieldapp.core.errors import Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.summaries.frozen_api import freeze_now
from fieldapp.summaries.frozen_schemas import FreezeForm
from fieldapp.summaries.rights import FREEZERS
from fieldapp.summaries.view import CITY

pages = Blueprint("office_frozen", __name__, url_prefix="/office/summaries")


@pages.post("/<code>/frozen")
@access(*FREEZERS)
def freeze(code: str) -> ResponseReturnValue:
    """Freeze a district's figures, or the city's, and show them."""
    given = _form()
    freeze_now(None if code == CITY else code, None, given)
    return _back(url_for("office.summary", code=code), given)


@pages.post("/teams/<team_id>/frozen")
@access(*FREEZERS)
def freeze_team(team_id: str) -> ResponseReturnValue:
    """Freeze a team's own figures, and show them."""
    known, given = known_id(team_id), _form()
    freeze_now(None, known, given)
    return _back(url_for("office.team_summary", team_id=known), given)


def _form() -> dict[str, Any]:
    try:
        return read_form(FreezeForm(), request.form)
    except ValidationError as error:
        raise Invalid(fields=flat_errors(error.messages)) from error


def _back(address: str, given: dict[str, Any]) -> ResponseReturnValue:
    query = {"from": given["from_"].isoformat(), "to": given["to"].isoformat()}
    return redirect(f"{address}?{urlencode(query)}#frozen", 303)
