"""Reads of platssamverkan, filtered by grant (access.md, *measures, collaboration, … examples*). Writes nothing.

Field workers and leads read their district, analysts theirs; a viewer reads what is approved, wherever it is.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from fieldapp.collaboration import rules
from fieldapp.collaboration.models import Collaboration, GoodExample, Measure
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site
from fieldapp.places.queries import check_year, mapping_years, names_of, readable_sites, sites_in_force
from fieldapp.places.records import FULL_READERS

READERS = ("field_worker", "team_lead", "analyst", "viewer")
OF_DISTRICT = ("field_worker", "team_lead", "analyst")  # these read in the districts of their grants
WRITERS = ("team_lead", "analyst")
MOST = 1000
NEAR = ("yes", "no", "all")
CONDITIONS_FOR = timedelta(days=365)  # conditions noted at a place count for so long
Row = dict[str, Any]
Table = type[Collaboration] | type[Measure] | type[GoodExample]


def readable(actor: Actor, table: Table) -> ColumnElement[bool]:
    """Return the condition, on a table joined with `sites`, that the actor may read the row."""
    parts: list[ColumnElement[bool]] = [in_district(actor)]
    if actor.has_role("viewer"):
        parts.append(table.approved_version == table.version)
    return and_(~Site.deleted, readable_sites(actor), or_(*parts))


def in_district(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on sites that they lie in a district which the actor reads as one who works with places."""
    held = actor.districts(*OF_DISTRICT)
    if held is None:
        return true()
    return Site.district.in_(held) if held else false()


