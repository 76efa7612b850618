"""Tables of what summaries keep beside the records: each row follows from them and can be made anew at any time."""

from datetime import date
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json
from fieldapp.core.database import db


class SummaryFact(db.Model):
    """The figures of approved shifts of one day, or one month, of the city, a district or a team (`packing`)."""

    __tablename__ = "summary_facts"
    __table_args__ = (
        CheckConstraint("grain IN ('day','month')", name="grain_known"),
        Index("ix_summary_facts_date", "date"),
    )

    scope: Mapped[str] = mapped_column(String(60), primary_key=True, comment="city, district:… or team:…")
    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True, comment="local date; of a month its first")
    shifts: Mapped[int] = mapped_column(Integer)
    open_again: Mapped[int] = mapped_column(Integer, comment="of these, counted as they were approved")
    figures: Mapped[dict[str, Any]] = mapped_column(Json, comment="counts; no names, no words")


class SiteDay(db.Model):
    """A day on which an approved shift visited a site: what the last visit before any date is found by."""

    __tablename__ = "summary_site_days"
    __table_args__ = (Index("ix_summary_site_days_day", "day"),)

    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class CountedShift(db.Model):
    """On which days a shift is counted: these are counted anew when it changes. No key: it outlives the shift."""

    __tablename__ = "summary_shifts"
    __table_args__ = (Index("ix_summary_shifts_first_day", "first_day"),)

    shift_id: Mapped[str] = mapped_column(Id, primary_key=True)
    first_day: Mapped[date] = mapped_column(Date, comment="the local date it began")
    last_day: Mapped[date] = mapped_column(Date, comment="the local date it ended")
    version: Mapped[int | None] = mapped_column(Integer, comment="counted as this version; empty: as it stands")


class FactsState(db.Model):
    """How far facts were built: the one row. What is not built is folded from the records."""

    __tablename__ = "summary_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    format: Mapped[int] = mapped_column(Integer, comment="packing.FORMAT they were built in")
    is_built: Mapped[bool] = mapped_column(Boolean, comment="every day is")
    built_to: Mapped[date | None] = mapped_column(Date, comment="the days before it are; empty: begin anew")
