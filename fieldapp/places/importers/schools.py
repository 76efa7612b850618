"""School units from CSV and from the answers of Skolverket's registers, whichever of their formats. Pure.

Head teachers, telephone numbers and addresses are never looked at: a reader picks the fields it wants by name.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from fieldapp.places.importers import school_answers, values
from fieldapp.places.importers.positions import Pair, position
from fieldapp.places.importers.shape import MAX_ROWS, BadValue, FileRefused, Line, Read, Row, refuse_repeated
from fieldapp.places.importers.sites import district_code
from fieldapp.places.importers.tables import read_table
from fieldapp.places.names import plain

STOCKHOLM = "0180"
CODE = re.compile(r"\d{8}")
FORM = re.compile(r"[A-Z0-9]{1,10}")
COLUMNS = {
    "code": ("skolenhetskod", "school_unit_code"),
    "name": ("namn", "skolenhetsnamn"),
    "forms": ("skolform", "skolformer", "school_forms"),
    "grades": ("årskurser",),
    "organiser": ("huvudman",),
    "status": (),
    "municipality": ("kommunkod",),
    "district": ("stadsdelsområde",),
    "lat": ("latitud", "latitude", "wgs84_lat"),
    "lon": ("longitud", "longitude", "lng", "wgs84_lon", "wgs84_long"),
    "north": ("n", "nord", "sweref_n", "sweref99tm_n"),
    "east": ("e", "ost", "sweref_e", "sweref99tm_e"),
    "active_from": ("startdatum",),
    "active_to": ("slutdatum",),
    "unit_type": ("skolenhetstyp",),
}
FORMS = {
    "grundskola": "GR", "grundskolan": "GR", "gr": "GR", "gymnasieskola": "GY", "gymnasieskolan": "GY", "gy": "GY",
    "forskoleklass": "FKLASS", "forskoleklassen": "FKLASS", "fsk": "FKLASS", "fklass": "FKLASS", "fritidshem": "FTH",
    "fth": "FTH", "anpassadgrundskola": "AGR", "anpassadegrundskolan": "AGR", "grundsarskola": "AGR", "gran": "AGR",
    "agr": "AGR", "anpassadgymnasieskola": "AGY", "gyan": "AGY", "agy": "AGY", "specialskola": "SP",
    "sameskola": "SAM",
}  # fmt: skip
STATUSES = {
    "aktiv": "active", "active": "active", "vilande": "dormant", "dormant": "dormant", "planerad": "planned",
    "planned": "planned", "upphort": "ceased", "upphörd": "ceased", "upphört": "ceased", "ceased": "ceased",
}  # fmt: skip
ADMINISTRATIVE = ("administrativ", "adm")


def read_schools(content: bytes) -> Read:
    """Return rows of what the file says of each unit; None is what it does not say. Raises `FileRefused`.

    Rows: `row, code, name, status, forms, grades, organiser, lat, lon, district, active_from, active_to`. A list of
    the register holds code, name and status alone.
    """
    read = Read("schools")
    given = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if given in (b"{", b"["):
        _read_answers(content, read)
    else:
        read.whole = True
        for row, cells in read_table(content, COLUMNS, ("code", "name"), read):
            _take(row, cells, read)
    refuse_repeated(read, "code")
    return read


def _read_answers(content: bytes, read: Read) -> None:
    try:
        document = json.loads(content.decode("utf-8-sig"))
        answers = list(school_answers.units(document))
    except (ValueError, RecursionError) as error:
        raise FileRefused(Line(getattr(error, "lineno", 1), "", "not_json")) from error
    except school_answers.UnknownForm as error:
        raise FileRefused(Line(error.row, "", "unknown_format")) from error
    if not answers:
        raise FileRefused(Line(1, "", "empty"))
    if len(answers) > MAX_ROWS:
        raise FileRefused(Line(MAX_ROWS + 1, "", "too_many_rows", str(MAX_ROWS)))
    read.count += len(answers)
    read.whole, taken = school_answers.register_of(document)
    try:
        read.on = values.day(taken, "extractDate")
    except BadValue as error:
        raise FileRefused(Line(1, "", error.reason, error.detail)) from error
    for row, answer in enumerate(answers, start=1):
        _take(row, answer, read)


def _take(row: int, given: Mapping[str, Any], read: Read) -> None:
    called = str(given.get("name") or "").strip()[:200]
    if plain(str(given.get("unit_type") or "")).startswith(ADMINISTRATIVE):
        read.leave_out("administrative_unit")
    elif not values.is_missing(given.get("municipality")) and str(given["municipality"]).strip() != STOCKHOLM:
        read.leave_out("other_municipality")
    else:
        try:
            school, apart = _school(given)
        except BadValue as error:
            read.refuse(row, "" if error.reason == "personal_number" else called, error.reason, error.detail)
            return
        read.rows.append({"row": row, **school})
        if apart:
            read.notes.append(Line(row, called, "positions_differ"))
        if school["forms"] == []:
            read.notes.append(Line(row, called, "unknown_form"))


def _school(given: Mapping[str, Any]) -> tuple[Row, bool]:
    code = str(given.get("code") or "").strip()
    if not CODE.fullmatch(code):
        raise BadValue("no_school_unit_code")
    pairs = [(given.get("lat"), given.get("lon")), (given.get("north"), given.get("east"))]
    found, apart = position([Pair(values.number(one, "lat"), values.number(other, "lon")) for one, other in pairs])
    status = given.get("status")
    organiser = given.get("organiser")
    return {
        "code": code,
        "name": values.name(given.get("name"), "name"),
        "status": values.code(status, "status", STATUSES) if not values.is_missing(status) else None,
        "forms": _forms(given.get("forms")),
        "grades": _grades(given.get("grades")),
        "organiser": None if values.is_missing(organiser) else values.name(organiser, "organiser"),
        "lat": found[0] if found else None,
        "lon": found[1] if found else None,
        "district": _district(given.get("district")),
        "active_from": values.day(given.get("active_from"), "active_from"),
        "active_to": values.day(given.get("active_to"), "active_to"),
    }, apart


def _forms(given: Any) -> list[str] | None:
    """Return register codes of the forms; empty where the words name none that is known, None where nothing is said."""
    if given is None:
        return None
    items = given if isinstance(given, list) else re.split(r"[,;/|]", str(given))
    found = []
    for item in items:
        word = str(item).strip()
        known = FORMS.get(plain(word))
        if known or (isinstance(given, list) and FORM.fullmatch(word.upper())):
            found.append(known or word.upper())
    return sorted(set(found))


def _grades(given: Any) -> list[str] | None:
    if given is None:
        return None
    items = given if isinstance(given, list) else re.split(r"[,;\s]+", str(given))
    return sorted({str(item).strip() for item in items if re.fullmatch(r"[0-9]{1,2}", str(item).strip())}, key=int)


def _district(given: Any) -> str | None:
    """Return the district a row names; words that are none, such as *enligt adress*, say nothing."""
    try:
        return district_code(given)
    except BadValue:
        return None
