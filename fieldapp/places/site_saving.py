"""What the register's forms share: the site they stand on, and what becomes of one that is sent."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from fieldapp.core.access import current_actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.refusing import Faults, refused_by
from fieldapp.places import register
from fieldapp.places.register_reads import site_whole


def own_site(site_id: str) -> dict[str, Any]:
    """Return a site that the reader may change, as its page shows it. Raises `NotFound`."""
    register.own_site(db.session(), current_actor(), site_id)
    return site_whole(db.session(), current_actor(), site_id, utc_now())


def saved(
    site_id: str,
    work: Callable[[], object],
    form: Callable[[str, Faults], str],
    done: str,
    of_the_form: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """Do what a form asks and lead to the site's page, or show the form again with what is wrong in it."""
    refused = refused_by(work, moved="site_moved", of_the_form=of_the_form)
    if refused:
        return form(site_id, refused.faults), refused.status
    return to_site(site_id, done)


def to_site(site_id: str, done: str) -> ResponseReturnValue:
    """Lead to a site's page and say there what was done (`site.done.…`)."""
    return redirect(url_for("office_sites.site", site_id=site_id, done=done), 303)
