"""The office's pages of how safe places are: the places to be careful at, and one place's level to read and set."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.places import safety
from fieldapp.places.facts import district_names
from fieldapp.places.forms import SafetyForm
from fieldapp.places.records import SAFETY_READERS
from fieldapp.places.rules import LONGEST_UNTIL_REVIEW, SAFETY_LEVELS

pages = Blueprint("office_safety", __name__, url_prefix="/office")
FIELDS = ("level", "reason", "review_on")
PROPOSED_UNTIL_REVIEW = timedelta(days=30)


@pages.get("/safety")
@access(*SAFETY_READERS)
def unsafe_places() -> ResponseReturnValue:
    """List the places to be careful at or not to go to, those to be looked at again first."""
    found = safety.unsafe_places(db.session(), current_actor(), utc_now())
    return render_template("places/unsafe.html", places=found, district_names=district_names())


@pages.get("/sites/<site_id>/safety")
@access(*SAFETY_READERS)
def place(site_id: str) -> ResponseReturnValue:
    """Show how safe a place is, and to who may set it the form."""
    return _page(known_id(site_id))


@pages.post("/sites/<site_id>/safety")
@access(*safety.SAFETY_WRITERS)
@in_write_transaction
def set_safety(site_id: str) -> ResponseReturnValue:
    """Set how safe a place is, against the version that was read."""
    known, session = known_id(site_id), db.session()

    def work() -> None:
        form = read_form(SafetyForm(), request.form)
        safety.set_safety(session, actor=current_actor(), site_id=known, now=utc_now(), **form)

    refused = refused_by(work, moved="site_moved")
    if refused:
        return _page(known, refused.faults), refused.status
    return redirect(url_for("office_safety.place", site_id=known, saved=1), 303)


def _page(site_id: str, faults: Faults | None = None) -> str:
    now = utc_now()
    site = safety.safety_of(db.session(), current_actor(), now, site_id)
    today = local_date(now)
    review_on = site["safety_review_on"]
    stored = {
        "level": site["safety_level"],
        "reason": site["safety_reason"] or "",
        "review_on": review_on if review_on and review_on > today else today + PROPOSED_UNTIL_REVIEW,
    }
    typed = {name: request.form[name] for name in FIELDS if name in request.form}
    return render_template(
        "places/safety.html",
        place=site,
        given={**stored, **typed},
        faults=translated_fields(faults or {}),
        is_saved=request.method == "GET" and "saved" in request.args,
        levels=SAFETY_LEVELS,
        today=today,
        latest=today + LONGEST_UNTIL_REVIEW,
        district_names=district_names(),
    )
