"""Tables of reinforcements. They do not travel: phones know of them by the shift's own fields."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, UtcDateTime
from fieldapp.core.database import db
from fieldapp.reinforcements.codes import STORED_STATES


class Reinforcement(db.Model):
    """One evening that somebody asked Ungdomsjouren for."""

    __tablename__ = "reinforcements"
    __table_args__ = (
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in STORED_STATES) + ")", name="state_known"),
        CheckConstraint("requested_by IN ('police', 'own') OR requested_by = district", name="requester_known"),
        Index("ix_reinforcements_date", "date"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    district: Mapped[str] = mapped_column(String(40), comment="where it is wanted")
    requested_by: Mapped[str] = mapped_column(String(40), comment="the district's code, police or own")
    requested_by_user: Mapped[str] = mapped_column(ForeignKey("users.id"))
    event: Mapped[str | None] = mapped_column(String(20))
    date: Mapped[date] = mapped_column(Date, comment="the local date it begins")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place_words: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), default="requested", comment="done is not stored: it follows")
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_words: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1, comment="1, 2, …: what a decision was read at")


class ReinforcementTeam(db.Model):
    """A team that works a reinforcement; several may be at one event."""

    __tablename__ = "reinforcement_teams"

    reinforcement_id: Mapped[str] = mapped_column(ForeignKey("reinforcements.id"), primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True, index=True)
