"""The form in which a line of a pass is mended: made from its schema, filled from the record, read back as changes.

Only what was changed in the form is sent on, so that what a form can't say of a value (seconds, an empty key) is never
touched. Values are judged by the record's own schema; nothing here asks the database.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from fieldapp.core.catalogue import sentences, text
from fieldapp.core.clock import STOCKHOLM, to_wire
from fieldapp.core.schema import YEARS, Code, Items, Moment, Part, Text, Whole
from fieldapp.outreach import codes
from fieldapp.review.mending import MENDABLE, SCHEMAS
from fieldapp.review.words import GROUPS

LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
NO_TIME = "no time"
TEXTS = ("reason", "handover_note", "note")
LISTS_OF_CODES = {"arena_minutes": "arena", "incidents": "incident"}
Named = list[tuple[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question: the field, how it is asked, what may be chosen, and what stands there by the name of each input."""

    field: str
    kind: str  # moment, choice, choices, number, numbers, long, counts
    given: dict[str, list[str]]
    options: Named
    high: int = 0
    optional: bool = False


def questions(collection: str, row: Row, sites: Mapping[str, str], places: Named) -> list[Asked]:
    """Return the questions, in the schema's order. `sites`: those to choose, by id; `places`: who asks for a pass."""
    return [
        asked
        for name, field in SCHEMAS[collection].fields.items()
        if name in MENDABLE[collection] and (asked := _question(name, field, row, sites, places))
    ]


def _question(name: str, field: Any, row: Row, sites: Mapping[str, str], places: Named) -> Asked | None:
    value = row[name]
    if name == "site_id":  # a visit at a place of the register; where it was elsewhere, that is no slip
        known = {value: text("office.unknown_place"), **sites}
        return (
            Asked(name, "choice", {name: [value]}, sorted(known.items(), key=lambda site: site[1])) if value else None
        )
    if name == "requested_by":
        return Asked(name, "choice", {name: [value or ""]}, places, optional=True)
    if name == "counts":
        return Asked(name, "counts", _counted(value), [], high=_largest(field, "present"))
    if name == "referrals":
        amounts = {f"referrals.{one['to']}": [str(one["count"])] for one in value}
        return Asked(name, "numbers", amounts, _options("referral", codes.REFERRALS), high=_largest(field, "count"))
    if isinstance(field, Moment):
        return Asked(name, "moment", {name: [_local(value)]}, [], optional=field.allow_none)
    if isinstance(field, Code):
        return Asked(name, "choice", {name: [value or ""]}, _choices(name, field), optional=field.allow_none)
    if isinstance(field, Items) and isinstance(field.inner, Code):
        return Asked(name, "choices", {name: list(value)}, _choices(name, field.inner))
    if isinstance(field, Whole):
        return Asked(name, "number", {name: [str(value)]}, [], high=field.high)
    if isinstance(field, Part) and name in LISTS_OF_CODES:
        numbers = {f"{name}.{key}": [str(count)] for key, count in value.items()}
        [high] = {one.high for one in field.schema.fields.values() if isinstance(one, Whole)}
        return Asked(name, "numbers", numbers, _options(LISTS_OF_CODES[name], list(field.schema.fields)), high=high)
    if isinstance(field, Text) and name in TEXTS:
        return Asked(
            name, "long", {name: [value or ""]}, [], high=field.limit
        )  # a short one may hold several lines too
    return None


def changes(asked: Sequence[Asked], row: Row, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what the form changes, as it would travel; a question that is not in the form changes nothing.

    What can't be read is passed on as it was typed: the schema says what is wrong with it.
    """
    found: dict[str, Any] = {}
    for one in asked:
        if not _is_in(form, one):
            continue
        names = {name for name in form if name == one.field or name.startswith(f"{one.field}.")} | one.given.keys()
        typed = {name: _filled(form.getlist(name)) for name in sorted(names)}
        if any(sorted(values) != sorted(_filled(one.given.get(name, []))) for name, values in typed.items()):
            found[one.field] = _value(one, row, typed)
    return found


def _is_in(form: MultiDict[str, str], one: Asked) -> bool:
    """Say whether the form asked a question: of boxes none may be ticked, so they say that they were shown."""
    if one.kind == "choices":
        return f"{one.field}-shown" in form
    return any(name == one.field or name.startswith(f"{one.field}.") for name in form)


def _filled(values: Sequence[str]) -> list[str]:
    return [value.replace("\r\n", "\n") for value in values if value != ""]


def _value(one: Asked, row: Row, lists: Mapping[str, list[str]]) -> Any:
    if one.kind == "choices":
        return lists[one.field]
    typed = {name: values[0] if values else "" for name, values in lists.items()}
    if one.kind == "counts":
        return _counts(typed)
    if one.kind == "numbers":
        amounts = {name.partition(".")[2]: _number(value) for name, value in typed.items() if value != ""}
        is_list = isinstance(row[one.field], list)
        return [{"to": code, "count": count} for code, count in amounts.items()] if is_list else amounts
    value = typed[one.field]
    if one.kind == "moment":
        return _moment(value, row[one.field]) if value else None
    if one.kind == "choice":
        return value or None
    return _number(value) if one.kind == "number" else value


def _counts(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the cells in which something was typed; of a cell of which only one number was, the other is none."""
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for name, value in typed.items():
        parts = name.split(".")
        if value != "" and len(parts) == len(("counts", "band", "gender", "present")):
            _, band, gender, what = parts
            cells.setdefault((band, gender), {})[what] = _number(value)
    return [
        {"age_band": band, "gender": gender, "present": 0, "contacts": 0, **numbers}
        for (band, gender), numbers in cells.items()
    ]


def _counted(counts: Sequence[Row]) -> dict[str, list[str]]:
    return {
        f"counts.{one['age_band']}.{one['gender']}.{what}": [str(one[what])]
        for one in counts
        for what in ("present", "contacts")
    }


def _choices(name: str, field: Code) -> Named:
    return _options(GROUPS[name], field.metadata["enum"])


def _options(group: str, known: Sequence[str]) -> Named:
    words = sentences("sv")
    return [(code, text(f"code.{group}.{code}") if f"code.{group}.{code}" in words else code) for code in known]


def _largest(field: Any, name: str) -> int:
    high: int = field.inner.schema.fields[name].high
    return high


def _local(moment: datetime | None) -> str:
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _moment(typed: str, stands: datetime | None) -> str:
    """Read a local time as a browser's field gives it; what can't be one goes on as something no schema takes.

    In the hour that comes twice the one is meant in which the record stands, else the first. An hour that never came,
    and a year that is not ours, is no time.
    """
    if not LOCAL_TIME.fullmatch(typed) or not YEARS[0] <= int(typed[:4]) < YEARS[1]:
        return NO_TIME
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return NO_TIME
    local = found.replace(tzinfo=STOCKHOLM, fold=stands.astimezone(STOCKHOLM).fold if stands else 0)
    came = local.astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None, fold=0)
    return to_wire(local) if came == found else NO_TIME


def _number(typed: str) -> Any:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else typed
