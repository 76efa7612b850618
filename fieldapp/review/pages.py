"""The office's pages of the review queue: the passes that wait, what is missing, who is silent, what was found anew."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.ids import readable_id
from fieldapp.outreach.shift_reads import known_names, missed_for_safety
from fieldapp.outreach.wording import rough_time
from fieldapp.places.facts import district_codes
from fieldapp.review import absent, queue
from fieldapp.review.bulk import Chosen, approve_each
from fieldapp.review.codes import REASONS
from fieldapp.review.page_frame import FILTERS, asked_place, asked_teams, following, group_page, just_decided, lacks
from fieldapp.review.page_reads import returned_passes, shown_passes
from fieldapp.review.paging import Place, cut

pages = Blueprint("office_review", __name__, url_prefix="/office/review")
READERS = ("team_lead",)
MOST_AT_ONCE = 100
LONGEST_VERSION = 18  # digits, as many as the database's numbers take


@pages.get("")
@access(*READERS)
def submitted() -> ResponseReturnValue:
    """List the passes that were sent in: those to look at closely, and the others, oldest first."""
    return submitted_page()


@pages.get("/returned")
@access(*READERS)
def returned() -> ResponseReturnValue:
    """List the passes that were sent back and are not in again: those that are overdue, and the others."""
    session, actor, now = db.session(), current_actor(), utc_now()
    part, after = request.args.get("part"), asked_place()
    today, parts = local_date(now), []
    for name in [part] if part in queue.RETURNED_PARTS else queue.RETURNED_PARTS:
        found, more = queue.returned(session, _filters(), name, today, lacks(), after if part else None)
        passes = returned_passes(session, actor, found, now)
        parts.append({"name": name, "passes": passes, "following": following(more, part=name)})
    shown = [one for one in parts if one["passes"]]
    return group_page("review/returned.html", "returned", parts=shown, part=part, given=_given(), today=today)


@pages.get("/missing")
@access(*READERS)
def missing() -> ResponseReturnValue:
    """List the plans that no pass has answered, and the passes that are not sent in."""
    session, actor, now = db.session(), current_actor(), utc_now()
    listed = absent.missing(session, asked_teams(), now)
    found, more = cut(listed, _begun, asked_place())
    names = known_names(session, actor, now, {person for one in found for person in one["participant_ids"]})
    return group_page(
        "review/missing.html", "missing", len(listed), found=found, names=names, following=following(more)
    )


@pages.get("/silent")
@access(*READERS)
def silent() -> ResponseReturnValue:
    """List who was on a pass and was not heard of since."""
    session, actor, now = db.session(), current_actor(), utc_now()
    listed = absent.silent(session, asked_teams(), now)
    found, more = cut(listed, _begun_by, asked_place())
    names = known_names(session, actor, now, {one["user_id"] for one in found})
    return group_page("review/silent.html", "silent", len(listed), found=found, names=names, following=following(more))


@pages.get("/places")
@access(*READERS)
def new_places() -> ResponseReturnValue:
    """List the places outside the register that passes went to."""
    found, more = absent.new_places(db.session(), asked_teams(), utc_now(), asked_place())
    return group_page("review/new_places.html", "new_places", found=found, following=following(more))


@pages.post("/approve")
@access(*READERS)
def approve() -> ResponseReturnValue:
    """Approve the ticked passes that were opened, each by itself, and say what became of each."""
    chosen = [one for text in request.form.getlist("pass")[:MOST_AT_ONCE] if (one := _chosen(text))]
    results = approve_each(current_actor(), list(dict.fromkeys(chosen)), utc_now())
    return submitted_page(results=results, is_nothing_ticked=not chosen)


def submitted_page(**shown: Any) -> str:
    """Render the passes that were sent in. With `part` in the address only that part, from `after` on.

    A leader begins here, and hears what was not visited for safety.
    """
    session, now = db.session(), utc_now()
    part, after = request.args.get("part"), asked_place()
    parts = []
    for name in [part] if part in queue.PARTS else queue.PARTS:
        found, more = queue.page_of(session, _filters(), name, lacks(), after if part else None)
        passes = shown_passes(session, current_actor(), found, now)
        parts.append({"name": name, "passes": passes, "following": following(more, part=name)})
    return group_page(
        "review/submitted.html",
        "submitted",
        parts=parts,
        part=part if part in queue.PARTS else None,
        given=_given(),
        reasons=REASONS,
        missed=missed_for_safety(session, current_actor(), now),
        rough_time=rough_time,
        **just_decided(),
        **shown,
    )


def _begun(one: dict[str, Any]) -> Place:
    return one["started_at"], one["id"]


def _begun_by(one: dict[str, Any]) -> Place:
    return one["started_at"], one["shift_id"]


def _chosen(text: str) -> Chosen | None:
    """Read a tick: the pass and the contents that were shown."""
    key, _, version = text.rpartition(".")
    shift_id = readable_id(key)
    is_version = version.isascii() and version.isdigit() and len(version) <= LONGEST_VERSION
    return (shift_id, int(version)) if shift_id and is_version else None


def _filters() -> queue.Filters:
    """Return what the address asks for; a district or reason that does not exist asks for nothing in particular."""
    given = _given()
    district, reason = given.get("district"), given.get("reason")
    return queue.Filters(
        asked_teams(),
        district if district in district_codes() else None,
        reason if reason in REASONS else None,
    )


def _given() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name in FILTERS and value}
