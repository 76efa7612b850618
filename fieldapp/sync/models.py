"""Tables of the protocol, and the columns every synced table carries."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db


class Synced:
    """Columns of a synced row: what the server sets on every record (api.md, Sync)."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, comment="UUIDv7 made by the record's creator")
    version: Mapped[int] = mapped_column(Integer, default=1, comment="1, 2, … per record")
    seq: Mapped[int] = mapped_column(BigInteger, index=True, comment="server order of changes; one counter (PL2)")
    deleted: Mapped[bool] = mapped_column(Boolean, default=False, comment="tombstone (PL4)")
    created_by: Mapped[str | None] = mapped_column(Id, comment="author; empty for what the server made")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="made_at of the creation")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="when the server took it in")
    flags: Mapped[list[str]] = mapped_column(Json, default=list, comment="codes such as clock_uncertain")


class SyncState(db.Model):
    """The one counter row every writer of synced rows goes through, and the identity of this database."""

    __tablename__ = "sync_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[str] = mapped_column(Id, comment="random; new after a restore (PL5)")
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the epoch last changed (PL5)")
    tidied_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, comment="when what waits was last gone through (PU9)"
    )


class Receipt(db.Model):
    """The first answer to a mutation (PU3). Holds no content: ids, status and a keyed hash."""

    __tablename__ = "sync_receipts"

    mutation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(Id)
    device_seq: Mapped[int | None] = mapped_column(BigInteger)
    content_hash: Mapped[str] = mapped_column(String(64), comment="HMAC-SHA-256 of the canonical content")
    collection: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[str | None] = mapped_column(Id, index=True)
    status: Mapped[str] = mapped_column(String(10))
    version: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="slug and field codes; never a value")
    conflict_id: Mapped[str | None] = mapped_column(Id)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class History(db.Model):
    """Which fields a version changed, by whom: what PU5 decides from, and what a leader reads later."""

    __tablename__ = "sync_history"

    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    collection: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    device_id: Mapped[str | None] = mapped_column(Id, comment="empty: office page or the server itself")
    device_seq: Mapped[int | None] = mapped_column(BigInteger, comment="the mutation's number on its device")
    user_id: Mapped[str | None] = mapped_column(Id)
    mutation_id: Mapped[str | None] = mapped_column(Id)
    op: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed: Mapped[dict[str, Any]] = mapped_column(Json, comment="field → value after this version")
    sent: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="lists as sent, where a merge changed them (PU7)")
    seq: Mapped[int | None] = mapped_column(BigInteger, comment="the record's place in the order since; empty: older")


class KeptMutation(Synced):
    """A mutation that is not in effect, kept whole so that it can still be judged (PU6)."""

    mutation_id: Mapped[str] = mapped_column(Id, index=True, comment="not unique: an id may be reused (PU4)")
    content_hash: Mapped[str] = mapped_column(String(64), comment="HMAC-SHA-256 of the content as sent")
    collection: Mapped[str | None] = mapped_column(String(200))
    record_id: Mapped[str | None] = mapped_column(String(200), index=True)
    op: Mapped[str | None] = mapped_column(String(200))
    base_version: Mapped[int | None] = mapped_column(Integer)
    fields: Mapped[Any] = mapped_column(Json, comment="as sent; personal numbers replaced (PU13)")
    author_id: Mapped[str] = mapped_column(Id, index=True)
    device_id: Mapped[str] = mapped_column(Id)
    device_seq: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaces: Mapped[str | None] = mapped_column(Id, comment="the rejection it corrects (PU12)")
    clock_offset_s: Mapped[float | None] = mapped_column(comment="device minus server when it came (PU15)")
    unit_id: Mapped[str | None] = mapped_column(Id, index=True, comment="unit whose lead sees it")
    waits_for: Mapped[str | None] = mapped_column(Id, index=True, comment="record it was judged to lack (PU9, PU12)")


class Rejection(KeptMutation, db.Model):
    """A mutation that had no effect, kept whole with its later fate (PU12)."""

    __tablename__ = "sync_rejections"

    slug: Mapped[str] = mapped_column(String(40))
    field_errors: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    reason: Mapped[str] = mapped_column(String(2000), default="")


class Waiting(KeptMutation, db.Model):
    """A mutation that waits: *held* for its parent (PU9), *late* for a person to take it in (PU11)."""

    __tablename__ = "sync_waiting"
    __table_args__ = (CheckConstraint("kind IN ('held','late')", name="kind_known"),)

    kind: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(10), default="waiting", comment="waiting, applied, rejected")


class ConflictRow(Synced, db.Model):
    """Two sides changed the same thing; both values kept until somebody chooses (PU5)."""

    __tablename__ = "sync_conflicts"

    mutation_id: Mapped[str] = mapped_column(Id, unique=True)
    collection: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(Id, index=True)
    op: Mapped[str] = mapped_column(String(10))
    server: Mapped[dict[str, Any]] = mapped_column(Json)
    server_version: Mapped[int] = mapped_column(Integer, comment="version the server's values were read at")
    server_by: Mapped[str | None] = mapped_column(Id, comment="who last changed them; empty: the server itself")
    server_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when they were last changed")
    sent: Mapped[dict[str, Any]] = mapped_column(Json)
    author_id: Mapped[str] = mapped_column(Id, index=True)
    unit_id: Mapped[str | None] = mapped_column(Id, index=True, comment="unit whose lead sees it")
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    resolution: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class ConflictPerson(db.Model):
    """Whose values met in a conflict: they see it beside the lead (PU5, S08)."""

    __tablename__ = "sync_conflict_people"

    conflict_id: Mapped[str] = mapped_column(ForeignKey("sync_conflicts.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


class Gone(db.Model):
    """What somebody had and may no longer have: travels to them as a tombstone with its reason (PL3, PL4)."""

    __tablename__ = "sync_gone"
    __table_args__ = (
        UniqueConstraint("collection", "record_id", "audience"),
        Index("ix_sync_gone_audience_seq", "audience", "seq"),
        CheckConstraint("reason IN ('scope','disposed')", name="reason_known"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    collection: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[str] = mapped_column(Id, index=True)
    version: Mapped[int] = mapped_column(Integer)
    audience: Mapped[str] = mapped_column(String(60), comment="whoever had it, as core/audiences.py names them")
    reason: Mapped[str] = mapped_column(String(10))


class DeviceState(db.Model):
    """What the server knows of a device's sending: gaps, queue as last told, clock (PU14, PU15)."""

    __tablename__ = "sync_devices"

    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, index=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0, comment="highest device_seq received")
    missing_ranges: Mapped[list[list[int]]] = mapped_column(Json, default=list)
    queue: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    app_build: Mapped[str | None] = mapped_column(String(40))
    clock_offset_s: Mapped[float | None] = mapped_column(comment="device minus server, seconds")
    last_sync_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="empty: known by its queue file alone")


SERVER_COLUMNS = ("id", "version", "seq", "deleted", "created_by", "created_at", "received_at", "flags")
NEXT_SEQ = text("UPDATE sync_state SET seq = seq + :n WHERE id = 1 RETURNING seq")
