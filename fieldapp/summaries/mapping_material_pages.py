"""The page of *Kommunens underlag till årets kartläggning*: a year's log place by place, and the way to propose."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.collaboration import queries as collaboration
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import NotFound
from fieldapp.places.facts import district_codes
from fieldapp.places.wording import nearness_words
from fieldapp.summaries import queries, view
from fieldapp.summaries.mapping_material import READERS, covers, mapping_material
from fieldapp.summaries.mapping_material_tables import ends_words, topics_words
from fieldapp.summaries.periods import Period
from fieldapp.summaries.wording import period_words

pages = Blueprint("office_mapping_material", __name__, url_prefix="/office/collaboration")
YEARS_BACK = 5
Json = dict[str, Any]


@pages.get("/mapping-basis")
@access(*READERS)
def latest() -> ResponseReturnValue:
    """Go to this year's material."""
    return redirect(url_for("office_mapping_material.basis", year=local_date(utc_now()).year))


@pages.get("/<int:year>/mapping-basis")
@access(*READERS)
def basis(year: int) -> ResponseReturnValue:
    """Show a year's material for the mapping, of one district or of all one reads."""
    session, actor, now = db.session(), current_actor(), utc_now()
    district = request.args.get("district") or None
    if district is not None and district not in district_codes():
        raise NotFound
    answer = mapping_material(session, actor, year, district=district, now=now)
    words = view.words(queries.readable_names(session, actor))
    held, this_year = actor.districts(*READERS), local_date(now).year
    return render_template(
        "summaries/mapping_material.html",
        answer=answer,
        basis_words=material_words(answer["basis"]),
        complete_words=view.completes_words(answer["complete"]),
        topics=lambda row: topics_words(row, words),
        ends=lambda some: ends_words(some, words),
        names=words.districts,
        years=range(this_year, this_year - YEARS_BACK, -1),
        choices={code: name for code, name in words.districts.items() if covers(held, code)},
        written=collaboration.districts_written(actor),
    )


def material_words(given: Json) -> str:
    """Say what the material rests on."""
    period = Period(date.fromisoformat(given["from"]), date.fromisoformat(given["to"]))
    return text(
        "basis.source",
        period=period_words(period),
        year=given["mapping_year"] or "–",
        **nearness_words(given),
    )
