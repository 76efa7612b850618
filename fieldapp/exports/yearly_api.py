"""Files of platssamverkan: a survey year, and places near compulsory schools. Small, so they are made at once."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from fieldapp.collaboration import old_surveys, queries, schools
from fieldapp.collaboration.queries import READERS
from fieldapp.collaboration.schemas import SummaryQuery
from fieldapp.collaboration.summary import basis_words as year_basis_words
from fieldapp.collaboration.summary import year_summary
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import best_locale, text
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, one_view
from fieldapp.core.schema import Code
from fieldapp.exports.api import FILE, streamed
from fieldapp.exports.csv_form import DIALECTS
from fieldapp.exports.making import csv_header, csv_of
from fieldapp.exports.sending import Counted
from fieldapp.exports.xlsx_form import write_xlsx
from fieldapp.exports.yearly import year_tables
from fieldapp.summaries import queries as summary_queries
from fieldapp.summaries import view
from fieldapp.summaries.mapping_material import READERS as MATERIAL_READERS
from fieldapp.summaries.mapping_material import mapping_material
from fieldapp.summaries.mapping_material_api import MaterialQuery
from fieldapp.summaries.mapping_material_pages import material_words
from fieldapp.summaries.mapping_material_tables import mapping_tables
from fieldapp.summaries.overview_api import ask_overview
from fieldapp.summaries.overview_pages import basis_words
from fieldapp.summaries.overview_schemas import OverviewQuery
from fieldapp.summaries.overview_tables import overview_table
from fieldapp.summaries.tables import Table, Words, long_rows, sentences

ANY_FORM = "<any(csv, xlsx):form>"
ANY_DIALECT = Code(tuple(DIALECTS), load_default="excel")
Json = dict[str, Any]

blp = Blueprint("yearly_exports", __name__, url_prefix="/api/v1", description="Platssamverkan as files")


class YearFileQuery(SummaryQuery):
    """Which places of the year, and how the CSV is written."""

    dialect = ANY_DIALECT


class OverviewFileQuery(OverviewQuery):
    """The overview's question, and how the CSV is written."""

    dialect = ANY_DIALECT


class MaterialFileQuery(MaterialQuery):
    """Of which district, and how the CSV is written."""

    dialect = ANY_DIALECT


@blp.route(f"/collaboration/<int:year>.{ANY_FORM}")
@access(*READERS)
@blp.arguments(YearFileQuery, location="query")
@blp.response(200, FILE, content_type="text/csv")
def collaboration(query: Json, year: int, form: str) -> Response:
    """A survey year of platssamverkan as a file"""
    session, actor, dialect = db.session(), current_actor(), query.pop("dialect")
    district = query.get("district")
    with one_view():
        figures = year_summary(session, actor, year, today=local_date(utc_now()), **query)
        found = queries.answers(session, actor, year, **query)
        places = [site["id"] for site in found.sites if site["is_known"]]
        parts = schools.parts_of_year(session, actor, year, places, district=district)
        old = old_surveys.of_year(session, actor, year, district=district)
    title = f"{text('collaboration.title')} {year}"
    about = [
        (text("export.about.basis"), year_basis_words(figures)),
        (text("measures.title"), text("collaboration.measures_of_year")),
    ]
    whole_year = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    facts = {"district": figures["district"], **whole_year, "basis": figures["basis"]}
    name = f"faltlogg-platssamverkan-{figures['district'] or 'stockholm'}-{year}.{form}"
    asked = {"collaboration": year, "near": query["school_near"], "district": figures["district"]}
    return _sent(form, title, about, year_tables(figures, found, parts, old, _words()), name, asked, facts, dialect)


@blp.route(f"/sites/overview.{ANY_FORM}")
@access(*READERS)
@blp.arguments(OverviewFileQuery, location="query")
@blp.response(200, FILE, content_type="text/csv")
def overview(query: Json, form: str) -> Response:
    """Places near compulsory schools as a file"""
    dialect = query.pop("dialect")
    answer = ask_overview(query)
    basis = answer["basis"]
    about = [
        (text("overview.title"), answer["top_line"]),
        (text("export.about.basis"), basis_words(basis)),
        (text("export.about.status"), view.completes_words(answer["complete"])),
        (text("overview.visits"), text("overview.parts_help")),
        (text("overview.says"), text("overview.says_help")),
        (text("export.not_cause"), text("overview.note")),
    ]
    facts = {"from": basis["from"], "to": basis["to"], "status": basis["status"], "basis": basis}
    name = f"faltlogg-ods-nara-grundskola-{basis['from']}--{basis['to']}.{form}"
    asked = {"overview": basis["mapping_year"], "from": basis["from"], "to": basis["to"]}
    return _sent(form, text("overview.title"), about, (overview_table(answer, _words()),), name, asked, facts, dialect)


@blp.route(f"/collaboration/<int:year>/mapping-basis.{ANY_FORM}")
@access(*MATERIAL_READERS)
@blp.arguments(MaterialFileQuery, location="query")
@blp.response(200, FILE, content_type="text/csv")
def mapping_material_file(query: Json, year: int, form: str) -> Response:
    """The municipality's material for the mapping as a file"""
    answer = mapping_material(db.session(), current_actor(), year, district=query["district"], now=utc_now())
    basis, district = answer["basis"], answer["district"]
    about = [
        (text("export.about.basis"), material_words(basis)),
        (text("export.about.status"), view.completes_words(answer["complete"])),
        (text("export.not_cause"), text("summary.not_cause")),
        (text("export.about.persons"), text("basis.no_persons")),
    ]
    facts = {"district": district, "from": basis["from"], "to": basis["to"], "status": basis["status"], "basis": basis}
    name = f"faltlogg-underlag-kartlaggning-{district or 'stockholm'}-{year}.{form}"
    asked = {"mapping_material": year, "district": district}
    title = text("basis.title", year=year)
    return _sent(form, title, about, mapping_tables(answer, _words()), name, asked, facts, query["dialect"])


def _sent(
    form: str,
    title: str,
    about: list[tuple[str, str]],
    tables: tuple[Table, ...],
    name: str,
    asked: Json,
    facts: Json,
    dialect: str,
) -> Response:
    whole = (sentences("about", text("export.table.about"), about, _words()), *tables)
    counted = Counted()
    if form == "csv":
        chunks = csv_of(csv_header(), counted.through(_long(whole)), dialect)
    else:
        file = BytesIO()
        counted.rows = write_xlsx(
            file, whole, title=title, hidden=text("summary.hidden"), made_on=local_date(utc_now())
        )  # fmt: skip
        chunks = iter((file.getvalue(),))
    return streamed(form, chunks, {**asked, "locale": best_locale()}, name, facts, counted)


def _long(tables: Iterable[Table]) -> Iterator[tuple[Any, ...]]:
    for table in tables:
        for row, part, measure, (_kind, unit, value) in long_rows(table):
            yield table.heading, row, part, measure, value, unit


def _words() -> Words:
    return view.words(summary_queries.readable_names(db.session(), current_actor()))
