"""The office's pages of the school's part: the leader's list *Informera skolan*, and one school's part as a form."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.collaboration import codes, queries, rules, school_services, schools
from fieldapp.collaboration.forms import YES_NO
from fieldapp.collaboration.informing import EVENTS, PART
from fieldapp.collaboration.pages import warned
from fieldapp.collaboration.school_schemas import InformQuery, SchoolPartSchema
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors
from fieldapp.places.facts import district_names

pages = Blueprint("office_schools", __name__, url_prefix="/office/collaboration")
ONE = "/<int:year>/sites/<site_id>/schools/<school_unit_code>"
Json = dict[str, Any]
_JUDGE, _QUERY = SchoolPartSchema(), InformQuery()


@pages.get("/inform")
@access(*queries.WRITERS)
def to_inform() -> ResponseReturnValue:
    """List the schools that are to be told of what changed in a mapping."""
    asked = {name: request.args[name] for name in ("year", "district") if request.args.get(name)}
    try:
        query = _QUERY.load(asked)
    except ValidationError as error:
        raise Invalid(fields=flat_errors(error.messages)) from error
    written, names = queries.districts_written(current_actor()), district_names()
    found = schools.to_inform(db.session(), current_actor(), query["year"], district=query["district"])
    return render_template(
        "collaboration/inform.html",
        found=found,
        choices={code: name for code, name in names.items() if code in written},
        chosen=query["district"] or "",
        names=names,
    )


@pages.get(ONE)
@access(*schools.READERS)
def part(year: int, site_id: str, school_unit_code: str) -> ResponseReturnValue:
    """Show a school's part at a place in a year, and the form to who may change it."""
    return _page(year, known_id(site_id), school_unit_code)


@pages.post(ONE)
@access(*queries.WRITERS)
@in_write_transaction
def save_part(year: int, site_id: str, school_unit_code: str) -> ResponseReturnValue:
    """Save a school's part against the version that was read."""
    known, session, actor = known_id(site_id), db.session(), current_actor()
    schools.part_of_school(session, actor, known, year, school_unit_code)  # 404 before anything is said of the form

    def work() -> None:
        given = _JUDGE.load(_body())
        version = given.pop("version")
        school_services.save_part(
            session, actor=actor, site_id=known, year=year, school=school_unit_code, version=version, values=given,
            now=utc_now(),
        )  # fmt: skip

    refused = refused_by(work, moved="school_part_moved")
    if refused:
        return _page(year, known, school_unit_code, refused.faults), refused.status
    back = url_for("office_schools.part", year=year, site_id=known, school_unit_code=school_unit_code, done="saved")
    return redirect(back, 303)


def _body() -> Json:
    form = request.form
    return {
        **{name: form.get(name) or None for name in PART},
        "takes_part": YES_NO.get(form.get("takes_part", "")),
        "about": form.get("about", ""),
        "version": number(form, "version"),
    }


def _page(year: int, site_id: str, school_unit_code: str, faults: Faults | None = None) -> str:
    today = local_date(utc_now())
    if rules.year_faults(year, today):
        raise NotFound
    stored = schools.part_of_school(db.session(), current_actor(), site_id, year, school_unit_code)
    asked = request.args.get("event")
    start = {"informed_of": asked} if asked in EVENTS and not stored["informed_of"] else {}
    given = {**stored, **start, **(_body() if faults else {}), "version": stored["version"]}
    return render_template(
        "collaboration/school.html",
        site=stored["site"],
        year=year,
        stored=stored,
        given=given,
        faults=translated_fields(faults or {}),
        done="saved" if request.args.get("done") == "saved" else None,
        warned=warned(stored["about"]),
        codes=codes,
        events=EVENTS,
        today=today,
        district_names=district_names(),
    )
