"""Reads of shifts for the desk: a list with totals, and one shift with all that hangs on it (api.md, Review).

Which shifts is decided by `queries.visible_shifts`; names of people by what accounts lets through. Writes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device, User
from fieldapp.accounts.queries import names_of_teams, team_names
from fieldapp.accounts.sync import People
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_day_bounds
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ports import port
from fieldapp.outreach import kept, queries
from fieldapp.outreach.differences import differences
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.queries import visible_shifts
from fieldapp.outreach.schemas import ObservationSchema, ShiftSchema, VisitSchema
from fieldapp.places.facts import district_codes
from fieldapp.places.models import School, Site
from fieldapp.places.queries import readable_sites
from fieldapp.sync.models import SERVER_COLUMNS, DeviceState, History, Receipt

MAX_LIMIT = 1000
A_QUESTION = 1000  # values; PostgreSQL takes 65,535 with a statement
ON_RECORDS = tuple(name for name in SERVER_COLUMNS if name not in ("seq", "deleted"))
SHIFT_FIELDS = (*ShiftSchema().fields, *ON_RECORDS)
VISIT_FIELDS = (*VisitSchema().fields, "district", *ON_RECORDS)
OBSERVATION_FIELDS = (*ObservationSchema().fields, *ON_RECORDS)
FREE_WORDS = ("reason", "handover_note", "open_items", "place", "note")
FAR_PAST, FAR_FUTURE = date(2000, 1, 1), date(2200, 1, 1)
Json = dict[str, Any]


def shifts(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    district: str | None = None,
    team: str | None = None,
    status: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Json:
    """Return a page of the shifts the actor may know of, newest first, with totals.

    `after` is the id of the last shift of the page before. Raises `Invalid` for a district that does not exist and
    for an `after` that is not the actor's to know.
    """
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    conditions = [Shift.deleted.is_(False), visible_shifts(actor, now)]
    start, end = local_day_bounds(first or FAR_PAST, last or FAR_FUTURE)
    conditions += [Shift.started_at >= start, Shift.started_at < end]
    equal = {Shift.district: district, Shift.team_id: team, Shift.status: status}
    conditions += [column == wanted for column, wanted in equal.items() if wanted is not None]
    if after is not None:
        conditions.append(_older_than(session, actor, now, after))
    size = max(1, min(limit, MAX_LIMIT))
    query = select(Shift.__table__).where(*conditions).order_by(Shift.started_at.desc(), Shift.id.desc())
    rows = [dict(row) for row in session.execute(query.limit(size + 1)).mappings()]
    page = rows[:size]
    totals = totals_of(session, [row["id"] for row in page])
    teams = names_of_teams(session, {row["team_id"] for row in page})
    names = known_names(session, actor, now, _people_of(page))
    items = [_item(row, totals[row["id"]], teams, names) for row in page]
    return {"items": items, "next": page[-1]["id"] if len(rows) > size else None}


def teams_to_choose(session: Session, actor: Actor, now: datetime) -> dict[str, str]:
    """Return the names, by id, of the actor's own teams and those of shifts they may know of; of none to an analyst."""
    if not actor.has_role("field_worker", "team_lead"):
        return {}
    shown = select(Shift.team_id).where(Shift.deleted.is_(False), visible_shifts(actor, now)).distinct()
    known = actor.units | set(session.scalars(shown))
    return {team_id: name for team_id, name in team_names(session).items() if team_id in known}


def whole_shift(session: Session, actor: Actor, now: datetime, shift_id: str) -> Json:
    """Return a shift with visits, observations, history, receipts and devices. Raises `NotFound`.

    All of it as of one moment: whoever decides on its `content_version` has been shown what that stands for.
    """
    with one_view():
        return _whole_shift(session, actor, now, shift_id)


