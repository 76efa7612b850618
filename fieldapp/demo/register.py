"""The invented register of places: 31 sites listed in 2023, 24 of them school-near, 5 struck in 2024.

The data stand in `register.json`; positions are near real neighbourhoods' centres, names and places are made up.
"""

import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.clock import local_date, utc_now
from fieldapp.places.models import School, Site
from fieldapp.places.rules import NearnessRule
from fieldapp.places.services import add_mapping, create_school, create_site, load_districts

# UUIDv7 of a fixed moment in 2023, numbered, so that two demo databases hold the same ids.
SITE_ID = "018bcfe5-6800-7000-8000-{:012x}"
SCHOOL_ID = "018bcfe5-6800-7001-8000-{:012x}"


def seed_register(session: Session, *, rule: NearnessRule) -> None:
    """Store districts, schools, sites and mapping years that are missing; flush, never commit. Safe to repeat."""
    register = read_register()
    load_districts(session)
    registered_on = date.fromisoformat(register["register_date"])
    known = set(session.execute(select(School.school_unit_code)).scalars())
    for number, school in enumerate(register["schools"], start=1):
        if school["school_unit_code"] not in known:
            _add_school(session, SCHOOL_ID.format(number), school, registered_on)
    for number, site in enumerate(register["sites"], start=1):
        if session.get(Site, site_id(number)) is None:
            _add_site(session, site_id(number), site, register["mappings"], rule)


def read_register() -> dict[str, Any]:
    """Return the invented register as it stands in the package."""
    register: dict[str, Any] = json.loads((files("fieldapp.demo") / "register.json").read_text(encoding="utf-8"))
    return register


def site_id(number: int) -> str:
    """Return the id of the demo site with a number, counted from 1 in the order of the register."""
    return SITE_ID.format(number)


def _add_school(session: Session, school_id: str, school: dict[str, Any], registered_on: date) -> None:
    dates: dict[str, Any] = {
        name: date.fromisoformat(school[name]) for name in ("active_from", "active_to") if name in school
    }
    create_school(session, **(school | dates), registered_on=registered_on, school_id=school_id)


def _add_site(
    session: Session, new_id: str, site: dict[str, Any], years: list[dict[str, Any]], rule: NearnessRule
) -> None:
    in_days: int | None = site.get("safety_review_in_days")
    create_site(
        session,
        site_id=new_id,
        name=site["name"],
        public_label=site["public_label"],
        district=site["district"],
        kind=site["kind"],
        geometry=site["geometry"],
        coordinate_uncertainty_m=site["coordinate_uncertainty_m"],
        safety_level=site.get("safety_level", "normal"),
        safety_reason=site.get("safety_reason"),
        safety_review_on=local_date(utc_now()) + timedelta(days=in_days) if in_days else None,
        is_public=site["is_public"],
        priorities=site.get("priorities", []),
        merged_into_id=site_id(site["merged_into"]) if "merged_into" in site else None,
        rule=rule,
    )
    for mapping in years:
        status = site.get("mappings", {}).get(str(mapping["year"]))
        if status is not None:
            add_mapping(
                session,
                site_id=new_id,
                year=mapping["year"],
                status=status,
                source=mapping["source"],
                reported_by=site["reported_by"],
                decided_on=date.fromisoformat(mapping["decided_on"]),
                rule=rule,
            )
