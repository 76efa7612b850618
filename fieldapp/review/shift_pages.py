"""The office's page of one pass as its leader reads it: warnings, totals, history, and the decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, readable_id
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.pages import pass_context
from fieldapp.outreach.reading import shift_to_read
from fieldapp.outreach.shift_reads import known_names
from fieldapp.review import amending, pass_reads, services
from fieldapp.review.device_pages import pages as pages
from fieldapp.review.forms import AmendForm, DecisionForm
from fieldapp.review.page_frame import just_decided
from fieldapp.review.pages import READERS
from fieldapp.review.reads import note_read, reads_at
from fieldapp.review.returned import told
from fieldapp.review.rules import DECISIONS, LONGEST_WAIT, is_own, status_after
from fieldapp.review.words import HIDDEN, field_name, grouped
from fieldapp.sync.registered import registry

Json = dict[str, Any]
Faults = dict[str, list[str]]
MOVED = "pass_moved"


@pages.get("/passes/<shift_id>")
@access(*READERS)
def a_pass(shift_id: str) -> ResponseReturnValue:
    """Show one pass to who leads its team, and note that these contents were opened."""
    return _page(known_id(shift_id))


@pages.post("/passes/<shift_id>")
@access(*READERS)
def decide(shift_id: str) -> ResponseReturnValue:
    """Approve, return or reopen a pass as it was shown; then lead on to the next one that waits."""
    known = known_id(shift_id)
    try:
        form = _read_form()
        following = _decide(known, form)
    except ValidationError as error:
        return _page(known, _at_the_form(flat_errors(error.messages))), 422
    except Invalid as error:
        return _page(known, _at_the_form(error.fields)), error.status
    except Conflict as error:
        slug = MOVED if error.more else error.slug
        return _page(known, {"version": [slug]}, changes=error.more.get("changes", [])), error.status
    said = {"done": form["decision"], "of": known}
    if following is None:
        return redirect(url_for("office_review.submitted", **said), 303)
    return redirect(url_for("office_review.a_pass", shift_id=following, **said), 303)


@pages.post("/passes/<shift_id>/late")
@access(*READERS)
def take_in_late(shift_id: str) -> ResponseReturnValue:
    """Take in all that came after the pass was approved, as its next version."""
    known = known_id(shift_id)
    try:
        _take_in_late(known, read_form(AmendForm(), request.form)["amend_reason"])
    except ValidationError as error:
        return _page(known, flat_errors(error.messages)), 422
    except Invalid as error:
        return _page(known, {"amend_reason": error.fields["reason"]}), error.status
    except Conflict as error:
        return _page(known, {"version": [error.slug]}), error.status
    return redirect(url_for("office_review.a_pass", shift_id=known), 303)


@in_write_transaction
def _decide(shift_id: str, form: Json) -> str | None:
    session, actor, now = db.session(), current_actor(), utc_now()
    services.review_shift(session, actor=actor, shift_id=shift_id, now=now, **form)
    return pass_reads.neighbours(session, actor, shift_id)[1]


@in_write_transaction
def _take_in_late(shift_id: str, reason: str) -> None:
    actor = current_actor()
    amending.take_all_in(db.session(), registry(), actor=actor, shift_id=shift_id, reason=reason, now=utc_now())


@in_write_transaction
def _note_read(shift_id: str, content_version: int) -> None:
    note_read(db.session(), current_actor(), shift_id, content_version, utc_now())


def _read_form() -> Json:
    """Read the decision with what was written at single lines."""
    given = {name: value for name, value in request.form.items() if value != ""}
    loaded: Json = DecisionForm().load({**given, "field_comments": _asked_of_lines()})
    return loaded


def _asked_of_lines() -> list[Json]:
    """Return what was written at single lines: a field without words, or words alone, say nothing."""
    asked = []
    for name, text in request.form.items():
        record_id = readable_id(name.removeprefix("text-")) if name.startswith("text-") else None
        if record_id and text.strip():
            field = request.form.get(f"field-{record_id}", "")
            asked.append({"record_id": record_id, "field": field, "text": text.strip()})
    return asked


def _at_the_form(fields: Mapping[str, list[str]]) -> Faults:
    """Put what is wrong at the input where it was written; of a line's comment, at that line's."""
    asked = _asked_of_lines()
    found: Faults = {}
    for path, keys in fields.items():
        name, _, rest = path.partition(".")
        index, _, part = rest.partition(".")
        if name == "field_comments" and index.isdecimal() and int(index) < len(asked):
            name = f"{'field' if part == 'field' else 'text'}-{asked[int(index)]['record_id']}"
        found.setdefault(name, []).extend(keys)
    return {name: list(dict.fromkeys(keys)) for name, keys in found.items()}


def _page(shift_id: str, faults: Faults | None = None, changes: list[Json] | None = None) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    shift = shift_to_read(shift_id)
    may_review = services.may_review(session, actor, shift)
    is_shown = may_review and request.method != "HEAD"  # who asks for the head alone has read nothing
    if is_shown and reads_at(session, actor, [shift_id]).get(shift_id) != shift["content_version"]:
        _note_read(shift_id, shift["content_version"])
    session = db.session()
    before, after = pass_reads.neighbours(session, actor, shift_id)
    people = {shift["created_by"], *shift["participant_ids"]}
    is_of_it = is_own(shift, actor.user_id) or shift["team_id"] in actor.teams("team_lead")
    rounds = pass_reads.rounds(shift)
    mends = pass_reads.mends_in_words(session, actor, now, shift)
    reached = {one["id"]: told(shift["participant_ids"], one["deliveries"]) for one in rounds if one["decision"]}
    people |= {row["user_id"] for some in reached.values() for row in some}
    people |= {one["by"] for one in rounds if one["decision"]} | {one["by"] for some in mends.values() for one in some}
    return render_template(
        "review/shift.html",
        **pass_context(shift),
        may_review=may_review,
        is_own=is_own(shift, actor.user_id),
        decisions=[one for one in DECISIONS if may_review and status_after(shift["status"], one)],
        warnings=pass_reads.warnings(shift) if may_review else [],
        not_in_effect=pass_reads.not_in_effect(session, shift) if may_review else {},
        people=pass_reads.people_of(shift),
        settled=pass_reads.settled(session, shift) if shift["team_id"] in actor.teams("team_lead") else {},
        rounds=rounds,
        reached=reached,
        mends=mends,
        versions=pass_reads.versions_in_words(session, actor, now, shift_id) if is_of_it else [],
        history=pass_reads.history_in_words(session, actor, now, shift),
        changes=pass_reads.changes_in_words(session, actor, now, changes or []),
        names=known_names(session, actor, now, {person for person in people if person}),
        lines=_lines(shift),
        times=_times(shift),
        fields_of=_fields_of(),
        field_name=field_name,
        before=before,
        after=after,
        **just_decided(),
        today=local_date(now),
        latest=local_date(now) + LONGEST_WAIT,
        given=request.form,
        faults=translated_fields(faults or {}),
    )


def _lines(shift: Json) -> dict[str, str]:
    """Return the collection of each line one can ask about, by its id."""
    return {
        shift["id"]: "shifts",
        **{visit["id"]: "visits" for visit in shift["visits"]},
        **{seen["id"]: "observations" for seen in shift["observations"]},
    }


def _times(shift: Json) -> dict[str, datetime]:
    """Return when each line was, by its id: what tells two of a kind apart."""
    visits = {visit["id"]: visit["arrived_at"] for visit in shift["visits"]}
    return visits | {seen["id"]: seen["observed_at"] for seen in shift["observations"]}


def _fields_of() -> dict[str, list[str]]:
    """Return the fields one can ask about in each collection, those that mean something together as one."""
    return {
        name: [group[0] for group in grouped(sorted(fields - HIDDEN - {"status"}))]
        for name, fields in services.FIELDS.items()
    }
