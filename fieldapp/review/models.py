"""Tables of review."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, UtcDateTime
from fieldapp.core.database import db
from fieldapp.sync.models import Synced


class Review(db.Model):
    """A leader's decision on a shift: one round, with the comments that came with it."""

    __tablename__ = "reviews"
    __table_args__ = (CheckConstraint("decision IN ('approve','return','reopen')", name="decision_known"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), index=True)
    decision: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_version: Mapped[int] = mapped_column(BigInteger, comment="what was read: the highest seq of its tree")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    due_on: Mapped[date | None] = mapped_column(Date, comment="until when the shift is asked for again")


class ReviewComment(Synced, db.Model):
    """What a leader asks for when a shift is returned, of the whole or of one field; it reaches the phone."""

    __tablename__ = "review_comments"

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), index=True)
    record_id: Mapped[str | None] = mapped_column(Id, comment="empty: of the whole shift")
    field: Mapped[str | None] = mapped_column(String(60), comment="empty: of the whole record")
    text: Mapped[str] = mapped_column(String(2000))
    review_id: Mapped[str | None] = mapped_column(Id, comment="the round it came with; empty: older")
    due_on: Mapped[date | None] = mapped_column(Date, comment="the round's, so that it reaches the phone")
