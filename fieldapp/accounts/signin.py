"""The door: who a cookie belongs to, and the steps of signing in that both the API and the page take."""

import time
from dataclasses import dataclass

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask_login import LoginManager

from fieldapp.accounts import queries, sessions
from fieldapp.accounts.passwords import password_matches
from fieldapp.accounts.rules import LONGEST_CHECK, TOUCH_EVERY, is_live
from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import BadCredentials, TooMany, Unavailable
from fieldapp.core.personal_numbers import without_personal_numbers
from fieldapp.core.schema import SHORT

log = structlog.get_logger()
login_manager = LoginManager()
ASK_AGAIN_S = 0.05


@dataclass(frozen=True)
class SignedIn:
    """The outcome of a sign-in."""

    actor: Actor
    session: sessions.NewSession


def init_signin(app: Flask) -> None:
    """Let Flask-Login ask us who is behind a request; the cookie holds a random token, nothing else."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.request_loader(load_actor)


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to TLS; the demo on loopback can't have it."""
    return "__Host-session" if current_app.config["SETTINGS"].secure_cookies else "session"


def load_actor(incoming: Request) -> Actor | None:
    """Return the person behind the cookie, or None. Raises `AccountDisabled` or `DeviceRevoked` (CL4).

    What is open to everybody, the sign-in page before all, is so to their browser too: there it is nobody's.
    """
    token = incoming.cookies.get(cookie_name(), "")
    if not token or len(token) > 100:
        return None
    now = utc_now()
    facts = queries.session_facts(db.session(), token_hash=sessions.token_hash(token))
    if facts is None:
        db.session.rollback()
        return None
    grants = queries.grants_of(db.session(), facts.user_id)
    db.session.rollback()  # nothing read here may sit in a later write transaction (trap 1)
    if facts.disabled_at is not None or facts.revoked_at is not None:
        if g.get("refused_as_nobody"):
            return None
        g.refused_as_nobody = True  # the page that says so is made for nobody
        raise sessions.DeviceRevoked if facts.disabled_at is None else sessions.AccountDisabled
    if not is_live(
        now,
        last_seen_at=facts.last_seen_at,
        expires_at=facts.expires_at,
        idle_limit_s=facts.idle_limit_s,
        ended_at=facts.ended_at,
    ):
        return None
    if now - facts.last_seen_at > TOUCH_EVERY:
        _touch(facts.id)
    g.session_token = token
    g.session_expires_at = facts.expires_at
    everything = Actor(facts.user_id, facts.name, facts.email, facts.id, facts.device_id, grants)
    g.actor_ever = everything
    return everything.at(now)


def _touch(session_id: str) -> None:
    try:
        with write_transaction():
            sessions.touch_session(db.session(), session_id=session_id)
    except Unavailable:
        log.info("session_touch_postponed")


def sign_in(email: str, password: str, device_id: str, device_name: str, *, on_phone: bool) -> SignedIn:
    """Check limit, then password, then open a session; the hash is computed outside the write lock (trap 13).

    Raises `TooMany`, `BadCredentials`, `AccountDisabled`, `DeviceOfAnother`, `DeviceRevoked`.
    """
    session = db.session()
    account = queries.account_of(session, email)
    owner = queries.device_owner(session, device_id)
    known = bool(account and owner and owner[0] == account.id and owner[1] is None)
    grants = queries.grants_of(session, account.id) if account else ()
    hashed = sessions.account_hash(email)
    counted = _count(hashed, known_device=known)
    if not password_matches(account.password_hash if account else None, password) or account is None:
        with write_transaction():
            sessions.note_refusal(db.session(), counted_try=counted, known_device=known)
        raise BadCredentials
    actor = Actor(account.id, account.name, account.email, "", device_id, grants).at(utc_now())
    replaced = request.cookies.get(cookie_name())
    with write_transaction():  # of its own: what the account or device is refused for is no failed password
        sessions.take_back_try(db.session(), counted)
    with write_transaction():
        opened = sessions.start_session(
            db.session(),
            user_id=account.id,
            roles=actor.roles,
            device_id=device_id,
            device_name=without_personal_numbers(device_name)[:SHORT],
            on_phone=on_phone,
            replaces=sessions.token_hash(replaced) if replaced else None,
        )
    return SignedIn(actor, opened)


def _count(hashed: str, *, known_device: bool) -> str:
    """Count a try before the slow hash, so that tries in parallel can't slip past the limit; success takes it back.

    A whole team may sign in at once: while as many tries are being checked as may fail, the next one waits its turn.
    """
    deadline = time.monotonic() + LONGEST_CHECK.total_seconds()
    while time.monotonic() < deadline:
        with write_transaction():
            counted = sessions.count_try(db.session(), hashed_account=hashed, known_device=known_device)
        if counted:
            return counted
        time.sleep(ASK_AGAIN_S)
    raise TooMany(retry_after_s=int(LONGEST_CHECK.total_seconds()))


def set_cookie(response: Response, opened: sessions.NewSession) -> None:
    """Hand the token to the browser: HttpOnly, SameSite=Lax, Secure outside the demo."""
    response.set_cookie(
        cookie_name(),
        opened.token,
        expires=opened.expires_at,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure_cookies,
        path="/",
    )


def drop_cookie(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax", secure=current_app.config["SETTINGS"].secure_cookies
    )
