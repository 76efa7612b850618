"""Reads of review, each filtered by what the grants let through (access.md)."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device, GrantRow
from fieldapp.core.access import Actor
from fieldapp.core.errors import Invalid
from fieldapp.review.models import Review, ReviewComment, ReviewDelivery
from fieldapp.sync.kept import Rejections, own_or_led
from fieldapp.sync.models import DeviceState, Rejection

MAX_LIMIT = 1000
OWN_DEVICES = ("field_worker", "team_lead", "walk_coordinator", "viewer")
Json = dict[str, Any]


def devices(session: Session, actor: Actor, *, limit: int, after: str | None) -> Json:
    """Return devices with what is known of their sending (PU14): own, led, for an administrator all."""
    size = max(1, min(limit, MAX_LIMIT))
    open_ones = (
        select(func.count())
        .select_from(Rejection)
        .where(Rejection.device_id == Device.id, Rejection.state.in_(("open", "handed_over")), ~Rejection.deleted)
        .scalar_subquery()
    )
    query = (
        select(Device, DeviceState, open_ones.label("rejections_open"))
        .outerjoin(DeviceState, DeviceState.device_id == Device.id)
        .where(_visible_devices(actor))
        .order_by(Device.id)
        .limit(size + 1)
    )
    if after is not None:
        query = query.where(Device.id > after)
    found = session.execute(query).all()
    items = [_device(row.Device, row.DeviceState, row.rejections_open) for row in found[:size]]
    return {"items": items, "next": items[-1]["device_id"] if len(found) > size else None}


def rejections(session: Session, actor: Actor, *, limit: int, after: str | None, state: str | None = None) -> Json:
    """Return the rejections one sent and those of the teams one leads, newest first; of one state where it is said."""
    size = max(1, min(limit, MAX_LIMIT))
    table: Any = Rejection.__table__
    query = select(table).where(own_or_led(Rejection, actor), ~table.c.deleted).order_by(table.c.id.desc())
    if state is not None:
        query = query.where(table.c.state == state)
    if after is not None:
        known = session.scalar(select(table.c.id).where(table.c.id == after, own_or_led(Rejection, actor)))
        if known is None:
            raise Invalid(fields={"after": ["unknown_id"]})
        query = query.where(table.c.id < after)
    found = session.execute(query.limit(size + 1)).mappings().all()
    items = [Rejections().present(row, actor) for row in found[:size]]
    return {"items": items, "next": items[-1]["id"] if len(found) > size else None}


def comments_of(session: Session, shift_id: str) -> list[Json]:
    """Return what was asked for on a shift, and mended. For those on it and its lead: the caller has seen to that."""
    query = select(ReviewComment).where(ReviewComment.shift_id == shift_id, ~ReviewComment.deleted)
    return [
        {
            "id": row.id,
            "shift_id": row.shift_id,
            "record_id": row.record_id,
            "field": row.field,
            "text": row.text,
            "review_id": row.review_id,
            "due_on": row.due_on,
            "before": row.before,
            "author_id": row.created_by,
            "made_at": row.created_at,
        }
        for row in session.scalars(query.order_by(ReviewComment.seq))
    ]


def reviews_of(session: Session, shift_id: str) -> list[Json]:
    """Return the decisions on a shift, oldest first, each with whom it has reached. For the same as `comments_of`."""
    reached: dict[str, list[Json]] = {}
    of_shift = select(ReviewDelivery).join(Review, Review.id == ReviewDelivery.review_id)
    of_shift = of_shift.where(Review.shift_id == shift_id).order_by(ReviewDelivery.arrived_at, ReviewDelivery.user_id)
    for row in session.scalars(of_shift):
        told = {"user_id": row.user_id, "arrived_at": row.arrived_at, "opened_at": row.opened_at}
        reached.setdefault(row.review_id, []).append(told)
    decisions = session.scalars(select(Review).where(Review.shift_id == shift_id).order_by(Review.at, Review.id))
    return [
        {
            **{name: getattr(row, name) for name in ("id", "decision", "by", "at", "reason", "due_on")},
            "deliveries": reached.get(row.id, []),
        }
        for row in decisions
    ]


def _visible_devices(actor: Actor) -> ColumnElement[bool]:
    if actor.has_role("admin"):
        return true()
    own = Device.user_id == actor.user_id if actor.has_role(*OWN_DEVICES) else false()
    led = actor.teams("team_lead")
    people = select(GrantRow.user_id).where(GrantRow.team_id.in_(led))
    return or_(own, Device.user_id.in_(people)) if led else own


def _device(device: Device, state: DeviceState | None, rejections_open: int) -> Json:
    return {
        "device_id": device.id,
        "user_id": device.user_id,
        "name": device.name,
        "last_sync_at": state.last_sync_at if state else None,
        "missing_ranges": state.missing_ranges if state else [],
        "queue": state.queue if state and state.queue else None,
        "rejections_open": rejections_open,
        "app_build": state.app_build if state else None,
        "revoked_at": device.revoked_at,
    }
