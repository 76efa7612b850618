"""Tables of plans and special days."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, UtcDateTime
from fieldapp.core.database import db
from fieldapp.plans.codes import SPECIAL_DAYS
from fieldapp.sync.models import Synced


class ShiftPlan(Synced, db.Model):
    """A pass that a team means to work: when, where, how many."""

    __tablename__ = "shift_plans"
    __table_args__ = (
        Index("ix_shift_plans_team_id_date", "team_id", "date"),
        Index("ix_shift_plans_district_date", "district", "date"),
        Index("ix_shift_plans_date", "date"),
    )

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    district: Mapped[str] = mapped_column(String(40))
    date: Mapped[date] = mapped_column(Date, comment="the local date the pass begins")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(10), default="evening")
    planned_people: Mapped[int] = mapped_column(Integer, default=2, comment="how many; never who")


class SpecialDay(db.Model):
    """A date of the year that evenings are planned and compared by: lucia, valborg, a day of lov."""

    __tablename__ = "special_days"
    __table_args__ = (
        UniqueConstraint("date", "code", name="uq_special_days_date_code"),
        CheckConstraint("code IN (" + ", ".join(f"'{code}'" for code in SPECIAL_DAYS) + ")", name="code_known"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    date: Mapped[date] = mapped_column(Date)
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200), comment="as people say it: Sportlov, Lucia")
