"""JSON and GeoJSON routes of places (api.md, Places): parse, ask one query or make one change, answer."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.ports import port
from fieldapp.places import asking, features, queries, safety, schemas
from fieldapp.places.records import EDITORS, MAPPING_READERS, READERS

LEVEL = ("safety_level", "safety_reason", "safety_review_on")
GEOJSON = "application/geo+json"

blp = Blueprint("places", __name__, url_prefix="/api/v1", description="Districts, sites and schools")


@blp.route("/districts.geojson")
@access(*READERS)
@blp.response(200, schemas.FeatureCollection, content_type=GEOJSON)
def districts_geojson() -> Response:
    """Districts with their outlines"""
    return Response(features.district_features(queries.districts(db.session())), content_type=GEOJSON)


@blp.route("/sites")
@access(*READERS)
@blp.arguments(schemas.SitesQuery, location="query")
@blp.response(200, schemas.SitePage)
def sites(query: dict[str, Any]) -> dict[str, Any]:
    """Sites with their mapping years and nearness to schools"""
    return _sites(query)


@blp.route("/sites", methods=["POST"])
@access(*EDITORS)
@blp.arguments(schemas.NewSite)
@blp.response(201, schemas.SiteDetail)
@in_write_transaction
def add_site(given: dict[str, Any]) -> dict[str, Any]:
    """Make a site in one's own district"""
    return _site(asking.add(given, given["id"]))


@blp.route("/sites/<site_id>")
@access(*MAPPING_READERS)
@blp.response(200, schemas.SiteDetail)
def site(site_id: str) -> dict[str, Any]:
    """One site, with its version"""
    return _site(known_id(site_id))


@blp.route("/sites/<site_id>", methods=["PATCH"])
@access(*EDITORS)
@blp.arguments(schemas.ChangedSite)
@blp.response(200, schemas.SiteDetail)
@in_write_transaction
def change_site(given: dict[str, Any], site_id: str) -> dict[str, Any]:
    """Change what is sent of a site in one's own district, against the version that was read"""
    known, reason = known_id(site_id), given["reason"]
    level = {name: given.pop(name) for name in LEVEL if name in given}
    # A reason given with a level may speak of it: it is kept beside the level alone.
    changed = asking.change(known, given | ({"reason": ""} if level else {}))
    if level:
        safety.change_safety(
            db.session(), actor=current_actor(), site_id=known, version=changed, given=level, note=reason, now=utc_now()
        )
    return _site(known)


@blp.route("/sites/<site_id>/mappings", methods=["POST"])
@access(*EDITORS)
@blp.arguments(schemas.NewMapping)
@blp.response(201, schemas.SiteDetail)
@in_write_transaction
def map_site(given: dict[str, Any], site_id: str) -> dict[str, Any]:
    """Give a site its place in the mapping of a year"""
    known = known_id(site_id)
    asking.map_year(known, given)
    return _site(known)


@blp.route("/sites/<site_id>/mappings/<int:year>", methods=["DELETE"])
@access(*EDITORS)
@blp.arguments(schemas.RemovedMapping, location="query")
@blp.response(200, schemas.SiteDetail)
@in_write_transaction
def unmap_site(query: dict[str, Any], site_id: str, year: int) -> dict[str, Any]:
    """Take away a mapping year that was added by mistake"""
    known = known_id(site_id)
    asking.unmap_year(known, year, query)
    return _site(known)


@blp.route("/sites.geojson")
@access(*READERS)
@blp.arguments(schemas.SitesQuery, location="query")
@blp.response(200, schemas.FeatureCollection, content_type=GEOJSON)
def sites_geojson(query: dict[str, Any]) -> Response:
    """Sites as GeoJSON features"""
    return Response(features.site_features(_sites(query)), content_type=GEOJSON)


@blp.route("/schools")
@access(*READERS)
@blp.arguments(schemas.SchoolsQuery, location="query")
@blp.response(200, schemas.SchoolPage)
def schools(query: dict[str, Any]) -> dict[str, Any]:
    """School units of the register"""
    return queries.schools(db.session(), current_actor(), **query)


@blp.route("/mappings/<int:year>/summary")
@access(*MAPPING_READERS)
@blp.response(200, schemas.MappingSummary)
def mapping_summary(year: int) -> dict[str, Any]:
    """A mapping year in figures"""
    return queries.mapping_summary(db.session(), year)


def _sites(query: dict[str, Any]) -> dict[str, Any]:
    return queries.sites(db.session(), current_actor(), visits_28d=port("visits_28d"), **query)


def _site(site_id: str) -> dict[str, Any]:
    return queries.site(db.session(), current_actor(), site_id, visits_28d=port("visits_28d"))
