"""JSON routes of frozen summaries (*Fastställ*): parse, ask, answer."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from fieldapp.core.access import Actor, access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, one_view
from fieldapp.core.errors import Unavailable
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.summaries import frozen
from fieldapp.summaries.freezing import Frozen, ToFreeze, freeze, read_to_freeze
from fieldapp.summaries.frozen_rules import Scope
from fieldapp.summaries.frozen_schemas import FreezeSchema, FrozenItem, FrozenItems, FrozenQuery, FrozenSchema
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rights import DISTRICT_READERS, FREEZERS
from fieldapp.summaries.summary import Question

TRIES = 5  # of reading, when somebody else froze something meanwhile
Json = dict[str, Any]

blp = Blueprint("frozen", __name__, url_prefix="/api/v1/summaries/frozen", description="Periods that were frozen")


@blp.route("", methods=["POST"])
@access(*FREEZERS)
@blp.arguments(FreezeSchema)
@blp.response(201, FrozenItem)
@blp.alt_response(200, schema=FrozenItem, description="Figures are as they were frozen: no new version")
def freeze_summary(asked: Json) -> tuple[Json, int]:
    """Freeze the approved figures of whole months that have passed; unchanged figures make no new version"""
    made = freeze_now(asked["district"], asked["team"], asked)
    return frozen.named(made.kept, "full"), 201 if made.is_new else 200


@blp.route("")
@access(*DISTRICT_READERS)
@blp.arguments(FrozenQuery, location="query")
@blp.response(200, FrozenItems)
def list_frozen(query: Json) -> Json:
    """What was frozen of a district, a team or the city, in the order it was"""
    limit = min(max(query["limit"], 1), 1000)
    listing = frozen.Listing(
        Scope(query["district"], query["team"]), query["from_"], query["to"], limit, query["after"]
    )
    return frozen.frozen_summaries(db.session(), current_actor(), listing)


@blp.route("/<frozen_id>")
@access(*DISTRICT_READERS)
@blp.response(200, FrozenSchema)
def read_frozen(frozen_id: str) -> Json:
    """A frozen summary, and what it has otherwise than the version before"""
    known = known_id(frozen_id)
    with one_view():
        return frozen.frozen_summary(db.session(), current_actor(), known)


def freeze_now(district: str | None, team: str | None, asked: Json) -> Frozen:
    """Freeze what a request asks for; it is read first, then written. Raises `Unavailable` (503) among many."""
    question = Question(district, Period(asked["from_"], asked["to"]), mapping_year=asked["mapping_year"], team=team)
    actor, below = current_actor(), current_app.config["SETTINGS"].suppress_below
    for _ in range(TRIES):
        with one_view():
            read = read_to_freeze(db.session(), actor=actor, question=question, below=below, now=utc_now())
        found = _written(actor, read)
        if found is not None:
            return found
    raise Unavailable(retry_after_s=2)


@in_write_transaction
def _written(actor: Actor, read: ToFreeze) -> Frozen | None:
    return freeze(db.session(), actor=actor, read=read)
