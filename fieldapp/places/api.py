"""JSON and GeoJSON routes of places (api.md, Places): parse, ask one query, answer."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.database import db
from fieldapp.core.ports import port
from fieldapp.places import features, queries, schemas
from fieldapp.places.records import READERS

GEOJSON = "application/geo+json"
MAPPING_READERS = ("field_worker", "team_lead", "analyst", "viewer", "admin")  # never volunteers' coordinators

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
