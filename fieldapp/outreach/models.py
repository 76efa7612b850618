"""Tables of the evening's record."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db
from fieldapp.sync.models import Synced


class Shift(Synced, db.Model):
    """A pass: who worked when, for whom, and what it came to."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("status IN ('draft','submitted','returned','approved')", name="status_known"),
        Index("ix_shifts_team_id_started_at", "team_id", "started_at"),
        Index("ix_shifts_team_id_status_started_at", "team_id", "status", "started_at"),
        Index("ix_shifts_district_started_at", "district", "started_at"),
        Index("ix_shifts_status_started_at", "status", "started_at"),
    )

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    district: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    assignment: Mapped[str] = mapped_column(String(20))
    requested_by: Mapped[str | None] = mapped_column(String(40))
    event: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200), default="")
    briefing_id: Mapped[str | None] = mapped_column(Id)
    plan_id: Mapped[str | None] = mapped_column(Id, index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    participant_ids: Mapped[list[str]] = mapped_column(Json, comment="user ids; mirrored in shift_participants")
    other_participants: Mapped[int] = mapped_column(Integer, default=0, comment="other staff, by number")
    arena_minutes: Mapped[dict[str, int]] = mapped_column(Json, default=dict, comment="clock minutes per arena")
    mumin: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, comment="interviews, by who delegated")
    incidents: Mapped[dict[str, int]] = mapped_column(Json, default=dict, comment="incidents to staff, counts")
    handover_note: Mapped[str] = mapped_column(String(2000), default="")
    open_items: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(String(10), default="draft")


class ShiftParticipant(db.Model):
    """Who was on a shift, for access and person-hours; follows `Shift.participant_ids`."""

    __tablename__ = "shift_participants"

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class ApprovedVersion(db.Model):
    """A shift as it was approved, or amended afterwards: inserted once, never changed."""

    __tablename__ = "approved_versions"

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, comment="1, 2, …")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Id, comment="the leader")
    content_version: Mapped[int] = mapped_column(BigInteger, comment="the highest seq of its tree")
    reason: Mapped[str] = mapped_column(String(2000), default="", comment="why it was amended")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the shift began, as its content says")
    content: Mapped[dict[str, Any]] = mapped_column(Json, comment="shift, visits and observations, whole")


class WrongCode(db.Model):
    """A code that led to no pass, counted per person in the database seen by every worker (trap 6); not which code."""

    __tablename__ = "wrong_join_codes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Visit(Synced, db.Model):
    """A stop at a place, or the decision not to make it."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("outcome IN ('observed','nothing_noted','not_visited')", name="outcome_known"),
        Index("ix_visits_district_arrived_at", "district", "arrived_at"),
        Index("ix_visits_site_id_arrived_at", "site_id", "arrived_at"),
    )

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), index=True)
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    school_unit_code: Mapped[str | None] = mapped_column(String(8))
    place: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="emerging place, rounded to 10 m")
    neighbourhood: Mapped[str | None] = mapped_column(String(200))
    district: Mapped[str | None] = mapped_column(String(40), comment="set by the server from the place")
    arena: Mapped[str] = mapped_column(String(20))
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    time_precision: Mapped[str] = mapped_column(String(10), default="exact")
    outcome: Mapped[str] = mapped_column(String(20))
    not_visited_reason: Mapped[str | None] = mapped_column(String(20))
    together_with: Mapped[list[str]] = mapped_column(Json, default=list)
    audience: Mapped[list[str]] = mapped_column(Json, default=list)
    actions: Mapped[list[str]] = mapped_column(Json, default=list)
    entered_afterwards: Mapped[bool] = mapped_column(Boolean, default=False)


class Observation(Synced, db.Model):
    """What was seen at a visit: topics, conditions, counts of people and of referrals."""

    __tablename__ = "observations"

    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), index=True)
    observed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    situation: Mapped[str | None] = mapped_column(String(10))
    topics: Mapped[list[str]] = mapped_column(Json, default=list)
    conditions: Mapped[list[str]] = mapped_column(Json, default=list)
    people_basis: Mapped[str] = mapped_column(String(12), default="not_counted")
    counts: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    referrals: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    voices: Mapped[list[str]] = mapped_column(Json, default=list)
    moved_from: Mapped[str | None] = mapped_column(String(36), comment="site id or 'unknown'")
    moved_to: Mapped[str | None] = mapped_column(String(36), comment="site id or 'unknown'")
    note: Mapped[str] = mapped_column(String(2000), default="")


class PlaceLink(db.Model):
    """What became of a place outside the register that a visit noted. The visit says what was noted, for ever.

    A decision that is taken back stays, with when and by whom; at most one of a visit stands.
    """

    __tablename__ = "place_links"
    __table_args__ = (
        CheckConstraint("decision IN ('linked','joined','dismissed')", name="decision_known"),
        CheckConstraint("(decision = 'dismissed') = (site_id IS NULL)", name="dismissed_has_no_site"),
        Index(
            "uq_place_links_visit_id_standing",
            "visit_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_place_links_site_id", "site_id"),
        Index("ix_place_links_visit_id", "visit_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    decision: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str] = mapped_column(Id)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_by: Mapped[str | None] = mapped_column(Id)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
