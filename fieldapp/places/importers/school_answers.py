"""Answers of Skolverket's registers as flat units: Skolenhetsregistret v2 and v1, list and unit, and Planned
educations v4. Everything in them may be text, a decimal comma included, or null. Pure.
"""

from collections.abc import Iterator
from typing import Any

Unit = dict[str, Any]


class UnknownForm(Exception):
    """An answer in none of the known forms; `row` counts from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(f"answer {row}")
        self.row = row


def units(document: Any) -> Iterator[Unit]:
    """Yield what each answer says of a unit; a file holds one answer or a list of them. Raises `UnknownForm`."""
    for row, answer in enumerate(document if isinstance(document, list) else [document], start=1):
        try:
            yield from _units(answer, row)
        except (AttributeError, TypeError, KeyError) as error:
            raise UnknownForm(row) from error


def register_of(document: Any) -> tuple[bool, str | None]:
    """Return whether the file is a whole register's list, and the day it was taken."""
    if not isinstance(document, dict):
        return False, None
    meta = document.get("meta")
    taken = document.get("Uttagsdatum") or (meta.get("extractDate") if isinstance(meta, dict) else None)
    day = str(taken)[:10] if isinstance(taken, str) else None
    data = document.get("data")
    is_list = "Skolenheter" in document or (isinstance(data, dict) and isinstance(data.get("attributes"), list))
    return is_list, day


def _units(answer: Any, row: int) -> Iterator[Unit]:
    if not isinstance(answer, dict):
        raise UnknownForm(row)
    data = answer.get("data")
    if isinstance(data, dict) and isinstance(data.get("attributes"), list):
        for item in data["attributes"]:
            yield {"code": item["schoolUnitCode"], "name": item.get("name"), "status": item.get("status")}
    elif isinstance(data, dict) and isinstance(data.get("attributes"), dict):
        yield _v2(data, answer.get("included"))
    elif isinstance(answer.get("Skolenheter"), list):
        for item in answer["Skolenheter"]:
            yield {
                "code": item["Skolenhetskod"],
                "name": item.get("Skolenhetsnamn"),
                "status": item.get("Status"),
                "municipality": item.get("Kommunkod"),
            }
    elif isinstance(answer.get("SkolenhetInfo"), dict):
        yield _v1(answer["SkolenhetInfo"])
    elif "code" in answer and "typeOfSchooling" in answer:
        yield _v4(answer)
    else:
        raise UnknownForm(row)


def _v2(data: Unit, included: Any) -> Unit:
    said = data["attributes"]
    visited = [address for address in said.get("addresses") or [] if address.get("type") == "BESOKSADRESS"]
    there = (visited[0].get("geoCoordinates") if visited else None) or {}
    owner = included.get("attributes") if isinstance(included, dict) else None
    properties = said.get("schoolTypeProperties") or {}
    grades = [grade for form in properties.values() if isinstance(form, dict) for grade in form.get("grades") or []]
    return {
        "code": data.get("schoolUnitCode"),
        "name": said.get("displayName"),
        "status": said.get("status"),
        "unit_type": said.get("schoolUnitType"),
        "municipality": said.get("municipalityCode"),
        "forms": said.get("schoolTypes"),
        "grades": grades,
        "organiser": owner.get("displayName") if isinstance(owner, dict) else None,
        "lat": there.get("latitude"),
        "lon": there.get("longitude"),
        "north": there.get("coordinateSweRefN"),
        "east": there.get("coordinateSweRefE"),
        "active_from": said.get("startdate") or said.get("startDate"),
        "active_to": said.get("endDate"),
    }


def _v1(said: Unit) -> Unit:
    there = (said.get("Besoksadress") or {}).get("GeoData") or {}
    forms = said.get("Skolformer") or []
    grades = [key[2:] for form in forms for key, taught in form.items() if key.startswith("Ak") and taught is True]
    return {
        "code": said.get("Skolenhetskod"),
        "name": said.get("Namn"),
        "status": said.get("Status"),
        "unit_type": said.get("Skolenhetstyp"),
        "municipality": (said.get("Kommun") or {}).get("Kommunkod"),
        "forms": [form.get("Benamning") or form.get("type") for form in forms],
        "grades": grades,
        "organiser": (said.get("Huvudman") or {}).get("Namn"),
        "lat": there.get("Koordinat_WGS84_Lat"),
        "lon": there.get("Koordinat_WGS84_Lng"),
        "north": there.get("Koordinat_SweRef_N"),
        "east": there.get("Koordinat_SweRef_E"),
        "active_from": said.get("Startdatum"),
        "active_to": said.get("Slutdatum"),
    }


def _v4(said: Unit) -> Unit:
    schooling = said["typeOfSchooling"] or []
    return {
        "code": said["code"],
        "name": said.get("name"),
        "municipality": said.get("geographicalAreaCode"),
        "forms": [form.get("code") for form in schooling],
        "grades": [year for form in schooling for year in form.get("schoolYears") or []],
        "organiser": said.get("corporationName"),
        "lat": said.get("wgs84_Lat"),
        "lon": said.get("wgs84_Long"),
        "north": said.get("sweRef_N"),
        "east": said.get("sweRef_E"),
    }
