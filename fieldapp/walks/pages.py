"""The office's pages of night walks: the grid, groups and their links, one walk, evenings nobody covers, calendars."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import readable_id
from fieldapp.core.schema import flat_errors
from fieldapp.plans.codes import SPECIAL_DAYS
from fieldapp.plans.queries import special_days
from fieldapp.plans.rules import WeeklyPattern
from fieldapp.sync.collection import Registry
from fieldapp.walks import changes, page_reads, services
from fieldapp.walks.codes import GROUP_KINDS, MOODS, WALK_STATUSES
from fieldapp.walks.forms import CancelForm, GridForm, GroupForm, NewGroupForm, WalkForm, WeeklyForm
from fieldapp.walks.gaps import gaps
from fieldapp.walks.grid import grid
from fieldapp.walks.group_reads import links_of
from fieldapp.walks.queries import READERS, WRITERS
from fieldapp.walks.wording import answer_words, message_for_chat

pages = Blueprint("office_walks", __name__, url_prefix="/office/walks")
WEEKS_SHOWN, GAP_WEEKS = 6, 4
FRIDAY = 4
COMMON = ("meeting_point", "site_ids", "planned_walkers", "duty_phone")
OF_THE_FORM = {"planned_start": "starts", "planned_end": "ends", "cells": "cells", "group_id": "group"}
Faults = dict[str, list[str]]


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
            _registry(),
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
            _registry(),
            actor=current_actor(),
            group_ids=[form["group"]],
            pattern=pattern,
            walk={name: form[name] for name in COMMON},
            now=utc_now(),
        )

    return _planned("weekly", plan)


@pages.get("/groups")
@access(*READERS)
def groups() -> ResponseReturnValue:
    """List the groups of a district."""
    return _groups_page()


@pages.post("/groups")
@access(*WRITERS)
@in_write_transaction
def new_group() -> ResponseReturnValue:
    """Make a group."""

    def make() -> None:
        fields = read_form(NewGroupForm(), request.form)
        changes.new_group(db.session(), _registry(), actor=current_actor(), fields=fields, now=utc_now())

    refused = _refused(make)
    if refused:
        return _groups_page(refused.faults, about="new"), refused.status
    return redirect(url_for("office_walks.groups", district=request.form.get("district")), 303)


@pages.post("/groups/<group_id>")
@access(*WRITERS)
@in_write_transaction
def change_group(group_id: str) -> ResponseReturnValue:
    """Change a group."""
    known = _known(group_id)

    def change() -> None:
        fields = read_form(GroupForm(), request.form)
        version = fields.pop("version")
        changes.change_group(
            db.session(),
            _registry(),
            actor=current_actor(),
            group_id=known,
            version=version,
            fields=fields,
            now=utc_now(),
        )

    refused = _refused(change, moved="group_moved")
    if refused:
        return _groups_page(refused.faults, about=known), refused.status
    return redirect(url_for("office_walks.groups", district=request.form.get("shown")), 303)


@pages.post("/groups/<group_id>/links")
@access(*WRITERS)
@in_write_transaction
def make_link(group_id: str) -> ResponseReturnValue:
    """Make a link to a group's own page and show it this once."""
    known = _known(group_id)
    made = services.make_link(db.session(), actor=current_actor(), group_id=known, now=utc_now())
    address = url_for("walk_group.page", token=made.token, _external=True)
    return _groups_page(new_link=(known, address)), 201


@pages.post("/links/<link_id>")
@access(*WRITERS)
@in_write_transaction
def revoke_link(link_id: str) -> ResponseReturnValue:
    """End a group's link."""
    services.revoke_link(db.session(), actor=current_actor(), link_id=_known(link_id), now=utc_now())
    return redirect(url_for("office_walks.groups", district=request.form.get("shown")), 303)


@pages.get("/gaps")
@access(*READERS)
def uncovered() -> ResponseReturnValue:
    """Show the evenings at places near schools that neither a plan, a pass nor a walk covers."""
    session, actor, now = db.session(), current_actor(), utc_now()
    district = page_reads.chosen_district(session, actor, request.args.get("district"))
    first = _day(request.args.get("first")) or local_date(now)
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


@pages.get("/calendar")
@access(*READERS)
def calendar() -> ResponseReturnValue:
    """List one's own calendar feeds."""
    return _calendar_page()


@pages.post("/calendar")
@access(*READERS)
@in_write_transaction
def make_feed() -> ResponseReturnValue:
    """Make a calendar feed and show its address this once."""
    made = services.make_feed(db.session(), actor=current_actor(), now=utc_now())
    return _calendar_page(url_for("calendar.feed", token=made.token, _external=True)), 201


@pages.post("/calendar/<feed_id>")
@access(*READERS)
@in_write_transaction
def revoke_feed(feed_id: str) -> ResponseReturnValue:
    """End one's own calendar feed."""
    services.revoke_feed(db.session(), actor=current_actor(), feed_id=_known(feed_id), now=utc_now())
    return redirect(url_for("office_walks.calendar"), 303)


