"""The office's page of new places from the field: what waits, in clusters, to be linked, joined or dismissed."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.forms import FormSchema, read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import Code, IdField, Items, Text, says_something
from fieldapp.outreach import new_places, place_links
from fieldapp.outreach.codes import PLACE_ACTIONS
from fieldapp.places import map_reads, on_map
from fieldapp.places.facts import district_names
from fieldapp.places.services import nearness_rule

pages = Blueprint("office_new_places", __name__, url_prefix="/office/places/new")
DONE = ("linked", "joined", "dismissed", "taken_back")
NEEDED = {"linked": "site_id", "joined": "name", "dismissed": "reason"}


class PlacesForm(FormSchema):
    """What is decided on one or several places, and what that needs: a site, a name, or a reason."""

    visit = Items(IdField(), limit=place_links.MOST, load_default=list)
    action = Code(PLACE_ACTIONS, required=True)
    site_id = IdField(load_default=None)
    name = Text(load_default=None)
    reason = Text(load_default="")


@pages.get("")
@access(*new_places.DECIDERS)
def waiting() -> ResponseReturnValue:
    """List the places that wait for a decision, those close together as one."""
    return _page()


@pages.post("")
@access(*new_places.DECIDERS)
@in_write_transaction
def decide() -> ResponseReturnValue:
    """Link the chosen places to a site, make one of them, or dismiss them."""
    done: list[str] = []

    def work() -> None:
        asked = read_form(PlacesForm(), request.form, lists=("visit",))
        action = asked["action"]
        if not says_something(asked[NEEDED[action]] or ""):
            raise ValidationError({NEEDED[action]: ["required"]})
        said: dict[str, Any] = {
            "actor": current_actor(),
            "visit_ids": asked["visit"],
            "reason": asked["reason"],
            "now": utc_now(),
        }
        if action == "linked":
            place_links.link_places(db.session(), site_id=asked["site_id"], **said)
        elif action == "joined":
            place_links.join_places(db.session(), name=asked["name"], rule=nearness_rule(), **said)
        else:
            place_links.dismiss_places(db.session(), **said)
        done.append(action)

    refused = refused_by(work, moved="place_decided")
    if refused:
        return _page(refused.faults), refused.status
    return redirect(url_for("office_new_places.waiting", done=done[0]), 303)


@pages.post("/<link_id>/take-back")
@access(*new_places.DECIDERS)
@in_write_transaction
def take_back(link_id: str) -> ResponseReturnValue:
    """Take a decision back: the place waits again."""
    known = known_id(link_id)

    def work() -> None:
        place_links.take_back(db.session(), actor=current_actor(), link_id=known, now=utc_now())

    refused = refused_by(work, moved="place_decided")
    if refused:
        return _page(refused.faults), refused.status
    return redirect(url_for("office_new_places.waiting", done="taken_back"), 303)


def _sites_of(clusters: list[new_places.Row]) -> dict[str, new_places.Row]:
    """Return the sites that are named beside the places, by id."""
    nearest = {place["nearest"].id for cluster in clusters for place in cluster["places"] if place["nearest"]}
    proposed = {site.id for cluster in clusters for site in cluster["sites"]}
    return map_reads.places_by_key(db.session(), current_actor(), nearest | proposed, ())


def _picture(clusters: list[new_places.Row], sites: dict[str, new_places.Row]) -> dict[str, Any]:
    marks = [
        on_map.new_place_mark(place["place"], href=f"#place-{place['visit_id']}")
        for cluster in clusters
        for place in cluster["places"]
    ]
    marks += [on_map.site_mark(site, look=on_map.look_of(site)) for site in sites.values()] if marks else []
    return on_map.picture(marks, [], current_app.config["SETTINGS"].school_radius_m)


def _page(faults: Faults | None = None) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    held = actor.districts(*new_places.DECIDERS)
    names = district_names()
    choices = {code: name for code, name in names.items() if held is None or code in held}
    asked = request.args.get("district") or None
    if asked is not None and asked not in choices:
        raise NotFound
    eps_m = current_app.config["SETTINGS"].new_place_eps_m
    found, is_cut = new_places.open_places(session, actor, now, eps_m=eps_m, district=asked)
    typed = request.form.to_dict() if request.method == "POST" else {}
    for cluster in found:  # the form is known by one of its places, whatever is ticked and whoever came in between
        cluster["is_typed"] = typed.get("of") in {place["visit_id"] for place in cluster["places"]}
    known = _sites_of(found)
    return render_template(
        "outreach/new_places.html",
        clusters=found,
        looks={key: on_map.look_of(site) for key, site in known.items()},
        picture=_picture(found, known),
        is_cut=is_cut,
        most=new_places.MOST,
        eps_m=eps_m,
        choices=choices,
        chosen=asked or "",
        typed=typed,
        ticked=set(request.form.getlist("visit")),
        faults=translated_fields(faults or {}),
        decided=new_places.decided_lately(session, actor, now),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
        district_names=names,
    )
