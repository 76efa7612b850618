"""Tables of briefings."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Json, UtcDateTime
from fieldapp.core.database import db
from fieldapp.sync.models import Synced


class Briefing(Synced, db.Model):
    """An utsättning: who met – organisations and numbers – and which places were agreed on. No police intelligence."""

    __tablename__ = "briefings"

    held_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    joint: Mapped[bool] = mapped_column(Boolean)
    districts: Mapped[list[str]] = mapped_column(Json, comment="mirrored in briefing_districts")
    police_area: Mapped[str | None] = mapped_column(String(200))
    actors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, comment="organisations and numbers")
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    priorities: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    note: Mapped[str] = mapped_column(String(2000), default="")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when it was last edited, server-set")


class BriefingDistrict(db.Model):
    """Which districts a briefing is for; follows `Briefing.districts`."""

    __tablename__ = "briefing_districts"

    briefing_id: Mapped[str] = mapped_column(ForeignKey("briefings.id"), primary_key=True)
    district: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
