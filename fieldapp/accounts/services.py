"""Writes of accounts: users, teams, grants. Hashing happens before these are called (trap 13)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import TEAM_ROLES, GrantRow, SessionRow, Team, User
from fieldapp.audit import services as audit
from fieldapp.core.clock import utc_now
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import new_id
from fieldapp.sync.sequence import take_seqs


def create_team(session: Session, *, name: str, district: str | None) -> Team:
    """Create a team of a district, or of the whole city. Raises `Invalid` when the name is taken."""
    if session.scalar(select(Team.id).where(Team.name == name)):
        raise Invalid(fields={"name": ["taken"]})
    now = utc_now()
    [seq] = take_seqs(session, 1)
    team = Team(id=new_id(), name=name, district=district, seq=seq, version=1, created_at=now, received_at=now)
    session.add(team)
    session.flush()
    return team


def create_user(session: Session, *, email: str, name: str, password_hash: str) -> User:
    """Create a user without grants. Raises `Invalid` when the e-mail is taken."""
    address = email.strip().lower()
    if session.scalar(select(User.id).where(User.email == address)):
        raise Invalid(fields={"email": ["taken"]})
    now = utc_now()
    [seq] = take_seqs(session, 1)
    user = User(
        id=new_id(),
        email=address,
        name=name,
        password_hash=password_hash,
        seq=seq,
        version=1,
        created_at=now,
        received_at=now,
    )
    session.add(user)
    session.flush()
    audit.record(session, action="user.created", actor_id=None, subject=user.id)
    return user


def grant_role(
    session: Session,
    *,
    user_id: str,
    role: str,
    district: str | None,
    team_id: str | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> GrantRow:
    """Give a role. Field workers and team leads need a team. Moves the person's place in the server order."""
    if role in TEAM_ROLES and team_id is None:
        raise Invalid(fields={"team_id": ["required"]})
    row = GrantRow(
        id=new_id(),
        user_id=user_id,
        role=role,
        district=district,
        team_id=team_id,
        valid_from=valid_from or utc_now(),
        valid_until=valid_until,
    )
    session.add(row)
    session.flush()
    _move_person(session, user_id)
    audit.record(session, action="grant.given", actor_id=None, subject=user_id, role=role, district=district)
    return row


def disable_user(session: Session, *, email: str) -> None:
    """Close an account and end its sessions. Raises `NotFound`."""
    user = _user(session, email)
    user.disabled_at = utc_now()
    session.execute(
        update(SessionRow)
        .where(SessionRow.user_id == user.id, SessionRow.ended_at.is_(None))
        .values(ended_at=utc_now())
    )
    session.flush()
    _move_person(session, user.id)
    audit.record(session, action="user.disabled", actor_id=None, subject=user.id)


def reset_password(session: Session, *, email: str, password_hash: str) -> None:
    """Set a new password and end every session. Raises `NotFound`."""
    user = _user(session, email)
    user.password_hash = password_hash
    session.execute(
        update(SessionRow)
        .where(SessionRow.user_id == user.id, SessionRow.ended_at.is_(None))
        .values(ended_at=utc_now())
    )
    session.flush()
    audit.record(session, action="user.password_reset", actor_id=None, subject=user.id)


def _user(session: Session, email: str) -> User:
    user: User | None = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound
    return user


def show_again(session: Session, user_ids: Iterable[str]) -> None:
    """Let people and their teams travel again to phones, because somebody new may now know of them."""
    people = sorted(user_ids)
    held = (GrantRow.user_id.in_(people), GrantRow.team_id.is_not(None))
    teams = sorted(session.scalars(select(GrantRow.team_id).where(*held).distinct()))  # type: ignore[type-var]
    seqs = iter(take_seqs(session, len(people) + len(teams)))
    for user_id in people:
        session.execute(update(User).where(User.id == user_id).values(seq=next(seqs)))
    for team_id in teams:
        session.execute(update(Team).where(Team.id == team_id).values(seq=next(seqs)))


def _move_person(session: Session, user_id: str) -> None:
    teams = session.scalars(
        select(GrantRow.team_id).where(GrantRow.user_id == user_id, GrantRow.team_id.is_not(None)).distinct()
    )
    team_ids = sorted(team for team in teams if team)
    [seq] = take_seqs(session, 1)
    session.execute(update(User).where(User.id == user_id).values(seq=seq, version=User.version + 1, team_ids=team_ids))
