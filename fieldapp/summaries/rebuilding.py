"""Builds the facts of all days from the records, and says which are not what the records come to.

A week at a time, so that whoever writes waits for moments; what is written meanwhile is counted by its own transaction
(`keeping`), before the week is built or after it. The first build of all days goes on where it was cut off.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fieldapp.core.clock import local_date
from fieldapp.core.database import db, one_view, transacted
from fieldapp.outreach.models import ApprovedVersion, Shift
from fieldapp.summaries import fact_rows, keeping, queries
from fieldapp.summaries.daily import Key
from fieldapp.summaries.facts import is_built
from fieldapp.summaries.models import CountedShift, FactsState, SiteDay, SummaryFact
from fieldapp.summaries.packing import FORMAT
from fieldapp.summaries.periods import DAY, Period, month_end

A_TIME = timedelta(days=7)
Tell = Callable[["Built"], None]


class Built(NamedTuple):
    """A month that was built, and how many there are to build."""

    month: date
    number: int
    months: int


def rebuild(period: Period | None, tell: Tell) -> int:
    """Count days anew, all of them or the months a period touches; return how many months. Commits a week at a time.

    Readers go on reading: what was built stays in use, and what was not is folded from the records until all is.
    """
    session = db.session()
    months = list(_months(period or _all_days(session)))
    if period is None:
        done_to = None if is_built(session) else _begin(session)
        months = [month for month in months if done_to is None or month >= done_to]
    for number, month in enumerate(months, start=1):
        _build(month)
        if period is None:
            transacted(partial(_note_state, built_to=month_end(month) + DAY))
        tell(Built(month, number, len(months)))
    if period is None:
        transacted(partial(_note_state, is_built=True, built_to=None))
    return len(months)


def differences(period: Period | None) -> Iterator[str]:
    """Yield what is kept and is not what the records come to: days, months and what is kept of them, by name."""
    session = db.session()
    for month in list(_months(period or _all_days(session))):
        with one_view():
            found = list(_differences(session, month))
        yield from found


def _differences(session: Session, month: date) -> Iterator[str]:
    last = month_end(month)
    material = queries.approved_rows(session, month, last)
    days = keeping.packed_days(material)
    yield from _told("", fact_rows.kept(session, "day", month, last), days)
    yield from _told("month ", fact_rows.kept(session, "month", month, month), keeping.summed(days))
    for site_id, day in sorted(fact_rows.known_site_days(session, month, last) ^ keeping.site_days(material)):
        yield f"{day} site {site_id}"
    known = keeping.known_counted(session, month, last)
    wanted = {shift.id: keeping.counted_on(shift) for shift in material.shifts}
    for shift_id in sorted(known.keys() | wanted.keys()):
        if known.get(shift_id) != wanted.get(shift_id):
            yield f"{(wanted.get(shift_id) or known[shift_id]).first_day} shift {shift_id}"


def _told(name: str, known: Mapping[Key, Any], wanted: Mapping[Key, Any]) -> Iterator[str]:
    for scope, day in sorted(known.keys() | wanted.keys(), key=lambda key: (key[1], key[0])):
        if known.get((scope, day)) != wanted.get((scope, day)):
            yield f"{name}{day} {scope}"


def _build(month: date) -> None:
    """Build a month's days, then its sums; where they are in use, each week with its sums."""
    last = month_end(month)
    scopes: set[Key] = set()
    first = month
    while first <= last:
        until = min(last, first + A_TIME - DAY)
        transacted(partial(_build_days, first, until, scopes, is_last=until == last))
        first = until + DAY


def _build_days(first: date, last: date, scopes: set[Key], *, is_last: bool) -> None:
    session = db.session()
    keeping.take_facts(session)
    material = queries.approved_rows(session, first, last)
    scopes |= keeping.months_of(keeping.write_days(session, first, last, material))
    keeping.note_all_counted(session, first, last, material)
    if is_last:
        month = first.replace(day=1)
        known = fact_rows.kept(session, "month", month, month)
        keeping.sum_months(session, scopes | known.keys())
    elif is_built(session):
        keeping.sum_months(session, scopes)


def _begin(session: Session) -> date | None:
    """Return the day up to which an earlier run has built, None where it is to begin anew."""
    return session.scalar(select(FactsState.built_to).where(FactsState.format == FORMAT))


def _note_state(**values: Any) -> None:
    db.session().execute(update(FactsState).values(format=FORMAT, **values))


def _all_days(session: Session) -> Period | None:
    """Return the days from the first to the last of which anything approved, or any fact, is there."""
    moments = [
        session.execute(select(func.min(column), func.max(column)).where(*of)).one()
        for column, of in (
            (Shift.started_at, (Shift.status == "approved",)),
            (ApprovedVersion.started_at, ()),
        )
    ]
    days = [local_date(moment) for row in moments for moment in row if moment]
    for column in (SummaryFact.date, SiteDay.day, CountedShift.first_day):
        days += [day for day in session.execute(select(func.min(column), func.max(column))).one() if day]
    return Period(min(days), max(days)) if days else None


def _months(period: Period | None) -> Iterator[date]:
    if period is None:
        return
    month = period.first.replace(day=1)
    while month <= period.last:
        yield month
        month = month_end(month) + DAY
