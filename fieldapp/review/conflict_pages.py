"""The office's pages of conflicts: where two values met, side by side, and the form that chooses between them."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.kept import shifts_of_records
from fieldapp.review import kept_reads
from fieldapp.review.choices import faults_of, questions_of, resolution_of
from fieldapp.review.choosing import settle_conflict
from fieldapp.review.forms import ConflictForm
from fieldapp.review.kept_names import names_in
from fieldapp.review.page_frame import asked_place, asked_teams, following, group_page
from fieldapp.review.pages import READERS
from fieldapp.review.pages import pages as pages
from fieldapp.review.words import kind_name
from fieldapp.sync.registered import registry

Json = dict[str, Any]
Faults = dict[str, list[str]]
WHY = "why"  # the reason of an amendment, beside the questions
VALUES_MOVED = "values_moved"  # the question is another one now: both of its sides stand on the page


@pages.get("/conflicts")
@access(*READERS)
def conflicts() -> ResponseReturnValue:
    """List where two values met and nobody has chosen."""
    session = db.session()
    found, more = kept_reads.conflicts(session, asked_teams(), asked_place())
    names = names_in(session, current_actor(), utc_now(), found)
    return group_page(
        "review/conflicts.html",
        "conflicts",
        found=[
            {
                **row,
                "kind": kind_name(row["collection"]),
                "fields": [question["name"] for question in questions_of(row, names)],
            }
            for row in found
        ],
        following=following(more),
        names=names,
        shifts=shifts_of_records(session, found),
        is_saved=request.args.get("done") == "resolved",
    )


@pages.get("/conflicts/<conflict_id>")
@access(*READERS)
def conflict(conflict_id: str) -> ResponseReturnValue:
    """Show both values of a conflict, whose they are, and the choice between them."""
    return _conflict_page(known_id(conflict_id))


@pages.post("/conflicts/<conflict_id>")
@access(*READERS)
def resolve(conflict_id: str) -> ResponseReturnValue:
    """Let the record stand as chosen; where its values moved meanwhile, show what stands now and ask again."""
    known = known_id(conflict_id)
    found = kept_reads.conflict(db.session(), current_actor().led_units, known)
    questions = questions_of(found, {})
    resolution, missing = resolution_of(questions, request.form)
    try:
        form = read_form(ConflictForm(), request.form)
        if missing:
            raise Invalid(fields=missing)
        asks_again = _choose(found, form["version"], resolution, form["why"])
    except ValidationError as error:
        return _conflict_page(known, flat_errors(error.messages)), 422
    except Invalid as error:
        why = {name: keys for name, keys in error.fields.items() if name == WHY}
        of_values = {path: keys for path, keys in error.fields.items() if path != WHY}
        return _conflict_page(known, faults_of(questions, of_values) | why), 422
    except Conflict as error:
        return _conflict_page(known, {"version": [error.slug]}), error.status
    if asks_again:
        return _conflict_page(asks_again, {"version": [VALUES_MOVED]}), Conflict.status
    return redirect(url_for("office_review.conflicts", done="resolved"), 303)


@in_write_transaction
def _choose(conflict: Json, version: int, resolution: Json, reason: str) -> str | None:
    """Write the choice, also one that asks again: what is answered afterwards takes nothing of it back."""
    return settle_conflict(
        db.session(), registry(), actor=current_actor(), conflict=conflict, version=version, resolution=resolution,
        reason=reason, now=utc_now(),
    )  # fmt: skip


def _conflict_page(conflict_id: str, faults: Faults | None = None) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    found = kept_reads.conflict(session, actor.led_units, conflict_id)
    has_moved = faults is not None and faults.get("version") not in (None, [VALUES_MOVED])
    stands = _stands_now(found) if has_moved else None
    chosen = kept_reads.choice_of(session, found)
    names = names_in(session, actor, now, [found, stands or {}, chosen or {}])
    return group_page(
        "review/conflict.html",
        "conflicts",
        conflict=found,
        kind=kind_name(found["collection"]),
        questions=questions_of(found, names, stands),
        chosen=chosen,
        choices={field: item["choice"] for field, item in found["resolution"].items()},
        names=names,
        shift=shifts_of_records(session, [found]).get(found["id"]),
        faults=translated_fields(faults or {}),
        given=request.form,
    )


def _stands_now(conflict: Json) -> Json | None:
    """Return the record that the values are of, as it stands; its times as they travel."""
    collection = registry().get(conflict["collection"])
    table: Any = collection.table if collection else None
    return None if table is None else kept_reads.record(db.session(), table, conflict["record_id"])
