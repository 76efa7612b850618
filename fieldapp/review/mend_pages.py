"""The office's page on which a leader mends a slip in one line of a pass."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.codes import AGE_BANDS, GENDERS
from fieldapp.outreach.queries import PHONE_WINDOW
from fieldapp.outreach.reading import shift_to_read
from fieldapp.places.facts import districts
from fieldapp.places.queries import names_to_choose
from fieldapp.reinforcements.codes import OTHER_REQUESTERS
from fieldapp.review.forms import MendForm
from fieldapp.review.kept_names import names_in
from fieldapp.review.mend_form import Asked, changes, questions
from fieldapp.review.mending import as_it_travels, as_read, line_to_mend, mend
from fieldapp.review.pages import READERS
from fieldapp.review.shift_pages import pages as pages
from fieldapp.review.words import field_name, grouped, in_words
from fieldapp.sync.registered import registry

Json = dict[str, Any]
Faults = dict[str, list[str]]
BEGINS = {"shifts": "started_at", "visits": "arrived_at", "observations": "observed_at"}
# Fields that are read as one on other pages and asked for one by one here.
ALONE = ("started_at", "ended_at", "arrived_at", "left_at", "not_visited_reason", "requested_by", "people_basis")


@pages.get("/passes/<shift_id>/lines/<record_id>")
@access(*READERS)
def a_line(shift_id: str, record_id: str) -> ResponseReturnValue:
    """Show one line of a pass as it stands, to be mended."""
    return _page(known_id(shift_id), known_id(record_id))


@pages.post("/passes/<shift_id>/lines/<record_id>")
@access(*READERS)
def mend_line(shift_id: str, record_id: str) -> ResponseReturnValue:
    """Mend what was changed in the form; what was typed stays where it can't be."""
    known, line = known_id(shift_id), known_id(record_id)
    try:
        form = read_form(MendForm(), request.form)
        _mend(known, line, form["version"], form["mend_reason"])
    except ValidationError as error:
        return _page(known, line, flat_errors(error.messages)), 422
    except Invalid as error:
        return _page(known, line, _at_the_form(error)), error.status
    except Conflict as error:
        if error.slug == "wrong_status":  # it is with those who wrote it again: nothing is to be mended here
            return redirect(url_for("office_review.a_pass", shift_id=known), 303)
        return _page(known, line, {"version": ["mend_moved"]}, moved=True), error.status
    return redirect(url_for("office_review.a_pass", shift_id=known), 303)


@in_write_transaction
def _mend(shift_id: str, record_id: str, version: int, reason: str) -> None:
    session, actor, now = db.session(), current_actor(), utc_now()
    line = line_to_mend(session, actor, shift_id, record_id, now)
    then = as_read(session, line, version)
    fields = changes(_asked(line.collection, then), then, request.form)
    mend(
        session, registry(), actor=actor, shift_id=shift_id, record_id=record_id, version=version, fields=fields,
        reason=reason, now=now,
    )  # fmt: skip


def _asked(collection: str, row: Json) -> list[Asked]:
    sites = names_to_choose(db.session(), current_actor(), row.get("site_id"))
    askers = [
        *((one.code, one.name) for one in districts()),
        *((one, text(f"code.requested.{one}")) for one in OTHER_REQUESTERS),
    ]
    return questions(collection, row, sites, askers)


def _at_the_form(error: Invalid) -> Faults:
    """Put what is wrong with a part of a field at its question."""
    found: Faults = {}
    for path, keys in error.fields.items():
        found.setdefault(path.removeprefix("fields.").split(".")[0], []).extend(keys)
    return {name: list(dict.fromkeys(keys)) for name, keys in found.items()}


def _version(given: str | None, stands: int) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 10 else stands


def _page(shift_id: str, record_id: str, faults: Faults | None = None, *, moved: bool = False) -> str:
    """`moved`: somebody changed the same meanwhile. What stands there now is said, and saving again writes over it."""
    session, actor, now = db.session(), current_actor(), utc_now()
    shift = shift_to_read(shift_id)
    line = line_to_mend(session, actor, shift_id, record_id, now)
    collection, row, given = line.collection, line.row, request.form
    asked = _asked(collection, row)
    typed = {one.field for one in asked} if faults else set()
    if moved:  # of what was not touched it shows what somebody has written since
        then = as_read(session, line, _version(given.get("version"), row["version"]))
        typed = set(changes(_asked(collection, then), then, given))
    names = names_in(session, actor, now, [row]) if moved else {}
    stands = grouped(typed) if moved else []
    return render_template(
        "review/mend.html",
        shift=shift,
        collection=collection,
        when=row[BEGINS[collection]],
        version=row["version"] if moved else given.get("version") or row["version"],
        stands=[(field_name(group[0]), in_words(group, as_it_travels(row), names)) for group in stands],
        asked=asked,
        alone={name: text(f"review.mend.{name}") for name in ALONE},
        typed=typed,
        is_on_phones=shift["started_at"] >= now - PHONE_WINDOW,
        given=given,
        faults=translated_fields(faults or {}),
        field_name=field_name,
        bands=AGE_BANDS,
        genders=GENDERS,
    )
