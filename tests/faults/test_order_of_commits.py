"""PL2 on two real PostgreSQL connections whose commits cross: who took the lower number commits last.

docs/pl2.md says how to see these fail with a plain sequence, and what that looked like.
"""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from fieldapp.core.database import db
from fieldapp.core.ids import new_id
from fieldapp.outreach.models import Shift
from fieldapp.sync.sequence import take_seqs
from tests.factories.phone import Phone
from tests.factories.totals import totals
from tests.faults.conftest import PATIENT, SCALE, SECONDS

pytestmark = [PATIENT, SECONDS]


@pytest.fixture
def engine_name() -> str:
    """SQLite has one writer at a time: commits can't cross there."""
    return "postgresql"


@contextmanager
def connection_of_its_own(app: Flask) -> Iterator[Session]:
    """A transaction beside the app's, committed by hand."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session
        session.rollback()


def write_shift(session: Session, phone: Phone) -> str:
    """Write a shift as every writer does: the number first, then the row that carries it."""
    now, record_id = datetime.now(UTC), new_id()
    [seq] = take_seqs(session, 1)
    row = {
        "id": record_id, "version": 1, "seq": seq, "deleted": False, "created_by": phone.user_id, "created_at": now,
        "received_at": now, "flags": [], "team_id": phone.team_id, "district": "farsta", "kind": "evening",
        "assignment": "core", "started_at": now, "participant_ids": [phone.user_id],
    }  # fmt: skip
    session.execute(insert(Shift), [row])
    return record_id


def wait_shortly(other: Future[Any]) -> bool:
    """Give the other side all the time it needs, if it needs no lock; say whether it is through."""
    deadline = time.monotonic() + 1
    while not other.done() and time.monotonic() < deadline:
        time.sleep(0.01)
    return other.done()


@pytest.mark.parametrize("second", ["by_hand", "by_push"])
def test_PL2_a_number_taken_first_and_committed_last_is_not_skipped(app, phone, second):
    """First takes its number and waits; second takes the next one and commits as soon as it can; then a phone pulls."""
    falt1, falt2, reader = phone("falt1"), phone("falt2"), phone("ledare2")
    reader.pull()

    def write_second() -> str:
        if second == "by_push":
            shift = falt2.shift()
            falt2.apply(shift)
            return str(shift["record_id"])
        with connection_of_its_own(app) as session:
            record_id = write_shift(session, falt2)
            session.commit()
            return record_id

    with ThreadPoolExecutor(1) as pool, connection_of_its_own(app) as first:
        early = write_shift(first, falt1)
        writing = pool.submit(write_second)
        has_passed = wait_shortly(writing)
        reader.pull()  # whatever is committed by now moves the reader's cursor past it
        first.commit()
        late = writing.result(timeout=10)
    reader.pull()
    held = {record["id"] for record in reader.held("shifts")}
    skipped = {early, late} - held
    totals("PL2", crossed=int(has_passed), written=2, skipped=len(skipped))
    assert skipped == set()
    assert not has_passed  # the second one waited at the counter for the first one's commit


def test_PL2_whatever_the_order_of_commits_a_reader_who_never_stops_gets_everything(app, phone):
    """Six connections begin, number and commit at random while a phone pulls all the time; a seed a run."""
    falt1, reader = phone("falt1"), phone("ledare2")
    reader.pull()
    written: list[str] = []
    stop = threading.Event()

    def write(seed: str) -> None:
        chance = random.Random(seed)
        with connection_of_its_own(app) as session:
            time.sleep(chance.random() * 0.02)
            record_id = write_shift(session, falt1)
            time.sleep(chance.random() * 0.02)
            if chance.random() < 0.8:
                session.commit()
                written.append(record_id)

    def read() -> None:
        while not stop.is_set():
            reader.pull(limit=3)

    with ThreadPoolExecutor(7) as pool:
        reading = pool.submit(read)
        for seed in range(20 * SCALE):
            for done in [pool.submit(write, f"{seed}-{at}") for at in range(6)]:
                done.result(timeout=10)
        stop.set()
        reading.result(timeout=10)
    reader.pull()
    held = {record["id"] for record in reader.held("shifts")}
    skipped = set(written) - held
    totals("PL2", seeds=20 * SCALE, written=len(written), skipped=len(skipped))
    assert skipped == set()
