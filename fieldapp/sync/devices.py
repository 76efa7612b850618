"""What the server knows of each device's sending: numbers that never came, queue as last told, clock (PU14, PU15)."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldapp.sync.envelope import Envelope
from fieldapp.sync.models import DeviceState, Receipt
from fieldapp.sync.rules import after_numbers

KNOWN_FOR = timedelta(minutes=1)
SAME_CLOCK_S = 30
_STATE = select(DeviceState.__table__).where(DeviceState.device_id == bindparam("device_id"))
_STATE_LOCKED = _STATE.with_for_update()
_ANSWERED = select(Receipt.mutation_id).where(Receipt.mutation_id.in_(bindparam("ids", expanding=True)))


def note_contact(
    session: Session, *, device_id: str, user_id: str, envelope: Envelope, now: datetime, is_device: bool = True
) -> frozenset[int]:
    """Note a request of a device and return the sequence numbers in it that were used before.

    `is_device=False`: its queue file is read in (CL11); its numbers have come, itself it stays silent.

    The device's row is locked: two requests of one device are taken in one after the other (PU3, in parallel).
    """
    known = _locked(session, device_id, user_id)
    sequence = after_numbers(known["last_seq"], known["missing_ranges"], _numbers_of_new(session, envelope))
    numbers = {"user_id": user_id, "last_seq": sequence.last, "missing_ranges": sequence.missing}
    contact = {
        "queue": envelope.queue or known["queue"],
        "app_build": envelope.app_build or known["app_build"],
        "clock_offset_s": envelope.clock_offset_s,
        "last_sync_at": now,
    }
    session.execute(
        update(DeviceState).where(DeviceState.device_id == device_id).values(numbers | (contact if is_device else {}))
    )
    return sequence.reused


def _locked(session: Session, device_id: str, user_id: str) -> RowMapping:
    """Return the device's row, locked; made at its first request, of which there may be several at once."""
    key = {"device_id": device_id}
    known = session.execute(_STATE_LOCKED, key).mappings().first()
    if known is None:
        try:
            with session.begin_nested():
                session.add(DeviceState(device_id=device_id, user_id=user_id))
        except IntegrityError:
            pass  # another request of the device was first, and has ended by now
        known = session.execute(_STATE_LOCKED, key).mappings().one()
    return known


def says_nothing_new(session: Session, *, device_id: str, envelope: Envelope, now: datetime) -> bool:
    """Say whether a request only asks: no mutations, and nothing of the device that is not known for a minute."""
    if envelope.mutations:
        return False
    known = session.execute(_STATE, {"device_id": device_id}).mappings().first()
    if known is None or known["last_sync_at"] is None or now - known["last_sync_at"] > KNOWN_FOR:
        return False
    is_same_clock = (known["clock_offset_s"] is None) == (envelope.clock_offset_s is None) and (
        abs((known["clock_offset_s"] or 0) - (envelope.clock_offset_s or 0)) < SAME_CLOCK_S
    )
    is_same_queue = not envelope.queue or known["queue"] == envelope.queue
    return is_same_clock and is_same_queue and envelope.app_build in (None, known["app_build"])


def last_offset_s(session: Session, device_id: str) -> float | None:
    """Return device minus server in seconds as the device last told, None when it never did (PU15)."""
    known = session.execute(_STATE, {"device_id": device_id}).mappings().first()
    return known["clock_offset_s"] if known else None


def _numbers_of_new(session: Session, envelope: Envelope) -> list[int]:
    """Numbers of mutations never answered before; a replay says nothing new."""
    ids = [mutation.id for mutation in envelope.mutations]
    if not ids:
        return []
    answered = set(session.scalars(_ANSWERED, {"ids": ids}))
    numbers: dict[str, int] = {}
    for mutation in envelope.mutations:
        if mutation.id not in answered and mutation.device_seq is not None:
            numbers.setdefault(mutation.id, mutation.device_seq)
    return list(numbers.values())
