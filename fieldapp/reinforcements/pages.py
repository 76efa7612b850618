"""The office's pages of reinforcements: what is asked for, and one to answer, withdraw or follow."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors
from fieldapp.outreach.codes import EVENTS
from fieldapp.places.facts import district_names
from fieldapp.reinforcements import queries, services
from fieldapp.reinforcements.codes import OTHER_REQUESTERS
from fieldapp.reinforcements.forms import AnswerForm, AskForm, WithdrawForm
from fieldapp.reinforcements.rules import ANSWERS, WITHDRAW, state_after

pages = Blueprint("office_reinforcements", __name__, url_prefix="/office/reinforcements")
READERS = ("field_worker", "team_lead")
DECIDERS = ("team_lead",)


@pages.get("")
@access(*READERS)
def reinforcements() -> ResponseReturnValue:
    """List the reinforcements to come and past, with a form to ask for one."""
    return _list()


@pages.post("")
@access(*DECIDERS)
@in_write_transaction
def ask() -> ResponseReturnValue:
    """Ask for a reinforcement."""
    try:
        form = read_form(AskForm(), request.form)
        made = services.ask(db.session(), actor=current_actor(), now=utc_now(), **form)
    except ValidationError as error:
        return _list(flat_errors(error.messages)), 422
    except DomainError as error:
        db.session.rollback()
        return _list(dict(error.fields)), error.status
    return redirect(url_for("office_reinforcements.reinforcement", reinforcement_id=made), 303)


@pages.get("/<reinforcement_id>")
@access(*READERS)
def reinforcement(reinforcement_id: str) -> ResponseReturnValue:
    """Show one reinforcement: what was asked for, the answer, the passes worked for it."""
    return _one(known_id(reinforcement_id))


@pages.post("/<reinforcement_id>")
@access(*DECIDERS)
@in_write_transaction
def decide(reinforcement_id: str) -> ResponseReturnValue:
    """Accept with teams, decline or withdraw, against the version that was read."""
    known, action = known_id(reinforcement_id), request.form.get("action", "")
    session, actor, now = db.session(), current_actor(), utc_now()
    queries.reinforcement(session, actor, known)  # 404 before anything is said of the form

    def work() -> None:
        if action in ANSWERS:
            form = read_form(AnswerForm(), request.form, lists=("teams",))
            services.answer(session, actor=actor, reinforcement_id=known, action=action, now=now, **form)
        elif action == WITHDRAW:
            form = read_form(WithdrawForm(), request.form)
            services.withdraw(session, actor=actor, reinforcement_id=known, **form)
        else:
            raise Invalid(fields={"action": ["unknown_code"]})

    refused = refused_by(work, moved="reinforcement_moved")
    if refused:
        return _one(known, refused.faults), refused.status
    return redirect(url_for("office_reinforcements.reinforcement", reinforcement_id=known), 303)


def _list(faults: Faults | None = None) -> str:
    actor, session, now = current_actor(), db.session(), utc_now()
    coming, past = queries.reinforcements(session, actor, now)
    is_of_city = queries.leads_the_city(actor)
    names = district_names()
    may_ask_for = names if is_of_city else {code: names[code] for code in names if code in queries.led_districts(actor)}
    return render_template(
        "reinforcements/reinforcements.html",
        coming=coming,
        past=past,
        districts_to_ask=may_ask_for,
        requesters=OTHER_REQUESTERS if is_of_city else (),
        is_of_district=bool(queries.led_districts(actor)),
        events=EVENTS,
        given=request.form,
        form_id=readable_id(request.form.get("id")) or new_id(),
        faults=translated_fields(faults or {}),
        district_names=names,
        today=local_date(now),
    )


def _one(reinforcement_id: str, faults: Faults | None = None) -> str:
    actor, session = current_actor(), db.session()
    found = queries.reinforcement(session, actor, reinforcement_id)
    actions = {action for action in (*ANSWERS, WITHDRAW) if state_after(found["state"], action)}
    if not queries.leads_the_city(actor):
        actions -= set(ANSWERS)
    if not services.may_withdraw(actor, requested_by=found["requested_by"]):
        actions -= {WITHDRAW}
    return render_template(
        "reinforcements/reinforcement.html",
        found=found,
        actions=actions,
        teams=queries.city_teams(session) if actions & set(ANSWERS) else {},
        chosen=request.form.getlist("teams") or found["team_ids"],
        readable=queries.readable_shifts(session, actor, found, utc_now()),
        given=request.form,
        faults=translated_fields(faults or {}),
        district_names=district_names(),
    )
