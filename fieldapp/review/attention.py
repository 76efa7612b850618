"""What makes a pass one to look at more closely: its contents in, codes out. Pure.

Nothing here weighs or ranks: each reason is a plain fact of the record, said in words on the page.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from fieldapp.core.privacy_guard import privacy_warnings
from fieldapp.outreach.rules import PLACE_FIELDS, meet
from fieldapp.review.codes import GUARD, INCIDENT, OVERLAP, SERIOUS

Row = Mapping[Any, Any]


def reasons(
    shift: Row, visits: Sequence[Row], observations: Sequence[Row], known_places: Collection[str] = ()
) -> list[str]:
    """Return why a pass should be looked at closely, of `codes.REASONS` in their order; live lines only.

    `known_places`: names that are no person's (`privacy_warnings`).
    """
    holds = {
        SERIOUS: any(one["situation"] == "serious" for one in observations),
        GUARD: any(privacy_warnings(text, known_places) for text in _free_texts(shift, visits, observations)),
        INCIDENT: any(shift["incidents"].values()),
        OVERLAP: any(_in_two_places(one, other) for one, other in combinations(visits, 2)),
    }
    return [code for code, is_so in holds.items() if is_so]


def _free_texts(shift: Row, visits: Iterable[Row], observations: Iterable[Row]) -> Iterator[str]:
    yield shift["handover_note"]
    yield shift["reason"]
    for item in shift["open_items"]:
        yield item["text"]
    for visit in visits:
        if visit["place"] is not None:
            yield visit["place"]["label"]
    for observation in observations:
        yield observation["note"]


def _in_two_places(one: Row, other: Row) -> bool:
    """Say whether two authors were at two places at one time, as far as exact times can tell."""
    places = [tuple(visit[name] for name in PLACE_FIELDS) for visit in (one, other)]
    return (
        one["created_by"] != other["created_by"]
        and all(_says_when_and_where(visit) for visit in (one, other))
        and places[0] != places[1]
        and meet(_stay(one), _stay(other))
    )


def _says_when_and_where(visit: Row) -> bool:
    has_place = any(visit[name] is not None for name in PLACE_FIELDS)
    return has_place and visit["time_precision"] == "exact" and visit["outcome"] != "not_visited"


def _stay(visit: Row) -> tuple[datetime, datetime]:
    """A visit that nobody ended is known for the moment of its arrival alone."""
    return visit["arrived_at"], visit["left_at"] or visit["arrived_at"]
