"""The page of *Läget vid ÖDS nära grundskola*, with a text and a table to copy; works without JavaScript."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.collaboration.queries import READERS
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.schema import flat_errors
from fieldapp.places.queries import mapping_summary, mapping_years
from fieldapp.places.wording import nearness_words
from fieldapp.summaries import queries, view
from fieldapp.summaries.overview_api import ask_overview
from fieldapp.summaries.overview_schemas import OverviewQuery
from fieldapp.summaries.overview_tables import overview_table, says_words
from fieldapp.summaries.pages import default_period
from fieldapp.summaries.periods import Period
from fieldapp.summaries.wording import period_words

pages = Blueprint("office_overview", __name__, url_prefix="/office/collaboration/near-schools")
FILTERS = ("from", "to", "mapping_year")
Json = dict[str, Any]


@pages.get("")
@access(*READERS)
def near_schools() -> ResponseReturnValue:
    """Show the overview, or the form again with what is wrong with the question."""
    given = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    try:
        answer = ask_overview(OverviewQuery().load(given))
    except ValidationError as error:
        return _refused(given, flat_errors(error.messages))
    except Invalid as error:
        return _refused(given, dict(error.fields))
    names = queries.readable_names(db.session(), current_actor())
    words = view.words(names)
    table = overview_table(answer, words)
    return render_template(
        "summaries/overview.html",
        answer=answer,
        basis_words=basis_words(answer["basis"]),
        complete_words=view.completes_words(answer["complete"]),
        says=lambda one: says_words(one, words),
        table_text=_as_text(table),
        names=words.districts,
        mappings=[mapping_summary(db.session(), year) for year in mapping_years(db.session())],
        **_form(given, {}),
    )


def basis_words(basis: Json) -> str:
    """Say what the overview rests on."""
    period = Period(date.fromisoformat(basis["from"]), date.fromisoformat(basis["to"]))
    return text(
        "overview.basis",
        year=basis["mapping_year"] or "–",
        **nearness_words(basis),
        period=period_words(period),
    )


def _as_text(table: Any) -> str:
    """Return a table as a spreadsheet takes it from the clipboard: tabs between cells, a line a row."""
    lines = [[column.heading for column in table.columns], *table.rows]
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines)


def _cell(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".").replace(".", text("brief.decimal_mark"))
    return "" if cell is None else " ".join(str(cell).split())


def _refused(given: Json, faults: dict[str, list[str]]) -> ResponseReturnValue:
    return render_template("summaries/overview.html", answer=None, **_form(given, translated_fields(faults))), 422


def _form(given: Json, faults: dict[str, list[str]]) -> Json:
    default = default_period()
    return {
        "given": {"from": default.first.isoformat(), "to": default.last.isoformat(), **given},
        "query": given,
        "years": mapping_years(db.session()),
        "faults": faults,
    }
