"""Reads of accounts. Who is behind a token; who may know of whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import TEAM_ROLES, Device, GrantRow, SessionRow, SignInFailure, Team, User
from fieldapp.accounts.rules import LONGEST_CHECK, WINDOW
from fieldapp.core.access import Actor, Grant
from fieldapp.core.errors import Invalid

LEADS_NEEDED = 2


@dataclass(frozen=True)
class Account:
    """What sign-in needs of a user."""

    id: str
    name: str
    email: str
    password_hash: str
    disabled_at: datetime | None


@dataclass(frozen=True)
class SessionFacts:
    """A session with what may end it."""

    id: str
    user_id: str
    name: str
    email: str
    device_id: str | None
    last_seen_at: datetime
    expires_at: datetime
    idle_limit_s: int
    ended_at: datetime | None
    disabled_at: datetime | None
    revoked_at: datetime | None


# Asked at every request, built once.
_SESSION = (
    select(
        SessionRow.id,
        User.id,
        User.name,
        User.email,
        SessionRow.device_id,
        SessionRow.last_seen_at,
        SessionRow.expires_at,
        SessionRow.idle_limit_s,
        SessionRow.ended_at,
        User.disabled_at,
        Device.revoked_at,
    )
    .join(User, User.id == SessionRow.user_id)
    .outerjoin(Device, Device.id == SessionRow.device_id)
)
_SESSION_BY_TOKEN = _SESSION.where(SessionRow.token_hash == bindparam("token_hash"))
_SESSION_BY_ID = _SESSION.where(SessionRow.id == bindparam("session_id"))
_GRANTS = (
    select(GrantRow.role, GrantRow.district, GrantRow.team_id, GrantRow.valid_from, GrantRow.valid_until)
    .where(GrantRow.user_id == bindparam("user_id"))
    .order_by(GrantRow.valid_from, GrantRow.id)
)


def account_of(session: Session, email: str) -> Account | None:
    """Find an account by e-mail, case folded."""
    row = session.execute(
        select(User.id, User.name, User.email, User.password_hash, User.disabled_at).where(
            User.email == email.strip().lower(), User.deleted.is_(False)
        )
    ).one_or_none()
    return Account(*row) if row else None


def session_facts(
    session: Session, *, token_hash: str | None = None, session_id: str | None = None
) -> SessionFacts | None:
    """Find a session by the hash of its token or by its id, with the user and device behind it."""
    if token_hash:
        found = session.execute(_SESSION_BY_TOKEN, {"token_hash": token_hash})
    else:
        found = session.execute(_SESSION_BY_ID, {"session_id": session_id})
    row = found.one_or_none()
    return SessionFacts(*row) if row else None


def grants_of(session: Session, user_id: str) -> tuple[Grant, ...]:
    """Return every grant a user has or had; `Actor.at` picks those in force."""
    return tuple(Grant(*row) for row in session.execute(_GRANTS, {"user_id": user_id}))


def person_of(session: Session, user_id: str) -> Actor:
    """Return a person with every grant they have or had, as the author of what was sent earlier (PU12, PU16)."""
    row = session.execute(select(User.name, User.email).where(User.id == user_id)).one()
    return Actor(user_id, row.name, row.email, "", None, grants_of(session, user_id))


def is_disabled(session: Session, user_id: str) -> bool:
    """Say whether a person's account has been closed."""
    return session.scalar(select(User.disabled_at).where(User.id == user_id)) is not None


def device_owner(session: Session, device_id: str) -> tuple[str, datetime | None] | None:
    """Return who a device belongs to and when it was revoked."""
    row = session.execute(select(Device.user_id, Device.revoked_at).where(Device.id == device_id)).one_or_none()
    return (row.user_id, row.revoked_at) if row else None


def devices_of(session: Session, user_id: str) -> Sequence[Device]:
    """Return a person's devices, the newest last."""
    return session.scalars(select(Device).where(Device.user_id == user_id).order_by(Device.created_at, Device.id)).all()


