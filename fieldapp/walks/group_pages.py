"""The office's pages of who walks: groups, the links to their own pages, one's own calendar feeds."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.forms import read_form
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.sync.registered import registry
from fieldapp.walks import changes, page_reads, services
from fieldapp.walks.codes import GROUP_KINDS
from fieldapp.walks.forms import GroupForm, NewGroupForm
from fieldapp.walks.group_reads import links_of
from fieldapp.walks.pages import pages as pages
from fieldapp.walks.queries import READERS, WRITERS


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
        changes.new_group(db.session(), registry(), actor=current_actor(), fields=fields, now=utc_now())

    refused = refused_by(make, moved="group_moved")
    if refused:
        return _groups_page(refused.faults, about="new"), refused.status
    return redirect(url_for("office_walks.groups", district=request.form.get("district")), 303)


@pages.post("/groups/<group_id>")
@access(*WRITERS)
@in_write_transaction
def change_group(group_id: str) -> ResponseReturnValue:
    """Change a group."""
    known = known_id(group_id)

    def change() -> None:
        fields = read_form(GroupForm(), request.form)
        version = fields.pop("version")
        changes.change_group(
            db.session(),
            registry(),
            actor=current_actor(),
            group_id=known,
            version=version,
            fields=fields,
            now=utc_now(),
        )

    refused = refused_by(change, moved="group_moved")
    if refused:
        return _groups_page(refused.faults, about=known), refused.status
    return redirect(url_for("office_walks.groups", district=request.form.get("shown")), 303)


@pages.post("/groups/<group_id>/links")
@access(*WRITERS)
@in_write_transaction
def make_link(group_id: str) -> ResponseReturnValue:
    """Make a link to a group's own page and show it this once."""
    known = known_id(group_id)
    made = services.make_link(db.session(), actor=current_actor(), group_id=known, now=utc_now())
    address = url_for("walk_group.page", token=made.token, _external=True)
    return _groups_page(new_link=(known, address)), 201


@pages.post("/links/<link_id>")
@access(*WRITERS)
@in_write_transaction
def revoke_link(link_id: str) -> ResponseReturnValue:
    """End a group's link."""
    services.revoke_link(db.session(), actor=current_actor(), link_id=known_id(link_id), now=utc_now())
    return redirect(url_for("office_walks.groups", district=request.form.get("shown")), 303)


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
    services.revoke_feed(db.session(), actor=current_actor(), feed_id=known_id(feed_id), now=utc_now())
    return redirect(url_for("office_walks.calendar"), 303)


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


def _calendar_page(address: str | None = None) -> str:
    feeds = page_reads.feeds_of(db.session(), current_actor())
    return render_template("walks/calendar.html", feeds=feeds, address=address)
