"""How places travel to phones: which rows an actor gets, and what of each. Read only; phones never write places."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, event
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.places.losing import note_lost_sites
from fieldapp.places.models import District, School, Site
from fieldapp.places.queries import readable_register, readable_sites
from fieldapp.places.records import district_record, school_record, site_record
from fieldapp.sync.collection import Collection, Row


class PlaceCollection(Collection):
    """A collection that everyone holds whole (PL6) and no client writes."""

    def __init__(
        self,
        name: str,
        model: Any,
        readable: Callable[[Actor], ColumnElement[bool]],
        record: Callable[[RowMapping, Actor], Row],
        *,
        can_leave: bool = False,
    ) -> None:
        self.name = name
        self.table = cast(Table, model.__table__)
        self.can_leave = can_leave
        self._readable = readable
        self._record = record

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Return which rows travel; time plays no part."""
        return self._readable(actor)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Return the same rows: what may be known of a place travels."""
        return self._readable(actor)

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return what the actor may read of the place, beside what the server sets on every record."""
        return super().present(row, actor) | self._record(row, actor)


event.listen(Session, "before_flush", note_lost_sites)  # whoever writes a site passes there

COLLECTIONS = (
    PlaceCollection("districts", District, readable_register, district_record),
    PlaceCollection("sites", Site, readable_sites, site_record, can_leave=True),
    PlaceCollection("schools", School, readable_register, school_record),
)
