"""What follows from a written briefing, and the judgements that need other packages. Flush, never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from fieldapp.accounts import queries as accounts
from fieldapp.briefings.models import BriefingDistrict
from fieldapp.core.access import Actor
from fieldapp.core.audiences import CITY, of_district, of_user
from fieldapp.core.ids import readable_id
from fieldapp.places import queries as places
from fieldapp.places.queries import SiteFacts
from fieldapp.sync.collection import Written
from fieldapp.sync.leaving import Leaving, note_leaving


@dataclass(frozen=True)
class BriefingFacts:
    """Sites that priorities name, and every team."""

    sites: Mapping[str, SiteFacts]
    teams: frozenset[str]


def briefing_facts(session: Session, records: Sequence[Mapping[str, Any]]) -> BriefingFacts:
    """Return what is known of the sites and teams that briefings name."""
    lists = (listed for record in records if isinstance(listed := record.get("priorities"), list))
    named = (readable_id(item.get("site_id")) for listed in lists for item in listed if isinstance(item, dict))
    sites = {site_id for site_id in named if site_id}
    return BriefingFacts(places.known_site_ids(session, sites) if sites else {}, accounts.team_ids(session))


def may_write(actor: Actor, districts: Sequence[str]) -> bool:
    """Say whether a briefing for these districts is the actor's to write: a grant must reach each of them."""
    return all(actor.covers(district, "field_worker", "team_lead") for district in districts)


def may_change(actor: Actor, briefing: Mapping[str, Any]) -> bool:
    """Field workers change their own; team leads those of districts they lead, every one the briefing is for."""
    if briefing["created_by"] == actor.user_id:
        return actor.has_role("field_worker", "team_lead")
    return all(actor.covers(district, "team_lead") for district in briefing["districts"])


def priority_errors(facts: BriefingFacts, priorities: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Judge the places and teams named."""
    errors: dict[str, list[str]] = {}
    for index, item in enumerate(priorities):
        site = facts.sites.get(item["site_id"])
        if site is None:
            errors[f"priorities.{index}.site_id"] = ["unknown_site"]
        elif site.merged_into:
            errors[f"priorities.{index}.site_id"] = ["merged_site"]
        if item["covered_by"] is not None and item["covered_by"] not in facts.teams:
            errors[f"priorities.{index}.covered_by"] = ["unknown_team"]
    return errors


def audiences_of_briefing(briefing: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who may have a briefing on a phone; units of the whole city have it by its teams' grants."""
    own = (of_user(briefing["created_by"]),) if briefing["created_by"] else ()
    return (*(of_district(code) for code in briefing["districts"]), CITY, *own)


def clear_districts(session: Session, briefing_ids: Sequence[str]) -> None:
    """Clear the mirrored districts of briefings that are disposed of."""
    session.execute(delete(BriefingDistrict).where(BriefingDistrict.briefing_id.in_(briefing_ids)))


def set_districts(session: Session, briefings: Sequence[Written]) -> None:
    """Mirror the districts of briefings; a district that is taken out loses the briefing (PL3)."""
    ids = [item.after["id"] for item in briefings]
    session.execute(delete(BriefingDistrict).where(BriefingDistrict.briefing_id.in_(ids)))
    mirrored = [
        {"briefing_id": item.after["id"], "district": code} for item in briefings for code in item.after["districts"]
    ]
    if mirrored:
        session.execute(insert(BriefingDistrict), mirrored)
    note_leaving(
        session,
        [
            Leaving("briefings", item.after["id"], item.after["version"], of_district(code))
            for item in briefings
            if item.before
            for code in sorted(set(item.before["districts"]) - set(item.after["districts"]))
        ],
    )
