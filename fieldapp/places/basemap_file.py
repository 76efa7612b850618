"""Reads what a PMTiles file says of itself, and judges whether it can lie under the map; browsers read its tiles.

Wanted are version 3, vector tiles of the Protomaps basemap schema 4, somewhere in Stockholm county, and somebody to
credit. Pure but for the file.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any, BinaryIO

from pmtiles.tile import (
    Compression,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
)

from fieldapp.places.importers.positions import COUNTY

MOST_BYTES = 1024**3
HEADER_BYTES = 127
MOST_ROOT_BYTES = 16 * 1024  # the format's own: header and root directory are read at once
MOST_UNPACKED_ROOT_BYTES = 1024**2
MOST_METADATA_BYTES = 4 * 1024**2  # packed or not
MOST_LEAF_BYTES = 64 * 1024**2
LONGEST_CREDIT = 200  # UTF-16 units, as browsers count
HIGHEST_ZOOM = 30  # what phones take (static/app/transport/basemap.ts)
FARTHEST_ZOOM = 8  # what the map begins with (static/app/map/drawing.ts)
DRAWN = ("earth", "landuse", "water", "roads", "buildings")  # what our style draws (static/app/map/ground.ts)
OF_KINDS = ("landuse", "roads")  # of these it draws some kinds, by the attribute that schema 4 calls `kind`
DEGREE = 10**7
ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{10}")  # 64 bits end within ten bytes
Header = Mapping[str, Any]


class UnfitBasemap(ValueError):
    """A file that can't lie under the map; the message says why, in English, after the file's name."""


@dataclass(frozen=True)
class Basemap:
    """What is told of a basemap. `bounds` are west, south, east, north in degrees."""

    version: str
    bytes: int
    bounds: tuple[float, float, float, float]
    min_zoom: int
    max_zoom: int
    attribution: str


def read_basemap(file: BinaryIO) -> Basemap:
    """Read and judge an open file. Raises `UnfitBasemap`, and `OSError` where it can't be read."""
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise UnfitBasemap(f"is larger than {MOST_BYTES:,} bytes")
    file.seek(0)
    header = _header(file.read(HEADER_BYTES))
    bounds = _bounds(header)
    root, packed, leaves = (
        _section(file, header, name, most)
        for name, most in (
            ("root", MOST_ROOT_BYTES),
            ("metadata", MOST_METADATA_BYTES),
            ("leaf_directory", MOST_LEAF_BYTES),
        )
    )
    if size < (end := header["tile_data_offset"] + header["tile_data_length"]):
        raise UnfitBasemap(f"is cut off: {size:,} bytes of {end:,}")
    _check_directory(root)
    attribution = _judged(_metadata(packed))
    return Basemap(
        # Everything but the tiles, whose places and lengths the directories hold: another build is another version.
        version=sha256(b"%d" % size + root + packed + leaves).hexdigest()[:16],
        bytes=size,
        bounds=bounds,
        min_zoom=header["min_zoom"],
        max_zoom=header["max_zoom"],
        attribution=attribution,
    )


def _section(file: BinaryIO, header: Header, name: str, most: int) -> bytes:
    """Return a part of the file by the header's word; what reaches past the end of the file is cut off."""
    offset, length = header[f"{name}_offset"], header[f"{name}_length"]
    if length > most or offset > MOST_BYTES:
        raise UnfitBasemap(f"has a {name} of more than {most:,} bytes, or too far away")
    file.seek(offset)
    return file.read(length)


def _header(raw: bytes) -> Header:
    if len(raw) < HEADER_BYTES:
        raise UnfitBasemap("is no PMTiles file: it is too short")
    try:
        header: Header = deserialize_header(raw)
    except SpecVersionUnsupported as error:
        raise UnfitBasemap("is not of PMTiles version 3") from error
    except (MagicNumberNotFound, ValueError) as error:  # ValueError: of bytes that are no text, or an unknown code
        raise UnfitBasemap("is no PMTiles file") from error
    if header["tile_type"] is not TileType.MVT:
        raise UnfitBasemap("holds no vector tiles (MVT)")
    if header["internal_compression"] is not Compression.GZIP:
        raise UnfitBasemap("has directories that are not packed with gzip")
    if header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
        raise UnfitBasemap("has tiles that are packed with something else than gzip")
    if header["min_zoom"] > FARTHEST_ZOOM or header["max_zoom"] < FARTHEST_ZOOM:
        raise UnfitBasemap(f"lacks zoom {FARTHEST_ZOOM}, from which the map is drawn")
    if header["max_zoom"] > HIGHEST_ZOOM:
        raise UnfitBasemap(f"has zooms over {HIGHEST_ZOOM}")
    return header


def _bounds(header: Header) -> tuple[float, float, float, float]:
    west, south, east, north = (header[f"{name}_e7"] / DEGREE for name in ("min_lon", "min_lat", "max_lon", "max_lat"))
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UnfitBasemap("has bounds that enclose nothing")
    if west >= COUNTY[2] or south >= COUNTY[3] or east <= COUNTY[0] or north <= COUNTY[1]:
        raise UnfitBasemap("lies outside Stockholm county")
    return west, south, east, north


def _check_directory(root: bytes) -> None:
    unreadable = UnfitBasemap("has a root directory that can't be read")
    unpacked = _unpacked(root, MOST_UNPACKED_ROOT_BYTES)
    if unpacked is None or ENDLESS_NUMBER.search(unpacked):
        raise unreadable
    try:
        entries = deserialize_directory(root)
    except EOFError as error:
        raise unreadable from error
    if not entries:
        raise UnfitBasemap("has no tiles")


def _metadata(packed: bytes) -> Mapping[str, Any]:
    try:
        metadata = json.loads(_unpacked(packed, MOST_METADATA_BYTES) or b"")
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise UnfitBasemap("has metadata that can't be read")
    return metadata


def _unpacked(packed: bytes, most: int) -> bytes | None:
    """Return what one gzip member holds; None where it is none, more follows, or it holds more than `most` bytes."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(packed, most)
    except zlib.error:
        return None
    return unpacked if unpacking.eof and not unpacking.unused_data else None


def _judged(metadata: Mapping[str, Any]) -> str:
    """Return whom the metadata credits, once its layers are those our style draws."""
    listed = metadata.get("vector_layers")
    found = {
        layer["id"]: layer.get("fields")
        for layer in (listed if isinstance(listed, list) else ())
        if isinstance(layer, dict) and isinstance(layer.get("id"), str)
    }
    if lacking := [name for name in DRAWN if name not in found]:
        raise UnfitBasemap(f"lacks the layers {', '.join(lacking)} of the Protomaps basemap schema 4")
    for name in OF_KINDS:
        fields = found[name]
        if not isinstance(fields, dict) or "kind" not in fields:
            raise UnfitBasemap(f"has a layer {name} without kind: not the Protomaps basemap schema 4")
    credit = _plain(metadata.get("attribution"))
    if not credit or len(credit.encode("utf-16-le")) > 2 * LONGEST_CREDIT:
        raise UnfitBasemap(f"credits nobody (attribution, at most {LONGEST_CREDIT} characters)")
    return credit


class _Words(HTMLParser):
    """The text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _plain(html: Any) -> str:
    if not isinstance(html, str):
        return ""
    words = _Words()
    try:
        words.feed(html[: 10 * LONGEST_CREDIT])
        words.close()
    except AssertionError:  # of a declaration it doesn't know, such as <![x[
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in "".join(words.found)).split())
