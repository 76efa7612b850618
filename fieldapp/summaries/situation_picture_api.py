"""JSON routes of saved material for situation pictures: parse, ask, answer."""

from typing import Any

from flask_smorest import Blueprint

from fieldapp.core.access import Actor, access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.summaries import situation_pictures
from fieldapp.summaries.periods import Period
from fieldapp.summaries.situation_picture_schemas import NewPicture, PictureItems, PictureRecord

blp = Blueprint(
    "situation_pictures", __name__, url_prefix="/api/v1/collaboration", description="Material for situation pictures"
)
Json = dict[str, Any]


@blp.route("/sites/<site_id>/situation-pictures")
@access(*situation_pictures.READERS)
@blp.response(200, PictureItems)
def of_site(site_id: str) -> Json:
    """What was saved of a place, newest first"""
    return {"items": situation_pictures.pictures_of(db.session(), current_actor(), known_id(site_id))}


@blp.route("/sites/<site_id>/situation-pictures", methods=["POST"])
@access(*situation_pictures.WRITERS)
@blp.arguments(NewPicture)
@blp.response(201, PictureRecord)
@blp.alt_response(200, schema=PictureRecord, description="Figures and note are as they were saved: no new version")
def save(given: Json, site_id: str) -> tuple[Json, int]:
    """Save what the log shows of a place in a period as its next version"""
    saved = save_now(known_id(site_id), given)
    return situation_pictures.picture(db.session(), current_actor(), saved.picture_id), 201 if saved.is_new else 200


@blp.route("/situation-pictures/<picture_id>")
@access(*situation_pictures.READERS)
@blp.response(200, PictureRecord)
def one(picture_id: str) -> Json:
    """A saved version, and what it has otherwise than the one before"""
    return situation_pictures.picture(db.session(), current_actor(), known_id(picture_id))


def save_now(site_id: str, given: Json) -> situation_pictures.Saved:
    """Save what a request asks for; it is read first, then written."""
    actor, period = current_actor(), Period(given["from_"], given["to"])
    read = situation_pictures.read_picture(db.session(), actor=actor, site_id=site_id, period=period, now=utc_now())
    return _written(actor, read, given["note"])


@in_write_transaction
def _written(actor: Actor, read: situation_pictures.ToSave, note: str) -> situation_pictures.Saved:
    return situation_pictures.save_picture(db.session(), actor=actor, read=read, note=note)
