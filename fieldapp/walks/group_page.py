"""A walk group's own page, reached by its link alone: its walks, what it answers, its log. Works without JavaScript.

A script may send the same forms again and again until they are received (api.md, Walks): it asks for JSON and takes
nothing but this page's own answer for a receipt.
"""

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from fieldapp.core.access import BY_TOKEN, access
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import DomainError, NotFound
from fieldapp.core.ids import new_id
from fieldapp.sync.registered import registry
from fieldapp.walks.answers import answer_walk, answered_before
from fieldapp.walks.codes import ANSWER_KINDS, MOODS
from fieldapp.walks.group_reads import GroupLink, group_behind, walks_of_group
from fieldapp.walks.rules import advice
from fieldapp.walks.schemas import AnswerSchema
from fieldapp.walks.wording import answer_words

pages = Blueprint("walk_group", __name__)
NAMED = frozenset(AnswerSchema().fields)


@pages.after_request
def _tell_nobody(response: Response) -> Response:
    """The address is the key: it goes to no other page. The second header tells a kept page from a portal's."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Walk-Page"] = "1"
    return response


@pages.get("/walk/<token>")
@access(BY_TOKEN)
def page(token: str) -> ResponseReturnValue:
    """Show a group its coming walks and those of the last two weeks."""
    link = group_behind(db.session(), token)
    if link is None:
        return _gone()
    return _page(token, link)


@pages.post("/walk/<token>")
@access(BY_TOKEN)
def answer(token: str) -> ResponseReturnValue:
    """Take in what a group says of one of its walks, once."""
    said = {name: value for name, value in request.form.items() if value != "" and name in NAMED}
    link = group_behind(db.session(), token)
    if link is None:
        return _received_before(token, said) or _gone()
    try:
        answered = transacted(lambda: answer_walk(db.session(), registry(), link=link, answer=said, now=utc_now()))
    except NotFound:
        return _gone()
    except DomainError as error:
        return _refused(token, link, error)
    if _speaks_json():
        return jsonify(received=said["id"], version=answered.version, repeated=answered.is_repeated)
    return redirect(url_for("walk_group.page", token=token, sent=said["kind"]) + f"#walk-{answered.walk_id}", 303)


def _received_before(token: str, said: dict[str, str]) -> Response | None:
    """Tell a phone that asks again what became of its answer, also when the link has ended meanwhile."""
    try:
        before = answered_before(db.session(), token, said) if _speaks_json() else None
    except DomainError:
        return None
    return jsonify(received=said["id"], version=before.version, repeated=True) if before else None


def _page(token: str, link: GroupLink, faults: dict[str, list[str]] | None = None, message: str | None = None) -> str:
    now = utc_now()
    found = walks_of_group(db.session(), link=link, now=now)
    sent = request.args.get("sent")
    return render_template(
        "walks/group_page.html",
        token=token,
        group=link.name,
        coming=[walk for walk in found if not _is_behind(walk, now)],
        behind=[walk for walk in reversed(found) if _is_behind(walk, now)],
        now=now,
        today=local_date(now),
        moods=MOODS,
        new_id=new_id,
        given=request.form,
        faults=translated_fields(faults or {}),
        message=message,
        said=text("walks.own.thanks") if sent in ANSWER_KINDS else None,
        answer_words=answer_words,
        advice=advice,
    )


def _is_behind(walk: dict[str, Any], now: datetime) -> bool:
    ended: datetime = walk["planned_end"]
    return ended <= now


def _refused(token: str, link: GroupLink, error: DomainError) -> ResponseReturnValue:
    message = text("walks.own.moved") if error.slug == "conflict" else text(f"error.{error.slug}")
    if _speaks_json():
        return _problem(error, message)
    response = make_response(_page(token, link, dict(error.fields), message), error.status)
    response.headers.update(error.headers)
    return response


def _gone() -> ResponseReturnValue:
    """Answer alike for a link that never was, one that has ended and another group's walk (X36)."""
    db.session.rollback()
    if _speaks_json():
        return _problem(NotFound(), text("walks.own.gone"))
    return render_template("walks/gone.html"), 404


def _problem(error: DomainError, message: str) -> Response:
    """Return the envelope of the API, and which answer it is about."""
    response = jsonify(
        error=error.slug,
        message=message,
        fields=translated_fields(dict(error.fields)),
        request_id=g.get("request_id", ""),
        answer=request.form.get("id", ""),
    )
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def _speaks_json() -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json"), "text/html") == "application/json"
