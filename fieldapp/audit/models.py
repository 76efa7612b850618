"""The audit tables. Rows are only ever inserted; ids and codes, never contents."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db

NUMBER = BigInteger().with_variant(Integer, "sqlite")


class AuditRow(db.Model):
    """One thing somebody did, chained to the row before it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "actor_id", "number"),)

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(60), comment="stable code such as session.created")
    subject: Mapped[str | None] = mapped_column(String(80), index=True, comment="id of what it was done to")
    details: Mapped[dict[str, Any]] = mapped_column(Json, comment="codes and counts, never contents")
    previous_hash: Mapped[str] = mapped_column(String(64))
    row_hash: Mapped[str] = mapped_column(String(64), unique=True, comment="SHA-256 over the row and previous_hash")


class AuditHead(db.Model):
    """The chain's end: one row, locked by each writer until commit so that the chain never forks."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    row_hash: Mapped[str] = mapped_column(String(64), default="")


class Checkpoint(db.Model):
    """What a row's hash was when this installation vouched for it."""

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(
        NUMBER, primary_key=True, autoincrement=False, comment="of the row that it vouches for"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    row_hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64), comment="HMAC-SHA256 under a key that the database does not hold")
