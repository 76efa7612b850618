"""Tables of accounts. Users and teams are synced rows: phones show names of colleagues and teams."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db
from fieldapp.sync.models import Synced

ROLES = ("field_worker", "team_lead", "walk_coordinator", "analyst", "viewer", "admin")
TEAM_ROLES = ("field_worker", "team_lead")


class Team(Synced, db.Model):
    """A field team (fältgrupp) of a district, or of the whole city."""

    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    district: Mapped[str | None] = mapped_column(String(40), comment="district code; empty: the whole city")


class User(Synced, db.Model):
    """A person who signs in. What phones see of a user is the name and the teams."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(200), unique=True, comment="lower case")
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200), comment="argon2id")
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    team_ids: Mapped[list[str]] = mapped_column(Json, default=list, comment="teams of the grants; what phones show")


class GrantRow(db.Model):
    """A role in a district, for a team where the role has one, for a time (PU16)."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(
            "role IN ('field_worker','team_lead','walk_coordinator','analyst','viewer','admin')", name="role_known"
        ),
        CheckConstraint("role NOT IN ('field_worker','team_lead') OR team_id IS NOT NULL", name="team_where_needed"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(40), comment="empty: all districts")
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"), index=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(db.Model):
    """One user on one installation; two users of one phone are two devices (sync-spec, Words)."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(db.Model):
    """A live sign-in. The cookie holds a random token, the table only its SHA-256 (trap 5)."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("devices.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="touched at most every five minutes")
    idle_limit_s: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="absolute limit")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(db.Model):
    """A sign-in that failed or is being checked, counted per account in the database seen by every worker (trap 6)."""

    __tablename__ = "sign_in_failures"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_hash: Mapped[str] = mapped_column(String(64), index=True, comment="keyed hash of the e-mail as typed")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_device: Mapped[bool] = mapped_column(Boolean, comment="an enrolled device of the account (X35)")
    is_pending: Mapped[bool] = mapped_column(Boolean, comment="its password is being checked")
