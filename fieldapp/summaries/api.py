"""JSON routes of summaries (api.md, Summaries): parse, ask, answer."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.ids import known_id
from fieldapp.summaries.before_after import Asked, before_after
from fieldapp.summaries.before_after_schemas import BeforeAfterQuery, BeforeAfterSchema
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rights import ANALYSTS, CITY_READERS, DISTRICT_READERS, TEAM_READERS
from fieldapp.summaries.schemas import SummaryQuery, SummarySchema
from fieldapp.summaries.summary import DEFAULT_STATUS, Question, summary

blp = Blueprint(
    "summaries", __name__, url_prefix="/api/v1/summaries", description="Summaries of districts, teams and the city"
)


@blp.route("/districts/<code>")
@access(*DISTRICT_READERS)
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, SummarySchema)
def district_summary(query: dict[str, Any], code: str) -> dict[str, Any]:
    """A district's figures of a period"""
    return ask(code, query)


@blp.route("/city")
@access(*CITY_READERS)
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, SummarySchema)
def city_summary(query: dict[str, Any]) -> dict[str, Any]:
    """The city's figures of a period"""
    return ask(None, query)


@blp.route("/teams/<team_id>")
@access(*TEAM_READERS)
@blp.arguments(SummaryQuery, location="query")
@blp.response(200, SummarySchema)
def team_summary(query: dict[str, Any], team_id: str) -> dict[str, Any]:
    """A team's own figures of a period: its shifts whole, not shared between districts"""
    return ask(None, query, team=known_id(team_id))


@blp.route("/before-after")
@access(*ANALYSTS)
@blp.arguments(BeforeAfterQuery, location="query")
@blp.response(200, BeforeAfterSchema)
def before_and_after(query: dict[str, Any]) -> dict[str, Any]:
    """Before and after a date at a site, beside places to compare with and places where the problem may have moved"""
    return ask_before_after(query)


def ask(district: str | None, query: dict[str, Any], *, team: str | None = None) -> dict[str, Any]:
    """Return the summary a request asks for, as far as its actor may have it."""
    question = question_of(district, query, team)
    below = current_app.config["SETTINGS"].suppress_below
    return summary(db.session(), current_actor(), question, below=below, now=utc_now())


def question_of(district: str | None, query: dict[str, Any], team: str | None = None) -> Question:
    """Return the question that a summary's query asks."""
    return Question(
        district,
        Period(query["from_"], query["to"]),
        query.get("status", DEFAULT_STATUS),
        query.get("compare"),
        query.get("mapping_year"),
        team,
    )


def ask_before_after(query: dict[str, Any]) -> dict[str, Any]:
    """Return what an analyst asks of the time before and after a date."""
    areas = {role: query[role] for role in ("control", "displacement", "displacement_control")}
    status = query.get("status", DEFAULT_STATUS)
    asked = Asked({"site": [query["site"]], **areas}, query["on"], query["weeks"], query["topic"], status)
    return before_after(db.session(), current_actor(), asked, now=utc_now())
