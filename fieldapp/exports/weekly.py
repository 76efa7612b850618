"""The weekly file for a situation picture: reads the week's rows and puts them in words (figures.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.catalogue import best_locale, text
from fieldapp.core.errors import NotFound
from fieldapp.exports.document import file_name
from fieldapp.exports.situation import lines
from fieldapp.places.facts import district_codes
from fieldapp.summaries import queries, rights
from fieldapp.summaries.periods import Period, iso_week
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.summary import DEFAULT_STATUS

COLUMNS = ("week", "place", "kind", "count", "visits", "staff_minutes")
Json = dict[str, Any]


@dataclass(frozen=True)
class Weekly:
    """A week's file: what it is called, what it holds, what it rests on."""

    file_name: str
    header: list[str]
    rows: Iterator[tuple[Any, ...]]
    asked: Json
    facts: Json


def weekly(session: Session, actor: Actor, district: str, week: Period, status: str) -> Weekly:
    """Return the week's file of a district. Raises `NotFound` where the district is not the actor's to know.

    And `Invalid` for a status that is not.

    What it holds is the same for every reader but for the places they may know: all of it leaves the team.
    """
    if district not in district_codes() or rights.disclosure(actor, district) == "walks":
        raise NotFound
    rights.check_status(actor, approved_only=status == DEFAULT_STATUS)
    material = queries.material(session, Wanted(week, district, status == DEFAULT_STATUS), mapping_year=None)
    names = queries.readable_names(session, actor)
    said = (
        (line.week, line.place, _kind_words(line.kind), line.noted, line.visits, line.staff_minutes)
        for line in lines(material, week, district, names, text("office.other_place"))
    )
    facts = {
        "district": district, "from": week.first.isoformat(), "to": week.last.isoformat(), "status": status,
        "disclosure": "protected",
    }  # fmt: skip
    number = iso_week(week.first)
    return Weekly(
        file_name=file_name({"district": district}, "csv", week=f"lagesbild-{number.lower()}"),
        header=[text(f"export.week.{name}") for name in COLUMNS],
        rows=said,
        asked={"district": district, "week": number, "status": status, "locale": best_locale()},
        facts=facts,
    )


def _kind_words(kind: tuple[str, str] | None) -> str:
    return text("export.week.nothing") if kind is None else text(f"code.{kind[0]}.{kind[1]}")
