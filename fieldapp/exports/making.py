"""Makes what an export holds: asks for the figures as their reader gets them, and writes them in a form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy.orm import Session

from fieldapp.config import Settings
from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.exports.csv_form import DIALECTS, csv_chunks
from fieldapp.exports.document import Document, document, file_name
from fieldapp.exports.geo_form import geojson_chunks
from fieldapp.exports.pdf_form import write_pdf, write_sheet
from fieldapp.exports.queries import places_of
from fieldapp.exports.rules import SHEET
from fieldapp.exports.sending import Counted
from fieldapp.exports.xlsx_form import write_xlsx
from fieldapp.summaries import queries as summary_queries
from fieldapp.summaries import rights
from fieldapp.summaries.finished_measures import finished_measures
from fieldapp.summaries.late_measures import late_measures
from fieldapp.summaries.periods import Period, period_faults
from fieldapp.summaries.summary import DEFAULT_STATUS, Question, compared_period, summary, whose
from fieldapp.summaries.tables import long_rows

LONG_COLUMNS = ("table", "row", "part", "measure", "value", "unit")
MEMBERS = ("district", "from", "to", "status", "basis")  # of a FeatureCollection
FACTS = ("district", "team", "from", "to", "status", "disclosure", "basis", "frozen")
Json = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """The figures of one moment as one reader gets them, and the names of the sites they may know."""

    session: Session
    actor: Actor
    answer: Mapping[str, Any]
    names: Mapping[str, str]
    document: Document

    @property
    def facts(self) -> Json:
        """What the figures rest on, for the manifest."""
        found = {name: self.answer.get(name) for name in FACTS}
        return {**found, "team": found["team"]["name"] if found["team"] else None}

    def file_name(self, form: str) -> str:
        """Return what the file is called."""
        return file_name(self.answer, form)


def asked_of(question: Question, locale: str) -> Json:
    """Return a question as it is kept with an export."""
    return {
        "district": question.district,
        "team": question.team,
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "status": question.status,
        "compare": question.compare,
        "mapping_year": question.mapping_year,
        "locale": locale,
    }


def question_of(asked: Mapping[str, Any]) -> Question:
    """Read a question as it was kept."""
    period = Period(date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"]))
    status = asked.get("status") or DEFAULT_STATUS
    return Question(asked["district"], period, status, asked["compare"], asked["mapping_year"], asked["team"])


def check(session: Session, actor: Actor, question: Question, form: str) -> None:
    """Judge a question before anybody sets to work on it. Raises as `summary` does, `NotFound` for a team's sheet."""
    reading, _named = whose(session, actor, question)
    if form == SHEET and (reading == "walks" or question.team is not None):
        raise NotFound
    rights.check_status(actor, approved_only=question.status == DEFAULT_STATUS)
    faults = period_faults(question.period.first, question.period.last)
    if faults:
        raise Invalid(fields=faults)
    summary_queries.mapping_basis(session, question.mapping_year, question.period.last)
    if question.compare and reading != "walks":
        compared_period(session, question)


def source(session: Session, actor: Actor, question: Question, settings: Settings, now: datetime) -> Source:
    """Ask for the figures. Raises as `summary` does."""
    below = settings.suppress_below
    answer = summary(session, actor, question, below=below, now=now)
    names = summary_queries.readable_names(session, actor)
    made = document(answer, names, today=local_date(now), below=below, mark=settings.secrecy_mark)
    return Source(session, actor, answer, names, made)


def csv_rows(made: Document) -> Iterator[tuple[Any, ...]]:
    """Yield a document as one long table: table, row, part of it, what is measured, value, unit."""
    for table in made.all_tables:
        for name, part, measure, (_kind, unit, value) in long_rows(table):
            yield table.heading, name, part, measure, value, unit


def csv_header() -> list[str]:
    """Return the long table's column names."""
    return [text(f"export.csv.{name}") for name in LONG_COLUMNS]


def csv_of(header: list[str], rows: Iterator[tuple[Any, ...]], dialect: str) -> Iterator[bytes]:
    """Write rows as CSV; a dialect is one of `DIALECTS`."""
    return csv_chunks(header, rows, DIALECTS[dialect], hidden=text("summary.hidden"))


def geojson_of(made: Source, counted: Counted) -> Iterator[bytes]:
    """Write the sites that have figures and lie somewhere, and that the reader may know of, as GeoJSON."""
    sites = made.answer.get("sites", [])
    places = places_of(made.session, made.actor, [row["site"]["id"] for row in sites])
    placed = [row for row in sites if row["site"]["id"] in places]
    facts = {name: made.facts[name] for name in MEMBERS}
    return geojson_chunks(facts, counted.through(placed), places, text("summary.not_cause"))


def write(file: IO[bytes], form: str, made: Source, tell: Callable[[int], None], now: datetime) -> int:
    """Write a file that takes its time and return its rows; `tell` hears how far it is, in percent.

    Raises `PdfUnavailable`, and `ValueError` for more than a sheet holds.
    """
    tell(40)
    if form == SHEET:
        late = late_measures(made.session, made.actor, made.answer["district"], local_date(now))
        finished = finished_measures(
            made.session, made.actor, made.answer["district"], date.fromisoformat(made.answer["to"])
        )
        rows = write_sheet(file, made.answer, made.document, late, finished)
    elif form == "pdf":
        rows = write_pdf(file, made.document)
    else:
        rows = write_xlsx(
            file,
            made.document.all_tables,
            title=made.document.title,
            hidden=text("summary.hidden"),
            made_on=local_date(now),
        )
    tell(90)
    return rows
