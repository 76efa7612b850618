"""Tables of review."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id
from fieldapp.core.database import db
from fieldapp.sync.models import Synced


class ReviewComment(Synced, db.Model):
    """What a leader asks for when a shift is returned, of the whole or of one field; it reaches the phone."""

    __tablename__ = "review_comments"

    shift_id: Mapped[str] = mapped_column(ForeignKey("shifts.id"), index=True)
    record_id: Mapped[str | None] = mapped_column(Id, comment="empty: of the whole shift")
    field: Mapped[str | None] = mapped_column(String(60), comment="empty: of the whole record")
    text: Mapped[str] = mapped_column(String(2000))
