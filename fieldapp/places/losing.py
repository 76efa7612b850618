"""Who may no longer have a site on a phone (PL3): told whenever what opened it to them is withdrawn, whoever writes.

What each of them reads is decided in `queries.readable_sites`.
"""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from fieldapp.core.audiences import of_role
from fieldapp.places.models import Site
from fieldapp.sync.leaving import Leaving, note_leaving

OPEN_BY = ("is_public", "is_listed")


def note_lost_sites(session: Session, *_: Any) -> None:
    """Note, before a flush, the sites that it takes from volunteers' coordinators and from viewers."""
    lost = [
        Leaving("sites", site.id, site.version, of_role(role))
        for site in session.dirty
        if isinstance(site, Site)
        for role in sorted(_open_to(_stored(site)) - _open_to({name: getattr(site, name) for name in OPEN_BY}))
    ]
    note_leaving(session, lost)


def _stored(site: Site) -> dict[str, bool]:
    written: dict[str, Any] = {name: inspect(site).attrs[name].history.deleted for name in OPEN_BY}
    return {name: was[0] if was else getattr(site, name) for name, was in written.items()}


def _open_to(opened: dict[str, bool]) -> set[str]:
    if not opened["is_public"]:
        return set()
    return {"walk_coordinator", "viewer"} if opened["is_listed"] else {"walk_coordinator"}
