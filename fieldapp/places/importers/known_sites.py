"""The sites of the register as a file finds them."""

from collections.abc import Iterator
from itertools import chain

from sqlalchemy import select

from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import Row
from fieldapp.places.models import Site
from fieldapp.places.names import plain
from fieldapp.places.queries import mapping_years

NEW = ""  # stands for the site that a row makes
Called = tuple[str, str | None]  # a name as it is compared, and the district


class KnownSites:
    """The sites that stand, found by id, or by name and district; a name that the file gives is told from theirs.

    `years` had a mapping before the file, `opened` got one by it: year → the row that was the first.
    """

    def __init__(self, ledger: Ledger) -> None:
        stored = ledger.session.scalars(select(Site).where(~Site.deleted).order_by(Site.id))
        self.by_id = {site.id: site for site in stored}
        self._by_name: dict[str, list[Site]] = {}
        self._holders: dict[Called, set[str]] = {}
        self.years = set(mapping_years(ledger.session))
        self.opened: dict[int, Row] = {}
        for site in self.by_id.values():
            self.add(site)
            self._holders.setdefault((plain(site.name), site.district), set()).add(site.id)

    def add(self, site: Site) -> None:
        """Let a site that the file makes or names anew be found by its name in the rows that follow."""
        called = self._by_name.setdefault(plain(site.name), [])
        if site not in called:
            called.append(site)

    def find(self, row: Row) -> tuple[Site | None, str | None]:
        """Return the site a row speaks of, or why nobody can tell; neither where none is called so."""
        if row["id"]:
            found = self.by_id.get(row["id"])
            return (found, None) if found else (None, "unknown_id")
        called = self._by_name.get(plain(row["name"]), [])
        called = [site for site in called if row["district"] in (None, site.district)]
        return (None, "ambiguous") if len(called) > 1 else (called[0] if called else None, None)

    def related(self, row: Row, site: Site | None) -> tuple[Site | None, str | None]:
        """Return the site that a row names beside its own, by id or name, or why nobody can tell; neither where none.

        Of several that are called so it is the one in the row's own district.
        """
        said = row.get("related")
        if not said:
            return None, None
        if (found := self.by_id.get(said.lower())) is not None:
            return found, None
        called = self._by_name.get(plain(said), [])
        district = row["district"] or (site.district if site else None)
        called = [one for one in called if one.district == district] or called
        if len(called) != 1:
            return None, "ambiguous_related" if called else "unknown_related"
        return called[0], None

    def merged(self, without: str) -> dict[str, str]:
        """Return which sites are merged into which, by id, as the file has it so far."""
        sites = (site for site in self.all_sites() if site.id != without)
        return {site.id: site.merged_into_id for site in sites if site.merged_into_id}

    def all_sites(self) -> Iterator[Site]:
        """Yield the sites that stand and those that the file made; one of several names more than once."""
        yield from chain.from_iterable(self._by_name.values())

    def want(self, row: Row, site: Site | None, district: str | None) -> None:
        """Keep that a row gives a name, before any is written: no order of rows may decide who gets it."""
        if (called := new_name(row, site, district)) is not None:
            self._holders.setdefault(called, set()).add(site.id if site else NEW)

    def is_taken(self, called: Called, site: Site | None) -> bool:
        """Say whether another site was called so before the file, or another row calls one so."""
        return bool(self._holders.get(called, set()) - {site.id if site else NEW})


def new_name(row: Row, site: Site | None, district: str | None) -> Called | None:
    """Return name and district that a row gives a site, None where it keeps both: by name alone a row renames none."""
    if site is not None and district == site.district and (not row["id"] or plain(row["name"]) == plain(site.name)):
        return None
    return plain(row["name"]), district
