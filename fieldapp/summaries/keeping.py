"""Keeps facts beside the records: days that a changed shift is counted on are counted anew, in its own transaction.

Of two transactions that count, the second waits for the first to end (`take_turn`), and reads what it wrote; so does a
rebuild. Flush, never commit.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.core.clock import local_date
from fieldapp.core.database import before_commit, take_turn
from fieldapp.outreach.approved import approved_as, span_of_version
from fieldapp.outreach.models import ApprovedVersion, Shift
from fieldapp.summaries import queries
from fieldapp.summaries.daily import Key, daily
from fieldapp.summaries.fact_rows import (
    DAMAGED,
    FACTS,
    SITE_DAYS,
    Changes,
    Json,
    SiteDays,
    kept,
    known_site_days,
    write_facts,
    write_site_days,
)
from fieldapp.summaries.models import CountedShift, FactsState
from fieldapp.summaries.packing import FORMAT, add, atoms_of, pack
from fieldapp.summaries.periods import DAY, month_end
from fieldapp.summaries.rows import Material, ShiftRow
from fieldapp.summaries.rules import Effort, Figures

COUNTED: Any = CountedShift.__table__


class Counted(NamedTuple):
    """Where a shift is counted: the days it reaches, and as which approved version, None as it stands."""

    first_day: date
    last_day: date
    version: int | None


def count_again(session: Session, shift_ids: Iterable[str]) -> None:
    """Let shifts that were written, approved, opened or disposed of be counted anew before the transaction ends."""
    before_commit(session, _settle, shift_ids)


def take_facts(session: Session) -> None:
    """Wait until nobody else counts, and let nobody begin before this transaction ends; what has another form goes."""
    take_turn(session, "summary_facts")
    if session.scalar(select(FactsState.format)) != FORMAT:
        for table in (FACTS, SITE_DAYS, COUNTED):
            session.execute(delete(table))
        session.execute(update(FactsState).values(format=FORMAT, is_built=False, built_to=None))


def _settle(session: Session, shift_ids: set[str]) -> None:
    touched = _that_may_count(session, shift_ids)
    if not touched:
        return  # what was never approved is in no figure: a phone pays for one look
    take_facts(session)
    before, now = _counted(session, touched), _to_count(session, touched)
    moved = {
        key
        for key in touched
        if before.get(key) != now.get(key) or (key in now and now[key].version is None)  # as it stands: it was written
    }
    if not moved:
        return
    _note_counted(session, moved, {key: now[key] for key in moved if key in now})
    for first, last in _runs([where[key] for where in (before, now) for key in moved if key in where]):
        move_months(session, recount(session, first, last))


def recount(session: Session, first: date, last: date) -> Changes:
    """Count the days from `first` to `last` anew; return what the facts were that changed, and what they are."""
    return write_days(session, first, last, queries.approved_rows(session, first, last))


def write_days(session: Session, first: date, last: date, material: Material) -> Changes:
    """Write the facts of days as their rows say. Returns as `recount`."""
    changes = write_facts(session, "day", kept(session, "day", first, last), packed_days(material))
    write_site_days(session, known_site_days(session, first, last), site_days(material))
    return changes


def months_of(changes: Iterable[Key]) -> set[Key]:
    """Return the scopes of days with their months."""
    return {(scope, day.replace(day=1)) for scope, day in changes}


def move_months(session: Session, changes: Changes) -> None:
    """Let the rows of months follow what changed of their days: all of a month's days need not be read for one."""
    by_month: defaultdict[Key, list[tuple[date, Json, Json]]] = defaultdict(list)
    for (scope, day), (before, now) in changes.items():
        by_month[scope, day.replace(day=1)].append((day, before, now))
    if not by_month:
        return
    scopes, months = {scope for scope, _ in by_month}, [month for _, month in by_month]
    known = kept(session, "month", min(months), max(months), scopes)
    moved = {key: row for key, days in by_month.items() if (row := _moved(key, known.get(key), days)) is not None}
    write_facts(session, "month", {key: known[key] for key in moved}, {key: row for key, row in moved.items() if row})
    sum_months(session, by_month.keys() - moved.keys())


def _moved(key: Key, month: Json | None, days: list[tuple[date, Json, Json]]) -> Json | None:
    """Return a month's facts after days of it changed, nothing where none is left; None where it must be summed."""
    if not month or DAMAGED in (month, *(before for _, before, _ in days)):
        return None
    figures = Figures(Effort())
    add(figures, month, is_first=True)
    for day, before, now in days:
        if before and (not now or atoms_of(before) - atoms_of(now)):
            return None  # whether another day has the atom is known from all of them
        for packed, times in ((before, -1), (now, 1)):
            if packed:
                add(figures, packed, is_first=day == key[1], times=times)
    return pack(figures)


