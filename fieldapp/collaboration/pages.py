"""The office's pages of platssamverkan: a survey year by district, and one site's year as a form."""

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration import codes, old_surveys, queries, rules, schools, services
from fieldapp.collaboration.forms import EMPTY_STEPS, collaboration_body
from fieldapp.collaboration.parts_of_day import by_part
from fieldapp.collaboration.schemas import CollaborationSchema, VersionSchema
from fieldapp.collaboration.summary import basis_words, year_summary
from fieldapp.collaboration.visits import days_without_school, visits_at
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, one_view
from fieldapp.core.errors import NotFound
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.privacy_guard import privacy_warnings
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.places.facts import district_names
from fieldapp.places.queries import mapping_summary, mapping_years, site_names

pages = Blueprint("office_collaboration", __name__, url_prefix="/office/collaboration")
SAVED = ("saved", "approved", "copied")
Json = dict[str, Any]
_JUDGE, _VERSION = CollaborationSchema(), VersionSchema()


@pages.get("")
@access(*queries.READERS)
def year() -> ResponseReturnValue:
    """Show a survey year: what is answered where and what lacks, the year in figures, the mapping years."""
    return _year_page()


@pages.post("/copy")
@access(*queries.WRITERS)
@in_write_transaction
def copy() -> ResponseReturnValue:
    """Begin a district's year with the newest earlier answers."""
    asked = _asked_year(request.form.get("year"))
    district = request.form.get("district", "")
    begun = services.copy_earlier(db.session(), actor=current_actor(), district=district, year=asked, now=utc_now())
    return redirect(url_for("office_collaboration.year", year=asked, district=district, copied=begun), 303)


@pages.get("/<int:year>/sites/<site_id>")
@access(*queries.READERS)
def of_site(year: int, site_id: str) -> ResponseReturnValue:
    """Show what is said of a site's year, its measures, and examples from places like it."""
    return _site_page(year, known_id(site_id))


@pages.post("/<int:year>/sites/<site_id>")
@access(*queries.WRITERS)
@in_write_transaction
def save_of_site(year: int, site_id: str) -> ResponseReturnValue:
    """Save a site's year, approve it as it was read, or begin it with an earlier one."""
    known, action = known_id(site_id), request.form.get("action")
    session, actor, now = db.session(), current_actor(), utc_now()
    queries.site(session, actor, known)  # 404 before anything is said of the form
    of_year: Json = {"actor": actor, "site_id": known, "year": year, "now": now}

    def work() -> None:
        if action == "copied":
            services.copy_earlier_of_site(session, **of_year)
        elif action == "approved":
            given = _VERSION.load({"version": number(request.form, "version")})
            services.approve_collaboration(session, **of_year, **given)
        else:
            given = _JUDGE.load(collaboration_body(request.form))
            version = given.pop("version")
            services.save_collaboration(session, **of_year, version=version, values=given)

    refused = refused_by(work, moved="collaboration_moved")
    if refused:
        return _site_page(year, known, refused.faults), refused.status
    done = action if action in SAVED else "saved"
    return redirect(url_for("office_collaboration.of_site", year=year, site_id=known, done=done), 303)


def warned(*texts: str | None) -> list[str]:
    """Return what free texts are to be looked over for, as keys; names of places are no warning."""
    known = site_names(db.session())
    return sorted({kind for written in texts if written for kind in privacy_warnings(written, known)})


def _asked_year(written: str | None) -> int:
    """Return the year asked for, else last year: the survey is about the year that has passed."""
    today = local_date(utc_now())
    if written and written.isascii() and written.isdigit() and len(written) == 4:
        asked = int(written)
        if not rules.year_faults(asked, today):
            return asked
    return today.year - 1


