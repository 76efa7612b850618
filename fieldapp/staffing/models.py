"""Table of staffing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, UtcDateTime
from fieldapp.core.database import db


class Staffing(db.Model):
    """Posts of a unit in a month, and how many of them were filled; what it was before is in the audit log."""

    __tablename__ = "staffing"
    __table_args__ = (
        CheckConstraint("filled_hundredths >= 0 AND filled_hundredths <= posts_hundredths", name="filled_within_posts"),
    )

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True, comment="its first day")
    posts_hundredths: Mapped[int] = mapped_column(Integer, comment="full-time posts, in hundredths")
    filled_hundredths: Mapped[int] = mapped_column(Integer, comment="of them filled, in hundredths")
    version: Mapped[int] = mapped_column(Integer, default=1)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(Id)
