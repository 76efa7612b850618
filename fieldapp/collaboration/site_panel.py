"""What platssamverkan adds to a site's page: the steps of its newest answered year, its measures, the school's part."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.collaboration import queries, rules, schools
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.panels import Panel
from fieldapp.core.schema import read_day


def collaboration_panel(session: Session, actor: Actor, site: Mapping[str, Any], now: datetime) -> Panel | None:
    """Show process and measures to who reads collaboration in the site's district; nothing to others."""
    if not actor.has_role(*queries.READERS) or site["district"] not in queries.districts_read(actor):
        return None
    today = local_date(now)
    answer = queries.earlier_answer(session, actor, site["id"], today.year + 1)
    measures, following = queries.measures(session, actor, today=today, site_id=site["id"], limit=queries.MOST)
    return Panel(
        "collaboration/site_panel.html",
        {
            "site_id": site["id"],
            "answer": answer,
            "year": answer["year"] if answer else today.year - 1,
            "measures": sorted(measures, key=lambda one: (one["status"] not in rules.OPEN, one["due_on"], one["id"])),
            "is_cut": following is not None,
            "may_write": actor.covers(site["district"], *queries.WRITERS),
            "day": read_day,
        },
    )


def school_panel(session: Session, actor: Actor, site: Mapping[str, Any], now: datetime) -> Panel | None:
    """Show the school's part in the newest year that was mapped or of which anything is said, to who reads it there."""
    if not actor.covers(site["district"], *schools.READERS):
        return None
    year = schools.newest_year(session, site["id"], local_date(now))
    found = schools.parts_of_site(session, actor, site["id"], year)
    return Panel("collaboration/school_panel.html", {"site_id": site["id"], "year": year, "schools": found})
