"""What the office's forms of the register say, as the bodies the API's schemas judge. Pure: a form in, a body out."""

from collections.abc import Mapping
from typing import Any

from fieldapp.core.forms import FormSchema, Number, number
from fieldapp.core.schema import Code, IdField, Text
from fieldapp.places.facts import district_codes
from fieldapp.places.placing import LONGEST_PASTED, BadGeometry, pasted_area, typed_point
from fieldapp.places.rules import ANSWERS, KINDS, YEARS

__all__ = ["LONGEST_PASTED", "SearchForm", "by_row", "mapping_body", "priorities_body", "site_body"]
EMPTY_PRIORITIES = 2
PRIORITY_FIELDS = {"level": "level", "why": "reason", "from": "from", "to": "to"}
Body = dict[str, Any]
Faults = dict[str, list[str]]


class SearchForm(FormSchema):
    """What the register is searched for."""

    q = Text(load_default=None)
    district = Code(sorted(district_codes()), load_default=None)
    kind = Code(KINDS, load_default=None)
    year = Number(*YEARS, load_default=None)
    listed = Code(("yes", "no"), load_default=None)
    school_near = Code(ANSWERS, load_default=None)
    after = IdField(load_default=None)


def site_body(form: Mapping[str, str]) -> tuple[Body, Faults]:
    """Return what a form says of a site, and what is wrong with its geometry; one that says none keeps what it had."""
    body: Body = {name: form.get(name, "") for name in ("name", "kind", "reason")}
    body["is_public"] = form.get("is_public") == "yes"
    for name in ("public_label", "district", "geometry_valid_from"):
        if form.get(name):
            body[name] = form[name]
    if form.get("coordinate_uncertainty_m"):
        body["coordinate_uncertainty_m"] = number(form, "coordinate_uncertainty_m")
    pasted = form.get("area", "").strip()
    has_point = bool(form.get("north") or form.get("east"))
    try:
        point = typed_point(form.get("north"), form.get("east"))
    except BadGeometry as error:
        return body, {"north": [error.key]}
    if pasted and has_point:
        return body, {"area": ["one_position_only"]}
    try:
        found = pasted_area(pasted) if pasted else point
    except BadGeometry as error:
        return body, {"area": [error.key]}
    return body | ({"geometry": found} if found else {}), {}


def mapping_body(form: Mapping[str, str]) -> Body:
    """Return what a form says of a site's place in a mapping year."""
    said = {name: form.get(name, "") for name in ("status", "source", "reported_by", "decided_on", "reason")}
    return {**said, "year": number(form, "year"), "related_site_id": form.get("related_site_id") or None}


def priorities_body(form: Mapping[str, str], words: Mapping[str, str]) -> list[Body]:
    """Return the periods of priority that a form says, in its order; a row with nothing in it is none.

    `words` → code: a reason that is a known code's words is that code again, so that what opened in words is the same.
    """
    numbers = (key[6:] for key in form if key.startswith("level-") and len(key) < 9)
    rows = sorted({int(one) for one in numbers if one.isascii() and one.isdigit()})
    found = []
    for row in rows:
        given = {name: form.get(f"{short}-{row}", "").strip() for short, name in PRIORITY_FIELDS.items()}
        if any(given.values()):
            found.append({**given, "reason": words.get(given["reason"], given["reason"]), "to": given["to"] or None})
    return found


def by_row(errors: Mapping[str, list[str]]) -> Faults:
    """Put errors of periods, such as `priorities.1.to`, at the field of their row, `to-1`."""
    short = {name: written for written, name in PRIORITY_FIELDS.items()}
    found: Faults = {}
    for path, keys in errors.items():
        parts = path.split(".")
        found[f"{short[parts[2]]}-{parts[1]}" if len(parts) == 3 and parts[2] in short else path] = list(keys)
    return found
