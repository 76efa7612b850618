"""The office's pages of the register: search, one site, a new one, changes."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.forms import number, read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.ports import port
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors
from fieldapp.places import asking, map_reads, on_map, register, rules, site_forms
from fieldapp.places.facts import district_names
from fieldapp.places.queries import mapping_years
from fieldapp.places.records import EDITORS, MAPPING_READERS
from fieldapp.places.register_reads import find_sites, site_whole
from fieldapp.places.schemas import MOST_UNCERTAIN_M, ChangedSite, NewSite
from fieldapp.places.site_saving import own_site, saved

pages = Blueprint("office_sites", __name__, url_prefix="/office/places/sites")
SEARCHED = ("q", "district", "kind", "year", "listed", "school_near", "after")
DONE = ("created", "saved", "mapped", "unmapped", "not_mapped", "prioritised")
Json = dict[str, Any]
_NEW, _CHANGED = NewSite(), ChangedSite()


@pages.get("")
@access(*MAPPING_READERS)
def sites() -> ResponseReturnValue:
    """List the sites that fit a search, by name; what is asked shows in the address."""
    given = {name: value for name, value in request.args.items() if name in SEARCHED and value}
    session, actor = db.session(), current_actor()
    faults: Faults = {}
    found: tuple[list[Json], str | None, int] = ([], None, 0)
    try:
        asked = read_form(site_forms.SearchForm(), given)
        found = find_sites(session, actor, words=asked.pop("q"), **asked)
    except ValidationError as error:
        faults = flat_errors(error.messages)
    items, following, count = found
    page = render_template(
        "places/sites.html",
        sites=items,
        count=count,
        given=given,
        faults=translated_fields(faults),
        following={**given, "after": following} if following else None,
        first={name: value for name, value in given.items() if name != "after"} if "after" in given else None,
        years=mapping_years(session)[::-1],
        kinds=rules.KINDS,
        answers=rules.ANSWERS,
        may_add=actor.has_role(*EDITORS),
        district_names=district_names(),
    )
    return (page, 422) if faults else page


@pages.get("/new")
@access(*EDITORS)
def new() -> ResponseReturnValue:
    """Show the form of a new site."""
    return _form(None)


@pages.post("/new")
@access(*EDITORS)
@in_write_transaction
def add() -> ResponseReturnValue:
    """Make a site of what the form says."""
    made: list[str] = []

    def work() -> None:
        body, faults = site_forms.site_body(request.form)
        if not faults and "geometry" not in body:
            faults = {"north": ["required"]}
        made.append(asking.add(_loaded(_NEW, body, faults), readable_id(request.form.get("id"))))

    refused = refused_by(work, moved="site_moved", of_the_form={"geometry": "north"})
    if refused:
        return _form(None, refused.faults), refused.status
    return redirect(url_for("office_sites.site", site_id=made[0], done="created"), 303)


@pages.get("/<site_id>")
@access(*MAPPING_READERS)
def site(site_id: str) -> ResponseReturnValue:
    """Show a site: years, schools, geometry, priorities, safety, what other packages know of it, its history."""
    session, actor, now = db.session(), current_actor(), utc_now()
    found = site_whole(session, actor, known_id(site_id), now)
    panels = port("site_panels")(session, actor, found, now)
    return render_template(
        "places/site.html",
        site=found,
        panels=panels,
        picture=_picture(found, [mark for panel in panels for mark in panel.marks]),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
        district_names=district_names(),
        today=local_date(now),
    )


@pages.get("/<site_id>/edit")
@access(*EDITORS)
def edit(site_id: str) -> ResponseReturnValue:
    """Show the form of a site."""
    return _form(known_id(site_id))


@pages.post("/<site_id>/edit")
@access(*EDITORS)
@in_write_transaction
def save(site_id: str) -> ResponseReturnValue:
    """Change a site to what the form says."""
    known = known_id(site_id)

    def work() -> None:
        body, faults = site_forms.site_body(request.form)
        version = {"version": number(request.form, "version")}
        asking.change(known, _loaded(_CHANGED, body | version, faults))

    return saved(known, work, _form, "saved", {"geometry": "north"})


def _picture(site: Json, marks: list[on_map.Mark]) -> Json:
    """Return what a site's page draws: the site, the schools it names, and what its sections speak of."""
    codes = [school["school_unit_code"] for school in site["schools"]]
    known = map_reads.places_by_key(db.session(), current_actor(), (), codes)
    schools = [on_map.school_mark(known[code], href="#schools") for code in codes if code in known]
    own = on_map.site_mark(site, href="#where")
    return on_map.picture([own, *schools, *marks], [], current_app.config["SETTINGS"].school_radius_m)


def _loaded(schema: Any, body: Json, faults: Faults) -> Json:
    """Judge a body; the faults of its geometry, found before, stand beside the others. Raises `Invalid`."""
    without = ("geometry",) if faults else ()
    errors = {**flat_errors(schema.validate(body, partial=without)), **faults}
    if errors:
        raise Invalid(fields=errors)
    loaded: Json = schema.load(body)
    return loaded


def _form(site_id: str | None, faults: Faults | None = None) -> str:
    stored: Json = own_site(site_id) if site_id else {"kind": "open_drug_scene", "coordinate_uncertainty_m": 0}
    typed = request.form.to_dict() if request.method == "POST" else {}
    given: Json = {**stored, "geometry_valid_from": None, **typed}
    if typed:
        given["is_public"] = typed.get("is_public") == "yes"
    actor = current_actor()
    writes = {code: name for code, name in district_names().items() if register.may_edit(actor, code)}
    return render_template(
        "places/site_form.html",
        site=stored if site_id else None,
        given=given,
        form_id=readable_id(request.form.get("id")) or new_id(),
        faults=translated_fields(faults or {}),
        kinds=rules.KINDS,
        districts=writes.items(),
        most_uncertain_m=MOST_UNCERTAIN_M,
        longest=site_forms.LONGEST_PASTED,
        today=local_date(utc_now()),
        district_names=district_names(),
    )
