"""A survey year in figures, for a reader: what `rules` counts, with the names of the places they may know."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.collaboration import queries, rules
from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.database import one_view
from fieldapp.core.errors import NotFound
from fieldapp.places.queries import mapping_summary
from fieldapp.places.wording import nearness_words

LISTS = ("sites_without_collaboration", "sites_without_measure")


def year_summary(
    session: Session, actor: Actor, year: int, *, today: date, school_near: str = "all", district: str | None = None
) -> dict[str, Any]:
    """Return a survey year as api.md, Places, has it. Raises `NotFound` for a year or district there is nothing of."""
    if rules.year_faults(year, today):
        raise NotFound
    with one_view():
        found = queries.answers(session, actor, year, school_near=school_near, district=district)
        basis = mapping_summary(session, found.mapping_year)["basis"]
    figures = rules.year_summary(found, today)
    named = {site["id"]: {name: site[name] for name in ("id", "name", "district")} for site in found.sites}
    known = {site["id"] for site in found.sites if site["is_known"]}
    return {
        "year": year,
        "mapping_year": found.mapping_year,
        "basis": {"mapping_year": found.mapping_year, **basis, "uncertain": found.uncertain},
        "school_near": school_near,
        "district": district,
        **figures,
        **{name: [named[site] for site in figures[name] if site in known] for name in LISTS},
    }


def basis_words(figures: dict[str, Any]) -> str:
    """Say which places a year's figures are of, and what nearness rests on."""
    basis = figures["basis"]
    return text(
        "collaboration.basis", year=basis["mapping_year"], uncertain=basis["uncertain"], **nearness_words(basis)
    )
