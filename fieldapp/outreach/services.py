"""What follows from a written record, and the judgements that need more than the record itself. Flush, never commit."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Ids
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from fieldapp.accounts import queries as accounts
from fieldapp.accounts import services as account_services
from fieldapp.core.access import Actor
from fieldapp.core.audiences import of_unit, of_user
from fieldapp.core.ids import readable_id
from fieldapp.core.ports import port
from fieldapp.outreach import queries
from fieldapp.outreach.models import Observation, ShiftParticipant, Visit
from fieldapp.outreach.rules import FieldErrors, places_to_judge
from fieldapp.places import queries as places
from fieldapp.places import services as place_services
from fieldapp.places.facts import neighbourhood_districts
from fieldapp.places.outlines import MARGIN_M, Outlines, outlines
from fieldapp.places.queries import SiteFacts
from fieldapp.sync.collection import Written
from fieldapp.sync.leaving import Leaving, note_leaving
from fieldapp.sync.sequence import take_seqs

STAFF_ROLES = queries.STAFF_ROLES


@dataclass(frozen=True)
class PlaceFacts:
    """Sites and schools that a batch of visits and observations names; the outlines, read where one has a pin."""

    sites: Mapping[str, SiteFacts]
    schools: Mapping[str, str]
    outlines: Callable[[], Outlines]


@dataclass(frozen=True)
class ShiftFacts:
    """People that a batch of shifts names, each with when they were disabled, and sites that its open items name."""

    staff: Mapping[str, datetime | None]
    sites: Mapping[str, SiteFacts]


def shift_facts(session: Session, shifts: Sequence[Mapping[str, Any]]) -> ShiftFacts:
    """Return which participants named may be on a shift, and what is known of the sites; values may be anything yet."""
    people = {user for item in _listed(shifts, "participant_ids") if (user := readable_id(item))}
    items = (item for item in _listed(shifts, "open_items") if isinstance(item, Mapping))
    named = {site_id for item in items if (site_id := readable_id(item.get("site_id")))}
    return ShiftFacts(accounts.field_staff(session, people), places.known_site_ids(session, named) if named else {})


def _listed(records: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    return [item for record in records if isinstance(listed := record.get(name), list) for item in listed]


def place_facts(session: Session, records: Sequence[Mapping[str, Any]]) -> PlaceFacts:
    """Return what is known of the sites and schools that visits or observations name; values may be anything yet."""
    named = (readable_id(record.get(name)) for record in records for name in ("site_id", "moved_from", "moved_to"))
    ids = {site_id for site_id in named if site_id}
    given = (record.get("school_unit_code") for record in records)
    codes = {code for code in given if isinstance(code, str) and code.isprintable()}
    return PlaceFacts(
        places.known_site_ids(session, ids) if ids else {},
        places.school_districts(session, codes) if codes else {},
        partial(outlines, session),
    )


def may_start_shift(actor: Actor, *, team_id: str, district: str) -> bool:
    """Say whether a shift may be created for the team in the district: a grant must carry both."""
    return any(
        grant.role in STAFF_ROLES and grant.team_id == team_id and grant.district in (None, district)
        for grant in actor.grants
    )


def takes_part(actor: Actor, shift: Mapping[str, Any]) -> bool:
    """Say whether the shift is the actor's own to write: created, or on it, and still in service."""
    is_own = shift["created_by"] == actor.user_id or actor.user_id in shift["participant_ids"]
    return is_own and actor.has_role(*STAFF_ROLES)


def may_join(actor: Actor, shift: Mapping[str, Any]) -> bool:
    """Say whether somebody who is not on a shift may put themselves there: the team's own staff."""
    return shift["team_id"] in actor.teams(*STAFF_ROLES)


