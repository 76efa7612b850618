"""Tables of frozen periods (*Fastställ*): their figures, and the counts of persons these rest on. Only added to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db


class FrozenSummary(db.Model):
    """The figures of whole months as somebody froze them; the next version of the same stands beside it."""

    __tablename__ = "frozen_summaries"
    __table_args__ = (
        CheckConstraint("district IS NULL OR team_id IS NULL", name="one_scope"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        UniqueConstraint("scope", "first_on", "last_on", "version", name="uq_frozen_summaries_version"),
        UniqueConstraint("number", name="uq_frozen_summaries_number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, comment="1, 2, …: the order in which all were made")
    scope: Mapped[str] = mapped_column(String(60), comment="district:<code>, team:<id> or city")
    district: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id"))
    first_on: Mapped[date] = mapped_column(Date, comment="the first of a month")
    last_on: Mapped[date] = mapped_column(Date, comment="the last of a month")
    version: Mapped[int] = mapped_column(Integer, comment="1, 2, … of this scope and period")
    mapping_year: Mapped[int | None] = mapped_column(Integer)
    full: Mapped[str] = mapped_column(Text, comment="the figures as the team has them, canonical JSON (RFC 8785)")
    full_sha256: Mapped[str] = mapped_column(String(64))
    protected: Mapped[str | None] = mapped_column(Text, comment="as they may leave the team; a team's own never do")
    protected_sha256: Mapped[str | None] = mapped_column(String(64))
    frozen_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20), comment="as what they did it: team_lead or analyst")
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FrozenAtom(db.Model):
    """Counts of persons of one district and month that frozen figures rest on; months without any stand here too."""

    __tablename__ = "frozen_atoms"
    __table_args__ = (Index("ix_frozen_atoms_month", "year", "month", "district"),)

    frozen_id: Mapped[str] = mapped_column(ForeignKey("frozen_summaries.id"), primary_key=True)
    district: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    observed_visits: Mapped[int] = mapped_column(Integer)
    cells: Mapped[dict[str, Any]] = mapped_column(Json, comment="count by cell, such as present/13-15/female; no zeros")
