"""The sites of the register as a file finds them."""

from sqlalchemy import select

from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Row
from fieldapp.places.importers.tables import plain
from fieldapp.places.models import Site


class KnownSites:
    """The sites that stand, found by id, or by name and district."""

    def __init__(self, ledger: Ledger) -> None:
        stored = ledger.session.scalars(select(Site).where(~Site.deleted).order_by(Site.id))
        self.by_id = {site.id: site for site in stored}
        self._by_name: dict[str, list[Site]] = {}
        for site in self.by_id.values():
            self._by_name.setdefault(plain(site.name), []).append(site)

    def find(self, row: Row) -> tuple[Site | None, str | None]:
        """Return the site a row speaks of, or why nobody can tell; neither where none is called so."""
        if row["id"]:
            found = self.by_id.get(row["id"])
            return (found, None) if found else (None, "unknown_id")
        called = self._by_name.get(plain(row["name"]), [])
        called = [site for site in called if row["district"] in (None, site.district)]
        return (None, "ambiguous") if len(called) > 1 else (called[0] if called else None, None)
