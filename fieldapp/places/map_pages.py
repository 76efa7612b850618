"""The office's map: every place its reader may know of, in a list, and drawn above it where the browser can."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.places import map_reads, on_map
from fieldapp.places.facts import district_names
from fieldapp.places.records import READERS

pages = Blueprint("office_map", __name__, url_prefix="/office/places")


@pages.get("/map")
@access(*READERS)
def places_on_map() -> ResponseReturnValue:
    """List the places of the city or of a district, and draw them."""
    names = district_names()
    district = request.args.get("district") or None
    if district is not None and district not in names:
        raise NotFound
    session, actor = db.session(), current_actor()
    sites = map_reads.sites_to_show(session, actor, district)
    schools = map_reads.schools_to_show(session, actor, district)
    marks = [on_map.site_mark(site, href=f"#place-{site['id']}") for site in sites]
    marks += [
        on_map.school_mark(school, href=f"#school-{school['school_unit_code']}")
        for school in schools
        if school["lat"] is not None and school["lon"] is not None
    ]
    return render_template(
        "places/map.html",
        sites=[(site, on_map.look_of(site)) for site in sites],
        schools=schools,
        picture=on_map.picture(marks, [], current_app.config["SETTINGS"].school_radius_m),
        district=district,
        choices=[("", text("map.whole_city")), *names.items()],
        district_names=names,
    )
