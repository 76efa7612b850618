"""The office's page of one place's proposal for the mapping: a choice, a reason, against the version that was read."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.collaboration import codes, proposals, queries, rules
from fieldapp.collaboration.pages import warned
from fieldapp.collaboration.proposal_api import ProposalSchema
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.places.facts import district_names

pages = Blueprint("office_proposals", __name__, url_prefix="/office/collaboration")
_JUDGE = ProposalSchema()


@pages.get("/<int:year>/sites/<site_id>/proposal")
@access(*proposals.READERS)
def proposal(year: int, site_id: str) -> ResponseReturnValue:
    """Show what is proposed of a place, and the form to who may change it."""
    return _page(year, known_id(site_id))


@pages.post("/<int:year>/sites/<site_id>/proposal")
@access(*queries.WRITERS)
@in_write_transaction
def save_proposal(year: int, site_id: str) -> ResponseReturnValue:
    """Propose something of a place, against the version that was read."""
    known, session, actor = known_id(site_id), db.session(), current_actor()
    proposals.proposal(session, actor, known, year)  # 404 before anything is said of the form

    def work() -> None:
        given = _JUDGE.load(_body())
        version = given.pop("version")
        proposals.save_proposal(
            session, actor=actor, site_id=known, year=year, version=version, values=given, now=utc_now()
        )  # fmt: skip

    refused = refused_by(work, moved="proposal_moved")
    if refused:
        return _page(year, known, refused.faults), refused.status
    return redirect(url_for("office_proposals.proposal", year=year, site_id=known, done="saved"), 303)


def _body() -> dict[str, Any]:
    form = request.form
    return {
        "proposal": form.get("proposal", ""), "reason": form.get("reason", ""), "version": number(form, "version"),
    }  # fmt: skip


def _page(year: int, site_id: str, faults: Faults | None = None) -> str:
    if rules.year_faults(year, local_date(utc_now())):
        raise NotFound
    stored = proposals.proposal(db.session(), current_actor(), site_id, year)
    given = {**stored, **(_body() if faults else {}), "version": stored["version"]}
    return render_template(
        "collaboration/proposal.html",
        site=stored["site"],
        year=year,
        stored=stored,
        given=given,
        choices=[one for one in codes.PROPOSALS if not rules.proposal_faults(one, is_listed=stored["is_listed"])],
        faults=translated_fields(faults or {}),
        done="saved" if request.args.get("done") == "saved" else None,
        warned=warned(stored["reason"]),
        district_names=district_names(),
    )
