"""Values as people and registers write them: decimal commas, *ja*, *uppgift saknas*, names. Pure."""

import re
from datetime import date
from typing import Any

from marshmallow import ValidationError

from fieldapp.core.schema import Text
from fieldapp.places.importers.shape import BadValue

NUMBER = re.compile(r"-?\d{1,12}([.,]\d{1,15})?")
MISSING = frozenset({"", "-", "–", "null", "none", "uppgift saknas", "saknas", "okänt", "vet ej"})
YES, NO = frozenset({"ja", "j", "yes", "true", "1", "x"}), frozenset({"nej", "n", "no", "false", "0"})
NAME = Text(200, filled=True)


def is_missing(given: Any) -> bool:
    """Say whether nothing is known: an empty cell, null, *uppgift saknas*."""
    return given is None or (isinstance(given, str) and given.strip().lower() in MISSING)


def name(given: Any, field: str, default: str | None = None) -> str:
    """Return a name of at most 200 characters; its guard against personal numbers is that of every form."""
    if is_missing(given):
        if default is not None:
            return default
        raise BadValue("missing", field)
    try:
        return NAME.deserialize(given.strip() if isinstance(given, str) else given)
    except ValidationError as error:
        key = str(error.messages[0]) if isinstance(error.messages, list) else "invalid"
        raise BadValue("personal_number" if key == "personal_number" else "bad_text", field) from error


def number(given: Any, field: str) -> float | None:
    """Return a number written with point or comma, also as text; None where it is missing."""
    if is_missing(given):
        return None
    if isinstance(given, int | float) and not isinstance(given, bool):
        written = repr(given)
    else:
        written = re.sub(r"[\s\u00a0\u202f]", "", given) if isinstance(given, str) else ""
    if not NUMBER.fullmatch(written):
        raise BadValue("not_a_number", field)
    return float(written.replace(",", "."))


def whole(given: Any, field: str, low: int, high: int) -> int | None:
    """Return a whole number within bounds; None where it is missing."""
    found = number(given, field)
    if found is None:
        return None
    if found != int(found) or not low <= found <= high:
        raise BadValue("out_of_range", field)
    return int(found)


def yes_or_no(given: Any, field: str) -> bool | None:
    """Return an answer; None where it is missing, which is never a no."""
    if isinstance(given, bool):
        return given
    if is_missing(given):
        return None
    written = str(given).strip().lower()
    if written in YES:
        return True
    if written in NO:
        return False
    raise BadValue("not_yes_or_no", field)


def day(given: Any, field: str) -> str | None:
    """Return a date as YYYY-MM-DD; a moment gives its date. None where it is missing."""
    if is_missing(given):
        return None
    try:
        found = date.fromisoformat(str(given).strip()[:10])
    except ValueError as error:
        raise BadValue("not_a_date", field) from error
    if not 1900 <= found.year <= 2200:
        raise BadValue("not_a_date", field)
    return found.isoformat()


def code(given: Any, field: str, words: dict[str, str]) -> str | None:
    """Return the code that a word stands for, in Swedish or as the code itself; None where it is missing."""
    if is_missing(given):
        return None
    found = words.get(" ".join(str(given).strip().lower().replace("_", " ").split()))
    if found is None:
        raise BadValue("unknown_word", field)
    return found
