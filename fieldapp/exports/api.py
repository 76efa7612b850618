"""Routes of exports (api.md, Summaries): CSV and GeoJSON at once; XLSX and PDF made by a process of their own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, send_file, stream_with_context, url_for
from flask_smorest import Blueprint

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import best_locale
from fieldapp.core.clock import to_wire, utc_now
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import NotFound, Unavailable
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id
from fieldapp.core.ports import port
from fieldapp.exports import making, queries, rules, services
from fieldapp.exports.document import file_name
from fieldapp.exports.models import Export
from fieldapp.exports.schemas import ExportQuery, ExportState, Manifest, SheetQuery, SituationQuery
from fieldapp.exports.sending import Counted, Sending
from fieldapp.exports.weekly import Weekly, weekly
from fieldapp.exports.worker import folder_of
from fieldapp.summaries.periods import Period
from fieldapp.summaries.rights import CITY_READERS, DISTRICT_READERS, SITUATION_READERS, TEAM_READERS
from fieldapp.summaries.summary import DEFAULT_STATUS, Question, whose

MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    rules.SHEET: "application/pdf",
}
ANY_FORM = f"<any({', '.join(rules.FORMS)}):form>"
FILE = {"type": "string", "format": "binary"}

blp = Blueprint("exports", __name__, url_prefix="/api/v1", description="Summaries as files")


@blp.route(f"/summaries/districts/<code>.{ANY_FORM}")
@access(*DISTRICT_READERS)
@blp.arguments(ExportQuery, location="query")
@blp.response(200, FILE, content_type="text/csv", description="CSV and GeoJSON")
@blp.alt_response(202, schema=ExportState, description="XLSX and PDF: where the file will be found")
def district(query: dict[str, Any], code: str, form: str) -> Response:
    """A district's figures of a period as a file"""
    return export(form, query, district=code)


@blp.route(f"/summaries/city.{ANY_FORM}")
@access(*CITY_READERS)
@blp.arguments(ExportQuery, location="query")
@blp.response(200, FILE, content_type="text/csv", description="CSV and GeoJSON")
@blp.alt_response(202, schema=ExportState, description="XLSX and PDF: where the file will be found")
def city(query: dict[str, Any], form: str) -> Response:
    """The city's figures of a period as a file"""
    return export(form, query)


@blp.route(f"/summaries/teams/<team_id>.{ANY_FORM}")
@access(*TEAM_READERS)
@blp.arguments(ExportQuery, location="query")
@blp.response(200, FILE, content_type="text/csv", description="CSV and GeoJSON")
@blp.alt_response(202, schema=ExportState, description="XLSX and PDF: where the file will be found")
def team(query: dict[str, Any], team_id: str, form: str) -> Response:
    """A team's own figures of a period as a file"""
    return export(form, query, team=known_id(team_id))


@blp.route("/summaries/districts/<code>/brief.pdf")
@access(*CITY_READERS)
@blp.arguments(SheetQuery, location="query")
@blp.alt_response(202, schema=ExportState)
def district_sheet(query: dict[str, Any], code: str) -> Response:
    """A district's *Läget i korthet* as PDF, compared with a year ago"""
    return export(rules.SHEET, query, district=code)


@blp.route("/summaries/city/brief.pdf")
@access(*CITY_READERS)
@blp.arguments(SheetQuery, location="query")
@blp.alt_response(202, schema=ExportState)
def city_sheet(query: dict[str, Any]) -> Response:
    """The city's *Läget i korthet* as PDF, compared with a year ago"""
    return export(rules.SHEET, query)


@blp.route("/summaries/districts/<code>/situation-picture.csv")
@access(*SITUATION_READERS)
@blp.arguments(SituationQuery, location="query")
@blp.response(200, FILE, content_type="text/csv")
def situation_picture(query: dict[str, Any], code: str) -> Response:
    """A week's material for a situation picture: what was noted where and what it took, never persons"""
    week: Period = query["week"]
    found = weekly(db.session(), current_actor(), code, week, query["status"])
    return _sent_week(found, query["dialect"])


@blp.route("/exports/<export_id>")
@access(*DISTRICT_READERS)
@blp.response(200, FILE, content_type="application/octet-stream")
@blp.alt_response(202, schema=ExportState)
def one(export_id: str) -> Response:
    """The file that was asked for, or how far it is"""
    row = queries.own_export(db.session(), current_actor(), known_id(export_id), utc_now())
    if row.state == "failed":
        raise Unavailable(row.error)
    if row.state != "done":
        answer = _under_way(row.id, row.state, row.progress)
        start_if_needed(row)
        return answer
    return _file(row)


