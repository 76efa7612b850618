"""Writes of sign-in: sessions that live in the database and die at once, tries counted per account (X01–X10, X35).

Passwords are compared before these are called, outside the write lock (trap 13).
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import NamedTuple

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device, SessionRow, SignInFailure, User
from fieldapp.accounts.queries import device_owner, recent_tries, session_facts
from fieldapp.accounts.rules import FAILURES_A_MINUTE, WINDOW, is_live, retry_after_s, session_limits
from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import take_turn
from fieldapp.core.errors import DomainError, NotSignedIn, TooMany
from fieldapp.core.ids import new_id


class AccountDisabled(DomainError):
    """The account has been closed (403)."""

    slug, status = "account_disabled", 403


class DeviceRevoked(DomainError):
    """The device has been struck from the list (403)."""

    slug, status = "device_revoked", 403


class DeviceOfAnother(DomainError):
    """The device id belongs to another user (403)."""

    slug, status = "device_of_another", 403


class NewSession(NamedTuple):
    """What a sign-in gives: the row's id, the token for the cookie, and the absolute end."""

    id: str
    token: str
    expires_at: datetime


def token_hash(token: str) -> str:
    """Return what the table stores of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_hash(email: str) -> str:
    """Return a keyed hash of an e-mail as typed, so that failures hold no addresses."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"account:" + email.strip().lower().encode(), hashlib.sha256).hexdigest()


def start_session(
    session: Session,
    *,
    user_id: str,
    roles: frozenset[str],
    device_id: str,
    device_name: str,
    on_phone: bool,
    replaces: str | None,
) -> NewSession:
    """Open a session with a new id, enrol the device when it is new, end the session it replaces.

    Raises `DeviceOfAnother`, `DeviceRevoked`, `AccountDisabled`.
    """
    now = utc_now()
    if session.scalar(select(User.disabled_at).where(User.id == user_id)) is not None:
        raise AccountDisabled
    owner = device_owner(session, device_id)
    if owner is None:
        session.add(Device(id=device_id, user_id=user_id, name=device_name, created_at=now))
        session.flush()
    elif owner[0] != user_id:
        raise DeviceOfAnother
    elif owner[1] is not None:
        raise DeviceRevoked
    if replaces:
        session.execute(update(SessionRow).where(SessionRow.token_hash == replaces).values(ended_at=now))
    limits = session_limits(roles, on_phone=on_phone)
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        id=new_id(),
        token_hash=token_hash(token),
        user_id=user_id,
        device_id=device_id,
        created_at=now,
        last_seen_at=now,
        idle_limit_s=int(limits.idle.total_seconds()),
        expires_at=now + limits.absolute,
    )
    session.add(row)
    session.flush()
    audit.record(session, action="session.created", actor_id=user_id, subject=row.id, device_id=device_id)
    return NewSession(row.id, token, row.expires_at)


def count_try(session: Session, *, hashed_account: str, known_device: bool) -> str | None:
    """Count a sign-in before its password is checked and return the count's id. Raises `TooMany` over the limit.

    None: too many are being checked right now to know; ask again when some of them are done.
    """
    take_turn(session, hashed_account)
    now = utc_now()
    failed, pending = recent_tries(session, hashed_account, now, known_device=known_device)
    wait = retry_after_s(now, failed)
    if wait is not None:
        raise TooMany(retry_after_s=wait)
    if len(failed) + pending >= FAILURES_A_MINUTE:
        return None
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - 10 * WINDOW))
    row = SignInFailure(id=new_id(), account_hash=hashed_account, at=now, known_device=known_device, is_pending=True)
    session.add(row)
    session.flush()
    return row.id


def take_back_try(session: Session, counted_try: str) -> None:
    """Let a try not count: its password was right."""
    session.execute(delete(SignInFailure).where(SignInFailure.id == counted_try))


def note_refusal(session: Session, *, counted_try: str, known_device: bool) -> None:
    """Let a try count as failed, and write it to the audit log; whose it was is never said."""
    session.execute(update(SignInFailure).where(SignInFailure.id == counted_try).values(is_pending=False))
    audit.record(session, action="session.refused", actor_id=None, known_device=known_device)


def end_session(session: Session, *, actor: Actor) -> None:
    """End the actor's session: dead at once on every worker."""
    session.execute(update(SessionRow).where(SessionRow.id == actor.session_id).values(ended_at=utc_now()))
    audit.record(session, action="session.ended", actor_id=actor.user_id, subject=actor.session_id)


def touch_session(session: Session, *, session_id: str) -> None:
    """Note that a session is in use."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=utc_now()))


def require_live_session(session: Session, actor: Actor) -> None:
    """Check again, inside the write transaction, that nobody ended the session meanwhile.

    Raises `NotSignedIn`, `AccountDisabled`, `DeviceRevoked`.
    """
    facts = session_facts(session, session_id=actor.session_id)
    if facts is None:
        raise NotSignedIn
    if facts.disabled_at is not None:
        raise AccountDisabled
    if facts.revoked_at is not None:
        raise DeviceRevoked
    if not is_live(
        utc_now(),
        last_seen_at=facts.last_seen_at,
        expires_at=facts.expires_at,
        idle_limit_s=facts.idle_limit_s,
        ended_at=facts.ended_at,
    ):
        raise NotSignedIn
