"""What every page of the queue is set in: its groups, how much each holds, teams to choose, who has no deputy."""

from typing import Any

from flask import g, render_template, request

from fieldapp.collaboration.schools import number_to_inform
from fieldapp.core.access import current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.ids import readable_id
from fieldapp.places.facts import district_names
from fieldapp.review import groups, queue
from fieldapp.review.codes import GROUPS
from fieldapp.review.paging import Place, read_place
from fieldapp.review.queue import COUNTED_TO
from fieldapp.review.rules import DECISIONS

FILTERS = ("team", "district", "reason")


def asked_teams() -> frozenset[str]:
    """Return the teams of the present request: those one leads, of these one where it was chosen."""
    return groups.chosen_teams(current_actor(), request.args.get("team") or None)


def asked_place() -> Place | None:
    """Return where the page before ended, None for the first page."""
    return read_place(request.args.get("after"))


def following(after: str | None, **more: str) -> dict[str, str] | None:
    """Return the address's arguments of the page that begins there, None where there is none."""
    given = {name: value for name, value in request.args.items() if name in FILTERS and value}
    return {**given, **more, "after": after} if after else None


def lacks() -> queue.Lacks:
    """Return what lacks of passes that wait, as `queue.lacks_numbers` does; asked once a request."""
    if "review_lacks" not in g:
        g.review_lacks = queue.lacks_numbers(db.session())
    found: queue.Lacks = g.review_lacks
    return found


def group_page(template: str, group: str, n: int | None = None, /, **shown: Any) -> str:
    """Render a page of the queue inside its frame. `n`: how many the page has found of its group."""
    session, actor, now = db.session(), current_actor(), utc_now()
    return render_template(
        template,
        group=group,
        groups=GROUPS,
        counts=groups.group_counts(session, asked_teams(), now, lacks(), {} if n is None else {group: n}),
        counted_to=COUNTED_TO,
        teams=groups.led_teams(session, actor),
        team=request.args.get("team") or None,
        after=request.args.get("after") or None,
        to_inform=number_to_inform(session, actor),
        without_deputy=groups.without_deputy(session, actor, now),
        district_names=district_names(),
        **shown,
    )


def just_decided() -> dict[str, str | None]:
    """Return what was decided on the page before, `done`, and of which pass, `decided`; both None where nothing was."""
    done, decided = request.args.get("done"), readable_id(request.args.get("of"))
    return {"done": done, "decided": decided} if done in DECISIONS and decided else {"done": None, "decided": None}
