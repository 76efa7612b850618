"""The office's pages of files of places: try one, read in the very same, undo; positions that wait; another radius."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid, NotAllowed
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction, takes_bytes
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import flat_errors
from fieldapp.places import importing, near, positions
from fieldapp.places.facts import district_names, districts
from fieldapp.places.forms import ImportForm, PositionForm
from fieldapp.places.importers import values
from fieldapp.places.importers.reading import read_file
from fieldapp.places.importers.shape import KINDS, MAX_BYTES, BadValue, FileRefused, Line
from fieldapp.places.records import EDITORS, REGISTER_EDITORS
from fieldapp.places.services import nearness_rule
from fieldapp.places.undoing import undo

pages = Blueprint("office_places", __name__, url_prefix="/office/places")
FORM_BYTES = 64 * 1024  # what a form adds around its file
RADII_M = (250, 400, 500, 600, 750, 1000)


@pages.get("/import")
@access(*EDITORS)
def import_form() -> ResponseReturnValue:
    """Show the form for a file of places, what was read in lately, and how many positions wait."""
    return _form()


@pages.post("/import")
@access(*EDITORS)
@takes_bytes(MAX_BYTES + FORM_BYTES)
def try_out() -> ResponseReturnValue:
    """Try a file: say what reading it in would come to, and write none of it."""
    try:
        asked = read_form(ImportForm(), request.form)
    except ValidationError as error:
        return _form(flat_errors(error.messages)), 422
    if not importing.may_import(current_actor(), asked["kind"]):
        raise NotAllowed
    file = request.files.get("file")
    content = b""
    if file is not None:
        content = file.read(MAX_BYTES + 1)
        file.close()  # a large one is a file on disk
    if not content:
        return _form({"file": ["required"]}), 422
    try:  # read and judged by itself before anybody's write waits for it (trap 13)
        read = read_file(asked["kind"], content, asked["year"])
        tried = _try(read, importing.checksum(content), asked["year"])
    except FileRefused as error:
        db.session.rollback()
        return _form(lines=error.lines), 422
    return redirect(url_for("office_places.one", import_id=tried), 303)


@in_write_transaction
def _try(read: Any, sha256: str, year: int | None) -> str:
    return importing.try_out(
        db.session(), read=read, sha256=sha256, year=year, actor=current_actor(), rule=nearness_rule(), now=utc_now()
    )


@pages.get("/import/<import_id>")
@access(*EDITORS)
def one(import_id: str) -> ResponseReturnValue:
    """Show what a file came to, and to a tried one the button that reads it in."""
    return _one(known_id(import_id))


@pages.post("/import/<import_id>")
@access(*EDITORS)
@in_write_transaction
def read_in(import_id: str) -> ResponseReturnValue:
    """Read in the very file that was tried, by its checksum."""
    done = importing.read_in_tried(
        db.session(),
        import_id=known_id(import_id),
        sha256=request.form.get("sha256", ""),
        actor=current_actor(),
        rule=nearness_rule(),
        now=utc_now(),
    )
    return redirect(url_for("office_places.one", import_id=done, saved=1), 303)


@pages.post("/import/<import_id>/undo")
@access(*EDITORS)
@in_write_transaction
def take_back(import_id: str) -> ResponseReturnValue:
    """Undo an import, or say what stands on it."""
    known = known_id(import_id)
    try:
        undo(db.session(), import_id=known, actor=current_actor(), rule=nearness_rule(), now=utc_now())
    except Conflict as error:
        db.session.rollback()
        return _one(known, error.more.get("why", ())), error.status
    return redirect(url_for("office_places.one", import_id=known), 303)


@pages.get("/positions")
@access(*REGISTER_EDITORS)
def waiting() -> ResponseReturnValue:
    """List the schools whose position a person is to decide on."""
    return _positions()


@pages.post("/positions/<position_id>")
@access(*REGISTER_EDITORS)
@in_write_transaction
def decide(position_id: str) -> ResponseReturnValue:
    """Confirm or correct the position of a school, or say that it stays without one."""
    known = known_id(position_id)

    def work() -> None:
        form = read_form(PositionForm(), request.form)
        for field in ("north", "east"):
            try:
                form[field] = values.number(form[field], field)
            except BadValue as error:
                raise Invalid(fields={field: ["not_a_number"]}) from error
        positions.decide_position(
            db.session(), actor=current_actor(), position_id=known, rule=nearness_rule(), now=utc_now(), **form
        )

    refused = refused_by(work, moved="already_decided")
    if refused:
        return _positions(known, refused.faults), refused.status
    return redirect(url_for("office_places.waiting", saved=1), 303)


@pages.get("/near")
@access(*EDITORS)
def radius() -> ResponseReturnValue:
    """Show how many listed places would be near a school with another radius, and which."""
    rule = nearness_rule()
    found = near.effect_of_radius(db.session(), RADII_M, rule=rule, today=local_date(utc_now()))
    return render_template("places/near.html", found=found, rule=rule, district_names=district_names())


def _form(faults: Faults | None = None, lines: list[Line] | None = None) -> str:
    actor = current_actor()
    return render_template(
        "places/import.html",
        kinds=[kind for kind in KINDS if importing.may_import(actor, kind)],
        given={name: request.form.get(name, "") for name in ("kind", "year")},
        faults=translated_fields(faults or {}),
        lines=lines or [],
        latest=importing.latest_imports(db.session(), actor),
        waiting=len(positions.waiting_positions(db.session(), actor)),
    )


def _one(import_id: str, why: Any = ()) -> str:
    found = importing.readable_import(db.session(), current_actor(), import_id)
    return render_template(
        "places/imported.html", found=found, report=found.report, why=why, is_saved="saved" in request.args
    )


def _positions(refused: str | None = None, faults: Faults | None = None) -> str:
    return render_template(
        "places/positions.html",
        found=positions.waiting_positions(db.session(), current_actor()),
        refused=refused,
        faults=translated_fields(faults or {}),
        typed=request.form,
        decisions=positions.DECISIONS,
        is_saved=request.method == "GET" and "saved" in request.args,
        districts=[(district.code, district.name) for district in districts()],
    )
