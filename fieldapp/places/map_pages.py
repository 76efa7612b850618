"""The office's map: every place its reader may know of, in a list, and drawn above it where the browser can."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.core.ports import port
from fieldapp.places import map_reads, on_map
from fieldapp.places.facts import district_names
from fieldapp.places.records import MAPPING_READERS, READERS

pages = Blueprint("office_map", __name__, url_prefix="/office/places")


@pages.get("/map")
@access(*READERS)
def places_on_map() -> ResponseReturnValue:
    """List the places of the city or of a district, new ones and where somebody was today, and draw them."""
    names = district_names()
    district = request.args.get("district") or None
    if district is not None and district not in names:
        raise NotFound
    session, actor = db.session(), current_actor()
    sites = map_reads.sites_to_show(session, actor, district)
    schools = map_reads.schools_to_show(session, actor, district)
    field: on_map.FromField = port("field_on_map")(session, actor, utc_now(), district)
    visited = map_reads.visited_of(session, sites, field.sites) | field.schools
    pins = sorted(field.pins, key=lambda pin: (swedish_order(pin["label"]), pin["id"]))
    marks = [on_map.site_mark(site, visited=site["id"] in visited, href=f"#place-{site['id']}") for site in sites]
    marks += [on_map.new_place_mark(pin, visited=pin["is_today"], href=f"#new-{pin['id']}") for pin in pins]
    marks += [
        on_map.school_mark(
            school, visited=school["school_unit_code"] in visited, href=f"#school-{school['school_unit_code']}"
        )
        for school in schools
        if school["lat"] is not None and school["lon"] is not None
    ]
    return render_template(
        "places/map.html",
        sites=[(site, on_map.look_of(site)) for site in sites],
        schools=schools,
        pins=pins,
        most_pins=field.cut_at,
        visited=visited,
        has_register=actor.has_role(*MAPPING_READERS),
        picture=on_map.picture(marks, [], current_app.config["SETTINGS"].school_radius_m),
        district=district,
        choices=[("", text("map.whole_city")), *names.items()],
        district_names=names,
    )
