"""Writes of accounts: users, teams, grants. Hashing happens before these are called (trap 13)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import TEAM_ROLES, Device, GrantRow, SessionRow, Team, User
from fieldapp.audit import services as audit
from fieldapp.core.clock import utc_now
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ids import new_id
from fieldapp.sync.sequence import take_seqs


class GrantKey(NamedTuple):
    """What makes two grants the same but for their times; no district: all of them."""

    user_id: str
    role: str
    district: str | None
    team_id: str | None

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions that pick the grants with this key."""
        columns = (GrantRow.user_id, GrantRow.role, GrantRow.district, GrantRow.team_id)
        return tuple(column.is_not_distinct_from(value) for column, value in zip(columns, self, strict=True))


def create_team(session: Session, *, name: str, district: str | None) -> Team:
    """Create a team of a district, or of the whole city. Raises `Invalid` when the name is taken."""
    if session.scalar(select(Team.id).where(Team.name == name)):
        raise Invalid(fields={"name": ["taken"]})
    now = utc_now()
    [seq] = take_seqs(session, 1)
    team = Team(id=new_id(), name=name, district=district, seq=seq, version=1, created_at=now, received_at=now)
    session.add(team)
    session.flush()
    audit.record(session, action="team.created", actor_id=None, subject=team.id, district=district)
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
) -> GrantRow | None:
    """Give a role; None where the person has that very grant for all of that time already.

    Field workers and team leads need a team. Moves the person's place in the server order.
    """
    if role in TEAM_ROLES and team_id is None:
        raise Invalid(fields={"team_id": ["required"]})
    take_turn(session, f"grants of {user_id}")
    begins = valid_from or utc_now()
    if _has_grant(session, GrantKey(user_id, role, district, team_id), begins, valid_until):
        return None
    row = GrantRow(
        id=new_id(),
        user_id=user_id,
        role=role,
        district=district,
        team_id=team_id,
        valid_from=begins,
        valid_until=valid_until,
    )
    session.add(row)
    session.flush()
    _move_person(session, user_id)
    audit.record(
        session, action="grant.given", actor_id=None, subject=user_id, role=role, district=district, team_id=team_id
    )
    return row


def end_grant(session: Session, *, user_id: str, role: str, district: str | None, team_id: str | None) -> None:
    """End a grant now: the next request on every worker is judged without it. Raises `Invalid` when there is none.

    One that would begin later never does.
    """
    take_turn(session, f"grants of {user_id}")
    now = utc_now()
    left = or_(GrantRow.valid_until.is_(None), GrantRow.valid_until > now)
    found = session.scalars(select(GrantRow).where(*GrantKey(user_id, role, district, team_id).conditions, left)).all()
    if not found:
        raise Invalid(fields={"role": ["no_such_grant"]})
    for row in found:
        row.valid_until = max(now, row.valid_from)
    session.flush()
    _move_person(session, user_id)
    audit.record(
        session, action="grant.ended", actor_id=None, subject=user_id, role=role, district=district, team_id=team_id
    )


def revoke_device(session: Session, *, device_id: str) -> None:
    """Strike a device from the list and end its sessions. Raises `Invalid` for one that is unknown or struck."""
    device = session.get(Device, device_id)
    if device is None:
        raise Invalid(fields={"device": ["not_found"]})
    if device.revoked_at is not None:
        raise Invalid(fields={"device": ["already_revoked"]})
    device.revoked_at = now = utc_now()
    session.flush()
    session.execute(
        update(SessionRow).where(SessionRow.device_id == device_id, SessionRow.ended_at.is_(None)).values(ended_at=now)
    )
    audit.record(session, action="device.revoked", actor_id=None, subject=device_id, user_id=device.user_id)


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


def _has_grant(session: Session, key: GrantKey, begins: datetime, ends: datetime | None) -> bool:
    lasts: ColumnElement[bool] = GrantRow.valid_until.is_(None)
    if ends is not None:
        lasts = or_(lasts, GrantRow.valid_until >= ends)
    found = select(GrantRow.id).where(*key.conditions, GrantRow.valid_from <= begins, lasts)
    return session.scalars(found.limit(1)).first() is not None


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
    left = or_(GrantRow.valid_until.is_(None), GrantRow.valid_until > utc_now())  # who has left is proposed for none
    held = (GrantRow.user_id == user_id, GrantRow.team_id.is_not(None), left)
    team_ids = sorted(team for team in session.scalars(select(GrantRow.team_id).where(*held).distinct()) if team)
    [seq] = take_seqs(session, 1)
    session.execute(update(User).where(User.id == user_id).values(seq=seq, version=User.version + 1, team_ids=team_ids))
