"""Tables of night walks. Groups and walks are synced rows; links, answers and calendar feeds stay on the server."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime, one_of
from fieldapp.core.database import db
from fieldapp.sync.models import Synced
from fieldapp.walks import codes


class WalkGroup(Synced, db.Model):
    """A group of volunteers that walks: an association, a school class. No names of persons."""

    __tablename__ = "walk_groups"
    __table_args__ = (one_of("kind", codes.GROUP_KINDS),)

    district: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="association")
    area: Mapped[str] = mapped_column(String(200), default="", comment="where it usually walks, in words")
    usual_weekday: Mapped[int | None] = mapped_column(Integer, comment="ISO: Monday 1 … Sunday 7")
    expected: Mapped[int] = mapped_column(Integer, default=0, comment="how many usually come")


class Walk(Synced, db.Model):
    """An evening that a group walks: when, where they meet, public places to pass, what it came to."""

    __tablename__ = "walks"
    __table_args__ = (
        one_of("status", codes.WALK_STATUSES),
        one_of("mood", codes.MOODS),
        Index("ix_walks_district_planned_start", "district", "planned_start"),
        Index("ix_walks_group_id_planned_start", "group_id", "planned_start"),
        Index("ix_walks_planned_start", "planned_start"),
    )

    district: Mapped[str] = mapped_column(String(40), comment="its group's")
    group_id: Mapped[str] = mapped_column(ForeignKey("walk_groups.id"))
    planned_start: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_end: Mapped[datetime] = mapped_column(UtcDateTime)
    meeting_point: Mapped[str] = mapped_column(String(200), default="")
    site_ids: Mapped[list[str]] = mapped_column(Json, default=list, comment="public places only")
    planned_walkers: Mapped[int] = mapped_column(Integer, default=0)
    actual_walkers: Mapped[int | None] = mapped_column(Integer, comment="as it was; empty until told")
    vests_lent: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[str] = mapped_column(String(10))
    mood: Mapped[str | None] = mapped_column(String(10))
    log_note: Mapped[str] = mapped_column(String(2000), default="", comment="what to pass on")
    duty_phone: Mapped[str] = mapped_column(String(30), default="", comment="whom to ring that evening; a function's")


class WalkLink(db.Model):
    """A group's way to its own page. The table holds the token's SHA-256 alone."""

    __tablename__ = "walk_links"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("walk_groups.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WalkAnswer(db.Model):
    """What a group said from its page about one of its walks."""

    __tablename__ = "walk_answers"
    __table_args__ = (
        one_of("kind", codes.ANSWER_KINDS),
        one_of("mood", codes.MOODS),
        Index("ix_walk_answers_walk_id_received_at", "walk_id", "received_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, comment="made by the page: the same answer counts once")
    link_id: Mapped[str] = mapped_column(ForeignKey("walk_links.id"))
    group_id: Mapped[str] = mapped_column(ForeignKey("walk_groups.id"))
    walk_id: Mapped[str] = mapped_column(ForeignKey("walks.id"))
    kind: Mapped[str] = mapped_column(String(20))
    walkers: Mapped[int | None] = mapped_column(Integer)
    other_evening: Mapped[date | None] = mapped_column(Date, comment="the date proposed instead")
    mood: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(2000), default="")
    name: Mapped[str | None] = mapped_column(
        String(20), comment="first name or initials; erased 90 days after the walk"
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_hash: Mapped[str] = mapped_column(String(64), comment="keyed, without the name")


class CalendarFeed(db.Model):
    """A person's subscription to the walks of their districts. The table holds the token's SHA-256 alone."""

    __tablename__ = "calendar_feeds"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
