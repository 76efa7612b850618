"""What nearness rests on, in the reader's language, for pages and files. Reads nothing but the locale."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fieldapp.core.catalogue import text
from fieldapp.core.wording import day_words


def school_words(forms: Sequence[str]) -> str:
    """Name the school forms that make a place school-near: grundskola eller gymnasieskola; an unknown code as it is."""
    named = (text(f"code.school_form.{form}").removeprefix("code.school_form.") for form in forms)
    return f" {text('summary.or')} ".join(named)


def nearness_words(basis: Mapping[str, Any]) -> dict[str, Any]:
    """Return `radius, schools, register` of a mapping's basis as words to be put into a sentence."""
    register = basis["register_date"]
    return {
        "radius": basis["radius_m"] or "–",
        "schools": school_words(basis["school_forms"]) or "–",
        "register": day_words(date.fromisoformat(register)) if register else "–",
    }
