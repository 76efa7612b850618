"""The office's pages of walks: the planning grid, one walk, evenings nobody covers. Groups: `group_pages`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Invalid
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import read_day
from fieldapp.plans.codes import SPECIAL_DAYS
from fieldapp.plans.queries import special_days
from fieldapp.plans.rules import WeeklyPattern
from fieldapp.sync.registered import registry
from fieldapp.walks import changes, page_reads, services
from fieldapp.walks.codes import MOODS, WALK_STATUSES
from fieldapp.walks.forms import CancelForm, GridForm, WalkForm, WeeklyForm
from fieldapp.walks.gaps import gaps
from fieldapp.walks.grid import grid
from fieldapp.walks.queries import READERS, WRITERS
from fieldapp.walks.rules import advice
from fieldapp.walks.wording import answer_words, message_for_chat

pages = Blueprint("office_walks", __name__, url_prefix="/office/walks")
WEEKS_SHOWN, GAP_WEEKS = 6, 4
FRIDAY = 4
COMMON = ("meeting_point", "site_ids", "planned_walkers", "duty_phone")
OF_THE_FORM = {"planned_start": "starts", "planned_end": "ends", "group_id": "group"}


@pages.get("")
@access(*READERS)
def walks() -> ResponseReturnValue:
    """Show the planning grid of a district: evenings down, groups across."""
    return _grid_page()


@pages.post("")
@access(*WRITERS)
@in_write_transaction
def plan_ticked() -> ResponseReturnValue:
    """Plan the evenings that were ticked, all or none."""

    def plan() -> tuple[int, int]:
        lists = ("cells", "evenings", "groups", "shown_evenings", "shown_groups", "site_ids")
        form = read_form(GridForm(), request.form, lists)
        cells = [*form["cells"]]
        cells += [(group, day) for day in form["evenings"] for group in form["shown_groups"]]
        cells += [(group, day) for group in form["groups"] for day in form["shown_evenings"]]
        if not cells:
            raise Invalid(fields={"cells": ["nothing_ticked"]})
        return services.plan_evenings(
            db.session(),
            registry(),
            actor=current_actor(),
            cells=cells,
            starts=form["starts"],
            ends=form["ends"],
            walk={name: form[name] for name in COMMON},
            now=utc_now(),
        )

    return _planned("grid", plan)


@pages.post("/weekly")
@access(*WRITERS)
@in_write_transaction
def plan_weekly() -> ResponseReturnValue:
    """Plan a group's walks of some weeks, all or none."""

    def plan() -> tuple[int, int]:
        form = read_form(WeeklyForm(), request.form, ("skip", "site_ids"))
        special = special_days(db.session(), form["begins"], form["begins"] + timedelta(weeks=form["weeks"]))
        left_out = frozenset(
            day for day, found in special.items() if {one["code"] for one in found} & set(form["skip"])
        )
        weekdays = frozenset({form["on"]})
        pattern = WeeklyPattern(form["begins"], form["weeks"], weekdays, form["starts"], form["ends"], left_out)
        return services.plan_weekly(
            db.session(),
            registry(),
            actor=current_actor(),
            group_ids=[form["group"]],
            pattern=pattern,
            walk={name: form[name] for name in COMMON},
            now=utc_now(),
        )

    return _planned("weekly", plan)


@pages.get("/gaps")
@access(*READERS)
def uncovered() -> ResponseReturnValue:
    """Show the evenings at places near schools that neither a plan, a pass nor a walk covers."""
    session, actor, now = db.session(), current_actor(), utc_now()
    district = page_reads.chosen_district(session, actor, request.args.get("district"))
    first = read_day(request.args.get("first")) or local_date(now)
    last = first + timedelta(weeks=GAP_WEEKS) - timedelta(days=1)
    found: list[dict[str, Any]] = []
    after = None
    while True:
        items, after = gaps(session, actor, now=now, district=district, first=first, last=last, limit=1000, after=after)
        found += items
        if after is None:
            break
    labels = {item["site_id"]: item["public_label"] for item in found}
    return render_template(
        "walks/gaps.html",
        places=sorted(labels.items(), key=lambda place: (place[1], place[0])),
        open_cells={(item["date"], item["site_id"]) for item in found},
        evenings=[first + timedelta(days=n) for n in range(7 * GAP_WEEKS)],
        special=special_days(session, first, last),
        first=first,
        earlier=first - timedelta(weeks=GAP_WEEKS),
        later=first + timedelta(weeks=GAP_WEEKS),
        district=district,
        district_names=page_reads.readable_districts(actor),
    )


