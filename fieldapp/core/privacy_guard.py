"""Finds free text that looks as if it were about one person: phone numbers, e-mail, registration plates, names.

The phone warns by the same rules while somebody types (`static/app/domain/privacyGuard.ts`, both on
`tests/fixtures/privacy_guard.json`); what is refused outright is in `personal_numbers.py`. Pure. Says what kind a text
looks like, never which words, and keeps nothing.
"""

import re
import unicodedata
from collections.abc import Iterable

WARNINGS = ("phone", "email", "plate", "name")
# Letters beyond ASCII are read by their kind: one of upper case, one of lower case, one of neither.
_UPPER, _LOWER, _OTHER = "\u00c5", "\u00e5", "\u01bb"
_STANDS_FOR = {"Lu": _UPPER, "Ll": _LOWER, "Lt": _OTHER, "Lm": _OTHER, "Lo": _OTHER}
_L, _LU, _LL = f"A-Za-z{_UPPER}{_LOWER}{_OTHER}", f"[A-Z{_UPPER}]", f"[a-z{_LOWER}]"
_PHONE = re.compile(r"(?<![0-9.,:])(?:\+46|0046|0)[\s-]*(?:\(0\)[\s-]*)?[1-9](?:[\s\-/]?[0-9]){5,10}(?![0-9])")
_EMAIL = re.compile(rf"[^\s@<>]+@[^\s@<>]+\.[{_L}]{{2,}}")
# Three letters (never I, Q, V, Å, Ä, Ö), two digits, a digit or a letter; in lower case with a blank only where it
# ends in a letter.
_PLATE = re.compile(
    rf"(?<![{_L}0-9])(?:[A-HJ-PR-UWXYZ]{{3}} ?[0-9]{{2}}[A-HJ-NPR-UWXYZ0-9]"
    r"|[a-hj-pr-uwxyz]{3}[0-9]{2}[a-hj-npr-uwxyz0-9]|[a-hj-pr-uwxyz]{3} [0-9]{2}[a-hj-npr-uwxyz])"
    rf"(?![{_L}0-9])"
)
_INTRODUCED = re.compile(
    rf"(?<![{_L}])(?:heter|kallas|kallad|vid namn|namnet|named|called)\s+{_LU}{_LL}+",
)
# A word that merely begins a sentence before a place is no first name.
_OPENERS = (
    "Vid|Vi|På|Utanför|Nära|Mot|Mellan|Från|Till|Efter|Före|Under|Samtal|Besök|Kring|Runt|Inne|Ute|At|Near|From|Outside"
)


def _shape(text: str) -> str:
    """Return the text with each letter beyond ASCII as one that stands for its kind."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _STANDS_FOR.get(unicodedata.category(c), c) for c in text)


_TWO_NAMES = re.compile(rf"(?<![{_L}])(?!(?:{_shape(_OPENERS)})\s){_LU}{_LL}+(?:-{_LU}{_LL}+)?\s+{_LU}{_LL}+(?![{_L}])")


def privacy_warnings(text: str, known_places: Iterable[str] = ()) -> list[str]:
    """Return what the text should be looked over for, of `WARNINGS`; names of known places are no warning."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    shaped = _shape(plain)
    found = [kind for kind, form in (("phone", _PHONE), ("email", _EMAIL), ("plate", _PLATE)) if form.search(shaped)]
    if _INTRODUCED.search(shaped) or _TWO_NAMES.search(_shape(_without(plain, known_places))):
        found.append("name")
    return found


def _without(plain: str, known_places: Iterable[str]) -> str:
    for place in known_places:
        if place:
            plain = plain.replace(place, "·")
    return plain
