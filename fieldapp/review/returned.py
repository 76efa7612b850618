"""What was sent back: until when it is asked for, and whom it has reached. Writes nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from fieldapp.review.models import Review, ReviewDelivery, ReviewMark
from fieldapp.review.rules import REOPEN, RETURN

SENT_BACK = Review.decision.in_((RETURN, REOPEN))
Json = dict[str, Any]


def told(people: Sequence[str], deliveries: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return whom a decision has reached and whom not: a row for each of these people, then others it came to.

    Each `{user_id, arrived_at, opened_at}`, both None where no phone of theirs has told of it.
    """
    came = {row["user_id"]: row for row in deliveries}
    nothing = {"arrived_at": None, "opened_at": None}
    return [{**nothing, "user_id": person, **came.get(person, {})} for person in dict.fromkeys([*people, *came])]


def last_returns(session: Session, shift_ids: Collection[str]) -> dict[str, Json]:
    """Return the decision that each pass was last sent back with, `{id, due_on, deliveries}`, by pass."""
    query = (
        select(Review.shift_id, Review.id, Review.due_on, ReviewDelivery)
        .outerjoin(ReviewDelivery, ReviewDelivery.review_id == Review.id)
        .where(Review.shift_id.in_(shift_ids), SENT_BACK)
        .order_by(Review.at, Review.id, ReviewDelivery.arrived_at, ReviewDelivery.user_id)
    )
    found: dict[str, Json] = {}
    for row in session.execute(query):
        if found.get(row.shift_id, {}).get("id") != row.id:
            found[row.shift_id] = {"id": row.id, "due_on": row.due_on, "deliveries": []}
        if (came := row.ReviewDelivery) is not None:
            one = {"user_id": came.user_id, "arrived_at": came.arrived_at, "opened_at": came.opened_at}
            found[row.shift_id]["deliveries"].append(one)
    return found


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return whether a pass was to be in again before today, as a condition of its mark."""
    newest_first = (Review.at.desc(), Review.id.desc())
    last = select(Review.due_on).where(Review.shift_id == ReviewMark.shift_id, SENT_BACK).order_by(*newest_first)
    return func.coalesce(last.limit(1).scalar_subquery() < today, false())
