"""The one route of the protocol (sync-spec, One round trip)."""

from functools import partial
from typing import Any

import orjson
from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from fieldapp.core.access import SIGNED_IN, access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import to_wire, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotAllowed
from fieldapp.core.ports import port
from fieldapp.sync.envelope import MAX_REQUEST_BYTES, MIN_BUILD, PROTOCOL, read_envelope
from fieldapp.sync.openapi import SyncAnswerSchema, SyncRequestSchema
from fieldapp.sync.pull import pull
from fieldapp.sync.push import push
from fieldapp.sync.registered import registry

blp = Blueprint("sync", __name__, url_prefix="/api/v1", description="The offline protocol")


@blp.route("/sync", methods=["POST"])
@access(SIGNED_IN)
@blp.doc(
    requestBody={"content": {"application/json": {"schema": SyncRequestSchema}}, "required": True},
    responses={
        200: {"description": "Receipts and changes", "content": {"application/json": {"schema": SyncAnswerSchema}}}
    },
)
def sync() -> Response:
    """Take in mutations, answer with receipts and what changed."""
    actor = current_actor()
    device_id = actor.device_id
    if device_id is None:
        raise NotAllowed
    request.max_content_length = MAX_REQUEST_BYTES + 1  # a body in chunks is cut here, and too long by that byte
    now = utc_now()
    envelope = read_envelope(
        request.get_data(cache=False),
        now=now,
        key=current_app.config["SETTINGS"].lasting_key.encode(),
        unseal=partial(port("unseal"), device_id),
    )
    receipts = push(
        registry(),
        actor=actor,
        ever=g.actor_ever,
        device_id=device_id,
        envelope=envelope,
        now=now,
    )
    page = pull(
        db.session(),
        registry(),
        actor=actor,
        epoch=envelope.epoch,
        cursor=envelope.cursor,
        limit=envelope.limit,
        now=now,
    )
    port("device_holds")(actor.user_id, held=page.held, opened=envelope.opened, now=now)
    answer = {
        "protocol": PROTOCOL,
        "epoch": page.epoch,
        "server_time": to_wire(now),
        "min_build": MIN_BUILD,
        "reset": page.reset,
        "receipts": [in_words(receipt) for receipt in receipts],
        "changes": page.changes,
        "cursor": page.cursor,
        "more": page.more,
    }
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), mimetype="application/json")


def in_words(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return a receipt with its error in the reader's language."""
    error = receipt["error"]
    if not error:
        return receipt
    slug = error["slug"]
    words = {"slug": slug, "message": text(f"refusal.{slug}"), "fields": translated_fields(error["fields"])}
    return {**receipt, "error": words}
