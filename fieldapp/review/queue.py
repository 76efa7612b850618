"""The passes that wait for a leader, oldest first: a page at a time, each with why it should be looked at closely.

Asked by the teams one leads, along the index of `review_marks`: no page depends on how long the queue is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device
from fieldapp.outreach.models import Shift, ShiftParticipant
from fieldapp.review.codes import GAP
from fieldapp.review.models import ReviewMark
from fieldapp.review.paging import Place, place_text
from fieldapp.review.returned import is_overdue
from fieldapp.review.rules import Gap, gap_of
from fieldapp.sync.models import DeviceState

PAGE = 25
MORE_AT_ONCE = 500  # where a filter leaves most of them out
COUNTED_TO = 1000
CLOSER, OTHERS = "closer", "others"
PARTS = (CLOSER, OTHERS)
OVERDUE, AWAITED = "overdue", "awaited"
RETURNED_PARTS = (OVERDUE, AWAITED)
MARKED, PLAIN = ReviewMark.looks_closer.is_(True), ReviewMark.looks_closer.is_(False)
Json = dict[str, Any]
Lacks = ColumnElement[bool] | None  # of which marks numbers lack: a condition, None where no phone lacks any


@dataclass(frozen=True)
class Filters:
    """What of the queue is asked for: of which teams, and of these which passes."""

    teams: frozenset[str]
    district: str | None = None
    reason: str | None = None


def page_of(
    session: Session, filters: Filters, part: str, lacks: Lacks, after: Place | None = None
) -> tuple[list[Json], str | None]:
    """Return the next submitted passes of a part of the queue as marks, and where the page after them begins.

    A pass of which numbers never came from a phone (PU14) is one to look at closely, for as long as they are missing.
    """
    streams = []
    if part == OTHERS and filters.reason is None:
        streams.append(_stream(session, filters, after, PLAIN, *([] if lacks is None else [~lacks])))
    if part == CLOSER and filters.reason != GAP:
        streams.append(_stream(session, filters, after, MARKED))
    if part == CLOSER and filters.reason in (None, GAP) and lacks is not None:
        streams += [_stream(session, filters, after, one, lacks) for one in _with_gap_shown(filters)]
    return _page(session, merge(*streams, key=_place), lacks, lambda mark: _is_wanted(filters, mark))


def returned(
    session: Session, filters: Filters, part: str, today: date, lacks: Lacks, after: Place | None = None
) -> tuple[list[Json], str | None]:
    """Return the next passes of a part of those that were sent back and are not in again: overdue, or not yet."""
    is_late = is_overdue(today)
    asked = is_late if part == OVERDUE else ~is_late
    streams = [_stream(session, filters, after, closer, asked, status="returned") for closer in (MARKED, PLAIN)]
    return _page(session, merge(*streams, key=_place), lacks, lambda mark: filters.district in (None, mark["district"]))


def neighbours(session: Session, teams: frozenset[str], place: Place) -> tuple[str | None, str | None]:
    """Return the submitted passes next before and after a place in the queue, whatever part they stand in."""
    order = (ReviewMark.started_at, ReviewMark.shift_id)
    found: list[list[Place]] = [[], []]
    for team_id in teams:
        for part in (MARKED, PLAIN):
            waits = select(*order).where(ReviewMark.team_id == team_id, ReviewMark.status == "submitted", part)
            newest_first = [column.desc() for column in order]
            for side, query in enumerate(
                (
                    waits.where(tuple_(*order) < place).order_by(*newest_first),
                    waits.where(tuple_(*order) > place).order_by(*order),
                )
            ):
                found[side] += [(row.started_at, row.shift_id) for row in session.execute(query.limit(1))]
    before, after = max(found[0], default=None), min(found[1], default=None)
    return before[1] if before else None, after[1] if after else None


def counts(session: Session, teams: frozenset[str], lacks: Lacks) -> dict[str, int]:
    """Return how many passes wait in each part, and how many are sent back; `COUNTED_TO` + 1 says more than that."""
    with_gap = 0 if lacks is None else _count(session, teams, "submitted", PLAIN, lacks)
    found: dict[str, int] = {
        CLOSER: _count(session, teams, "submitted", MARKED) + with_gap,
        OTHERS: _count(session, teams, "submitted", PLAIN, *([] if lacks is None else [~lacks])),
        "returned": sum(_count(session, teams, "returned", one) for one in (MARKED, PLAIN)),
    }
    return {name: min(count, COUNTED_TO + 1) for name, count in found.items()}


def lacks_numbers(session: Session) -> Lacks:
    """Return whether somebody of the pass has a phone whose numbers lack of it (`rules.Gap`), as a condition of a mark.

    None when no phone lacks any. Counted rather than joined: asked mark by mark in the queue's order, a page ends with
    its last row.
    """
    gaps = _gaps(session)
    if not gaps:
        return None
    on_it = select(func.count()).where(
        ShiftParticipant.shift_id == ReviewMark.shift_id, _has_gap(gaps, ShiftParticipant.user_id)
    )
    made_it = select(func.count()).where(Shift.id == ReviewMark.shift_id, _has_gap(gaps, Shift.created_by))
    return or_(on_it.scalar_subquery() > 0, made_it.scalar_subquery() > 0)


def _with_gap_shown(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    """Return which marks stand there for a gap alone; asked for gaps, those with another reason as well."""
    return (MARKED, PLAIN) if filters.reason == GAP else (PLAIN,)


def _page(
    session: Session, marks: Iterator[Json], lacks: Lacks, is_wanted: Callable[[Json], bool]
) -> tuple[list[Json], str | None]:
    found = list(islice((mark for mark in marks if is_wanted(mark)), PAGE + 1))
    shown = found[:PAGE]
    following = place_text(_place(shown[-1])) if len(found) > PAGE else None
    lacking = _with_gaps(session, [mark["shift_id"] for mark in shown], lacks)
    return [_with_reason(mark, mark["shift_id"] in lacking) for mark in shown], following


def _stream(
    session: Session,
    filters: Filters,
    after: Place | None,
    *conditions: ColumnElement[bool],
    status: str = "submitted",
) -> Iterator[Json]:
    """Yield the marks of all teams in the queue's order, each team's read along the index."""
    return merge(*(_of_team(session, team, status, after, conditions) for team in sorted(filters.teams)), key=_place)


def _of_team(
    session: Session, team_id: str, status: str, after: Place | None, conditions: tuple[ColumnElement[bool], ...]
) -> Iterator[Json]:
    order = (ReviewMark.started_at, ReviewMark.shift_id)
    table: Any = ReviewMark.__table__
    query = select(table).where(ReviewMark.team_id == team_id, ReviewMark.status == status, *conditions)
    at_once = PAGE + 1
    while True:
        rest = query if after is None else query.where(tuple_(*order) > after)
        rows = session.execute(rest.order_by(*order).limit(at_once)).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < at_once:
            return
        after, at_once = _place(rows[-1]), MORE_AT_ONCE


def _count(session: Session, teams: frozenset[str], status: str, *conditions: ColumnElement[bool]) -> int:
    total = 0
    for team_id in teams:
        some = (
            select(ReviewMark.shift_id)
            .where(ReviewMark.team_id == team_id, ReviewMark.status == status, *conditions)
            .order_by(ReviewMark.started_at, ReviewMark.shift_id)
            .limit(COUNTED_TO + 1)
        )
        total += session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return total


def _place(mark: Any) -> Place:
    return mark["started_at"], mark["shift_id"]


def _is_wanted(filters: Filters, mark: Json) -> bool:
    is_there = filters.district in (None, mark["district"])
    return is_there and (filters.reason in (None, GAP) or filters.reason in mark["reasons"])


def _with_reason(mark: Json, has_gap: bool) -> Json:
    return {**mark, "reasons": [*mark["reasons"], *([GAP] if has_gap else [])]}


def _with_gaps(session: Session, shift_ids: list[str], lacks: Lacks) -> set[str]:
    if lacks is None:
        return set()
    return set(session.scalars(select(ReviewMark.shift_id).where(ReviewMark.shift_id.in_(shift_ids), lacks)))


def _has_gap(gaps: Mapping[str, Gap], user_id: Any) -> ColumnElement[bool]:
    """Return whether numbers of somebody's lack of the pass of a mark."""
    anywhere = user_id.in_([person for person, gap in gaps.items() if gap.is_everywhere()])
    here = {person: _is_of(gap) for person, gap in gaps.items() if not gap.is_everywhere()}
    # Told apart by a CASE, which may be as wide as there are people: an OR may be a thousand deep (SQLite).
    return or_(anywhere, case(here, value=user_id, else_=false())) if here else anywhere


def _is_of(gap: Gap) -> ColumnElement[bool]:
    """`Gap.is_of`, asked of the mark's pass; not of one that is everywhere."""
    begun = ReviewMark.started_at
    after = begun > gap.newest_at
    return after if gap.lacking_at is None else or_(begun <= gap.lacking_at, after)


def _gaps(session: Session) -> dict[str, Gap]:
    """Return what lacks on people's phones, of those where something does."""
    columns = (DeviceState.user_id, DeviceState.last_sync_at, DeviceState.missing_ranges, Device.revoked_at)
    known = select(*columns).join(Device, Device.id == DeviceState.device_id)
    lacking = select(DeviceState.user_id).where(cast(DeviceState.missing_ranges, Text) != "[]")
    phones = defaultdict(list)
    for row in session.execute(known.where(DeviceState.user_id.in_(lacking))).mappings():
        phones[row["user_id"]].append(row)
    return {person: gap for person, some in phones.items() if (gap := gap_of(some))}