def item_errors(facts: ShiftFacts, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> FieldErrors:
    """Judge the places that open items name: known, and not merged into another when they were written down.

    What a shift takes over may have been merged meanwhile: no pass is refused for what an earlier one said.
    """
    errors: FieldErrors = {}
    for index, is_taken_over in places_to_judge(before, after).items():
        faults = site_errors(facts, f"open_items.{index}.site_id", after["open_items"][index]["site_id"])
        if not (is_taken_over and ["merged_site"] in faults.values()):
            errors |= faults
    return errors


def site_errors(facts: PlaceFacts | ShiftFacts, name: str, site_id: str | None) -> FieldErrors:
    """Judge a site named by a record: known, and not merged into another."""
    if site_id is None or site_id == "unknown":
        return {}
    site = facts.sites.get(site_id)
    if site is None:
        return {name: ["unknown_site"]}
    return {name: ["merged_site"]} if site.merged_into else {}


def placed_visit(
    facts: PlaceFacts, visit: Mapping[str, Any], shift_district: str
) -> tuple[dict[str, Any], FieldErrors]:
    """Return what the server sets on a visit – its district – or what is wrong with the place.

    The district is stored now and never derived again: schematic outlines put a few places on the wrong side of a
    border (trap 17), and official ones change.
    """
    if visit["site_id"] is not None:
        errors = site_errors(facts, "site_id", visit["site_id"])
        return ({}, errors) if errors else ({"district": facts.sites[visit["site_id"]].district}, {})
    if visit["school_unit_code"] is not None:
        district = facts.schools.get(visit["school_unit_code"])
        return ({"district": district}, {}) if district else ({}, {"school_unit_code": ["unknown_school"]})
    if visit["neighbourhood"] is not None:
        district = neighbourhood_districts().get(visit["neighbourhood"])
        return ({"district": district}, {}) if district else ({}, {"neighbourhood": ["unknown_neighbourhood"]})
    if visit["place"] is not None:
        place = visit["place"]  # on the grid already
        return {"district": facts.outlines().at(place["lat"], place["lon"], MARGIN_M) or shift_district}, {}
    return {"district": shift_district}, {}


def set_participants(session: Session, shifts: Sequence[Written]) -> None:
    """Mirror the participants of shifts; who joins gets what hangs on a shift, who leaves loses it (PL3).

    People who meet for the first time learn each other's names.
    """
    moved = [item for item in shifts if _before(item) != set(item.after["participant_ids"])]
    if not moved:
        return
    ids = [item.after["id"] for item in moved]
    session.execute(delete(ShiftParticipant).where(ShiftParticipant.shift_id.in_(ids)))
    mirrored = [
        {"shift_id": item.after["id"], "user_id": user} for item in moved for user in item.after["participant_ids"]
    ]
    if mirrored:
        session.execute(insert(ShiftParticipant), mirrored)
    joined = [item.after["id"] for item in moved if item.before and set(item.after["participant_ids"]) - _before(item)]
    if joined:
        show_again(session, joined)
    note_leaving(session, [left for item in moved for left in _leaving(session, item)])
    people = {user for item in moved for user in item.after["participant_ids"]}
    if len(accounts.teams_of(session, people)) > 1:
        account_services.show_again(session, people)


def _before(shift: Written) -> set[str]:
    return set(shift.before["participant_ids"]) if shift.before else set()


def _leaving(session: Session, shift: Written) -> list[Leaving]:
    """Return what those who leave a shift lose: it, all that hangs on it, and each other's names."""
    left = _before(shift) - set(shift.after["participant_ids"])
    if not left:
        return []
    shift_id = shift.after["id"]
    records = [("shifts", shift_id, shift.after["version"])]
    for name, query in of_shift(shift_id).items():
        records += [(name, row.id, row.version) for row in session.execute(query)]
    records += port("shift_notes")(session, shift_id)
    own = [Leaving(name, record_id, version, of_user(user)) for user in left for name, record_id, version in records]
    return own + _names_lost(session, left, set(shift.after["participant_ids"]))


def _names_lost(session: Session, left: set[str], stayed: set[str]) -> list[Leaving]:
    """Return people and their teams that those who leave and those who stay may no longer know by name."""
    lost: list[Leaving] = []
    for losers, people in ((left, stayed), (stayed, left)):
        teams = accounts.teams_of(session, people)
        for user in losers:
            lost += [Leaving("people", person, 1, of_user(user)) for person in sorted(people)]
            lost += [Leaving("teams", team, 1, of_user(user)) for team in sorted(teams)]
    return lost


def audiences_of_shift(shift: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who may have a shift on a phone: its team, and those on it."""
    people = {*shift["participant_ids"], shift["created_by"]} - {None}
    return (of_unit(shift["team_id"]), *(of_user(user) for user in sorted(people)))


def clear_participants(session: Session, shift_ids: Ids[str]) -> None:
    """Clear the mirrored participants of shifts that are disposed of."""
    session.execute(delete(ShiftParticipant).where(ShiftParticipant.shift_id.in_(shift_ids)))


def of_shift(shift_id: str) -> dict[str, Select[str, int]]:
    """Return, by collection, the query of what hangs on a shift: id and version, live ones."""
    visits = select(Visit.id).where(Visit.shift_id == shift_id)
    return {
        "visits": select(Visit.id, Visit.version).where(Visit.shift_id == shift_id, ~Visit.deleted),
        "observations": select(Observation.id, Observation.version).where(
            Observation.visit_id.in_(visits), ~Observation.deleted
        ),
    }


def show_again(session: Session, shift_ids: Ids[str]) -> None:
    """Let what hangs on shifts travel again, because somebody new may now see it (PL3)."""
    visits = select(Visit.id).where(Visit.shift_id.in_(shift_ids))
    port("show_shift_notes_again")(session, shift_ids)
    hangs_on: tuple[tuple[type[Visit | Observation], ColumnElement[bool]], ...] = (
        (Visit, Visit.shift_id.in_(shift_ids)),
        (Observation, Observation.visit_id.in_(visits)),
    )
    for model, condition in hangs_on:
        ids = session.scalars(select(model.id).where(condition, ~model.deleted).order_by(model.seq)).all()
        for record_id, seq in zip(ids, take_seqs(session, len(ids)) if ids else (), strict=True):
            session.execute(update(model).where(model.id == record_id).values(seq=seq))


def look_again(session: Session, shift_ids: Ids[str]) -> None:
    """Let review look again at those of the shifts that are sent in, and what is counted of them be counted anew.

    What is still being written is nobody's yet.
    """
    port("count_again")(session, shift_ids)
    if sent_in := queries.sent_in(session, shift_ids):
        port("mark_shifts")(session, sent_in)


def note_visited_sites(session: Session, site_ids: Ids[str]) -> None:
    """Let sites know when they were last visited."""
    if site_ids:
        last = queries.last_visits(session, sorted(site_ids))
        place_services.note_visits(session, last, partial(queries.visits_lately, session))
