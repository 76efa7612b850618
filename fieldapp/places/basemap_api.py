"""The basemap under the map, for whoever sees the map: what it is, and the file itself, in ranges."""

import os
from typing import Any

from flask import Response, request, send_file, url_for
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from fieldapp.core.access import access
from fieldapp.core.errors import NotFound
from fieldapp.places.basemap import basemap_file
from fieldapp.places.records import READERS

PMTILES = "application/vnd.pmtiles"
FILE = {"type": "string", "format": "binary"}

blp = Blueprint("basemap", __name__, url_prefix="/api/v1/basemap", description="What lies under the map")


class BasemapFacts(Schema):
    """A basemap: where it is had, how large it is, what it covers, and whom to credit wherever it is drawn."""

    url = fields.String()
    version = fields.String()
    bytes = fields.Integer()
    bounds = fields.List(fields.Float(), metadata={"description": "west, south, east, north, in degrees"})
    min_zoom = fields.Integer()
    max_zoom = fields.Integer()
    attribution = fields.String(metadata={"description": "plain text"})


class BasemapAnswer(Schema):
    """The basemap, or null where this installation has none."""

    basemap = fields.Nested(BasemapFacts, allow_none=True)


@blp.route("")
@access(*READERS)
@blp.response(200, BasemapAnswer)
def facts() -> dict[str, Any]:
    """The basemap as it is just now"""
    source = basemap_file()
    basemap = source and source.now()
    if not basemap:
        return {"basemap": None}
    return {"basemap": {**vars(basemap), "url": url_for("basemap.tiles", version=basemap.version)}}


@blp.route("/<version>")
@access(*READERS)
@blp.response(200, FILE, content_type=PMTILES)
@blp.alt_response(206, schema=FILE, content_type=PMTILES, description="a range of it")
def tiles(version: str) -> Response:
    """The file of a version, whole or a range of it; a version that has been replaced is 404"""
    source = basemap_file()
    found = source and source.opened()
    if not found:
        raise NotFound
    basemap, file = found
    try:
        if basemap.version != version:
            raise NotFound
        changed = os.fstat(file.fileno()).st_mtime
        answer: Response = send_file(file, PMTILES, conditional=False, etag=version, last_modified=changed)
        answer.content_length = basemap.bytes
        answer.make_conditional(request.environ, accept_ranges=True, complete_length=basemap.bytes)
    except BaseException:
        file.close()
        raise
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
