"""JSON routes of review (api.md, Review): parse, authorise, one service or query, answer."""

from typing import Any

import orjson
from flask import current_app, request
from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Malformed
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.schema import PageQuery
from fieldapp.review import absent, amending, mending, queries, queue_files, services
from fieldapp.review.schemas import (
    AbsentSchema,
    LateActionSchema,
    LateSchema,
    MendedSchema,
    MendSchema,
    PageSchema,
    QueueFileReadSchema,
    RejectionActionSchema,
    RejectionsQuery,
    ReviewedSchema,
    ReviewSchema,
    TakeInSchema,
    TakenInSchema,
)
from fieldapp.sync import fates
from fieldapp.sync.api import in_words
from fieldapp.sync.kept import Rejections
from fieldapp.sync.registered import registry

Json = dict[str, Any]

blp = Blueprint("review", __name__, url_prefix="/api/v1", description="What a leader reads and decides")


@blp.route("/shifts/<shift_id>/reviews", methods=["POST"])
@access("team_lead")
@blp.arguments(ReviewSchema)
@blp.response(200, ReviewedSchema)
@in_write_transaction
def review(decision: Json, shift_id: str) -> Json:
    """Approve, return or reopen a shift"""
    return services.review_shift(
        db.session(), actor=current_actor(), shift_id=known_id(shift_id), now=utc_now(), **decision
    )


@blp.route("/shifts/<shift_id>/mends", methods=["POST"])
@access("team_lead")
@blp.arguments(MendSchema)
@blp.response(200, MendedSchema)
@in_write_transaction
def mend(asked: Json, shift_id: str) -> Json:
    """Mend a slip in a submitted or approved shift, or in a line of it, and say why"""
    known, said = known_id(shift_id), {name: value for name, value in asked.items() if name != "changes"}
    return mending.mend(
        db.session(), registry(), actor=current_actor(), shift_id=known, fields=asked["changes"], now=utc_now(), **said
    )


@blp.route("/review/absent")
@access("team_lead")
@blp.response(200, AbsentSchema)
def what_is_absent() -> Json:
    """Passes that were planned or begun and not sent in, and people not heard of since theirs; the oldest of each"""
    session, teams, now = db.session(), current_actor().teams("team_lead"), utc_now()
    found = {"missing": absent.missing(session, teams, now), "silent": absent.silent(session, teams, now)}
    counts = {name: len(some) for name, some in found.items()}
    return {**{name: some[: absent.MOST_TOLD] for name, some in found.items()}, "counts": counts}


@blp.route("/devices")
@access("field_worker", "team_lead", "walk_coordinator", "viewer", "admin")
@blp.arguments(PageQuery, location="query")
@blp.response(200, PageSchema)
def devices(page: Json) -> Json:
    """Devices: last contact, numbers that never came, what waits on them"""
    return queries.devices(db.session(), current_actor(), **page)


@blp.route("/rejections")
@access("field_worker", "team_lead")
@blp.arguments(RejectionsQuery, location="query")
@blp.response(200, PageSchema)
def rejections(page: Json) -> Json:
    """What could not be received, newest first"""
    return queries.rejections(db.session(), current_actor(), **page)


@blp.route("/rejections/<rejection_id>", methods=["POST"])
@access("field_worker", "team_lead")
@blp.arguments(RejectionActionSchema)
@blp.response(200)
@in_write_transaction
def settle_rejection(asked: Json, rejection_id: str) -> Json:
    """Replay or discard what could not be received"""
    session, actor, known = db.session(), current_actor(), known_id(rejection_id)
    if asked["action"] == "replay":
        row = fates.replay(session, registry(), actor=actor, rejection_id=known, reason=asked["reason"], now=utc_now())
    else:
        row = fates.discard(session, actor=actor, rejection_id=known, reason=asked["reason"])
    return Rejections().present(row, actor)  # type: ignore[arg-type]  # a row's mapping, read after it was written


@blp.route("/late/<late_id>", methods=["POST"])
@access("team_lead")
@blp.arguments(LateActionSchema)
@blp.response(200, LateSchema)
@in_write_transaction
def settle_late(asked: Json, late_id: str) -> Json:
    """Take in what came after the approval, as an amendment, or leave it out"""
    return amending.settle_late(
        db.session(), registry(), actor=current_actor(), late_id=known_id(late_id), now=utc_now(), **asked
    )


@blp.route("/shifts/<shift_id>/late", methods=["POST"])
@access("team_lead")
@blp.arguments(TakeInSchema)
@blp.response(200, TakenInSchema)
@in_write_transaction
def take_all_in(asked: Json, shift_id: str) -> Json:
    """Take in all that came after a shift's approval, as one amendment"""
    return amending.take_all_in(
        db.session(), registry(), actor=current_actor(), shift_id=known_id(shift_id), now=utc_now(), **asked
    )


@blp.route("/queue-files", methods=["POST"])
@access("team_lead")
@blp.response(200, QueueFileReadSchema)
def read_queue_file() -> Json:
    """Read in the queue of a phone from its file"""
    request.max_content_length = queue_files.MAX_FILE_BYTES
    try:
        document = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise Malformed from error
    found = queue_files.read_in(
        registry(),
        lead=current_actor(),
        document=document,
        key=current_app.config["SETTINGS"].lasting_key.encode(),
        now=utc_now(),
    )
    return {**found, "receipts": [in_words(receipt) for receipt in found["receipts"]]}
