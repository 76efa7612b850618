"""Sends the invented evenings the way phones do: in each author's name, in batches, through the protocol's engine.

So last visits, participants, history and receipts stand as after real evenings.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import select

from fieldapp.accounts import queries as accounts
from fieldapp.accounts.sessions import end_session, start_session
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.evenings import Evening, evenings
from fieldapp.outreach.models import Shift
from fieldapp.sync.envelope import MAX_MUTATIONS, PROTOCOL, read_envelope
from fieldapp.sync.models import DeviceState
from fieldapp.sync.push import push
from fieldapp.sync.registered import registry

DEMO_PHONES = "018bcfe5-6800-7002-8000-"
DEVICE_ID = DEMO_PHONES + "{:012x}"


def send_evenings(people: dict[str, str]) -> int:
    """Send those of ten weeks of evenings that are not there; return how many mutations took effect.

    An evening is sent whole or not at all, so a sending that was interrupted is completed by the next one. `people`
    holds user ids by the name before the @. Opens its own transactions. Raises `RuntimeError` naming the first
    mutation that was refused.
    """
    teams = {name: team_id for team_id, name in accounts.team_names(db.session()).items()}
    present = set(db.session().scalars(select(Shift.id)))
    db.session.rollback()
    sent = 0
    written = list(evenings(local_date(utc_now()), people, teams))
    for number, author in enumerate(sorted({evening.author for evening in written}), start=1):
        missing = [evening for evening in written if evening.author == author and evening.shift_id not in present]
        if missing:
            sent += _send_as(people[author], DEVICE_ID.format(number), missing)
    return sent


def _send_as(user_id: str, device_id: str, written: Iterable[Evening]) -> int:
    actor = _signed_in(user_id, device_id)
    before = db.session().scalar(select(DeviceState.last_seq).where(DeviceState.device_id == device_id)) or 0
    db.session.rollback()
    number = before
    batch: list[dict[str, Any]] = []
    for evening in written:
        if len(batch) + len(evening.mutations) > MAX_MUTATIONS:
            _send(actor, device_id, batch)
            batch = []
        for mutation in evening.mutations:
            number += 1
            batch.append({**mutation, "device_seq": number})
    _send(actor, device_id, batch)
    with write_transaction():
        end_session(db.session(), actor=actor)
    return number - before


def _signed_in(user_id: str, device_id: str) -> Actor:
    session, now = db.session(), utc_now()
    name = accounts.names_of(session, [user_id])[user_id]
    grants = accounts.grants_of(session, user_id)
    with write_transaction():
        opened = start_session(
            db.session(),
            user_id=user_id,
            roles=frozenset(grant.role for grant in grants),
            device_id=device_id,
            device_name="Demomobil",
            on_phone=True,
            replaces=None,
        )
    return Actor(user_id, name, "", opened.id, device_id, grants).at(now)


def _send(actor: Actor, device_id: str, mutations: Sequence[dict[str, Any]]) -> None:
    now = utc_now()
    body = orjson.dumps({"protocol": PROTOCOL, "mutations": mutations})
    envelope = read_envelope(body, now=now, key=current_app.config["SETTINGS"].lasting_key.encode())
    receipts = push(registry(), actor=actor, ever=actor, device_id=device_id, envelope=envelope, now=now)
    for receipt in receipts:
        if receipt["status"] != "applied":
            raise RuntimeError(f"{receipt['mutation_id']}: {receipt['status']} {receipt['error']}")
