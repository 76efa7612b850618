"""Finds valid personnummer and samordningsnummer in any text (PU13), so that none is ever stored.

A match is a real date (day + 60 for a samordningsnummer) and a right check digit, in any usual spelling: with or
without century, with any dash, dot, plus or blank before the last four, the date grouped or not. Digits of other
scripts count, invisible characters do not separate. The phone runs the same rules (tests/fixtures).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from stdnum import luhn

from fieldapp.core.ids import UUID_TEXT

REMOVED = "[borttaget]"
_GAP = r"[\s.·•∙/_+\-−˗]{0,3}"  # dashes of any kind are read as "-"
_UNSEEN = ("Cf", "Me", "Mn")  # take no room of their own: they hide nothing between two digits
# Within the last four only a blank: "2026-11-23 21.43" is a date and a time.
_REST = rf"{_GAP}(\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}})\s?(\d{{2}})(?!\d)"
# Apart, for both may begin at one digit: "811218-9876 22" is no year 8112.
_CANDIDATES = (re.compile(rf"(?<!\d)(\d{{4}}){_REST}"), re.compile(rf"(?<!\d)(\d{{2}}){_REST}"))
_DIGITS_TOGETHER = re.compile(r"\d\d")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")
_TEN_DIGITS = 10


def contains_personal_number(text: str) -> bool:
    """Say whether a text holds a valid number."""
    return _harmful(text) and next(_spans(_plain(text)), None) is not None


def without_personal_numbers(text: str) -> str:
    """Return the text with each valid number replaced; the rest is kept, normalised to visible characters."""
    if not contains_personal_number(text):
        return text
    plain, kept, end = _plain(text), [], 0
    for start, after in _spans(plain):
        kept += [plain[end:start], REMOVED]
        end = after
    return "".join([*kept, plain[end:]])


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


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where valid numbers stand, those that overlap as one."""
    found = sorted(span for candidate in _CANDIDATES for span in _valid_spans(candidate, plain))
    while found:
        start, end = found.pop(0)
        while found and found[0][0] < end:
            end = max(end, found.pop(0)[1])
        yield start, end


def _valid_spans(candidate: re.Pattern[str], plain: str) -> Iterator[tuple[int, int]]:
    """Yield the valid among all candidates: one may begin inside another, as in "kl 21.30 811218-9876"."""
    match = candidate.search(plain)
    while match:
        if _is_valid(match):
            yield match.span()
        match = candidate.search(plain, match.start() + 1)


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return "".join(_visible(c) for c in unicodedata.normalize("NFKC", text))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if category == "Pd" else character


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
