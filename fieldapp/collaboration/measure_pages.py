"""The office's pages of measures: those due and overdue, a new one, and one to change, approve or take away."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration import codes, queries, rules, services
from fieldapp.collaboration.forms import measure_body
from fieldapp.collaboration.pages import warned
from fieldapp.collaboration.schemas import MOST_WEEKS, ChangedMeasure, MeasureFields, VersionSchema
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.ordering import swedish_order
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.places.facts import district_names

pages = Blueprint("office_measures", __name__, url_prefix="/office/collaboration")
DONE = ("saved", "approved", "removed")
Json = dict[str, Any]
_NEW, _CHANGED, _VERSION = MeasureFields(), ChangedMeasure(), VersionSchema()


@pages.get("/measures")
@access(*queries.READERS)
def measures() -> ResponseReturnValue:
    """List measures, those past their day first."""
    session, actor, today = db.session(), current_actor(), local_date(utc_now())
    read, names = queries.districts_read(actor), district_names()
    district = request.args.get("district") if request.args.get("district") in read else None
    status = request.args.get("status") if request.args.get("status") in codes.MEASURE_STATUSES else None
    found, following = queries.measures(
        session, actor, today=today, district=district, status=status, limit=queries.MOST
    )  # fmt: skip

    def by_day(one: Json) -> tuple[bool, Any, str]:
        return one["status"] not in rules.OPEN, one["due_on"], swedish_order(one["site_name"])

    return render_template(
        "collaboration/measures.html",
        measures=sorted(found, key=by_day),
        is_cut=following is not None,
        choices={code: name for code, name in names.items() if code in read},
        chosen=district or "",
        status=status or "",
        statuses=codes.MEASURE_STATUSES,
        names=names,
        done=request.args.get("done") if request.args.get("done") in DONE else None,
    )


@pages.get("/sites/<site_id>/measures/new")
@access(*queries.WRITERS)
def new(site_id: str) -> ResponseReturnValue:
    """Show the form of a new measure at a site."""
    return _form_page(known_id(site_id), None)


@pages.post("/sites/<site_id>/measures/new")
@access(*queries.WRITERS)
@in_write_transaction
def add(site_id: str) -> ResponseReturnValue:
    """Note a measure at a site."""
    known, session, actor = known_id(site_id), db.session(), current_actor()
    queries.site(session, actor, known)
    made: list[str] = []

    def work() -> None:
        values = _NEW.load(measure_body(request.form))
        key = readable_id(request.form.get("id"))
        made.append(
            services.add_measure(session, actor=actor, site_id=known, values=values, now=utc_now(), key=key)
        )  # fmt: skip

    refused = refused_by(work, moved="measure_moved")
    if refused:
        return _form_page(known, None, refused.faults), refused.status
    return redirect(url_for("office_measures.measure", measure_id=made[0], done="saved"), 303)


@pages.get("/measures/<measure_id>")
@access(*queries.READERS)
def measure(measure_id: str) -> ResponseReturnValue:
    """Show a measure, and the form to who may change it."""
    return _one(known_id(measure_id))


@pages.post("/measures/<measure_id>")
@access(*queries.WRITERS)
@in_write_transaction
def change(measure_id: str) -> ResponseReturnValue:
    """Change a measure, approve it as it was read, or take it away."""
    known, action, session, now = known_id(measure_id), request.form.get("action"), db.session(), utc_now()
    of_measure: Json = {"actor": current_actor(), "measure_id": known}
    queries.measure(session, current_actor(), known, local_date(now))
    version = number(request.form, "version")

    def work() -> None:
        if action == "approved":
            services.approve_measure(session, **of_measure, **_VERSION.load({"version": version}))
        elif action == "removed":
            services.remove_measure(session, **of_measure, **_VERSION.load({"version": version}), now=now)
        else:
            values = _CHANGED.load({**measure_body(request.form), "version": version})
            services.change_measure(session, **of_measure, version=values.pop("version"), values=values, now=now)

    refused = refused_by(work, moved="measure_moved")
    if refused:
        return _one(known, refused.faults), refused.status
    if action == "removed":
        return redirect(url_for("office_measures.measures", done="removed"), 303)
    done = "approved" if action == "approved" else "saved"
    return redirect(url_for("office_measures.measure", measure_id=known, done=done), 303)


def _one(measure_id: str, faults: Faults | None = None) -> str:
    found = queries.measure(db.session(), current_actor(), measure_id, local_date(utc_now()))
    return _form_page(found["site_id"], found, faults)


def _form_page(site_id: str, stored: Json | None, faults: Faults | None = None) -> str:
    is_typed = request.method == "POST" and request.form.get("action") not in ("approved", "removed")
    empty = {"status": "planned", "compare_weeks": 12}
    given = {**(stored or empty), **(measure_body(request.form) if is_typed else {})}
    texts = ("what", "owner_function", "follow_up")
    return render_template(
        "collaboration/measure.html",
        site=queries.site(db.session(), current_actor(), site_id),
        measure=stored,
        given=given,
        form_id=readable_id(request.form.get("id")) or new_id(),
        faults=translated_fields(faults or {}),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
        warned=warned(*(stored[name] for name in texts)) if stored else [],
        actors=ACTORS,
        kinds=codes.MEASURE_KINDS,
        statuses=codes.MEASURE_STATUSES,
        most_weeks=MOST_WEEKS,
        district_names=district_names(),
    )