def _year_page() -> ResponseReturnValue:
    session, actor, today = db.session(), current_actor(), local_date(utc_now())
    asked = _asked_year(request.args.get("year"))
    names, read = district_names(), queries.districts_read(actor)
    given = request.args.get("district", "")
    if given and given not in read:
        raise NotFound
    district = given or (next(iter(read)) if len(read) == 1 else None)
    near = request.args.get("school_near", "yes")
    near = near if near in queries.NEAR else "yes"
    if not mapping_years(session):
        return render_template("collaboration/year.html", figures=None, year=asked, **_filters(asked, district, near))
    with one_view():
        found = queries.answers(session, actor, asked, school_near=near, district=district)
        figures = year_summary(session, actor, asked, today=today, school_near=near, district=district)
    by_site: dict[str, list[Json]] = {}
    for measure in found.measures:
        by_site.setdefault(measure["site_id"], []).append(dict(measure))
    lines = [
        {
            "site": site,
            "answer": found.by_site.get(site["id"]),
            "missing": rules.missing(found.by_site.get(site["id"]), by_site.get(site["id"], [])),
            "overdue": sum(rules.is_overdue(measure, today) for measure in by_site.get(site["id"], [])),
        }
        for site in found.sites
        if site["is_known"]
    ]
    return render_template(
        "collaboration/year.html",
        figures=figures,
        basis_words=basis_words(figures),
        lines=lines,
        unnamed=len(found.sites) - len(lines),
        may_copy=district is not None and district in queries.districts_written(actor),
        mappings=_mappings(),
        copied=request.args.get("copied", type=int),
        year=asked,
        actors=ACTORS,
        reasons=codes.PARTICIPATIONS[1:],
        practices=codes.PRACTICES,
        steps=codes.STEPS,
        meetings=codes.MEETING_FREQUENCIES,
        cameras=codes.CAMERAS,
        names=names,
        **_filters(asked, district, near),
    )


def _filters(asked: int, district: str | None, near: str) -> Json:
    names, read = district_names(), queries.districts_read(current_actor())
    answered = queries.years_answered(db.session(), current_actor())
    this_year = local_date(utc_now()).year
    return {
        "years": sorted({*answered, asked, this_year - 1, this_year}, reverse=True),
        "choices": {code: name for code, name in names.items() if code in read},
        "chosen": district or "",
        "near": near,
        "nears": queries.NEAR,
    }


def _mappings() -> list[Json]:
    """Return each mapping year in figures."""
    return [mapping_summary(db.session(), one) for one in mapping_years(db.session())]


def _site_page(of_year: int, site_id: str, faults: Faults | None = None) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    today = local_date(now)
    if rules.year_faults(of_year, today):
        raise NotFound
    stored = queries.collaboration(session, actor, site_id, of_year)
    is_typed = bool(faults) and request.form.get("action") not in ("approved", "copied")
    given = {**stored, **collaboration_body(request.form), "version": stored["version"]} if is_typed else stored
    earlier = queries.earlier_answer(session, actor, site_id, of_year) if stored["version"] == 0 else None
    measures, _ = queries.measures(session, actor, today=today, site_id=site_id, limit=queries.MOST)
    return render_template(
        "collaboration/site.html",
        site=stored["site"],
        year=of_year,
        stored=stored,
        given=given,
        earlier=earlier,
        parts=_parts_of_day(site_id, of_year),
        old=old_surveys.old_answers(session, actor, [site_id], of_year).get(site_id),
        old_years=[
            one for one in old_surveys.years_of_site(session, actor, site_id) if not rules.year_faults(one, today)
        ],
        schools=_schools(site_id, of_year, stored["site"]["district"]),
        measures=sorted(measures, key=lambda one: (one["status"] not in rules.OPEN, one["due_on"])),
        alike=queries.alike_examples(session, actor, site_id, now),
        rows=range(len(given["process"]) + EMPTY_STEPS),
        said={one["actor"]: one["participation"] for one in given["actors"]},
        faults=translated_fields(faults or {}),
        done=request.args.get("done") if request.args.get("done") in SAVED else None,
        warned=warned(*(step["part_of_site"] for step in stored["process"])),
        actors=ACTORS,
        codes=codes,
        district_names=district_names(),
        today=today,
        read_day=_day,
    )


def _parts_of_day(site_id: str, year: int) -> Json:
    """Count a year's visits at a place by part of the day."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    with one_view():  # a pass that is opened meanwhile counts once
        visits = visits_at(db.session(), [site_id], first, last)[site_id]
        free = days_without_school(db.session(), first, last)
    return by_part((visit.arrived for visit in visits), free)


def _schools(site_id: str, year: int, district: str) -> list[Json] | None:
    """Return the schools of a place with their part in a year; None to who reads none of it."""
    if not current_actor().covers(district, *schools.READERS):
        return None
    return schools.parts_of_site(db.session(), current_actor(), site_id, year)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