@pages.get("/<walk_id>")
@access(*READERS)
def walk(walk_id: str) -> ResponseReturnValue:
    """Show one walk."""
    return _walk_page(known_id(walk_id))


@pages.post("/<walk_id>")
@access(*WRITERS)
@in_write_transaction
def change_walk(walk_id: str) -> ResponseReturnValue:
    """Change one walk, or call it off."""
    known = known_id(walk_id)
    is_off = request.form.get("action") == "cancel"

    def change() -> None:
        form = read_form(CancelForm() if is_off else WalkForm(), request.form, ("site_ids",))
        write = changes.cancel_walk if is_off else changes.change_walk
        write(db.session(), registry(), actor=current_actor(), walk_id=known, now=utc_now(), **form)

    refused = refused_by(change, moved="walk_moved", of_the_form=OF_THE_FORM)
    if refused:
        return _walk_page(known, refused.faults), refused.status
    return redirect(url_for("office_walks.walk", walk_id=known, saved=1), 303)


def _planned(form: str, plan: Callable[[], tuple[int, int]]) -> ResponseReturnValue:
    came_to: list[tuple[int, int]] = []
    refused = refused_by(lambda: came_to.append(plan()), moved="walk_moved", of_the_form=OF_THE_FORM)
    if refused:
        return _grid_page(refused.faults, about=form), refused.status
    [(made, stood)] = came_to
    shown: dict[str, Any] = {name: request.form.get(name) for name in ("district", "first", "weekday")}
    return redirect(url_for("office_walks.walks", **shown, made=made, stood=stood), 303)


def _grid_page(faults: Faults | None = None, about: str = "") -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    asked = request.form if about else request.args
    district = page_reads.chosen_district(session, actor, asked.get("district"))
    day = read_day(asked.get("first")) or local_date(now)
    first = day - timedelta(days=day.weekday())
    weekday = _weekday(asked.get("weekday"))
    shown = grid(session, actor, district=district, first=first, weeks=WEEKS_SHOWN, weekday=weekday, now=now)
    return render_template(
        "walks/grid.html",
        evenings=shown["evenings"],
        rows=shown["rows"],
        may_write=services.may_write(actor, district),
        places=page_reads.public_places(session, district),
        first=first,
        earlier=first - timedelta(weeks=WEEKS_SHOWN),
        later=first + timedelta(weeks=WEEKS_SHOWN),
        weekday=weekday,
        district=district,
        district_names=page_reads.readable_districts(actor),
        today=local_date(now),
        special_codes=SPECIAL_DAYS,
        given=request.form,
        about=about,
        faults=translated_fields(faults or {}),
        said=_said(),
        answer_words=answer_words,
    )


def _walk_page(walk_id: str, faults: Faults | None = None) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    found = page_reads.walk(session, actor, walk_id)
    places = page_reads.public_places(session, found["district"])
    passed = [places[site_id] for site_id in found["site_ids"] if site_id in places]
    return render_template(
        "walks/walk.html",
        walk=found,
        places=places,
        passed=passed,
        message=message_for_chat(found, passed) if found["status"] != "cancelled" else "",
        answers=page_reads.answers_to(session, actor, found, now),
        may_write=services.may_write(actor, found["district"]),
        advice=advice(found["planned_walkers"]) if found["status"] in ("planned", "ready") else None,
        statuses=WALK_STATUSES,
        moods=MOODS,
        district_names=page_reads.readable_districts(actor),
        given=request.form,
        faults=translated_fields(faults or {}),
        said=text("walks.saved") if request.args.get("saved") else None,
        answer_words=answer_words,
    )


def _said() -> str | None:
    made, stood = (request.args.get(name, "") for name in ("made", "stood"))
    if not all(count.isdecimal() and len(count) < 5 for count in (made, stood)):
        return None
    return text("walks.made", made=int(made), stood=int(stood))


def _weekday(given: str | None) -> int:
    return int(given) if given in ("0", "1", "2", "3", "4", "5", "6") else FRIDAY
