"""The office's pages of good examples: found across districts, marked, changed, approved."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldapp.collaboration import codes, queries, services
from fieldapp.collaboration.forms import example_body
from fieldapp.collaboration.pages import warned
from fieldapp.collaboration.schemas import FITTING, ChangedExample, ExampleFields, VersionSchema
from fieldapp.core.access import access, current_actor
from fieldapp.core.catalogue import translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db
from fieldapp.core.forms import number
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ids import known_id, new_id, readable_id
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.core.schema import SHORT
from fieldapp.places.facts import district_codes, district_names

pages = Blueprint("office_examples", __name__, url_prefix="/office/collaboration")
DONE = ("saved", "approved", "removed")
Json = dict[str, Any]
_NEW, _CHANGED, _VERSION = ExampleFields(), ChangedExample(), VersionSchema()


@pages.get("/examples")
@access(*queries.READERS)
def examples() -> ResponseReturnValue:
    """Search the good examples of all districts."""
    words = "".join(filter(str.isprintable, request.args.get("q", "")[:SHORT]))
    asked = {
        "kind": _one_of("kind", codes.EXAMPLE_KINDS),
        "condition": _one_of("condition", FITTING),
        "district": _one_of("district", tuple(district_codes())),
    }
    after = readable_id(request.args.get("after"))
    found, following = queries.examples(
        db.session(), current_actor(), words=words, after=after, limit=50, **asked
    )  # fmt: skip
    return render_template(
        "collaboration/examples.html",
        examples=found,
        following=following,
        words=words,
        asked=asked,
        kinds=codes.EXAMPLE_KINDS,
        conditions=FITTING,
        names=district_names(),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
    )


@pages.get("/sites/<site_id>/examples/new")
@access(*queries.WRITERS)
def new(site_id: str) -> ResponseReturnValue:
    """Show the form of a good example from a site."""
    return _form_page(known_id(site_id), None)


@pages.post("/sites/<site_id>/examples/new")
@access(*queries.WRITERS)
@in_write_transaction
def add(site_id: str) -> ResponseReturnValue:
    """Mark a good example."""
    known, session, actor = known_id(site_id), db.session(), current_actor()
    queries.site(session, actor, known)
    made: list[str] = []

    def work() -> None:
        values = _NEW.load(example_body(request.form))
        key = readable_id(request.form.get("id"))
        made.append(
            services.add_example(session, actor=actor, site_id=known, values=values, now=utc_now(), key=key)
        )  # fmt: skip

    refused = refused_by(work, moved="example_moved")
    if refused:
        return _form_page(known, None, refused.faults), refused.status
    return redirect(url_for("office_examples.example", example_id=made[0], done="saved"), 303)


@pages.get("/examples/<example_id>")
@access(*queries.READERS)
def example(example_id: str) -> ResponseReturnValue:
    """Show a good example, and the form to who may change it."""
    return _one(known_id(example_id))


@pages.post("/examples/<example_id>")
@access(*queries.WRITERS)
@in_write_transaction
def change(example_id: str) -> ResponseReturnValue:
    """Change a good example, approve it as it was read, or take it away."""
    known, action, session, now = known_id(example_id), request.form.get("action"), db.session(), utc_now()
    of_example: Json = {"actor": current_actor(), "example_id": known}
    queries.example(session, current_actor(), known)
    version = number(request.form, "version")

    def work() -> None:
        if action == "approved":
            services.approve_example(session, **of_example, **_VERSION.load({"version": version}))
        elif action == "removed":
            services.remove_example(session, **of_example, **_VERSION.load({"version": version}), now=now)
        else:
            values = _CHANGED.load({**example_body(request.form), "version": version})
            services.change_example(session, **of_example, version=values.pop("version"), values=values, now=now)

    refused = refused_by(work, moved="example_moved")
    if refused:
        return _one(known, refused.faults), refused.status
    if action == "removed":
        return redirect(url_for("office_examples.examples", done="removed"), 303)
    done = "approved" if action == "approved" else "saved"
    return redirect(url_for("office_examples.example", example_id=known, done=done), 303)


def _one_of(name: str, known: tuple[str, ...]) -> str | None:
    given = request.args.get(name)
    return given if given in known else None


def _one(example_id: str, faults: Faults | None = None) -> str:
    found = queries.example(db.session(), current_actor(), example_id)
    return _form_page(found["site_id"], found, faults)


def _form_page(site_id: str | None, stored: Json | None, faults: Faults | None = None) -> str:
    session, actor = db.session(), current_actor()
    is_typed = request.method == "POST" and request.form.get("action") not in ("approved", "removed")
    empty: Json = {"kind": "measure", "conditions": [], "measure_id": request.args.get("measure"), "title": ""}
    given = {**(stored or empty), **(example_body(request.form) if is_typed else {})}
    may_write = stored["may_write"] if stored else True
    measures: list[Json] = []
    site = None
    if may_write and site_id is not None:
        site = queries.site(session, actor, site_id)
        measures, _ = queries.measures(session, actor, today=local_date(utc_now()), site_id=site_id, limit=queries.MOST)
    return render_template(
        "collaboration/example.html",
        example=stored,
        site=site,
        given=given,
        measures=measures,
        may_write=may_write,
        form_id=readable_id(request.form.get("id")) or new_id(),
        faults=translated_fields(faults or {}),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
        warned=warned(*(stored[name] for name in ("title", "done", "fits", "seen"))) if stored else [],
        kinds=codes.EXAMPLE_KINDS,
        conditions=FITTING,
        names=district_names(),
    )
