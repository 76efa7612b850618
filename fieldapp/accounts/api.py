"""The session calls of the API."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, g, jsonify
from flask_smorest import Blueprint

from fieldapp.accounts import sessions, signin
from fieldapp.accounts.schemas import SessionSchema, SignInSchema
from fieldapp.accounts.seal import seal_for
from fieldapp.core.access import PUBLIC, SIGNED_IN, Actor, access, current_actor
from fieldapp.core.clock import to_wire
from fieldapp.core.database import db
from fieldapp.core.http import csrf_token_for, in_write_transaction

blp = Blueprint("session", __name__, url_prefix="/api/v1", description="Signing in and out")


@blp.route("/session", methods=["POST"])
@access(PUBLIC)
@blp.arguments(SignInSchema)
@blp.doc(responses={200: {"description": "Signed in"}})
def create_session(credentials: dict[str, Any]) -> Response:
    """Sign in on a device."""
    opened = signin.sign_in(**credentials, on_phone=True)
    response = jsonify(session_answer(opened.actor, opened.session.token, opened.session.expires_at))
    signin.set_cookie(response, opened.session)
    return response


@blp.route("/session", methods=["GET"])
@access(SIGNED_IN)
@blp.response(200, SessionSchema)
def read_session() -> dict[str, Any]:
    """Return the live session with its CSRF token."""
    return session_answer(current_actor(), g.session_token, g.session_expires_at)


@blp.route("/session", methods=["DELETE"])
@access(SIGNED_IN)
@blp.response(204)
@in_write_transaction
def delete_session() -> Response:
    """Sign out: the cookie is dead at once on every worker."""
    sessions.end_session(db.session(), actor=current_actor())
    response = Response(status=204)
    signin.drop_cookie(response)
    return response


def session_answer(actor: Actor, token: str, expires_at: datetime) -> dict[str, Any]:
    """Return the answer of api.md: user, grants in force, device, CSRF token, end, seal.

    Where the employer takes reports of incidents goes along when the installation says so, and what school-near means,
    both for use without coverage.
    """
    settings = current_app.config["SETTINGS"]
    report_url = settings.incident_report_url
    return {
        "user": {"id": actor.user_id, "name": actor.name, "email": actor.email},
        "grants": [
            {
                "role": grant.role,
                "district": grant.district,
                "team_id": grant.team_id,
                "valid_until": to_wire(grant.valid_until) if grant.valid_until else None,
            }
            for grant in actor.grants
        ],
        "device_id": actor.device_id,
        "csrf_token": csrf_token_for(token),
        "expires_at": to_wire(expires_at),
        "seal": seal_for(actor.device_id or actor.user_id),
        "school_radius_m": settings.school_radius_m,
        **({"incident_report_url": report_url} if report_url else {}),
    }