@pages.get("/<walk_id>")
@access(*READERS)
def walk(walk_id: str) -> ResponseReturnValue:
    """Show one walk."""
    return _walk_page(_known(walk_id))


@pages.post("/<walk_id>")
@access(*WRITERS)
@in_write_transaction
def change_walk(walk_id: str) -> ResponseReturnValue:
    """Change one walk, or call it off."""
    known = _known(walk_id)
    is_off = request.form.get("action") == "cancel"

    def change() -> None:
        form = read_form(CancelForm() if is_off else WalkForm(), request.form, ("site_ids",))
        write = changes.cancel_walk if is_off else changes.change_walk
        write(db.session(), _registry(), actor=current_actor(), walk_id=known, now=utc_now(), **form)

    refused = _refused(change, moved="walk_moved")
    if refused:
        return _walk_page(known, refused.faults), refused.status
    return redirect(url_for("office_walks.walk", walk_id=known, saved=1), 303)


class _Refusal:
    """Why a form was not taken in: the field errors and the status of the answer."""

    def __init__(self, faults: Faults, status: int) -> None:
        self.faults, self.status = faults, status


def _refused(work: Callable[[], Any], moved: str = "walk_moved") -> _Refusal | None:
    """Do what a form asks; where it is refused in words, undo all of it and say why."""
    try:
        work()
    except ValidationError as error:
        return _Refusal(_by_field(flat_errors(error.messages)), 422)
    except Invalid as error:
        db.session.rollback()
        return _Refusal(_by_field(error.fields), 422)
    except Conflict as error:
        db.session.rollback()
        return _Refusal({"version": [moved]}, error.status)
    return None


def _by_field(fields: Mapping[str, list[str]]) -> Faults:
    """Put errors at the form's fields: `3.site_ids.0` is the places', and said once."""
    found: Faults = {}
    for path, keys in fields.items():
        name = next((part for part in path.split(".") if not part.isdigit()), path)
        listed = found.setdefault(OF_THE_FORM.get(name, name), [])
        listed += [key for key in keys if key not in listed]
    return found


def _planned(form: str, plan: Callable[[], tuple[int, int]]) -> ResponseReturnValue:
    came_to: list[tuple[int, int]] = []
    refused = _refused(lambda: came_to.append(plan()))
    if refused:
        return _grid_page(refused.faults, about=form), refused.status
    [(made, stood)] = came_to
    shown: dict[str, Any] = {name: request.form.get(name) for name in ("district", "first", "weekday")}
    return redirect(url_for("office_walks.walks", **shown, made=made, stood=stood), 303)


def _grid_page(faults: Faults | None = None, about: str = "") -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    asked = request.form if about else request.args
    district = page_reads.chosen_district(session, actor, asked.get("district"))
    day = _day(asked.get("first")) or local_date(now)
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


def _groups_page(faults: Faults | None = None, about: str = "", new_link: tuple[str, str] | None = None) -> str:
    session, actor = db.session(), current_actor()
    given = request.form.get("shown") or request.args.get("district")
    district = page_reads.chosen_district(session, actor, given)
    found = page_reads.groups_of(session, actor, district)
    return render_template(
        "walks/groups.html",
        groups=[{**group, "links": links_of(session, actor, group_id=group["id"])} for group in found],
        may_write=services.may_write(actor, district),
        own_districts=page_reads.writable_districts(actor),
        district=district,
        district_names=page_reads.readable_districts(actor),
        kinds=GROUP_KINDS,
        given=request.form,
        about=about,
        faults=translated_fields(faults or {}),
        new_link=new_link,
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
        statuses=WALK_STATUSES,
        moods=MOODS,
        district_names=page_reads.readable_districts(actor),
        given=request.form,
        faults=translated_fields(faults or {}),
        said=text("walks.saved") if request.args.get("saved") else None,
        answer_words=answer_words,
    )


def _calendar_page(address: str | None = None) -> str:
    feeds = page_reads.feeds_of(db.session(), current_actor())
    return render_template("walks/calendar.html", feeds=feeds, address=address)


def _said() -> str | None:
    made, stood = (request.args.get(name, "") for name in ("made", "stood"))
    if not all(count.isdecimal() and len(count) < 5 for count in (made, stood)):
        return None
    return text("walks.made", made=int(made), stood=int(stood))


def _known(given: str) -> str:
    known = readable_id(given)
    if known is None:
        raise NotFound
    return known


def _weekday(given: str | None) -> int:
    return int(given) if given in ("0", "1", "2", "3", "4", "5", "6") else FRIDAY


def _day(given: str | None) -> date | None:
    try:
        found = date.fromisoformat(given or "")
    except ValueError:
        return None
    return found if 2000 < found.year < 2200 else None


def _registry() -> Registry:
    registry: Registry = current_app.extensions["fieldapp.registry"]
    return registry
