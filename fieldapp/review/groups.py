"""The groups of the queue and how many each holds, for the teams one leads. Writes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.accounts.queries import names_of_teams, teams_with_few_leads
from fieldapp.core.access import Actor
from fieldapp.review import absent, kept_reads, queue

Json = dict[str, Any]


def chosen_teams(actor: Actor, team_id: str | None) -> frozenset[str]:
    """Return the teams a page is about: those one leads, of these one where it was chosen."""
    led = actor.teams("team_lead")
    return led if team_id is None else led & {team_id}


def group_counts(
    session: Session, teams: frozenset[str], now: datetime, lacks: queue.Lacks, found: Mapping[str, int]
) -> dict[str, int]:
    """Return how much there is of each of `codes.GROUPS`, and of the two parts of those that were sent in.

    Long queues are counted up to a limit (`queue.counts`). `found`: how many of a group the page has listed already.
    """
    passes = queue.counts(session, teams, lacks)
    return {
        "submitted": sum(passes[part] for part in queue.PARTS),
        **passes,
        "missing": found["missing"] if "missing" in found else absent.count_missing(session, teams, now),
        "silent": found["silent"] if "silent" in found else len(absent.silent(session, teams, now)),
        **kept_reads.counts(session, teams, now),
        "new_places": absent.count_new_places(session, teams, now),
    }


def led_teams(session: Session, actor: Actor) -> dict[str, str]:
    """Return the names, by id, of the teams one leads, in order."""
    names = names_of_teams(session, actor.teams("team_lead"))
    return dict(sorted(names.items(), key=lambda team: team[1]))


def without_deputy(session: Session, actor: Actor, now: datetime) -> list[str]:
    """Return the names of the teams one leads that nobody else does: each team has a deputy (product.md)."""
    few = teams_with_few_leads(session, now)
    return sorted(few[team_id] for team_id in actor.teams("team_lead") if team_id in few)
