"""The office's pages of saved material for situation pictures: a place's versions, one of them, the form for a next."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.collaboration.codes import PARTS_OF_DAY
from fieldapp.collaboration.pages import warned
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.ids import known_id
from fieldapp.core.schema import flat_errors
from fieldapp.summaries import frozen_view, queries, situation_pictures, view
from fieldapp.summaries.pages import default_period
from fieldapp.summaries.periods import Period
from fieldapp.summaries.situation_picture_api import save_now
from fieldapp.summaries.situation_picture_schemas import NewPicture
from fieldapp.summaries.wording import period_words

pages = Blueprint("office_pictures", __name__, url_prefix="/office/collaboration")
NAMED = {
    "from": "office.from",
    "to": "office.to",
    "visits": "summary.visits",
    "months_visited": "basis.months_visited",
    "observations": "summary.observations",
    "dealing.visits_with_topic": "export.visits_with_dealing",
}
FIELDS = ("from", "to", "note")
Json = dict[str, Any]


@pages.get("/sites/<site_id>/situation-pictures")
@access(*situation_pictures.READERS)
def of_site(site_id: str) -> ResponseReturnValue:
    """List what was saved of a place, and show the form to who may save."""
    return _list(known_id(site_id))


@pages.post("/sites/<site_id>/situation-pictures")
@access(*situation_pictures.WRITERS)
def save(site_id: str) -> ResponseReturnValue:
    """Save what the log shows of a place in a period, and show it."""
    known = known_id(site_id)
    situation_pictures.place(db.session(), current_actor(), known)  # 404 before anything is said of the form
    try:
        saved = save_now(known, NewPicture().load({name: request.form.get(name, "") for name in FIELDS}))
    except ValidationError as error:
        return _list(known, flat_errors(error.messages)), 422
    except Invalid as error:
        return _list(known, dict(error.fields)), 422
    return redirect(url_for("office_pictures.one", picture_id=saved.picture_id), 303)


@pages.get("/situation-pictures/<picture_id>")
@access(*situation_pictures.READERS)
def one(picture_id: str) -> ResponseReturnValue:
    """Show a saved version, and what it has otherwise than the one before."""
    found = situation_pictures.picture(db.session(), current_actor(), known_id(picture_id))
    words = view.words(queries.readable_names(db.session(), current_actor()))
    rows = [(name, one["was"], one["now"]) for one in found["differences"] if (name := _label(one["path"]))]
    return render_template(
        "summaries/situation_picture.html",
        picture=found,
        figures=found["figures"],
        period=_period(found),
        on=frozen_view.day_of(found["made_at"]),
        by=text(f"picture.by.{found['made_by']}"),
        complete_words=view.complete_words(found["figures"]["complete"], "approved"),
        parts=PARTS_OF_DAY,
        place=words.place,
        rows=rows,
        more=len(found["differences"]) - len(rows),
        warned=warned(found["note"]),
    )


def lines_of(found: Iterable[Json]) -> list[tuple[Json, str, str]]:
    """Return each of some saved versions with its period and the day it was saved, in words."""
    return [(one, _period(one), frozen_view.day_of(one["made_at"])) for one in found]


def _list(site_id: str, faults: dict[str, list[str]] | None = None) -> str:
    site = situation_pictures.place(db.session(), current_actor(), site_id)
    found = situation_pictures.pictures_of(db.session(), current_actor(), site_id)
    default = default_period()
    start = {"from": default.first.isoformat(), "to": default.last.isoformat(), "note": ""}
    return render_template(
        "summaries/situation_pictures.html",
        site=site,
        lines=lines_of(found),
        given={**start, **({name: request.form.get(name, "") for name in FIELDS} if faults else {})},
        faults=translated_fields(faults or {}),
        today=local_date(utc_now()),
        names=view.words({}).districts,
    )


def _period(given: Json) -> str:
    return period_words(Period(date.fromisoformat(given["from"]), date.fromisoformat(given["to"])))


def _label(path: str) -> str | None:
    """Name what a path leads to; None for what has no name of its own."""
    if path in NAMED:
        return text(NAMED[path])
    if path.startswith("visits_by_part."):
        return text(f"code.part_of_day.{path.rpartition('.')[2]}")
    found = frozen_view.label(path)
    return found[1] if found else None
