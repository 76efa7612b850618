"""What platssamverkan adds to a site's page: the steps of its newest answered year, and its measures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.collaboration import queries, rules
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
