"""Sites from CSV (a point a row) and GeoJSON (point, polygon, multipolygon), with their place in a mapping. Pure."""

from collections.abc import Mapping
from typing import Any

from fieldapp.places import facts
from fieldapp.places.importers import values
from fieldapp.places.importers.features import DEPTHS, read_features
from fieldapp.places.importers.positions import Pair, position
from fieldapp.places.importers.shape import BadValue, FileRefused, Read, Row
from fieldapp.places.importers.tables import read_table
from fieldapp.places.names import plain, says_scene
from fieldapp.places.rules import IN_FORCE, LISTED_KIND, WITH_RELATED, YEARS

COLUMNS = {
    "id": ("plats_id",),
    "name": ("namn", "plats"),
    "public_label": ("publik benämning", "publikt namn"),
    "district": ("stadsdelsområde", "stadsdelsomrade_2023"),
    "kind": ("typ", "slag"),
    "is_public": ("publik",),
    "coordinate_uncertainty_m": ("osäkerhet_m", "osäkerhet", "lägesosäkerhet_m"),
    "lat": ("latitud", "latitude", "wgs84_lat"),
    "lon": ("longitud", "longitude", "lng", "wgs84_lon", "wgs84_long"),
    "north": ("n", "nord", "northing", "sweref_n", "sweref99tm_n"),
    "east": ("e", "ost", "öst", "easting", "sweref_e", "sweref99tm_e"),
    "x": (),
    "y": (),
    "year": ("år", "kartläggningsår"),
    "status": ("läge i kartläggningen",),
    "related": ("hör till",),
    "source": ("källa",),
    "reported_by": ("rapporterad av",),
    "decided_on": ("beslutad", "datum"),
}
KINDS = {
    "open drug scene": "open_drug_scene", "öppen drogscen": "open_drug_scene", "öds": "open_drug_scene",
    "emerging": "emerging", "framväxande plats": "emerging", "ny plats": "emerging", "other": "other",
    "annan": "other", "annan plats": "other",
}  # fmt: skip
STATUSES = {
    "listed": "listed", "listad": "listed", "kvar": "listed", "struck": "struck", "struken": "struck", "new": "new",
    "ny": "new", "split": "split", "delad": "split", "avdelad": "split", "merged": "merged", "sammanslagen": "merged",
}  # fmt: skip
REPORTERS = {
    "police": "police", "polisen": "police", "polis": "police", "municipality": "municipality",
    "kommunen": "municipality", "staden": "municipality", "both": "both", "båda": "both", "bägge": "both",
}  # fmt: skip


def read_sites(content: bytes, year: int | None) -> Read:
    """Return rows of what the file says of each site; what it does not say is None. Raises `FileRefused`.

    `geometry` is in WGS 84. A row with a status is the site's place in the mapping of its year, else of `year`.
    """
    read = Read("sites", whole=True)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        read.strict = True
        for feature in read_features(content, tuple(DEPTHS), read):
            given = {column: feature.properties.get(said) for said, column in _said(feature.properties).items()}
            _take(feature.row, {**given, "name": feature.name}, feature.geometry, year, read)
    else:
        for row, cells in read_table(content, COLUMNS, ("name",), read):
            _take(row, cells, None, year, read)
    _refuse_same_name(read)
    if read.strict and read.refused:
        raise FileRefused(*sorted(read.refused, key=lambda line: line.row))
    return read


def _said(properties: Mapping[str, Any]) -> dict[str, str]:
    known = {plain(alias): column for column, aliases in COLUMNS.items() for alias in (column, *aliases)}
    return {said: known[plain(said)] for said in properties if plain(said) in known}


def _take(row: int, given: Mapping[str, Any], geometry: dict[str, Any] | None, year: int | None, read: Read) -> None:
    called = str(given.get("name") or "").strip()[:200]
    try:
        read.rows.append({"row": row, **_site(given, geometry, year)})
    except BadValue as error:
        read.refuse(row, "" if error.reason == "personal_number" else called, error.reason, error.detail)


def _site(given: Mapping[str, Any], geometry: dict[str, Any] | None, year: int | None) -> Row:
    label = None if values.is_missing(given.get("public_label")) else values.name(given["public_label"], "public_label")
    if label is not None and says_scene(label):
        raise BadValue("label_says_scene")
    status = values.code(given.get("status"), "status", STATUSES)
    said_year = values.whole(given.get("year"), "year", *YEARS) or year
    if status is not None and said_year is None:
        raise BadValue("no_year")
    site_id, related = given.get("id"), given.get("related")
    if status not in WITH_RELATED and not values.is_missing(related):
        raise BadValue("only_merged_or_split")
    return {
        "id": None if values.is_missing(site_id) else str(site_id).strip().lower()[:36],
        "name": values.name(given.get("name"), "name"),
        "public_label": label,
        "district": district_code(given.get("district")),
        "kind": LISTED_KIND if status in IN_FORCE else values.code(given.get("kind"), "kind", KINDS),
        "is_public": values.yes_or_no(given.get("is_public"), "is_public"),
        "coordinate_uncertainty_m": values.whole(
            given.get("coordinate_uncertainty_m"), "coordinate_uncertainty_m", 0, 10_000
        ),
        "geometry": geometry or _point(given),
        "status": status,
        "year": said_year if status else None,
        "related": None if values.is_missing(related) else values.name(related, "related"),
        "source": values.name(given.get("source"), "source", "Inläst fil") if status else None,
        "reported_by": (values.code(given.get("reported_by"), "reported_by", REPORTERS) or "both") if status else None,
        "decided_on": values.day(given.get("decided_on"), "decided_on") if status else None,
    }


def district_code(given: Any) -> str | None:
    """Return the code of a district by its code or name; None where none is given. Raises `BadValue`."""
    if values.is_missing(given):
        return None
    asked = plain(str(given))
    for district in facts.districts():
        if asked in (plain(district.code), plain(district.name)):
            return district.code
    raise BadValue("unknown_district")


def _point(given: Mapping[str, Any]) -> dict[str, Any] | None:
    numbers = {name: values.number(given.get(name), name) for name in ("lat", "lon", "north", "east", "x", "y")}
    pairs = (
        Pair(numbers["lat"], numbers["lon"]),
        Pair(numbers["north"], numbers["east"]),
        Pair(numbers["y"], numbers["x"], named=False),
    )
    found, _ = position(pairs)
    return {"type": "Point", "coordinates": [found[1], found[0]]} if found else None


def _refuse_same_name(read: Read) -> None:
    """Refuse all rows that are called the same in one district: which is which nobody can tell."""
    by_name: dict[tuple[str, str | None, int | None], list[Row]] = {}
    for row in read.rows:
        by_name.setdefault((row["id"] or plain(row["name"]), row["district"], row["year"]), []).append(row)
    for rows in by_name.values():
        if len(rows) > 1:
            for row in rows:
                read.refuse(row["row"], row["name"], "repeated")
                read.rows.remove(row)
