"""The table of saved material for situation pictures (*Underlag till lägesbild*). Only added to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, UtcDateTime
from fieldapp.core.database import db


class SituationPicture(db.Model):
    """What the log showed of a place in a period, as it was saved; a later one stands beside it as the next version."""

    __tablename__ = "situation_pictures"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        UniqueConstraint("site_id", "version", name="uq_situation_pictures_version"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    version: Mapped[int] = mapped_column(Integer, comment="1, 2, … of this place")
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    figures: Mapped[str] = mapped_column(Text, comment="as they were, canonical JSON (RFC 8785)")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the figures")
    note: Mapped[str] = mapped_column(String(2000))
    made_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20), comment="as what they did it: team_lead or analyst")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