def recent_tries(
    session: Session, account_hash: str, now: datetime, *, known_device: bool
) -> tuple[list[datetime], int]:
    """Return the failed sign-ins of the last minute for an account, and how many are being checked right now.

    Tries from known and from unknown devices are counted apart (X35).
    """
    rows = session.execute(
        select(SignInFailure.at, SignInFailure.is_pending).where(
            SignInFailure.account_hash == account_hash,
            SignInFailure.known_device.is_(known_device),
            SignInFailure.at > now - WINDOW,
        )
    ).all()
    pending = sum(row.is_pending and row.at > now - LONGEST_CHECK for row in rows)
    return [row.at for row in rows if not row.is_pending], pending


def team_ids(session: Session) -> frozenset[str]:
    """Every team's id."""
    return frozenset(session.scalars(select(Team.id).where(Team.deleted.is_(False))))


def team_named(session: Session, name: str) -> str:
    """Return the id of the team with a name. Raises `Invalid` when there is none."""
    found = session.scalar(select(Team.id).where(Team.name == name, Team.deleted.is_(False)))
    if found is None:
        raise Invalid(fields={"team": ["unknown_team"]})
    return found


def field_staff(session: Session, user_ids: Collection[str]) -> dict[str, datetime | None]:
    """Those of the ids that are people who ever were field worker or team lead, each with when they were disabled."""
    if not user_ids:
        return {}
    rows = session.execute(
        select(User.id, User.disabled_at)
        .join(GrantRow, GrantRow.user_id == User.id)
        .where(User.id.in_(user_ids), GrantRow.role.in_(TEAM_ROLES))
    )
    return {row.id: row.disabled_at for row in rows}


def names_of(session: Session, user_ids: Collection[str]) -> dict[str, str]:
    """Names by id."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def people_names(session: Session) -> dict[str, str]:
    """Names of all who have an account or had one, by id, in the order of the names."""
    return {row.id: row.name for row in session.execute(select(User.id, User.name).order_by(User.name, User.id))}


def team_names(session: Session) -> dict[str, str]:
    """Names of the teams there are, by id."""
    return {row.id: row.name for row in session.execute(select(Team.id, Team.name).where(Team.deleted.is_(False)))}


def names_of_teams(session: Session, team_ids: Collection[str]) -> dict[str, str]:
    """Names by id, also of teams that are no more: old shifts stay theirs."""
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(team_ids)))
    return {row.id: row.name for row in rows}


def leads_of(session: Session, team_ids: Collection[str], now: datetime) -> dict[str, set[str]]:
    """Return who holds a grant as lead of each of the teams now, accounts that are closed left out."""
    query = (
        select(GrantRow.team_id, GrantRow.user_id, GrantRow.valid_until)
        .join(User, User.id == GrantRow.user_id)
        .where(
            GrantRow.role == "team_lead",
            GrantRow.team_id.in_(team_ids),
            GrantRow.valid_from <= now,
            User.disabled_at.is_(None),
            User.deleted.is_(False),
        )
    )
    found: dict[str, set[str]] = {team_id: set() for team_id in team_ids}
    for row in session.execute(query):
        if row.team_id and (row.valid_until is None or now < row.valid_until):
            found[row.team_id].add(row.user_id)
    return found


def teams_with_few_leads(session: Session, now: datetime) -> dict[str, str]:
    """Return the names, by id, of the teams that fewer than two people lead: each team has a deputy."""
    names = team_names(session)
    leads = leads_of(session, names, now)
    return {team_id: name for team_id, name in names.items() if len(leads[team_id]) < LEADS_NEEDED}


def teams_of(session: Session, user_ids: Collection[str]) -> frozenset[str]:
    """Return the teams the people belong to, together."""
    query = select(GrantRow.team_id).where(GrantRow.user_id.in_(user_ids), GrantRow.team_id.is_not(None))
    return frozenset(team for team in session.scalars(query) if team)
