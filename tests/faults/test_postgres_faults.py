"""What only PostgreSQL can do to a push: fail it for another's sake, or go away in the middle (S25, D07)."""

import http.client
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, text

from fieldapp import create_app
from fieldapp.core.database import db
from tests.conftest import fill, settings_for
from tests.factories.phone import Json, Phone
from tests.factories.postgres import Cluster
from tests.factories.totals import totals
from tests.faults.conftest import PATIENT, SCALE, SECONDS, ids_of
from tests.faults.server import serving
from tests.faults.wire import wire_phone

pytestmark = [PATIENT, SECONDS]


@pytest.fixture
def engine_name() -> str:
    """These rows are PostgreSQL's alone."""
    return "postgresql"


def plain(url: str) -> str:
    """Return the URL as the driver alone reads it."""
    return url.replace("+psycopg", "")


@contextmanager
def other_side(url: str) -> Iterator[psycopg.Connection]:
    """A connection that is not the app's."""
    with psycopg.connect(plain(url)) as connection:
        yield connection
        connection.rollback()


def wait_for_a_waiter(url: str) -> None:
    """Return once somebody waits for a lock."""
    deadline = time.monotonic() + 10
    with psycopg.connect(plain(url), autocommit=True) as connection:
        while time.monotonic() < deadline:
            if connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("nobody came to wait")


@contextmanager
def failures_of(app: Flask) -> Iterator[list[str]]:
    """Collect what the database says of statements of the app that it refuses."""
    with app.app_context():
        engine = db.engine
    said: list[str] = []

    def refused(context: Any) -> None:
        said.append(context.original_exception.sqlstate)

    event.listen(engine, "handle_error", refused)
    try:
        yield said
    finally:
        event.remove(engine, "handle_error", refused)


def test_S25_D07_a_push_that_fails_serialization_is_tried_again_and_answered(app, phone, database_url):
    """Under snapshots the counter row somebody else moved can't be moved: 40001, whatever the mutation says."""
    with psycopg.connect(plain(database_url), autocommit=True) as connection:
        connection.execute("ALTER ROLE faltlogg SET default_transaction_isolation = 'repeatable read'")
    try:
        falt1 = phone("falt1")
        evening = falt1.evening(3)
        with failures_of(app) as said, ThreadPoolExecutor(1) as pool, other_side(database_url) as other:
            other.execute("UPDATE sync_state SET seq = seq + 1")
            pushed = pool.submit(falt1.post, evening)
            wait_for_a_waiter(database_url)
            other.commit()
            answer = pushed.result()
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert said == ["40001"]
        assert [receipt["status"] for receipt in answer.get_json()["receipts"]] == ["applied"] * 5
        assert all(receipt["replayed"] for receipt in falt1.push(*evening))
    finally:
        with psycopg.connect(plain(database_url), autocommit=True) as connection:
            connection.execute("ALTER ROLE faltlogg RESET default_transaction_isolation")


def test_S25_D07_a_push_that_loses_a_deadlock_is_tried_again_and_answered(app, phone, database_url, rows):
    """The other side holds the counter and wants the record; the push has the record and wants the counter."""
    falt1 = phone("falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    edit = falt1.mutation("shifts", "update", shift["record_id"], 1, handover_note="kvar")
    with failures_of(app) as said, ThreadPoolExecutor(1) as pool, other_side(database_url) as other:
        other.execute("SET deadlock_timeout = '60s'")  # so that it is the push that notices, and gives way
        other.execute("UPDATE sync_state SET seq = seq + 1")
        pushed = pool.submit(falt1.post, [edit])
        wait_for_a_waiter(database_url)
        other.execute("SELECT 1 FROM shifts WHERE id = %s FOR UPDATE", [shift["record_id"]])
        other.commit()
        answer = pushed.result()
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert said == ["40P01"]
    assert [receipt["status"] for receipt in answer.get_json()["receipts"]] == ["applied"]
    assert falt1.push(edit)[0]["replayed"] is True
    assert rows("SELECT version, handover_note FROM shifts") == [{"version": 2, "handover_note": "kvar"}]


class Pusher:
    """A phone that sends batches, each until it is answered, and notes how it was answered meanwhile."""

    def __init__(self, phone: Phone, shift_id: str) -> None:
        self.phone, self._shift_id = phone, shift_id
        self.batches: list[list[Json]] = []
        self.statuses: list[int] = []
        self.broken = 0

    def work(self, stop: threading.Event) -> None:
        """Go on until told to stop."""
        while not stop.is_set():
            batch = [self.phone.visit(self._shift_id) for _ in range(20)]
            self.batches.append(batch)
            self._until_answered(batch)

    def _until_answered(self, batch: list[Json]) -> None:
        while True:
            try:
                answer: Any = self.phone.post(batch)
            except (OSError, http.client.HTTPException):
                self.broken += 1
                continue
            self.statuses.append(answer.status_code)
            if answer.status_code == 200:
                body = answer.get_json()
                assert {receipt["status"] for receipt in body["receipts"]} == {"applied"}
                self.phone.take_in(body)
                return
            # Never a 4xx: a phone that is told it is signed out, or that its record is wrong, stops sending.
            assert answer.status_code >= 500, answer.get_data(as_text=True)
            assert answer.headers["Retry-After"], (
                answer.status_code,
                str(answer.headers),
                answer.get_data(as_text=True),
            )
            time.sleep(0.05)


def test_S25_a_cluster_that_restarts_in_the_middle_of_pushes_loses_nothing(tmp_path: Path):
    cluster = Cluster(durable=True)  # what was answered must be in the log
    cluster.start()
    stop = threading.Event()
    restarts = 4 * SCALE
    url = f"{cluster.url}/postgres"
    try:
        fill(create_app(settings_for(url, tmp_path)))
        with serving(url, tmp_path) as server, ThreadPoolExecutor(3) as pool:
            pushers = []
            for who in ("falt1", "falt2", "jour1"):
                phone = wire_phone(server.url, who)
                shift = phone.shift()
                phone.apply(shift)
                pushers.append(Pusher(phone, shift["record_id"]))
            working = [pool.submit(pusher.work, stop) for pusher in pushers]
            for _ in range(restarts):
                time.sleep(0.4)
                cluster.restart()
            time.sleep(0.4)
            stop.set()
            for done in working:
                done.result(timeout=60)
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT id, version FROM visits")).all()
            receipts = connection.execute(text("SELECT mutation_id FROM sync_receipts")).scalars().all()
        engine.dispose()
    finally:
        stop.set()
        cluster.stop()
    sent = [mutation for pusher in pushers for batch in pusher.batches for mutation in batch]
    statuses = [status for pusher in pushers for status in pusher.statuses]
    unavailable = sum(status >= 500 for status in statuses)
    lost, doubled = ids_of(sent, "visits") - {row.id for row in found}, len(found) - len(sent)
    totals(
        "S25 postgresql",
        restarts=restarts,
        mutations=len(sent),
        unavailable=unavailable,
        broken=sum(pusher.broken for pusher in pushers),
        lost=len(lost),
        duplicated=doubled,
    )
    assert (lost, doubled, {row.version for row in found}) == (set(), 0, {1})
    assert {mutation["id"] for mutation in sent} <= set(receipts)
    assert set(statuses) <= {200, 500, 503}
    assert unavailable >= 1  # the pushes did meet the restarts
