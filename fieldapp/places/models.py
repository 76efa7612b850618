"""Tables of places. Districts, sites and schools are synced rows: they travel to phones by `seq`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.core.columns import Id, Json, UtcDateTime, one_of
from fieldapp.core.database import db
from fieldapp.places import rules
from fieldapp.sync.models import Synced


class District(Synced, db.Model):
    """A stadsdelsområde with its outline, schematic until the official one is imported."""

    __tablename__ = "districts"

    code: Mapped[str] = mapped_column(String(40), unique=True, comment="as in every `district` field")
    name: Mapped[str] = mapped_column(String(200))
    neighbourhoods: Mapped[list[str]] = mapped_column(Json, comment="names of its stadsdelar")
    police_areas: Mapped[list[str]] = mapped_column(Json, comment="names of the lokalpolisområden it touches")
    geometry: Mapped[dict[str, Any]] = mapped_column(Json, comment="GeoJSON, WGS 84, right-hand rule")
    schematic: Mapped[bool] = mapped_column(Boolean, default=True, comment="outline is made, not surveyed")


class Site(Synced, db.Model):
    """A place that keeps its identity for ever; its years in the mapping are `SiteMapping`."""

    __tablename__ = "sites"
    __table_args__ = (
        one_of("kind", rules.KINDS),
        one_of("safety_level", rules.SAFETY_LEVELS),
        one_of("school_near", rules.ANSWERS),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
    )

    name: Mapped[str] = mapped_column(String(200), comment="working name; never shown to volunteers")
    public_label: Mapped[str] = mapped_column(String(200), comment="what anyone may read; never says ÖDS")
    district: Mapped[str] = mapped_column(ForeignKey("districts.code"), index=True, comment="stored, never derived")
    kind: Mapped[str] = mapped_column(String(20))
    safety_level: Mapped[str] = mapped_column(String(12), default="normal", comment="staff safety, access.md")
    safety_reason: Mapped[str | None] = mapped_column(String(200), comment="why, for those who work there")
    safety_set_by: Mapped[str | None] = mapped_column(Id, comment="who set the level")
    safety_set_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="when the level was set")
    safety_review_on: Mapped[date | None] = mapped_column(Date, comment="when the level is to be looked at again")
    is_public: Mapped[bool] = mapped_column(
        Boolean, default=False, active_history=True, comment="may be shown to volunteers and viewers"
    )
    geometry: Mapped[dict[str, Any]] = mapped_column(Json, comment="GeoJSON point or area, WGS 84, right-hand rule")
    coordinate_uncertainty_m: Mapped[int] = mapped_column(Integer, default=0)
    geometry_valid_from: Mapped[date | None] = mapped_column(Date, comment="empty: from before it was asked for")
    priorities: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, comment="level, reason, from, to")
    school_near: Mapped[str] = mapped_column(String(10), default="no", comment="yes|uncertain|no, latest mapping")
    schools: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, comment="what school_near rests on")
    mappings: Mapped[list[dict[str, Any]]] = mapped_column(
        Json, default=list, comment="copy of site_mappings by year, so that a row travels alone"
    )
    is_listed: Mapped[bool] = mapped_column(
        Boolean, default=False, active_history=True, comment="in force in its latest mapping"
    )
    last_visited_on: Mapped[date | None] = mapped_column(Date, comment="by any unit; a date, no contents")
    visits_lately: Mapped[dict[str, int]] = mapped_column(
        Json, default=lambda: {"visits": 0, "noted": 0}, comment="28 days up to the last visit, all units; no contents"
    )
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"), comment="the site that took it over")


class SiteMapping(db.Model):
    """A site's membership in the mapping of a year, with nearness to schools as it was then."""

    __tablename__ = "site_mappings"
    __table_args__ = (
        UniqueConstraint("site_id", "year", name="uq_site_mappings_site_id_year"),
        one_of("status", rules.MAPPING_STATUSES),
        one_of("reported_by", rules.REPORTERS),
        one_of("school_near", rules.ANSWERS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    year: Mapped[int] = mapped_column(Integer, index=True)
    status: Mapped[str] = mapped_column(String(10))
    related_site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"), comment="merged into, or split from")
    source: Mapped[str] = mapped_column(String(200))
    reported_by: Mapped[str] = mapped_column(String(12))
    decided_on: Mapped[date] = mapped_column(Date, comment="the mapping's date: schools active then count")
    school_near: Mapped[str] = mapped_column(String(10), comment="yes|uncertain|no as of the year")
    schools: Mapped[list[dict[str, Any]]] = mapped_column(Json, comment="code, name, distance_m, basis as of the year")
    radius_m: Mapped[int] = mapped_column(Integer, comment="the setting school_near was decided with")
    school_forms: Mapped[list[str]] = mapped_column(Json, comment="the setting school_near was decided with")
    register_date: Mapped[date | None] = mapped_column(Date, comment="newest school register row known then")


class SiteChange(db.Model):
    """What a person changed of a site: the register's own history, inserted once and never changed.

    What an import wrote stands in `place_import_changes`, which undoing needs; a site's history reads both.
    """

    __tablename__ = "site_changes"
    __table_args__ = (Index("ix_site_changes_site_id_at", "site_id", "at"), one_of("kind", rules.CHANGES))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Id)
    by_role: Mapped[str] = mapped_column(String(20), comment="what is shown to who may not know the person")
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any]] = mapped_column(Json, comment="the fields that changed, as they were")
    after: Mapped[dict[str, Any]] = mapped_column(Json, comment="the same fields as they became")
    reason: Mapped[str] = mapped_column(String(200), default="")


class School(Synced, db.Model):
    """A school unit of the register."""

    __tablename__ = "schools"
    __table_args__ = (one_of("status", rules.SCHOOL_STATUSES),)

    school_unit_code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    school_forms: Mapped[list[str]] = mapped_column(Json, comment="register codes: GR, GY, AGR, …")
    grades: Mapped[list[str]] = mapped_column(Json)
    organiser: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), default="active")
    district: Mapped[str] = mapped_column(ForeignKey("districts.code"), index=True, comment="stored, never derived")
    lat: Mapped[float | None] = mapped_column(Float, comment="WGS 84; empty where the register has no position")
    lon: Mapped[float | None] = mapped_column(Float, comment="WGS 84")
    active_from: Mapped[date | None] = mapped_column(Date)
    active_to: Mapped[date | None] = mapped_column(Date, comment="last day")
    registered_on: Mapped[date | None] = mapped_column(Date, comment="date of the register this row comes from")
