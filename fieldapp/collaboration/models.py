"""Tables of platssamverkan. They stay at the desk: nothing of them travels to phones.

`approved_version`: the version that was approved; what has changed since is not.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration import codes
from fieldapp.core.columns import Id, Json, UtcDateTime, one_of
from fieldapp.core.database import db


class Collaboration(db.Model):
    """What is said of a site's collaboration in a year, as the yearly regional survey asks."""

    __tablename__ = "collaborations"
    __table_args__ = (
        UniqueConstraint("site_id", "year", name="uq_collaborations_site_id_year"),
        Index("ix_collaborations_year", "year"),
        one_of("form", codes.FORMS),
        one_of("meeting_frequency", codes.MEETING_FREQUENCIES),
        one_of("fixed_cameras", codes.CAMERAS),
        one_of("temporary_cameras", codes.CAMERAS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer)
    form: Mapped[str] = mapped_column(String(20))
    actors: Mapped[list[dict[str, Any]]] = mapped_column(Json, comment="actor, participation; each actor once")
    meeting_frequency: Mapped[str | None] = mapped_column(String(24))
    fixed_cameras: Mapped[str] = mapped_column(String(8))
    temporary_cameras: Mapped[str] = mapped_column(String(8))
    lighting: Mapped[bool | None] = mapped_column(Boolean)
    minor_changes: Mapped[bool | None] = mapped_column(Boolean)
    vegetation_and_hiding_places: Mapped[bool | None] = mapped_column(Boolean)
    place_activation: Mapped[bool | None] = mapped_column(Boolean)
    outreach_youth: Mapped[bool | None] = mapped_column(Boolean)
    outreach_adults: Mapped[bool | None] = mapped_column(Boolean)
    process: Mapped[list[dict[str, Any]]] = mapped_column(Json, comment="step, part_of_site, done_on, next_due_on")
    copied_from: Mapped[int | None] = mapped_column(Integer, comment="year it began as a copy of")
    version: Mapped[int] = mapped_column(Integer)
    approved_version: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Id)


class Measure(db.Model):
    """Something that is to be done at a site, by an organisation, until a day."""

    __tablename__ = "measures"
    __table_args__ = (
        Index("ix_measures_site_id", "site_id"),
        one_of("kind", codes.MEASURE_KINDS),
        one_of("owner", ACTORS),
        one_of("status", codes.MEASURE_STATUSES),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str] = mapped_column(String(30))
    what: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(20), comment="an organisation, never a person")
    owner_function: Mapped[str] = mapped_column(String(200), comment="a function there, never a person")
    due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(10))
    effective_on: Mapped[date | None] = mapped_column(Date, comment="first day of the after period")
    dropped_on: Mapped[date | None] = mapped_column(Date, comment="the day it became dropped, while it is")
    compare_weeks: Mapped[int] = mapped_column(Integer, comment="length of the baseline and of the after period")
    followed_up_on: Mapped[date | None] = mapped_column(Date)
    follow_up: Mapped[str] = mapped_column(String(2000), comment="what the follow-up came to")
    deleted: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    approved_version: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Id)


class GoodExample(db.Model):
    """A measure or a way of working that others can learn from: what was done, where it fits, what was seen."""

    __tablename__ = "good_examples"
    __table_args__ = (Index("ix_good_examples_site_id", "site_id"), one_of("kind", codes.EXAMPLE_KINDS))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), comment="where it was done")
    measure_id: Mapped[str | None] = mapped_column(ForeignKey("measures.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    done: Mapped[str] = mapped_column(String(2000))
    fits: Mapped[str] = mapped_column(String(2000))
    seen: Mapped[str] = mapped_column(String(2000))
    conditions: Mapped[list[str]] = mapped_column(Json, comment="conditions of places it fits, as observations have")
    deleted: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    approved_version: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Id)


class SchoolPart(db.Model):
    """A school's part in the work with a place in a year: functions, never names. Nothing is sent by itself."""

    __tablename__ = "school_parts"
    __table_args__ = (
        UniqueConstraint("site_id", "year", "school_unit_code", name="uq_school_parts_site_id_year_school"),
        one_of("contact_function", codes.SCHOOL_FUNCTIONS),
        one_of("informed_by", codes.INFORMERS),
        one_of("informed_of", codes.INFORMED_OF),
        one_of("set_aside_of", codes.INFORMED_OF),
        one_of("set_aside_reason", codes.ASIDE_REASONS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer)
    school_unit_code: Mapped[str] = mapped_column(String(8))
    takes_part: Mapped[bool | None] = mapped_column(Boolean, comment="empty: not said")
    contact_function: Mapped[str | None] = mapped_column(String(30), comment="a function at the school")
    informed_on: Mapped[date | None] = mapped_column(Date)
    informed_by: Mapped[str | None] = mapped_column(String(30), comment="a function, never a person")
    informed_of: Mapped[str | None] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(200), comment="what was told, in short")
    set_aside_of: Mapped[str | None] = mapped_column(String(20), comment="what the school is not to be told of")
    set_aside_reason: Mapped[str | None] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Id)


class MappingProposal(db.Model):
    """What the municipality proposes of a place for the mapping, from a year's work there, and why."""

    __tablename__ = "mapping_proposals"
    __table_args__ = (
        UniqueConstraint("site_id", "year", name="uq_mapping_proposals_site_id_year"),
        one_of("proposal", codes.PROPOSALS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, comment="the year that was worked, before the mapping")
    proposal: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(Id)
