"""One whole pass for a reader: that it was another team's is in the audit log before anything of it is shown."""

from typing import Any

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.outreach.shift_reads import whole_shift

Json = dict[str, Any]


def shift_to_read(shift_id: str) -> Json:
    """Return a pass as its present reader may have it. Raises `NotFound`, also for what is no id.

    Opens a transaction of its own where the reading is logged; nothing is kept waiting while the pass is shown.
    """
    known = known_id(shift_id)
    found = whole_shift(db.session(), current_actor(), utc_now(), known)
    if _is_foreign(current_actor(), found):
        _note_read(known, found["team_id"])
    return found


def _is_foreign(actor: Actor, shift: Json) -> bool:
    """Say whether the reader is neither on the pass, nor its author, nor of its team."""
    on_it = actor.user_id == shift["created_by"] or actor.user_id in shift["participant_ids"]
    return not on_it and shift["team_id"] not in actor.units


@in_write_transaction
def _note_read(shift_id: str, team_id: str) -> None:
    actor = current_actor()
    audit.record(db.session(), action="shift.read", actor_id=actor.user_id, subject=shift_id, team_id=team_id)
