"""The one handler that turns errors into answers: JSON for the API, a page for people (api.md, Conventions)."""

import sqlite3
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, g, jsonify, redirect, render_template, request
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException

from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.database import db, is_busy
from fieldapp.core.errors import DomainError, NotSignedIn
from fieldapp.core.http import is_api
from fieldapp.core.schema import flat_errors

SLUGS = {
    400: "malformed",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    411: "malformed",
    413: "too_large",
    414: "malformed",
    415: "unsupported_media_type",
    422: "invalid",
    423: "locked",
    426: "upgrade_required",
    429: "too_many",
    431: "malformed",
    500: "internal",
    503: "unavailable",
    507: "storage_full",
}
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Location")
log = structlog.get_logger()


def init_problems(app: Flask) -> None:
    """Register the handlers; after flask-smorest's, so that ours decide (trap 3)."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseError, _database)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _unexpected)


def problem(
    status: int,
    slug: str,
    fields: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> Response:
    """Answer with the envelope `{error, message, fields, request_id}` and `more`, or a page that says the same."""
    message = text(f"error.{slug}").removeprefix("error.")
    body: dict[str, Any] = {
        **(more or {}),
        "error": slug,
        "message": message,
        "fields": translated_fields(fields or {}),
        "request_id": g.get("request_id", ""),
    }
    if is_api():
        response = jsonify(body)
    else:
        response = Response(render_template("problem.html", status=status, **body), mimetype="text/html")
    response.status_code = status
    response.headers.update(headers or {})
    return response


def _domain(error: DomainError) -> Response:
    db.session.rollback()
    if isinstance(error, NotSignedIn) and request.method == "GET" and request.path.startswith("/office/"):
        back = request.full_path.removesuffix("?")
        return redirect(f"/office/sign-in?{urlencode({'next': back})}")  # type: ignore[return-value]  # as in _http
    return problem(error.status, error.slug, dict(error.fields), error.headers, error.more)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect is an answer
    found = dict(error.get_headers(request.environ))
    headers = {name: found[name] for name in KEPT_HEADERS if name in found}
    headers |= dict(getattr(error, "data", {}).get("headers") or {})
    fields = _webargs_fields(error)
    slug = SLUGS.get(status, "malformed" if status < 500 else "internal")
    if any("personal_number" in codes for codes in fields.values()):
        slug = "personal_number"
    return problem(status, slug, fields, headers)


def _webargs_fields(error: HTTPException) -> dict[str, list[str]]:
    messages: Any = getattr(error, "data", {}).get("messages", {})
    if not isinstance(messages, dict) or error.code == 400:  # a body that is no JSON has no fields
        return {}
    fields: dict[str, list[str]] = {}
    for location in messages.values():  # webargs groups by json, query, …
        fields |= flat_errors(location)
    return fields


def _database(error: DatabaseError) -> Response:
    db.session.rollback()
    reason = str(error.orig)
    if isinstance(error.orig, sqlite3.OperationalError) and is_busy(error):  # type: ignore[arg-type]
        return problem(503, "unavailable", headers={"Retry-After": "2"})
    if "disk is full" in reason or "No space left" in reason:
        return problem(507, "storage_full", headers={"Retry-After": "60"})
    log.error("database_error", kind=type(error.orig).__name__)
    if isinstance(error.orig, sqlite3.OperationalError) or type(error).__name__ == "OperationalError":
        return problem(503, "unavailable", headers={"Retry-After": "5"})
    return problem(500, "internal")


def _too_deep(error: RecursionError) -> Response:
    """A body that nests deeper than any reader goes."""
    db.session.rollback()
    return problem(400, "malformed")


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    log.exception("unexpected_error", kind=type(error).__name__)
    return problem(500, "internal")
