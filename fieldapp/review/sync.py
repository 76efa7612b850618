"""How review comments travel: to those on the shift and to its team's lead; read only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.engine import RowMapping

from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.outreach import queries
from fieldapp.outreach.services import audiences_of_shift
from fieldapp.review.models import ReviewComment
from fieldapp.sync.collection import Collection, Row
from fieldapp.sync.kept import TRAVELLING


class ReviewComments(Collection):
    """What was asked for, and what was mended."""

    name = "review_comments"
    table = ReviewComment.__table__
    parent = ("shifts", "shift_id")
    can_leave = True

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Those of one's own shifts on the phone, and of the teams one leads."""
        own = queries.of_shifts(queries.own_shifts(actor) & queries.shifts_on_phone(actor, now))
        led = queries.of_shifts(queries.led_shifts(actor) & queries.shifts_on_phone(actor, now))
        return or_(ReviewComment.shift_id.in_(own), ReviewComment.shift_id.in_(led))

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """The same rows."""
        return self.readable(actor, utc_now())

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """The shift's."""
        return audiences_of_shift(parents[-1]) if parents else ()

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the comment with its author."""
        names = ("shift_id", "record_id", "field", "text", "review_id", "due_on", "before")
        comment = {name: row[name] for name in (*names, *TRAVELLING)}
        return {**comment, "author_id": row["created_by"], "made_at": row["created_at"]}


COLLECTIONS = (ReviewComments(),)