@blp.route("/exports/<export_id>/manifest")
@access(*DISTRICT_READERS)
@blp.response(200, Manifest)
def manifest(export_id: str) -> dict[str, Any]:
    """What a file was: rows, bytes, checksum, period and basis"""
    row = queries.own_export(db.session(), current_actor(), known_id(export_id), utc_now())
    if row.state != "done" or row.finished_at is None:
        raise NotFound
    return {
        **row.facts,
        "file": row.file_name,
        "form": row.form,
        "rows": row.rows,
        "bytes": row.size,
        "sha256": row.sha256,
        "made_at": to_wire(row.finished_at),
    }


def export(form: str, query: dict[str, Any], *, district: str | None = None, team: str | None = None) -> Response:
    """Answer with a file that is made at once, or with where it will be found."""
    question = question_from(query, district=district, team=team)
    if form in rules.AT_ONCE:
        return _sent(form, question, query["dialect"])
    export_id = queue(form, question)
    return _under_way(export_id, "waiting", 0)


def question_from(query: dict[str, Any], *, district: str | None = None, team: str | None = None) -> Question:
    """Return what is asked for."""
    period = Period(query["from_"], query["to"])
    status = query.get("status", DEFAULT_STATUS)
    return Question(district, period, status, query.get("compare"), query.get("mapping_year"), team)


def queue(form: str, question: Question) -> str:
    """Ask for a file that is made outside the request, see that somebody makes it, and return its id.

    Raises as `summary` does, and `TooMany`.
    """
    if form == rules.SHEET:
        question = replace(question, compare="year_ago", status=DEFAULT_STATUS)
    making.check(db.session(), current_actor(), question, form)
    export_id = _ask(form, question)
    _wake(export_id)
    return export_id


@in_write_transaction
def _ask(form: str, question: Question) -> str:
    session, actor = db.session(), current_actor()
    _reading, named = whose(session, actor, question)
    asked = making.asked_of(question, best_locale())
    return services.ask(
        session,
        actor,
        form=form,
        asked=asked,
        file_name=file_name({**asked, **named}, form),
        folder=_folder(),
        now=utc_now(),
    )


def _wake(export_id: str) -> None:
    if transacted(lambda: services.wake(db.session(), export_id, utc_now())):
        port("start_maker")()


def start_if_needed(row: Export) -> None:
    """Start a maker where the first one fell: whoever waits and asks keeps it going."""
    if queries.is_to_wake(db.session(), row, utc_now()):
        _wake(row.id)


def _folder() -> Path:
    return folder_of(current_app.config["SETTINGS"])


def _under_way(export_id: str, state: str, progress: int) -> Response:
    url = url_for("exports.one", export_id=export_id)
    response = jsonify({"url": url, "state": state, "progress": progress})
    response.status_code = 202
    response.headers["Location"] = url
    response.headers["Retry-After"] = "1"
    return response


def _file(row: Export) -> Response:
    path = _folder() / row.id
    if not row.is_kept or not path.is_file():
        raise NotFound
    export_id, name, form, sha256 = row.id, row.file_name, row.form, row.sha256
    _note_fetched(export_id)  # committed before anything of it is sent
    response: Response = send_file(path, MEDIA[form], as_attachment=True, download_name=name, etag=sha256 or False)
    response.headers["Cache-Control"] = "no-store"
    response.expires = None  # files of the client are kept for a year, these never
    return _described(response, export_id)


@in_write_transaction
def _note_fetched(export_id: str) -> None:
    services.note_fetched(db.session(), current_actor(), export_id)


def _sent(form: str, question: Question, dialect: str) -> Response:
    settings = current_app.config["SETTINGS"]
    made = making.source(db.session(), current_actor(), question, settings, utc_now())
    counted = Counted()
    if form == "csv":
        chunks = making.csv_of(making.csv_header(), counted.through(making.csv_rows(made.document)), dialect)
    else:
        chunks = making.geojson_of(made, counted)
    asked = making.asked_of(question, best_locale())
    return streamed(form, chunks, asked, made.file_name(form), made.facts, counted)


def _sent_week(found: Weekly, dialect: str) -> Response:
    counted = Counted()
    chunks = making.csv_of(found.header, counted.through(found.rows), dialect)
    return streamed("csv", chunks, found.asked, found.file_name, found.facts, counted)


def streamed(
    form: str, chunks: Iterator[bytes], asked: dict[str, Any], name: str, facts: dict[str, Any], counted: Counted
) -> Response:
    """Answer with a file as it is made; when all of it is out, its manifest can be had and the log has its row."""
    export_id = new_id()
    sending = Sending(current_actor(), export_id, form, asked, name, facts, _folder(), lambda: counted.rows)
    response = Response(stream_with_context(sending.through(chunks)), content_type=MEDIA[form])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return _described(response, export_id)


def _described(response: Response, export_id: str) -> Response:
    url = url_for("exports.manifest", export_id=export_id)
    response.headers["Link"] = f'<{url}>; rel="describedby"; type="application/json"'
    return response
