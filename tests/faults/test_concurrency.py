"""Concurrent writers through the app lose no update (trap 1, D01)."""

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from fieldapp.core.access import PUBLIC, access
from fieldapp.core.database import db
from fieldapp.core.errors import Unavailable
from fieldapp.core.http import in_write_transaction
from fieldapp.core.writers import WritersQueue
from tests.faults.conftest import SECONDS

pytestmark = SECONDS


def test_eight_threads_of_sixty_increments_make_480(app: Flask, rows, monkeypatch):
    """Read, then write what was read plus one: any lost lock shows as a lost increment."""
    app.extensions["fieldapp.still_signed_in"] = lambda session, actor: None
    app.add_url_rule("/count", "count", access(PUBLIC)(in_write_transaction(increment)), methods=["POST"])
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def work(_: int) -> list[int]:
        client = app.test_client()
        return [client.post("/count", headers={"Origin": "http://localhost"}).status_code for _ in range(60)]

    with ThreadPoolExecutor(8) as pool:
        answers = [status for found in pool.map(work, range(8)) for status in found]
    assert answers == [200] * 480
    assert rows("SELECT n FROM counter") == [{"n": 480}]


def increment() -> str:
    """Add one the way an application does."""
    lock = " FOR UPDATE" if db.engine.dialect.name == "postgresql" else ""
    seen = db.session.execute(text(f"SELECT n FROM counter{lock}")).scalar_one()
    db.session.execute(text("UPDATE counter SET n = :n"), {"n": seen + 1})
    return "ok"


def test_D02_a_lock_held_by_somebody_who_does_not_queue_is_503_with_retry_after(
    app: Flask, phone, engine_name, tmp_path
):
    """The other side is not ours – a backup, a shell – and holds the database beyond the busy timeout."""
    falt1 = phone("falt1")
    if engine_name != "sqlite":
        falt1.apply(falt1.shift())  # row locks: nobody holds the whole database
        return
    other = sqlite3.connect(tmp_path / "faltlogg.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    shift = falt1.shift()
    answer = falt1.post([shift])
    assert (answer.status_code, answer.get_json()["error"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    other.execute("ROLLBACK")
    other.close()
    falt1.apply(shift)


def test_a_writer_killed_in_its_turn_gives_it_back(tmp_path):
    queue = WritersQueue(tmp_path / "x.db", timeout_s=1)
    child = os.fork()
    if child == 0:
        with queue.turn():
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with queue.turn():
        pass


def test_writers_of_one_process_take_turns_and_do_not_wait_for_ever(tmp_path):
    queue = WritersQueue(tmp_path / "x.db", timeout_s=0.05)
    with queue.turn(), pytest.raises(Unavailable), ThreadPoolExecutor(1) as pool:
        pool.submit(enter, queue).result()
    enter(queue)


def enter(queue: WritersQueue) -> None:
    """Take a turn."""
    with queue.turn():
        return
