"""Answers of earlier yearly surveys of place collaboration, from CSV: raw codes a site and year. Pure.

What was not answered is None, *uppgift saknas*; it is never a no and never 0.
"""

from fieldapp.places.importers import values
from fieldapp.places.importers.shape import BadValue, Read, Row
from fieldapp.places.importers.sites import district_code
from fieldapp.places.importers.tables import read_table
from fieldapp.places.names import plain
from fieldapp.places.rules import YEARS

BOOLEANS = {
    "cause_analysis": ("orsaksanalys",),
    "action_plan": ("åtgärdsplan",),
    "lighting": ("belysning",),
    "minor_changes": ("mindre förändringar", "mindre åtgärder"),
    "vegetation_and_hiding_places": ("växtlighet och gömställen", "växtlighet"),
    "place_activation": ("platsaktivering",),
    "outreach_youth": ("uppsökande unga", "uppsökande ungdomar"),
    "outreach_adults": ("uppsökande vuxna",),
}
FORMS = {
    "ja": "place_collaboration", "place collaboration": "place_collaboration", "platssamverkan": "place_collaboration",
    "annan samverkan": "other_cooperation", "other cooperation": "other_cooperation", "nej": "none", "none": "none",
    "ingen": "none", "behövs inte": "not_warranted", "not warranted": "not_warranted",
}  # fmt: skip
FREQUENCIES = {
    "more than monthly": "more_than_monthly", "oftare än varje månad": "more_than_monthly",
    "three a year to monthly": "three_a_year_to_monthly", "3 per år till varje månad": "three_a_year_to_monthly",
    "fewer": "fewer", "mer sällan": "fewer", "none": "none", "aldrig": "none",
}  # fmt: skip
CAMERAS = {
    "all": "all", "hela": "all", "hela platsen": "all", "part": "part", "del": "part", "delvis": "part",
    "none": "none", "nej": "none", "inga": "none",
}  # fmt: skip
PARTICIPATIONS = {
    "ja": "takes_part", "takes part": "takes_part", "deltar": "takes_part", "not needed": "not_needed",
    "behövs inte": "not_needed", "not analysed": "not_analysed", "ej analyserat": "not_analysed",
    "no resources": "no_resources", "resurser saknas": "no_resources",
}  # fmt: skip
ACTORS = {
    "police": ("polis", "polisen"),
    "public_order_guard": ("ordningsvakter",),
    "social_services": ("socialtjänst", "socialtjänsten"),
    "school": ("skola", "skolor"),
    "property_owner": ("fastighetsägare",),
    "traffic_office": ("trafikkontor", "trafikkontoret"),
    "youth_centre": ("fritidsgård",),
    "night_walkers": ("nattvandrare",),
    "other": ("annan aktör", "övriga"),
}
OTHERS = {
    "form": ("platssamverkan", "samverkansform"),
    "meeting_frequency": ("mötesfrekvens",),
    "fixed_cameras": ("fasta kameror",),
    "temporary_cameras": ("tillfälliga kameror",),
}
PLACE = {"id": ("plats_id",), "name": ("namn", "plats"), "district": ("stadsdelsområde",), "year": ("år",)}
COLUMNS = {**PLACE, **OTHERS, **BOOLEANS, **ACTORS}


def read_survey(content: bytes, year: int | None) -> Read:
    """Return rows `{row, id, name, district, year, answers}`; `year` is that of rows without one.

    `answers` has every column of the file's: `form, meeting_frequency, fixed_cameras, temporary_cameras`, the eight
    yes or no, and `actors {actor: participation}`; None where not answered. Raises `FileRefused`.
    """
    read = Read("survey")
    for row, cells in read_table(content, COLUMNS, ("name",), read):
        called = cells["name"].strip()[:200]
        try:
            read.rows.append({"row": row, **_survey(cells, year)})
        except BadValue as error:
            read.refuse(row, "" if error.reason == "personal_number" else called, error.reason, error.detail)
    seen: dict[tuple[str, str | None, int], list[Row]] = {}
    for found in read.rows:
        seen.setdefault((found["id"] or plain(found["name"]), found["district"], found["year"]), []).append(found)
    for rows in seen.values():
        if len(rows) > 1:
            for found in rows:
                read.refuse(found["row"], found["name"], "repeated")
                read.rows.remove(found)
    return read


def _survey(cells: dict[str, str], year: int | None) -> Row:
    said_year = values.whole(cells.get("year"), "year", *YEARS) or year
    if said_year is None:
        raise BadValue("no_year")
    words = {"form": FORMS, "meeting_frequency": FREQUENCIES, "fixed_cameras": CAMERAS, "temporary_cameras": CAMERAS}
    answers: Row = {name: values.code(cells[name], name, known) for name, known in words.items() if name in cells}
    answers |= {name: values.yes_or_no(cells[name], name) for name in BOOLEANS if name in cells}
    answers["actors"] = {name: values.code(cells[name], name, PARTICIPATIONS) for name in ACTORS if name in cells}
    site_id = cells.get("id", "").strip().lower()[:36]
    return {
        "id": site_id or None,
        "name": values.name(cells["name"], "name"),
        "district": district_code(cells.get("district")),
        "year": said_year,
        "answers": answers,
    }