def _whole_shift(session: Session, actor: Actor, now: datetime, shift_id: str) -> Json:
    known = and_(Shift.id == shift_id, Shift.deleted.is_(False), visible_shifts(actor, now))
    shift = session.execute(select(Shift.__table__).where(known)).mappings().one_or_none()
    if shift is None:
        raise NotFound
    visits = _rows(session, select(Visit.__table__).where(Visit.shift_id == shift_id).order_by(Visit.arrived_at))
    of_visits = Observation.visit_id.in_([visit["id"] for visit in visits])
    observations = _rows(
        session, select(Observation.__table__).where(of_visits).order_by(Observation.observed_at, Observation.id)
    )
    tree = [shift, *visits, *observations]
    ids = [row["id"] for row in tree]
    names = known_names(session, actor, now, _people_of([shift]))
    totals = totals_of(session, [shift_id])[shift_id]
    return {
        **_record(shift, SHIFT_FIELDS),
        **_item(shift, totals, names_of_teams(session, [shift["team_id"]]), names),
        "open_items": _with_places(session, actor, shift["open_items"]),
        "visits": [_record(row, VISIT_FIELDS) for row in visits if not row["deleted"]],
        "observations": [_record(row, OBSERVATION_FIELDS) for row in observations if not row["deleted"]],
        "late": [_late(row) for row in _visible_late(session, actor, shift, ids)],
        "history": [
            {name: value for name, value in row.items() if name != "seq"}
            for row in _readable_history(_history(session, ids), tree, is_of=_is_of(actor, shift))
        ],
        "comments": port("review_comments")(session, shift_id) if _is_of(actor, shift) else [],
        "reviews": port("shift_reviews")(session, shift_id) if _is_of(actor, shift) else [],
        "receipts": _receipts(session, ids, {*shift["participant_ids"], shift["created_by"]}),
        "content_version": max(row["seq"] for row in tree),
        "devices": _devices(session, actor, shift),
    }


def held_long(session: Session, actor: Actor, now: datetime) -> list[Json]:
    """Return what has waited a day for a parent that did not come, as a team lead reads it (PU9)."""
    held = kept.held_long(session, actor, now)
    names = known_names(session, actor, now, {row["author_id"] for row in held})
    return [{**_late(row), "author": names.get(row["author_id"])} for row in held]


def missed_for_safety(session: Session, actor: Actor, now: datetime) -> Json:
    """Return what a leader hears the same night: `visits` not made for safety, with their people, and `places`' names.

    Each visit has its `team` and the names of those on its pass, as far as the actor may know them.
    """
    found = queries.missed_for_safety(session, actor, now)
    names = known_names(session, actor, now, _people_of(found))
    teams = names_of_teams(session, {row["team_id"] for row in found})
    visits = [
        {
            **row,
            "team": teams.get(row["team_id"]),
            "people": [names[one] for one in row["participant_ids"] if one in names],
        }
        for row in found
    ]
    return {"visits": visits, "places": place_names_of(session, actor, visits)}


def _is_of(actor: Actor, shift: Mapping[Any, Any]) -> bool:
    """Say whether the actor is on the shift or leads its team; review's words are for them (access.md)."""
    own = shift["created_by"] == actor.user_id or actor.user_id in shift["participant_ids"]
    return own or shift["team_id"] in actor.teams("team_lead")


def _visible_late(session: Session, actor: Actor, shift: Mapping[Any, Any], ids: Iterable[str]) -> list[Json]:
    leads = shift["team_id"] in actor.teams("team_lead")
    return [row for row in kept.late_on(session, shift, ids) if leads or row["author_id"] == actor.user_id]


def _late(row: Json) -> Json:
    names = ("id", "mutation_id", "collection", "record_id", "op", "fields", "author_id", "state", "made_at")
    return {**{name: row[name] for name in names}, "since": row["received_at"]}


