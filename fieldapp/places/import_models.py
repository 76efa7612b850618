"""Tables of what was read in: each import with its report and what it changed, old surveys, positions to decide."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime
from fieldapp.core.database import db


class PlaceImport(db.Model):
    """A file that was tried or read in. What was read of a tried one is kept until it is read in, a day at most."""

    __tablename__ = "place_imports"
    __table_args__ = (
        CheckConstraint("kind IN ('districts','sites','schools','survey')", name="kind_known"),
        CheckConstraint("state IN ('tried','done','undone')", name="state_known"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    year: Mapped[int | None] = mapped_column(Integer, comment="of the mapping or the survey, where it was given")
    sha256: Mapped[str] = mapped_column(String(64), comment="of the file as it came")
    by: Mapped[str | None] = mapped_column(Id, comment="empty: the command line")
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    report: Mapped[dict[str, Any]] = mapped_column(Json)
    read: Mapped[dict[str, Any] | None] = mapped_column(Json, comment="rows of a tried file; never the file itself")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(Id)


class PlaceImportChange(db.Model):
    """What an import wrote into one row: the fields before and after; `before` is empty where it made the row."""

    __tablename__ = "place_import_changes"
    __table_args__ = (
        CheckConstraint("collection IN ('districts','sites','schools','mappings','survey','queue')", name="known"),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("place_imports.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(10), primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)


class OldSurvey(db.Model):
    """Answers of an earlier yearly survey about a site, always shown as *äldre uppgift*."""

    __tablename__ = "old_surveys"
    __table_args__ = (UniqueConstraint("site_id", "year", name="uq_old_surveys_site_id_year"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Json, comment="codes as api.md, collaboration; null: not answered")


class SchoolPosition(db.Model):
    """A position the register gives that a person is to decide on; decided ones answer the same register again."""

    __tablename__ = "school_positions"
    __table_args__ = (
        CheckConstraint("reason IN ('outside_municipality','no_position')", name="reason_known"),
        CheckConstraint("state IN ('open','confirmed','corrected','without')", name="state_known"),
        Index("ix_school_positions_school_unit_code", "school_unit_code"),
        Index("ix_school_positions_state", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    school_unit_code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    lat: Mapped[float | None] = mapped_column(Float, comment="WGS 84, as the register says")
    lon: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(String(24))
    fields: Mapped[dict[str, Any]] = mapped_column(Json, comment="the unit as it was read, to make it from")
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(Integer, default=1)
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
