"""Finds valid personnummer and samordningsnummer in any text (PU13), so that none is ever stored.

A match is a real date (day + 60 for a samordningsnummer) and a right check digit, in any usual spelling: with or
without century, with any dash, dot, plus or blank before the last four, the date grouped or not. Digits of other
scripts count, invisible characters do not separate. The phone runs the same rules (tests/fixtures).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from stdnum import luhn

from fieldapp.core.ids import UUID_TEXT

REMOVED = "[borttaget]"
_GAP = r"[\s.\-+/_‐‑‒–—―−·]{0,3}"
# Within the last four only a blank: "2026-11-23 21.43" is a date and a time.
_CANDIDATE = re.compile(rf"(?<!\d)((?:\d{{2}})?\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}})\s?(\d{{2}})(?!\d)")
_DIGITS_TOGETHER = re.compile(r"\d\d")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")
_TEN_DIGITS = 10


def contains_personal_number(text: str) -> bool:
    """Say whether a text holds a valid number."""
    return _harmful(text) and any(_is_valid(match) for match in _CANDIDATE.finditer(_plain(text)))


def without_personal_numbers(text: str) -> str:
    """Return the text with each valid number replaced; the rest is kept, normalised to visible characters."""
    if not contains_personal_number(text):
        return text
    return _CANDIDATE.sub(lambda match: REMOVED if _is_valid(match) else match.group(), _plain(text))


def cleaned(value: Any, path: str = "") -> tuple[Any, list[str]]:
    """Return any JSON value without personal numbers, keys included, and the paths where there were some."""
    if isinstance(value, str):
        return (without_personal_numbers(value), [path]) if contains_personal_number(value) else (value, [])
    if isinstance(value, Mapping):
        kept: dict[str, Any] = {}
        found: list[str] = []
        for key, inner in value.items():
            name, in_key = cleaned(key, path)
            step = f"{path}.{name}" if path else str(name)
            kept[name], inside = cleaned(inner, step)
            found += in_key + inside
        return kept, found
    if isinstance(value, list):
        pairs = [cleaned(inner, f"{path}.{index}" if path else str(index)) for index, inner in enumerate(value)]
        return [pair[0] for pair in pairs], [found for pair in pairs for found in pair[1]]
    return value, []


def _harmful(text: str) -> bool:
    """Cheap first look: ten characters, digits side by side, and neither an id nor a time."""
    if len(text) < _TEN_DIGITS or (text.isascii() and not _DIGITS_TOGETHER.search(text)):
        return False
    return not ((len(text) == 36 and UUID_TEXT.fullmatch(text)) or (text[4] == "-" and _ISO_TIME.fullmatch(text)))


def _plain(text: str) -> str:
    if text.isascii():
        return text
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in visible)


def _is_valid(match: re.Match[str]) -> bool:
    year, month, day, first, last = match.groups()
    if not luhn.is_valid(year[-2:] + month + day + first + last):
        return False
    number = int(day)
    centuries = [int(year[:2])] if len(year) == 4 else [18, 19, 20]
    return any(
        _is_date(century * 100 + int(year[-2:]), int(month), number - 60 if number > 60 else number)
        for century in centuries
    )


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day) >= date(1840, 1, 1)
    except ValueError:
        return False
