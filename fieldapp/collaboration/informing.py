"""What a school near a place is to be told of, from one mapping year to the next, and what is said of its part. Pure.

Source: product.md, *The school's part*. Rows are those of `site_mappings` and `school_parts` by column.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from fieldapp.collaboration.codes import INFORMED_OF
from fieldapp.collaboration.rules import FIRST_YEAR, Faults
from fieldapp.places.rules import IN_FORCE

EVENTS = INFORMED_OF[:-1]  # what puts a school on the list; the rest is told without being asked for
PART = (
    "takes_part", "contact_function", "informed_on", "informed_by", "informed_of", "about", "set_aside_of",
    "set_aside_reason",
)  # fmt: skip
NOTHING_SAID: Mapping[str, Any] = {**dict.fromkeys(PART), "about": ""}
_WITH_A_DAY = ("informed_by", "informed_of")
Row = Mapping[str, Any]


def events(before: Mapping[str, Row], now: Mapping[str, Row]) -> Iterator[tuple[str, Row, str]]:
    """Yield `(site id, school, event)` of what is otherwise in a mapping than in the one before it, both by site.

    A school has one event a place and year. A place that was merged goes on as another and tells nothing by itself.
    """
    for site_id in sorted(before.keys() | now.keys()):
        was, found = before.get(site_id), now.get(site_id)
        was_listed, is_listed = _in_force(was), _in_force(found)
        earlier, schools = _schools(was), _schools(found)
        if is_listed and not was_listed:
            yield from ((site_id, school, "newly_listed") for school in schools.values())
        elif was_listed and found is not None and found["status"] == "struck":
            yield from ((site_id, school, "struck") for school in (earlier | schools).values())
        elif is_listed:
            yield from ((site_id, schools[code], "became_near") for code in schools if code not in earlier)
            yield from ((site_id, earlier[code], "no_longer_near") for code in earlier if code not in schools)


def is_settled(part: Row | None, event: str) -> bool:
    """Say whether a school was told of an event, or somebody has set it aside."""
    if part is None:
        return False
    is_told = part["informed_on"] is not None and part["informed_of"] == event
    return is_told or bool(part["set_aside_of"] == event)


def part_faults(values: Row, today: date) -> Faults:
    """Judge what is said of a school's part. Path → message keys."""
    faults: Faults = {}
    on = values["informed_on"]
    if on is None:
        if values["about"] or any(values[name] for name in _WITH_A_DAY):
            faults["informed_on"] = ["required"]
    else:
        faults |= {name: ["required"] for name in _WITH_A_DAY if values[name] is None}
        if on > today:
            faults["informed_on"] = ["in_the_future"]
        elif on < date(FIRST_YEAR, 1, 1):
            faults["informed_on"] = ["out_of_range"]
    aside, reason = values["set_aside_of"], values["set_aside_reason"]
    if (aside is None) != (reason is None):
        faults["set_aside_of" if aside is None else "set_aside_reason"] = ["required"]
    return faults


def by_code(schools: Iterable[Row]) -> dict[str, Row]:
    """Return the schools of a mapping by their unit codes."""
    return {str(school["school_unit_code"]): school for school in schools}


def _schools(row: Row | None) -> dict[str, Row]:
    return by_code(row["schools"]) if row is not None else {}


def _in_force(row: Row | None) -> bool:
    return row is not None and row["status"] in IN_FORCE
