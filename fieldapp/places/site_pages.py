"""The office's pages of the register: search, one site, a new one, changes, mapping years, periods of priority."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import best_locale, sentences, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.ports import port
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors
from fieldapp.places import register, rules, site_forms
from fieldapp.places.facts import districts
from fieldapp.places.queries import mapping_years, names_to_choose
from fieldapp.places.records import EDITORS, MAPPING_READERS
from fieldapp.places.register_reads import find_sites, site_whole
from fieldapp.places.schemas import MOST_PRIORITIES, MOST_UNCERTAIN_M, ChangedSite, NewMapping, NewSite
from fieldapp.places.services import nearness_rule

pages = Blueprint("office_sites", __name__, url_prefix="/office/places/sites")
SEARCHED = ("q", "district", "kind", "year", "listed", "school_near", "after")
DONE = ("created", "saved", "mapped", "prioritised")
Json = dict[str, Any]
_NEW, _CHANGED, _MAPPING = NewSite(), ChangedSite(), NewMapping()


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
        given = _loaded(_NEW, body, faults)
        reason = given.pop("reason")
        given.pop("id")
        key = readable_id(request.form.get("id"))
        made.append(
            register.add_site(
                db.session(),
                actor=current_actor(),
                values=given,
                reason=reason,
                rule=nearness_rule(),
                now=utc_now(),
                key=key,
            )
        )

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
    return render_template(
        "places/site.html",
        site=found,
        panels=port("site_panels")(session, actor, found, now),
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
        given = _loaded(_CHANGED, body | {"version": site_forms.number(request.form, "version")}, faults)
        _change(known, given)

    return _done(known, work, _form, "saved", {"geometry": "north"})


@pages.get("/<site_id>/priorities")
@access(*EDITORS)
def priorities(site_id: str) -> ResponseReturnValue:
    """Show the form of a site's periods of priority."""
    return _priorities(known_id(site_id))


@pages.post("/<site_id>/priorities")
@access(*EDITORS)
@in_write_transaction
def prioritise(site_id: str) -> ResponseReturnValue:
    """Save the periods during which a site is prioritised."""
    known = known_id(site_id)

    def work() -> None:
        said = {
            "priorities": site_forms.priorities_body(request.form, _reasons()),
            "reason": request.form.get("reason", ""),
        }
        try:
            _change(known, _CHANGED.load(said | {"version": site_forms.number(request.form, "version")}))
        except ValidationError as error:
            raise Invalid(fields=site_forms.by_row(flat_errors(error.messages))) from error
        except Invalid as error:
            raise Invalid(fields=site_forms.by_row(error.fields)) from error

    return _done(known, work, _priorities, "prioritised", {})


@pages.get("/<site_id>/mappings/new")
@access(*EDITORS)
def new_mapping(site_id: str) -> ResponseReturnValue:
    """Show the form of a site's place in another mapping year."""
    return _mapping(known_id(site_id), None)


@pages.post("/<site_id>/mappings/new")
@access(*EDITORS)
@in_write_transaction
def add_mapping(site_id: str) -> ResponseReturnValue:
    """Give a site its place in a mapping year."""
    return _map(known_id(site_id), None)


@pages.get("/<site_id>/mappings/<int:year>")
@access(*EDITORS)
def mapping(site_id: str, year: int) -> ResponseReturnValue:
    """Show the form that corrects a mapping year."""
    return _mapping(known_id(site_id), year)


@pages.post("/<site_id>/mappings/<int:year>")
@access(*EDITORS)
@in_write_transaction
def correct_mapping(site_id: str, year: int) -> ResponseReturnValue:
    """Correct a site's place in a mapping year."""
    return _map(known_id(site_id), year)


def district_names() -> dict[str, str]:
    """Return the names of the districts by code."""
    return {district.code: district.name for district in districts()}


