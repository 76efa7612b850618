"""Phones of the people one leads, and whose may hold what others wait for. Writes nothing."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Device, GrantRow, User
from fieldapp.review.rules import may_hold
from fieldapp.sync.models import DeviceState

Json = dict[str, Any]


def phones(session: Session, team_ids: Collection[str]) -> list[Json]:
    """Return the phones of people who are or were in the teams, those longest silent first.

    A phone is what has sent to the server, or whose queue file was read in (then `last_sync_at` is None); a browser of
    the office never does. Each `{device_id, user_id, user, name,
    last_sync_at, app_build, missing_ranges, queue, revoked_at}`.
    """
    people = select(GrantRow.user_id).where(GrantRow.team_id.in_(team_ids))
    query = (
        select(
            DeviceState.device_id,
            DeviceState.user_id,
            User.name.label("user"),
            Device.name,
            DeviceState.last_sync_at,
            DeviceState.app_build,
            DeviceState.missing_ranges,
            DeviceState.queue,
            Device.revoked_at,
        )
        .join(Device, Device.id == DeviceState.device_id)
        .join(User, User.id == DeviceState.user_id)
        .where(DeviceState.user_id.in_(people))
        .order_by(DeviceState.last_sync_at.asc().nulls_first(), DeviceState.device_id)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def awaited(session: Session, held: Sequence[Mapping[str, Any]]) -> dict[str, list[Json]]:
    """Return, by held row, the phones of its team that may hold what it waits for (PU9).

    Which one does is known to nobody: what is awaited has said nothing yet. Each as in `phones`.
    """
    of_team = {unit_id: phones(session, [unit_id]) for unit_id in {row["unit_id"] for row in held}}
    return {
        row["id"]: [
            phone
            for phone in of_team[row["unit_id"]]
            if phone["device_id"] != row["device_id"]
            and (phone["last_sync_at"] is None or may_hold(phone, row["made_at"] or row["received_at"]))
        ]
        for row in held
    }
