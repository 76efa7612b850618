"""JSON routes of what the municipality proposes of a place for the mapping."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from fieldapp.collaboration import codes, proposals, queries
from fieldapp.collaboration.schemas import MOST_VERSION
from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.schema import Code, StrictSchema, Text, Whole

blp = Blueprint(
    "mapping_proposals", __name__, url_prefix="/api/v1/collaboration", description="Proposals for the mapping"
)  # fmt: skip
Json = dict[str, Any]


class ProposalSchema(StrictSchema):
    """What is proposed and why, against the version that was read; 0 where nothing was."""

    proposal = Code(codes.PROPOSALS, required=True)
    reason = Text(filled=True, required=True)
    version = Whole(0, MOST_VERSION, load_default=0)


class ProposalRecord(Schema):
    """What is proposed of a place from a year's work. `is_listed`: in the mapping that the year rests on."""

    site_id = fields.String()
    year = fields.Integer()
    is_listed = fields.Boolean()
    proposal = fields.String(allow_none=True)
    reason = fields.String()
    version = fields.Integer()


@blp.route("/<int:year>/sites/<site_id>/proposal")
@access(*proposals.READERS)
@blp.response(200, ProposalRecord)
def proposal(year: int, site_id: str) -> Json:
    """What the municipality proposes of a place"""
    return proposals.proposal(db.session(), current_actor(), known_id(site_id), year)


@blp.route("/<int:year>/sites/<site_id>/proposal", methods=["PUT"])
@access(*queries.WRITERS)
@blp.arguments(ProposalSchema)
@blp.response(200, ProposalRecord)
@in_write_transaction
def save_proposal(given: Json, year: int, site_id: str) -> Json:
    """Propose something of a place for the mapping, against the version that was read"""
    session, actor, known = db.session(), current_actor(), known_id(site_id)
    version = given.pop("version")
    proposals.save_proposal(
        session, actor=actor, site_id=known, year=year, version=version, values=given, now=utc_now()
    )  # fmt: skip
    return proposals.proposal(session, actor, known, year)