def _loaded(schema: Any, body: Json, faults: Faults) -> Json:
    """Judge a body; the faults of its geometry, found before, stand beside the others. Raises `Invalid`."""
    without = ("geometry",) if faults else ()
    errors = {**flat_errors(schema.validate(body, partial=without)), **faults}
    if errors:
        raise Invalid(fields=errors)
    loaded: Json = schema.load(body)
    return loaded


def _change(site_id: str, given: Json) -> None:
    version, reason = given.pop("version"), given.pop("reason")
    register.change_site(
        db.session(),
        actor=current_actor(),
        site_id=site_id,
        version=version,
        values=given,
        reason=reason,
        rule=nearness_rule(),
        now=utc_now(),
    )


def _map(site_id: str, year: int | None) -> ResponseReturnValue:
    def work() -> None:
        body = site_forms.mapping_body(request.form)
        given = _MAPPING.load(
            body | {"version": site_forms.number(request.form, "version")} | ({"year": year} if year else {})
        )
        of_year, version, reason = (given.pop(name) for name in ("year", "version", "reason"))
        if version is None:
            raise Invalid(fields={"version": ["required"]})
        register.map_site(
            db.session(),
            actor=current_actor(),
            site_id=site_id,
            version=version,
            year=of_year,
            values=given,
            reason=reason,
            rule=nearness_rule(),
            now=utc_now(),
            is_correction=year is not None,
        )

    return _done(site_id, work, lambda one, faults: _mapping(one, year, faults), "mapped", {})


def _done(
    site_id: str, work: Callable[[], None], form: Callable[[str, Faults], str], done: str, names: dict[str, str]
) -> ResponseReturnValue:
    refused = refused_by(work, moved="site_moved", of_the_form=names)
    if refused:
        return form(site_id, refused.faults), refused.status
    return redirect(url_for("office_sites.site", site_id=site_id, done=done), 303)


def _own(site_id: str) -> Json:
    """Return a site that the reader may change, as its page shows it. Raises `NotFound`."""
    register.own_site(db.session(), current_actor(), site_id)
    return site_whole(db.session(), current_actor(), site_id, utc_now())


def _form(site_id: str | None, faults: Faults | None = None) -> str:
    stored: Json = _own(site_id) if site_id else {"kind": "open_drug_scene", "coordinate_uncertainty_m": 0}
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


def _priorities(site_id: str, faults: Faults | None = None) -> str:
    stored = _own(site_id)
    given = site_forms.priorities_body(request.form, _reasons()) if request.method == "POST" else stored["priorities"]
    return render_template(
        "places/priorities.html",
        site=stored,
        given=given,
        reason=request.form.get("reason", ""),
        rows=range(min(len(given) + site_forms.EMPTY_PRIORITIES, MOST_PRIORITIES)),
        faults=translated_fields(faults or {}),
        levels=rules.PRIORITY_LEVELS,
    )


def _reasons() -> dict[str, str]:
    """Return the codes of known reasons by what they are called in the reader's language."""
    start = "code.priority."
    known = sentences(best_locale()).items()
    return {words: key.removeprefix(start) for key, words in known if key.startswith(start)}


def _mapping(site_id: str, year: int | None, faults: Faults | None = None) -> str:
    stored = _own(site_id)
    today = local_date(utc_now())
    offered = register.years_to_map(db.session(), current_actor(), stored)
    of_year: Json = {"year": today.year if offered is None else next(iter(offered), None), "reported_by": "both"}
    if year is not None:
        of_year = register.mapping_of(stored, year)
    typed = request.form.to_dict() if request.method == "POST" else {}
    names = names_to_choose(db.session(), current_actor(), of_year.get("related_site_id"))
    others = sorted(((one, name) for one, name in names.items() if one != site_id), key=lambda one: one[1].casefold())
    return render_template(
        "places/mapping_form.html",
        site=stored,
        year=year,
        given={**of_year, **typed},
        faults=translated_fields(faults or {}),
        statuses=rules.MAPPING_STATUSES,
        reporters=rules.REPORTERS,
        others=others,
        offered=None if offered is None else [(one, one) for one in offered],
        first_year=rules.YEARS[0],
        today=today,
    )
