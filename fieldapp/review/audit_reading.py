"""The audit log for whoever may read it: that it was read is a row of it, before anything is shown."""

from typing import Any

from fieldapp.audit import queries
from fieldapp.audit import services as audit
from fieldapp.core.access import current_actor
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction

READERS = ("admin",)
Json = dict[str, Any]


def read_entries(asked: Json) -> Json:
    """Return the page of the log that is asked for. Opens a transaction of its own where the reading is logged."""
    _note_read(asked)
    return queries.entries(db.session(), **asked)


@in_write_transaction
def _note_read(asked: Json) -> None:
    """Log whose rows were asked for, and by which filters; what was typed into the others is kept nowhere."""
    filters = sorted(name for name in asked.keys() - {"limit", "after"} if asked[name] is not None)
    audit.record(
        db.session(),
        action="audit.read",
        actor_id=current_actor().user_id,
        subject=asked.get("actor"),
        filters=filters,
    )
