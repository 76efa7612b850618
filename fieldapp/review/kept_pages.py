"""The office's pages of what is not in effect: refused, late, held. Settled by the services the API uses."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid, NotAllowed
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.kept import shifts_of_records
from fieldapp.review import amending, kept_reads
from fieldapp.review.conflict_pages import pages as pages
from fieldapp.review.device_reads import awaited
from fieldapp.review.forms import LateForm, RejectionForm
from fieldapp.review.kept_names import names_in
from fieldapp.review.page_frame import asked_place, asked_teams, following, group_page
from fieldapp.review.pages import READERS
from fieldapp.review.words import as_sent, in_every_word, kind_name
from fieldapp.sync import fates
from fieldapp.sync.registered import registry

Json = dict[str, Any]
Faults = dict[str, list[str]]
DONE = ("replayed", "refused_again", "discarded", "applied", "rejected", "waiting")


@pages.get("/rejections")
@access(*READERS)
def rejections() -> ResponseReturnValue:
    """List what could not be received and is not decided on."""
    return _rejections()


@pages.post("/rejections/<rejection_id>")
@access(*READERS)
@in_write_transaction
def settle_rejection(rejection_id: str) -> ResponseReturnValue:
    """Try what was refused once more, or put it away."""
    known = known_id(rejection_id)

    def settle() -> Json:
        form, session, actor = read_form(RejectionForm(), request.form), db.session(), current_actor()
        if form["action"] == "discard":
            return fates.discard(session, actor=actor, rejection_id=known, reason=form["reason"])
        return fates.replay(session, registry(), actor=actor, rejection_id=known, reason=form["reason"], now=utc_now())

    return _settled("office_review.rejections", settle, lambda faults: _rejections(faults, known))


@pages.get("/late")
@access(*READERS)
def late() -> ResponseReturnValue:
    """List what came after its pass was approved."""
    return _late()


@pages.post("/late/<late_id>")
@access(*READERS)
@in_write_transaction
def settle_late(late_id: str) -> ResponseReturnValue:
    """Take in what came late, as an amendment, or leave it out."""
    known = known_id(late_id)

    def settle() -> Json:
        form = read_form(LateForm(), request.form)
        return amending.settle_late(
            db.session(), registry(), actor=current_actor(), late_id=known, now=utc_now(), **form
        )

    return _settled("office_review.late", settle, lambda faults: _late(faults, known))


@pages.get("/held")
@access(*READERS)
def held() -> ResponseReturnValue:
    """List what has waited a day for what it belongs to, and whose phone may hold that."""
    session = db.session()
    found, more = kept_reads.held(session, asked_teams(), utc_now(), asked_place())
    phones = awaited(session, found)
    return group_page("review/held.html", "held", found=_in_words(found), phones=phones, following=following(more))


def _settled(endpoint: str, settle: Callable[[], Json], again: Callable[[Faults], str]) -> ResponseReturnValue:
    """Do it and go back to the list; where it is refused in words, undo all of it and say why at its row."""
    try:
        state = settle()["state"]
    except ValidationError as error:
        return again(flat_errors(error.messages)), 422
    except Invalid as error:
        db.session.rollback()
        return again(dict(error.fields)), 422
    except (Conflict, NotAllowed) as error:
        db.session.rollback()
        return again({"action": [error.slug]}), error.status
    done = "refused_again" if state in ("open", "handed_over") else state
    team, after = request.args.get("team") or None, request.args.get("after") or None
    return redirect(url_for(endpoint, done=done, team=team, after=after), 303)


def _rejections(faults: Faults | None = None, about: str | None = None) -> str:
    return _kept_page("rejections", kept_reads.rejections(db.session(), asked_teams(), asked_place()), faults, about)


def _late(faults: Faults | None = None, about: str | None = None) -> str:
    found = kept_reads.late(db.session(), current_actor(), asked_teams(), asked_place())
    return _kept_page("late", found, faults, about)


def _kept_page(group: str, shown: kept_reads.Page, faults: Faults | None, about: str | None) -> str:
    done, (found, more) = request.args.get("done"), shown
    return group_page(
        f"review/{group}.html",
        group,
        found=_in_words(found),
        following=following(more),
        faults=translated_fields(faults or {}),
        about=about,
        given=request.form,
        done=done if done in DONE else None,
    )


def _in_words(found: list[Json]) -> list[Json]:
    """Return kept mutations with their author's name, their pass and their fields in words."""
    session = db.session()
    names = names_in(session, current_actor(), utc_now(), found)
    led = current_actor().teams("team_lead")
    shifts = {key: one for key, one in shifts_of_records(session, found).items() if one["team_id"] in led}
    return [
        {
            **row,
            "kind": kind_name(row["collection"], row["op"]),
            "author": names.get(row["author_id"]),
            "shift": shifts.get(row["id"]),
            "says": in_every_word(row["fields"], names, row["op"]) if isinstance(row["fields"], dict) else [],
            "as_sent": as_sent(row["fields"]) if not isinstance(row["fields"], dict) else None,
            "faults": [text(f"field.{key}") for keys in (row.get("field_errors") or {}).values() for key in keys],
        }
        for row in found
    ]
