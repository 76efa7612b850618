"""The office's forms of what holds for a time at a site: its mapping years and its periods of priority."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import best_locale, sentences, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults
from fieldapp.core.schema import flat_errors
from fieldapp.places import asking, rules, site_forms
from fieldapp.places.mapped_years import mapping_of, years_to_map
from fieldapp.places.queries import check_year, names_to_choose
from fieldapp.places.records import EDITORS
from fieldapp.places.schemas import MOST_PRIORITIES, ChangedSite, NewMapping, RemovedMapping
from fieldapp.places.site_saving import own_site, saved, to_site

pages = Blueprint("office_site_years", __name__, url_prefix="/office/places/sites/<site_id>")
Json = dict[str, Any]
_CHANGED, _MAPPING, _REMOVED = ChangedSite(), NewMapping(), RemovedMapping()


@pages.get("/priorities")
@access(*EDITORS)
def priorities(site_id: str) -> ResponseReturnValue:
    """Show the form of a site's periods of priority."""
    return _priorities(known_id(site_id))


@pages.post("/priorities")
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
            asking.change(known, _CHANGED.load(said | {"version": number(request.form, "version")}))
        except ValidationError as error:
            raise Invalid(fields=site_forms.by_row(flat_errors(error.messages))) from error
        except Invalid as error:
            raise Invalid(fields=site_forms.by_row(error.fields)) from error

    return saved(known, work, _priorities, "prioritised")


@pages.get("/mappings/new")
@access(*EDITORS)
def new_mapping(site_id: str) -> ResponseReturnValue:
    """Show the form of a site's place in another mapping year."""
    return _mapping(known_id(site_id), None)


@pages.post("/mappings/new")
@access(*EDITORS)
@in_write_transaction
def add_mapping(site_id: str) -> ResponseReturnValue:
    """Give a site its place in a mapping year."""
    return _map(known_id(site_id), None)


@pages.get("/mappings/<int:year>")
@access(*EDITORS)
def mapping(site_id: str, year: int) -> ResponseReturnValue:
    """Show the form that corrects a mapping year."""
    return _mapping(known_id(site_id), year)


@pages.post("/mappings/<int:year>")
@access(*EDITORS)
@in_write_transaction
def correct_mapping(site_id: str, year: int) -> ResponseReturnValue:
    """Correct a site's place in a mapping year."""
    return _map(known_id(site_id), year)


@pages.post("/mappings/<int:year>/remove")
@access(*EDITORS)
@in_write_transaction
def remove_mapping(site_id: str, year: int) -> ResponseReturnValue:
    """Take away a mapping year that was added by mistake; one that is gone already is told at the site's page."""
    known = known_id(site_id)
    check_year(year)

    def work() -> None:
        said = {"version": request.form.get("version"), "reason": request.form.get("removal_reason", "")}
        asking.unmap_year(known, year, _REMOVED.load(said))

    names = {"reason": "removal_reason"}
    try:
        return saved(known, work, lambda one, faults: _mapping(one, year, faults), "unmapped", names)
    except NotFound:
        own_site(known)
        return to_site(known, "not_mapped")


def _map(site_id: str, year: int | None) -> ResponseReturnValue:
    def work() -> None:
        body = site_forms.mapping_body(request.form)
        said = body | {"version": number(request.form, "version")} | ({"year": year} if year else {})
        given = _MAPPING.load(said)
        if given["version"] is None:
            raise Invalid(fields={"version": ["required"]})
        asking.map_year(site_id, given, is_correction=year is not None)

    return saved(site_id, work, lambda one, faults: _mapping(one, year, faults), "mapped")


def _priorities(site_id: str, faults: Faults | None = None) -> str:
    stored = own_site(site_id)
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
    stored = own_site(site_id)
    today = local_date(utc_now())
    offered = years_to_map(db.session(), current_actor(), stored)
    of_year: Json = {"year": today.year if offered is None else next(iter(offered), None), "reported_by": "both"}
    if year is not None:
        of_year = mapping_of(stored, year)
    typed = request.form.to_dict() if request.method == "POST" else {}
    names = names_to_choose(db.session(), current_actor(), of_year.get("related_site_id"))
    others = [(one, name) for one, name in names.items() if one != site_id]
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
