"""What routes and pages ask of the register: as who is signed in, by the setting's rule, now. `given` is as loaded."""

from typing import Any

from fieldapp.core.access import current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.places import mapped_years, register
from fieldapp.places.services import nearness_rule

Json = dict[str, Any]


def add(given: Json, key: str | None) -> str:
    """Make a site of a `NewSite` and return its id; raises as `register.add_site`."""
    return register.add_site(db.session(), values=_values(given, "id"), reason=given["reason"], key=key, **_whose())


def change(site_id: str, given: Json) -> int:
    """Change a site by a `ChangedSite` and return its version then; raises as `register.change_site`."""
    version, reason = given["version"], given["reason"]
    values = _values(given, "version")
    return register.change_site(
        db.session(), site_id=site_id, version=version, values=values, reason=reason, **_whose()
    )


def map_year(site_id: str, given: Json, *, is_correction: bool = False) -> None:
    """Map a site by a `NewMapping`, or correct its year; raises as `mapped_years.map_site`."""
    year, version, reason = given["year"], given["version"], given["reason"]
    values = _values(given, "year", "version")
    mapped_years.map_site(
        db.session(), site_id=site_id, version=version, year=year, values=values, reason=reason,
        is_correction=is_correction, **_whose(),
    )  # fmt: skip


def unmap_year(site_id: str, year: int, given: Json) -> None:
    """Take away a site's mapping year by a `RemovedMapping`; raises as `mapped_years.unmap_site`."""
    mapped_years.unmap_site(db.session(), site_id=site_id, year=year, **given, **_whose())


def _values(given: Json, *others: str) -> Json:
    return {name: value for name, value in given.items() if name not in ("reason", *others)}


def _whose() -> Json:
    return {"actor": current_actor(), "rule": nearness_rule(), "now": utc_now()}
