"""What the summaries add to a site's page: the newest of what was saved of it for situation pictures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.panels import Panel
from fieldapp.summaries import situation_pictures
from fieldapp.summaries.situation_picture_pages import lines_of

SHOWN = 10


def pictures_panel(session: Session, actor: Actor, site: Mapping[str, Any], now: datetime) -> Panel | None:
    """Show the newest saved versions to who reads them in the site's district; nothing to others."""
    if not actor.covers(site["district"], *situation_pictures.READERS):
        return None
    found = situation_pictures.pictures_of(session, actor, site["id"], SHOWN)
    count = found[0]["version"] if found else 0  # none is ever taken away
    may_save = actor.covers(site["district"], *situation_pictures.WRITERS) and site["merged_into_id"] is None
    return Panel(
        "summaries/picture_panel.html",
        {"site_id": site["id"], "lines": lines_of(found), "count": count, "may_save": may_save},
    )