def known_names(session: Session, actor: Actor, now: datetime, user_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of the people that the actor may know by name."""
    query = select(User.id, User.name).where(People().readable(actor, now))
    return _names_of(session, query, User.id, set(user_ids))


def place_names(
    session: Session, actor: Actor, site_ids: Iterable[str | None], unit_codes: Iterable[str | None]
) -> dict[str, str]:
    """Return the names of those of the sites that the actor may read, by id, and of the schools, by unit code."""
    sites = select(Site.id, Site.name).where(~Site.deleted, readable_sites(actor))
    schools = select(School.school_unit_code, School.name)
    return _names_of(session, sites, Site.id, {one for one in site_ids if one}) | _names_of(
        session, schools, School.school_unit_code, {one for one in unit_codes if one}
    )


def place_names_of(
    session: Session, actor: Actor, visits: Sequence[Json], observations: Sequence[Json] = ()
) -> dict[str, str]:
    """Return the names of places that visits, and observations of a group that moved, speak of."""
    moved = [seen[name] for seen in observations for name in ("moved_from", "moved_to")]
    ids = [*moved, *(visit["site_id"] for visit in visits)]
    return place_names(session, actor, ids, [visit["school_unit_code"] for visit in visits])


def _names_of(session: Session, query: Select[str, str], key: Any, asked: Collection[str]) -> dict[str, str]:
    """Return names by key, of those asked for. Where that is a great many, all are read: they are never so many."""
    if not asked:
        return {}
    if len(asked) <= A_QUESTION:
        query = query.where(key.in_(asked))
    return {one: name for one, name in session.execute(query) if one in asked}


def _with_places(session: Session, actor: Actor, items: Sequence[Json]) -> list[Json]:
    """Return open items each with the site it is about and its name: null where there is none, or not one's to read."""
    named = {item["site_id"] for item in items if item.get("site_id")}
    query = select(Site.id, Site.name).where(Site.id.in_(named), ~Site.deleted, readable_sites(actor))
    names = {row.id: row.name for row in session.execute(query)} if named else {}
    return [{**item, "site_id": item.get("site_id"), "place": names.get(item.get("site_id"))} for item in items]


def _older_than(session: Session, actor: Actor, now: datetime, after: str) -> ColumnElement[bool]:
    known = select(Shift.started_at).where(Shift.id == after, visible_shifts(actor, now))
    started_at = session.execute(known).scalar_one_or_none()
    if started_at is None:
        raise Invalid(fields={"after": ["unknown_id"]})
    return or_(Shift.started_at < started_at, and_(Shift.started_at == started_at, Shift.id < after))


def _item(shift: Mapping[Any, Any], totals: Json, teams: Mapping[str, str], names: Mapping[str, str]) -> Json:
    plain = ("id", "team_id", "district", "kind", "assignment", "status", "started_at", "ended_at", "version")
    return {
        **{name: shift[name] for name in plain},
        "team": teams.get(shift["team_id"]),
        "participants": [{"id": user, "name": names.get(user)} for user in shift["participant_ids"]],
        "totals": {**totals, "arena_minutes": sum(shift["arena_minutes"].values())},
    }


def totals_of(session: Session, shift_ids: Sequence[str]) -> dict[str, Json]:
    """Return, by shift, how many visits were made and left out, and how many observations there are."""
    totals = {shift_id: {"visits": 0, "not_visited": 0, "observations": 0} for shift_id in shift_ids}
    live = and_(Visit.shift_id.in_(shift_ids), Visit.deleted.is_(False))
    visits = select(Visit.shift_id, Visit.outcome, func.count()).where(live).group_by(Visit.shift_id, Visit.outcome)
    for shift_id, outcome, count in session.execute(visits):
        totals[shift_id]["not_visited" if outcome == "not_visited" else "visits"] += count
    joined = select(Visit.shift_id, func.count()).join(Observation, Observation.visit_id == Visit.id)
    noted = joined.where(live, Observation.deleted.is_(False)).group_by(Visit.shift_id)
    for shift_id, count in session.execute(noted):
        totals[shift_id]["observations"] = count
    return totals


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return session.execute(query).mappings().all()


def _record(row: Mapping[Any, Any], names: Iterable[str]) -> Json:
    return {name: row[name] for name in names}


def _people_of(rows: Iterable[Mapping[Any, Any]]) -> set[str]:
    return {user for row in rows for user in row["participant_ids"]}


def _readable_history(history: Sequence[Json], tree: Sequence[Mapping[Any, Any]], *, is_of: bool) -> list[Json]:
    """Return the history as its reader may have it: words that stand no more are for those on the pass and its lead.

    Others read of a free text that it was changed, and what it says now: what was struck may have been about somebody.
    """
    if is_of:
        return list(history)
    stands = {row["id"]: row for row in tree}
    return [
        {
            **row,
            "changed": {
                name: None if name in FREE_WORDS and value != stands[row["record_id"]][name] else value
                for name, value in row["changed"].items()
            },
        }
        for row in history
    ]


def _history(session: Session, ids: Sequence[str]) -> list[Json]:
    columns = (
        History.record_id, History.version, History.collection, History.user_id, History.op, History.made_at,
        History.received_at, History.changed, History.seq,
    )  # fmt: skip
    query = select(*columns).where(History.record_id.in_(ids)).order_by(History.received_at, History.version)
    return [dict(row) for row in _rows(session, query)]


def changes_since(session: Session, actor: Actor, now: datetime, ids: Sequence[str], seq: int) -> list[Json]:
    """Return what has changed in records since a place in the server's order, oldest first.

    Each is `record_id, collection, version, op, user_id, user, made_at, received_at` and `fields`, a list of
    `{field, before, after}`; `user` is a name the actor may know, else null. Versions from before places were kept are
    not among them.
    """
    changed = [row for row in differences(_history(session, ids)) if row["seq"] is not None and row["seq"] > seq]
    return _with_names(session, actor, now, changed)


def _with_names(session: Session, actor: Actor, now: datetime, changes: Sequence[Json]) -> list[Json]:
    names = known_names(session, actor, now, {row["user_id"] for row in changes if row["user_id"]})
    rows = ({name: value for name, value in row.items() if name != "seq"} for row in changes)
    return [{**row, "user": names.get(row["user_id"])} for row in rows]


def _receipts(session: Session, ids: Sequence[str], people: Collection[str]) -> list[Json]:
    """Return the receipts of the records; what somebody outside the shift tried on a known id is not told."""
    columns = (
        Receipt.mutation_id, Receipt.record_id, Receipt.collection, Receipt.device_id, Receipt.device_seq,
        Receipt.status, Receipt.version, Receipt.received_at,
    )  # fmt: skip
    of_shift = or_(Receipt.status != "rejected", Receipt.user_id.in_(people))
    query = (
        select(*columns).where(Receipt.record_id.in_(ids), of_shift).order_by(Receipt.received_at, Receipt.device_seq)
    )
    return [dict(row) for row in _rows(session, query)]


def _devices(session: Session, actor: Actor, shift: Mapping[Any, Any]) -> list[Json]:
    """Return the state of the participants' devices: to the team's own lead all of them, to others their own."""
    people = {*shift["participant_ids"], shift["created_by"]}
    if shift["team_id"] not in actor.teams("team_lead"):
        people &= {actor.user_id}
    columns = (
        DeviceState.device_id, DeviceState.user_id, DeviceState.last_sync_at, DeviceState.missing_ranges,
        DeviceState.queue, DeviceState.app_build, Device.revoked_at,
    )  # fmt: skip
    newest_first = DeviceState.last_sync_at.desc().nulls_last()
    known = select(*columns).join(Device, Device.id == DeviceState.device_id)
    query = known.where(DeviceState.user_id.in_(people)).order_by(newest_first)
    return [dict(row) for row in _rows(session, query)]
