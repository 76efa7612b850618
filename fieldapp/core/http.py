"""HTTP manners shared by all routes: request ids, who may pass, security headers, caching.

Order at the door: request id → host → route rule → session → same origin and CSRF token → roles. Then the body.
"""

import hmac
import ipaddress
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import UnsupportedMediaType

from fieldapp.core.access import BY_TOKEN, PUBLIC, SIGNED_IN, rule_of
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import DomainError, NotAllowed, NotSignedIn
from fieldapp.core.ids import new_id
from fieldapp.core.ports import port

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


class CsrfFailed(DomainError):
    """An unsafe request that did not come from our own pages (403)."""

    slug, status = "csrf_failed", 403


def init_http(app: Flask) -> None:
    """Put the door before every route and the headers behind it."""
    app.before_request(_name_request)
    app.before_request(_stay_on_loopback)
    app.before_request(_check_rule)
    app.after_request(_finish)
    app.after_request(_note_refusal)


def in_write_transaction(view: View) -> View:
    """Run a view as one writing transaction, the session checked again inside it: the one place where HTTP commits.

    A view that raises, or that answers with a refusal of its own (400 and up), has written nothing.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        def work() -> Any:
            port("still_signed_in")(db.session(), current_user)
            answer = view(*args, **kwargs)
            if _status_of(answer) >= 400:
                db.session.rollback()
            return answer

        return transacted(work)

    return wrapped  # type: ignore[return-value]  # wraps keeps the signature


def _status_of(answer: Any) -> int:
    """Return the status that a view answers with: its own, the second of a tuple, or 200."""
    said = answer[1] if isinstance(answer, tuple) and len(answer) > 1 else getattr(answer, "status_code", 200)
    return said if isinstance(said, int) else 200


def takes_bytes(most: int) -> Callable[[View], View]:
    """Mark a view whose form holds a file larger than other requests may be; the limit is set before it is read."""

    def mark(view: View) -> View:
        view.__takes_bytes__ = most  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return mark


def csrf_token_for(session_token: str) -> str:
    """Return the CSRF token of a session: nothing to store, dead with the session."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"csrf:" + session_token.encode(), sha256).hexdigest()


def same_secret(sent: str, expected: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(sent.encode(), expected.encode())


def is_api() -> bool:
    """Say whether the present request speaks JSON rather than pages."""
    return request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def _name_request() -> None:
    g.request_id = new_id()


def _stay_on_loopback() -> None:
    """X29: the demo, with its published passwords, answers this machine only."""
    if not current_app.config["SETTINGS"].is_demo:
        return
    remote = request.remote_addr or ""
    if not remote or not ipaddress.ip_address(remote).is_loopback or "X-Forwarded-For" in request.headers:
        raise NotAllowed


def _check_rule() -> None:
    if request.routing_exception is not None:
        g.refused_as_nobody = True
        return  # 404 and 405 are answered by the router
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise NotAllowed
    if PUBLIC in rule or BY_TOKEN in rule:
        g.refused_as_nobody = True
        if request.method not in SAFE_METHODS:
            check_same_origin()
            _check_media_type()
        return
    if not current_user.is_authenticated:
        raise NotSignedIn
    if request.method not in SAFE_METHODS:
        check_same_origin()
        most = getattr(current_app.view_functions.get(request.endpoint or ""), "__takes_bytes__", None)
        request.max_content_length = most or request.max_content_length
        sent = request.headers.get("X-CSRF-Token") or (request.form.get("csrf_token", "") if not is_api() else "")
        if not same_secret(sent, csrf_token_for(g.session_token)):
            raise CsrfFailed
    if SIGNED_IN not in rule and not current_user.has_role(*rule):
        raise NotAllowed
    _check_media_type()


def check_same_origin() -> None:
    """Refuse a request that another site may have caused (X11); neither header present counts as another site.

    A page that tells nobody its address sends its forms with `Origin: null`; the browser's other word decides then.
    """
    origin = request.headers.get("Origin")
    if origin not in (None, "null"):
        if _host_of(origin) != request.host:
            raise CsrfFailed
    elif request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise CsrfFailed


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # such as a bracket that never closes
        return None


def _check_media_type() -> None:
    """Take only JSON into the API: a form or plain text of another site never becomes a request (X11)."""
    if is_api() and request.method not in SAFE_METHODS and request.content_length and not request.is_json:
        raise UnsupportedMediaType


def _note_refusal(response: Response) -> Response:
    """Let it be known who was turned away where, whichever part of the server said so."""
    if response.status_code == 403 and "session_token" in g and current_user.is_authenticated:
        port("refused")(current_user.get_id(), request.endpoint)
    return response


def _finish(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SETTINGS"].secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