def sum_months(session: Session, months: Iterable[Key]) -> None:
    """Make the rows of months the sums of their days."""
    by_month: defaultdict[date, set[str]] = defaultdict(set)
    for scope, month in months:
        by_month[month].add(scope)
    for month, scopes in sorted(by_month.items()):
        days = kept(session, "day", month, month_end(month), scopes)
        write_facts(session, "month", kept(session, "month", month, month, scopes), summed(days))


def packed_days(material: Material) -> dict[Key, Json]:
    """Return the facts that the rows of days come to."""
    return {key: pack(figures) for key, figures in daily(material).items()}


def summed(days: dict[Key, Json]) -> dict[Key, Json]:
    """Return the facts of the months that days lie in."""
    found: dict[Key, Figures] = {}
    for (scope, day), packed in days.items():
        month = day.replace(day=1)
        if packed is DAMAGED:
            continue  # `check` names it, a rebuild mends it; nobody's approval fails for it
        add(found.setdefault((scope, month), Figures(Effort())), packed, is_first=day == month)
    return {key: pack(figures) for key, figures in found.items()}


def site_days(material: Material) -> SiteDays:
    """Return which sites the rows' shifts visited, on the days of the shifts."""
    day_of = {shift.id: shift.day for shift in material.shifts}
    return {
        (visit.site_id, day_of[visit.shift_id])
        for visit in material.visits
        if visit.site_id and visit.shift_id in day_of and visit.outcome != "not_visited"
    }


def counted_on(shift: ShiftRow) -> Counted:
    """Return where a row is counted."""
    last = local_date(shift.ended_at) if shift.ended_at else shift.day
    return Counted(shift.day, max(shift.day, last), shift.version)


def known_counted(session: Session, first: date, last: date) -> dict[str, Counted]:
    """Return which shifts are noted as counted that began on these days, and where."""
    query = select(COUNTED).where(COUNTED.c.first_day.between(first, last))
    return {row.shift_id: Counted(*row[1:]) for row in session.execute(query)}


def note_all_counted(session: Session, first: date, last: date, material: Material) -> None:
    """Note of all shifts that began on these days where they are counted."""
    wanted = {shift.id: counted_on(shift) for shift in material.shifts}
    known = known_counted(session, first, last)
    moved = {key for key in known.keys() | wanted.keys() if known.get(key) != wanted.get(key)}
    _note_counted(session, moved, {key: wanted[key] for key in moved if key in wanted})


def _that_may_count(session: Session, shift_ids: set[str]) -> set[str]:
    """Return those of the shifts that are, were or may have been counted: approved once, or not there any more."""
    was_approved = exists().where(ApprovedVersion.shift_id == Shift.id)
    query = select(Shift.id, or_(Shift.status == "approved", was_approved)).where(Shift.id.in_(shift_ids))
    found: dict[str, bool] = {row[0]: row[1] for row in session.execute(query)}
    return {key for key in shift_ids if found.get(key, True)}


def _counted(session: Session, shift_ids: set[str]) -> dict[str, Counted]:
    query = select(COUNTED).where(COUNTED.c.shift_id.in_(shift_ids))
    return {row.shift_id: Counted(*row[1:]) for row in session.execute(query)}


def _to_count(session: Session, shift_ids: set[str]) -> dict[str, Counted]:
    query = select(Shift.id, Shift.started_at, Shift.ended_at).where(
        Shift.id.in_(shift_ids), Shift.status == "approved", Shift.deleted.is_(False)
    )
    found = {row.id: _where(row.started_at, row.ended_at, None) for row in session.execute(query)}
    for key, number in approved_as(session, shift_ids).items():
        found[key] = _where(*span_of_version(session, key, number), number)
    return found


def _where(started_at: datetime, ended_at: datetime | None, version: int | None) -> Counted:
    first = local_date(started_at)
    return Counted(first, max(first, local_date(ended_at)) if ended_at else first, version)


def _note_counted(session: Session, moved: Collection[str], now: dict[str, Counted]) -> None:
    if moved:
        session.execute(delete(COUNTED).where(COUNTED.c.shift_id.in_(moved)))
    if now:
        session.execute(insert(COUNTED), [{"shift_id": key, **where._asdict()} for key, where in sorted(now.items())])


def _runs(where: Iterable[Counted]) -> list[tuple[date, date]]:
    """Return the days as runs without a gap, so that neighbours are read together."""
    days = sorted({one.first_day + n * DAY for one in where for n in range((one.last_day - one.first_day).days + 1)})
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + DAY == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
