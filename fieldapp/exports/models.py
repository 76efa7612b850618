"""The table of exports: what was asked for, by whom, how far it is, and what the file was. Gone after a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db


class Export(db.Model):
    """One file somebody asked for. The file itself lies in the data folder under its id, if it is kept at all."""

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint("form IN ('csv','xlsx','geojson','pdf','sheet')", name="form_known"),
        CheckConstraint("state IN ('waiting','running','done','failed')", name="state_known"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_in_percent"),
        Index(None, "user_id", "state"),
        Index(None, "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reach: Mapped[list[Any]] = mapped_column(Json, comment="grants it was asked with: role, district, team")
    form: Mapped[str] = mapped_column(String(10))
    asked: Mapped[dict[str, Any]] = mapped_column(Json, comment="whose figures, which period, in which language")
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    progress: Mapped[int] = mapped_column(Integer, default=0, comment="percent")
    error: Mapped[str | None] = mapped_column(String(40), comment="slug, when it failed")
    holder: Mapped[str | None] = mapped_column(Id, comment="who makes it now; whoever else ends it has lost it")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="until when nobody else takes it over")
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when a maker was last started for it")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    is_kept: Mapped[bool] = mapped_column(default=True, comment="false: it was sent while it was made")
    rows: Mapped[int | None] = mapped_column(Integer)
    size: Mapped[int | None] = mapped_column(BigInteger, comment="bytes")
    sha256: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, comment="what the figures rest on")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
