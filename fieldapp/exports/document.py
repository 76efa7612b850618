"""What an export holds, whatever its form: whose figures of which period, the tables, and what they rest on."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fieldapp.config import SecrecyMark
from fieldapp.core.catalogue import text
from fieldapp.core.wording import day_words
from fieldapp.exports.rules import SHEET
from fieldapp.summaries import view
from fieldapp.summaries.charts import BarChart, HeatChart, heat_chart
from fieldapp.summaries.method import definitions
from fieldapp.summaries.periods import Period
from fieldapp.summaries.summary_tables import summary_tables
from fieldapp.summaries.tables import Table, sentences
from fieldapp.summaries.wording import period_words, secrecy_words

CITY = "stockholm"
Json = Mapping[str, Any]
Chart = BarChart | HeatChart


@dataclass(frozen=True)
class Document:
    """A summary to be written down. `about` says what the figures rest on, `method` what each of them means.

    `charts` are pictures of tables, by their key.
    """

    title: str
    unit: str
    period: str
    basis: str
    secrecy: str | None
    tables: tuple[Table, ...]
    about: Table
    method: Table
    charts: Mapping[str, Chart] = field(default_factory=dict)

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Every table in the order of the sheets: about, the figures, the method."""
        return (self.about, *self.tables, self.method)


def document(answer: Json, names: Mapping[str, str], *, today: date, below: int, mark: SecrecyMark | None) -> Document:
    """Put a summary's answer in words, in the reader's language.

    `names` are those of the sites the reader may know, by id; `below` is the smallest count of persons that leaves the
    team.
    """
    shown = view.page(dict(answer), names, today)
    words = view.words(names)
    period = period_words(_period(answer))
    unit = shown["heading"].removesuffix(f" · {period}")
    secrecy = secrecy_words(mark)
    about = _about(answer, shown, unit, period, below, secrecy)
    return Document(
        title=shown["heading"],
        unit=unit,
        period=period,
        basis=basis_words(answer, shown["schools"]),
        secrecy=secrecy,
        tables=tuple(summary_tables(answer, words)),
        about=sentences("about", text("export.table.about"), about, words),
        method=sentences("method", text("export.table.method"), definitions(answer, words), words),
        charts=_charts(shown),
    )


def _charts(shown: Json) -> dict[str, Chart]:
    """Return the pictures by the key of the table that they stand before."""
    if not shown["has_figures"]:
        return {}
    found: dict[str, Chart] = {"weeks": shown["weeks"], "frequencies": shown["coverage_chart"]}
    heat = shown["heat"]
    if heat["hours"]:
        hours = [text("summary.hour", hour=f"{hour:02d}") for hour in heat["hours"]]
        found["hours"] = heat_chart(hours, heat["rows"])
    return found


def basis_words(answer: Json, schools: str) -> str:
    """Say which passes and which mapping the figures rest on."""
    status, basis = text(f"summary.status.{answer['status']}"), answer["basis"]
    if not basis["mapping_year"]:
        return text("summary.basis_line_none", shifts=status)
    return text(
        "summary.basis_line", shifts=status, year=basis["mapping_year"], radius=basis["radius_m"], schools=schools
    )


def file_name(answer: Json, form: str, week: str | None = None) -> str:
    """Name a file by whose figures of which period it holds: faltlogg-farsta-2026-10-01--2026-10-31.csv."""
    team = answer.get("team")
    whose = f"faltgrupp-{team['name']}" if team else answer["district"] or CITY
    when = week or f"{answer['from']}--{answer['to']}"
    if form == SHEET:
        return f"faltlogg-{_plain(whose)}-korthet-{when}.pdf"
    return f"faltlogg-{_plain(whose)}-{when}.{form}"


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60]


def _period(answer: Json) -> Period:
    return Period(date.fromisoformat(answer["from"]), date.fromisoformat(answer["to"]))


def _about(answer: Json, shown: Json, unit: str, period: str, below: int, secrecy: str | None) -> list[tuple[str, str]]:
    """Return (what, what is said of it), in the order of a reader's questions."""
    complete, then, basis = answer["complete"], answer.get("compare"), answer["basis"]
    said = [
        ("export.about.unit", unit),
        ("export.about.period", period),
        ("export.about.dates", f"{answer['from']} – {answer['to']}"),
        ("export.about.basis", basis_words(answer, shown["schools"])),
        ("export.about.status", f"{_status_words(answer)} {shown['complete_words']}"),
    ]
    if complete["conflicts_open"] or complete["rejections_open"]:
        counts = {"conflicts": complete["conflicts_open"], "rejections": complete["rejections_open"]}
        said.append(("export.about.open", text("summary.open_line", **counts)))
    if shown["compared_with"]:
        said.append(("export.about.compared", f"{shown['compared_with']}. {shown['compared_complete_words']}"))
    said.append(("export.about.disclosure", _disclosure_words(answer, shown, below)))
    if basis["mapping_year"] and shown["has_figures"]:
        register = day_words(date.fromisoformat(basis["register_date"])) if basis["register_date"] else "–"
        uncertain = answer["coverage"]["school_near_uncertain"]
        said.append(("export.about.schools", text("summary.register_date", date=register, uncertain=uncertain)))
    if frozen := answer.get("frozen"):
        said.append(("export.about.frozen", text("export.frozen", id=frozen["id"], version=frozen["version"])))
    if secrecy:
        said.append(("export.about.secrecy", secrecy))
    said.append(("export.not_cause", text("summary.not_cause")))
    return [(text(key), sentence) for key, sentence in said] + (
        [(text("summary.compare"), text("summary.work_help"))] if then else []
    )


def _status_words(answer: Json) -> str:
    return text("summary.only_approved" if answer["status"] == "approved" else "summary.not_reviewed")


def _disclosure_words(answer: Json, shown: Json, below: int) -> str:
    if answer.get("team"):
        return text("summary.unit_full")
    said = text(f"export.disclosure.{answer['disclosure']}")
    if answer["disclosure"] == "protected" and shown["has_figures"]:
        return f"{said} {text(shown['hidden_because'], most=below - 1)}"
    return said
