"""JSON routes of walks and the calendar feed (api.md, Walks): parse, ask one query or service, answer."""

from datetime import timedelta
from typing import Any

from flask import Blueprint as Plain
from flask import Response, current_app, url_for
from flask_smorest import Blueprint

from fieldapp.accounts.queries import is_disabled, person_of
from fieldapp.core.access import BY_TOKEN, SIGNED_IN, access, current_actor
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.walks import calendar, queries, schemas_http, services
from fieldapp.walks.gaps import gaps as evenings_left
from fieldapp.walks.queries import READERS
from fieldapp.walks.sync import Walks

WEEKS_SHOWN = timedelta(days=27)

blp = Blueprint("walks", __name__, url_prefix="/api/v1", description="Night walks")
feeds = Plain("calendar", __name__)
_record = Walks().present


@blp.route("/walks")
@access(*READERS)
@blp.arguments(schemas_http.WalksQuery, location="query")
@blp.response(200, schemas_http.WalkPage)
def walks(query: dict[str, Any]) -> dict[str, Any]:
    """Night walks by their start"""
    actor = current_actor()
    rows, following = queries.walks(db.session(), actor, **query)
    return {"items": [_record(row, actor) for row in rows], "next": following}


@blp.route("/walks/gaps")
@access(*READERS)
@blp.arguments(schemas_http.GapsQuery, location="query")
@blp.response(200, schemas_http.GapPage)
def gaps(query: dict[str, Any]) -> dict[str, Any]:
    """Evenings at school-near places with neither plan, shift nor walk"""
    now = utc_now()
    first = query.pop("first", None) or local_date(now)
    last = query.pop("last", None) or first + WEEKS_SHOWN
    items, following = evenings_left(db.session(), current_actor(), now=now, first=first, last=last, **query)
    return {"items": items, "next": f"{following[1].isoformat()}.{following[0]}" if following else None}


@blp.route("/calendar-feeds", methods=["POST"])
@access(*READERS)
@blp.response(201, schemas_http.FeedSchema)
@in_write_transaction
def make_feed() -> dict[str, Any]:
    """A calendar feed of the walks one may read; its address is shown this once"""
    made = services.make_feed(db.session(), actor=current_actor(), now=utc_now())
    return {"id": made.id, "url": url_for("calendar.feed", token=made.token, _external=True)}


@blp.route("/calendar-feeds/<feed_id>", methods=["DELETE"])
@access(SIGNED_IN)
@blp.response(204)
@in_write_transaction
def revoke_feed(feed_id: str) -> Response:
    """End one's own calendar feed"""
    services.revoke_feed(db.session(), actor=current_actor(), feed_id=known_id(feed_id), now=utc_now())
    return Response(status=204)


@feeds.get("/calendar/<token>.ics")
@access(BY_TOKEN)
def feed(token: str) -> Response:
    """Answer with the walks of the districts that the feed's owner may read now."""
    session, now = db.session(), utc_now()
    owner = queries.feed_owner(session, token)
    if owner is None or is_disabled(session, owner):
        raise NotFound
    actor = person_of(session, owner).at(now)
    if not actor.has_role(*READERS):
        raise NotFound
    today = local_date(now)
    found = queries.walks_for_calendar(session, actor, today - calendar.BEHIND, today + calendar.AHEAD)
    body = calendar.calendar(found, now=now, key=str(current_app.secret_key))
    return Response(body, content_type="text/calendar; charset=utf-8")
