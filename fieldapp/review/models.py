"""Tables of review."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
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
    """A leader's words on a shift or a field of it, as they reach the phone: what is asked for, why it was mended."""

    __tablename__ = "review_comments"

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), index=True)
    record_id: Mapped[str | None] = mapped_column(Id, comment="empty: of the whole shift")
    field: Mapped[str | None] = mapped_column(String(60), comment="empty: of the whole record")
    text: Mapped[str] = mapped_column(String(2000))
    review_id: Mapped[str | None] = mapped_column(Id, comment="the round it came with; empty: older")
    due_on: Mapped[date | None] = mapped_column(Date, comment="the round's, so that it reaches the phone")
    before: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="what a mended field said; empty: a request")


class ReviewDelivery(db.Model):
    """Whom a decision has reached: of those on the shift, as their phones tell."""

    __tablename__ = "review_deliveries"

    review_id: Mapped[str] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="first contact of a phone that held it")
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="first contact that told of it")


class ReviewMark(db.Model):
    """A pass that waits, submitted or returned, as the queue sorts it; follows the pass in its own transaction.

    The index holds the queue in its order: any page of it begins where the last one ended.
    """

    __tablename__ = "review_marks"
    __table_args__ = (
        CheckConstraint("status IN ('submitted','returned')", name="waits"),
        Index("ix_review_marks_queue", "team_id", "status", "looks_closer", "started_at", "shift_id"),
    )

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True)
    team_id: Mapped[str] = mapped_column(Id)
    district: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    looks_closer: Mapped[bool] = mapped_column(Boolean, comment="whether there is any reason")
    reasons: Mapped[list[str]] = mapped_column(Json, comment="codes; never a word of what was written")


class ReviewRead(db.Model):
    """Which contents of a pass a leader has opened: what was not read can't be approved with others."""

    __tablename__ = "review_reads"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), primary_key=True, index=True)
    content_version: Mapped[int] = mapped_column(BigInteger, comment="the contents that were opened")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