def readable_examples(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on examples: everywhere for those who work with places, approved ones for viewers."""
    if actor.has_role(*OF_DISTRICT):
        return true()
    return GoodExample.approved_version == GoodExample.version if actor.has_role("viewer") else false()


def districts_read(actor: Actor) -> frozenset[str]:
    """Return the codes of the districts of which the actor reads anything."""
    held = None if actor.has_role("viewer") else actor.districts(*OF_DISTRICT)
    return frozenset(district_codes()) if held is None else held


def districts_written(actor: Actor) -> frozenset[str]:
    """Return the codes of the districts in which the actor writes."""
    held = actor.districts(*WRITERS)
    return frozenset(district_codes()) if held is None else held


def site(session: Session, actor: Actor, site_id: str) -> Row:
    """Return `id, name, district, merged_into_id, school_near, may_write` of a site. Raises `NotFound`.

    One that the actor may know of, in a district of which they read.
    """
    query = select(Site.id, Site.name, Site.district, Site.merged_into_id, Site.school_near).where(
        Site.id == site_id, ~Site.deleted, readable_sites(actor), Site.district.in_(districts_read(actor))
    )
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return {**found, "may_write": actor.covers(found["district"], *WRITERS)}


def collaboration(session: Session, actor: Actor, site_id: str, year: int) -> Row:
    """Return what is said of a site's year; of which nothing is said, or nothing the actor may read, version 0.

    Raises `NotFound` for a site that is not the actor's to know, and for what can't be a year.
    """
    asked = site(session, actor, site_id)
    check_year(year)
    query = _joined(Collaboration).where(
        Collaboration.site_id == site_id, Collaboration.year == year, readable(actor, Collaboration)
    )
    found = session.execute(query).mappings().one_or_none()
    nothing = {"version": 0, "is_approved": False, "copied_from": None, **rules.NOTHING_SAID}
    return {**nothing, **(_answer(found) if found else {}), "site_id": site_id, "year": year, "site": asked}


def earlier_answer(session: Session, actor: Actor, site_id: str, year: int) -> Row | None:
    """Return the newest answer of a site before a year, that the actor may read; None where there is none."""
    query = _joined(Collaboration).where(
        Collaboration.site_id == site_id, Collaboration.year < year, readable(actor, Collaboration)
    )
    found = session.execute(query.order_by(Collaboration.year.desc()).limit(1)).mappings().first()
    return {**_answer(found), "year": found["year"]} if found else None


def years_answered(session: Session, actor: Actor) -> list[int]:
    """Return the years of which anything is said that the actor may read, newest first."""
    query = select(Collaboration.year).join(Site, Site.id == Collaboration.site_id).where(
        readable(actor, Collaboration)
    )  # fmt: skip
    return sorted(set(session.scalars(query.distinct())), reverse=True)


def mapping_year(session: Session, year: int) -> int | None:
    """Return the mapping year that a survey year rests on (`rules.nearest_year`)."""
    return rules.nearest_year(mapping_years(session), year)


def answers(
    session: Session, actor: Actor, year: int, *, school_near: str = "all", district: str | None = None
) -> rules.Answers:
    """Return what there is of a survey year in the districts the actor reads, or in one of them.

    Sites are those in force in the mapping the year rests on, also those the actor may not know by name; they are
    counted, not told of. `school_near`: yes, no (uncertain is neither) or all. Raises `NotFound` for a district that is
    not the actor's to read, `Invalid` where nothing was mapped.
    """
    known = districts_read(actor)
    if district is not None and district not in known:
        raise NotFound
    on = mapping_year(session, year)
    if on is None:
        raise Invalid(fields={"year": ["unknown_year"]})
    in_force = sites_in_force(session, on, districts=known if district is None else (district,))
    found = [
        {**one, "is_known": actor.has_role(*FULL_READERS) or one["is_public"]}
        for one in in_force
        if school_near == "all" or one["school_near"] == school_near
    ]
    ids = [one["id"] for one in found]
    said = _joined(Collaboration).where(
        Collaboration.year == year, Collaboration.site_id.in_(ids), _counted(actor, Collaboration)
    )
    by_site = {row["site_id"]: _answer(row) for row in session.execute(said).mappings()}
    taken = _joined(Measure).where(Measure.site_id.in_(ids), ~Measure.deleted, _counted(actor, Measure))
    measured = [
        row
        for stored in session.execute(taken.order_by(Measure.due_on, Measure.id)).mappings()
        if rules.is_of_year(row := _with_day(stored), year)
    ]
    uncertain = sum(one["school_near"] == "uncertain" for one in in_force)
    return rules.Answers(found, by_site, measured, on, uncertain)


def answers_of(session: Session, actor: Actor, ids: Collection[str], year: int | None) -> dict[str, Row]:
    """Return what is said of some sites in a year, by site, as far as the actor may read it."""
    query = _joined(Collaboration).where(
        Collaboration.year == year, Collaboration.site_id.in_(list(ids)), readable(actor, Collaboration)
    )
    return {row["site_id"]: _answer(row) for row in session.execute(query).mappings()}


def newest_answers(session: Session, actor: Actor, ids: Collection[str], until: int) -> dict[str, Row]:
    """Return the newest answer of each of some sites up to a year, with its `year`, as far as the actor may read it."""
    query = _joined(Collaboration).where(
        Collaboration.year <= until, Collaboration.site_id.in_(list(ids)), readable(actor, Collaboration)
    )
    rows = session.execute(query.order_by(Collaboration.year)).mappings()
    return {row["site_id"]: {**_answer(row), "year": row["year"]} for row in rows}


def measures_of(session: Session, actor: Actor, ids: Collection[str]) -> dict[str, list[Row]]:
    """Return the measures at some sites, by site, as far as the actor may read them."""
    query = _joined(Measure).where(Measure.site_id.in_(list(ids)), ~Measure.deleted, readable(actor, Measure))
    found: dict[str, list[Row]] = {}
    for row in session.execute(query).mappings():
        found.setdefault(row["site_id"], []).append(dict(row))
    return found


def measures(
    session: Session,
    actor: Actor,
    *,
    today: date,
    site_id: str | None = None,
    district: str | None = None,
    status: str | None = None,
    is_overdue: bool | None = None,
    limit: int = 100,
    after: str | None = None,
) -> tuple[list[Row], str | None]:
    """Return a page of the measures the actor may read, by id, and the id the next one begins after.

    Raises `Invalid` for a district that does not exist.
    """
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    query = _joined(Measure).where(~Measure.deleted, readable(actor, Measure))
    for column, wanted in ((Measure.site_id, site_id), (Site.district, district), (Measure.status, status)):
        if wanted is not None:
            query = query.where(column == wanted)
    if is_overdue is not None:
        late = and_(Measure.status.in_(rules.OPEN), Measure.due_on < today)
        query = query.where(late if is_overdue else ~late)
    if after is not None:
        query = query.where(Measure.id > after)
    size = max(1, min(limit, MOST))
    rows = session.execute(query.order_by(Measure.id).limit(size + 1)).mappings().all()
    return [_measure(row, today) for row in rows[:size]], rows[size - 1]["id"] if len(rows) > size else None


def measure(session: Session, actor: Actor, measure_id: str, today: date) -> Row:
    """Return one measure. Raises `NotFound`."""
    query = _joined(Measure).where(Measure.id == measure_id, ~Measure.deleted, readable(actor, Measure))
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return {**_measure(found, today), "may_write": actor.covers(found["district"], *WRITERS)}


def open_measures(session: Session, actor: Actor, district: str | None, today: date) -> list[Row]:
    """Return the measures under way or past their day in a district or the city, the most overdue first."""
    query = _of_statuses(actor, rules.OPEN, district).order_by(Measure.due_on, Measure.id)
    return [_measure(row, today) for row in session.execute(query).mappings()]


def done_measures(session: Session, actor: Actor, district: str | None) -> list[Row]:
    """Return the measures that were done in a district or the city, each with its `baseline` and `after` period."""
    rows = session.execute(_of_statuses(actor, ("done",), district)).mappings()
    return [{**row, **rules.compared_periods(dict(row))} for row in rows]


def examples(
    session: Session,
    actor: Actor,
    *,
    words: str | None = None,
    kind: str | None = None,
    condition: str | None = None,
    district: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> tuple[list[Row], str | None]:
    """Return a page of the good examples the actor may read, newest first, and the id the next one begins after.

    `words`: each of them stands in the title or the texts, whatever its case.
    """
    query = _joined(GoodExample).where(~GoodExample.deleted, readable_examples(actor))
    if kind is not None:
        query = query.where(GoodExample.kind == kind)
    if district is not None:
        query = query.where(Site.district == district)
    if after is not None:
        query = query.where(GoodExample.id < after)
    found = [dict(row) for row in session.execute(query.order_by(GoodExample.id.desc())).mappings()]
    # Folded here: SQLite knows no upper case beyond ASCII, and the lists are short.
    sought = (words or "").casefold().split()
    found = [row for row in found if all(word in _text_of(row) for word in sought)]
    if condition is not None:
        found = [row for row in found if condition in row["conditions"]]
    size = max(1, min(limit, MOST))
    page = _with_names(session, actor, found[:size])
    return page, page[-1]["id"] if len(found) > size else None


def example(session: Session, actor: Actor, example_id: str) -> Row:
    """Return one good example. Raises `NotFound`."""
    query = _joined(GoodExample).where(
        GoodExample.id == example_id, ~GoodExample.deleted, readable_examples(actor)
    )  # fmt: skip
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return _with_names(session, actor, [dict(found)])[0]


def alike_examples(session: Session, actor: Actor, site_id: str, now: datetime, most: int = 5) -> list[Row]:
    """Return the good examples from other places that fit conditions noted at a site, the most alike first.

    Each with `shared`: the conditions in common. A site where no condition was noted in a year has none.
    """
    noted = conditions_noted(session, site_id, now)
    found, _ = examples(session, actor, limit=MOST)
    near = [row for row in found if row["site_id"] != site_id and rules.likeness(row, noted)]
    ordered = sorted(near, key=lambda row: -rules.likeness(row, noted))
    return [{**row, "shared": [code for code in row["conditions"] if code in noted]} for row in ordered[:most]]


def conditions_noted(session: Session, site_id: str, now: datetime) -> frozenset[str]:
    """Return the physical conditions noted at a site in approved shifts of the last year; nothing of persons."""
    query = (
        select(Observation.conditions)
        .join(Visit, Visit.id == Observation.visit_id)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.site_id == site_id,
            Observation.deleted.is_(False),
            Visit.deleted.is_(False),
            Shift.deleted.is_(False),
            Shift.status == "approved",
            Shift.started_at >= now - CONDITIONS_FOR,
        )
    )
    return frozenset(code for codes in session.scalars(query) for code in codes) - {"none"}


def _counted(actor: Actor, table: Table) -> ColumnElement[bool]:
    """As `readable`, for counting: a viewer counts what is approved at places that they don't know by name too."""
    viewed = table.approved_version == table.version if actor.has_role("viewer") else false()
    return or_(in_district(actor), viewed)


def _of_statuses(actor: Actor, statuses: Iterable[str], district: str | None) -> Any:
    query = _joined(Measure).where(~Measure.deleted, Measure.status.in_(list(statuses)), readable(actor, Measure))
    return query if district is None else query.where(Site.district == district)


def _joined(table: Table) -> Any:
    return select(table.__table__, Site.district, Site.name.label("site_name")).join(Site, Site.id == table.site_id)


def _with_day(row: Any) -> Row:
    """Return a measure with the local date it was noted on."""
    return {**row, "created_on": local_date(row["created_at"])}


def _answer(row: Any) -> Row:
    names = (*rules.CONTENTS, "version", "copied_from")
    return {**{name: row[name] for name in names}, "is_approved": row["approved_version"] == row["version"]}


def _measure(row: Any, today: date) -> Row:
    return {
        **row,
        "is_overdue": rules.is_overdue(row, today),
        "is_approved": row["approved_version"] == row["version"],
        **rules.compared_periods(row),
    }


def _with_names(session: Session, actor: Actor, rows: Collection[Row]) -> list[Row]:
    names = names_of(session, actor, {row["site_id"] for row in rows})
    return [
        {
            **row,
            "site_id": row["site_id"] if row["site_id"] in names else None,
            "site_name": names.get(row["site_id"]),
            "is_approved": row["approved_version"] == row["version"],
            "may_write": actor.covers(row["district"], *WRITERS),
        }
        for row in rows
    ]


def _text_of(row: Row) -> str:
    return "\n".join((row["title"], row["done"], row["fits"], row["seen"])).casefold()
