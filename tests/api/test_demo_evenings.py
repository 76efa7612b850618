"""The invented evenings on a real database: all in effect, last visits known, repeated without effect."""

from datetime import timedelta

import pytest
from flask import Flask

from fieldapp.accounts.passwords import hash_password
from fieldapp.accounts.queries import team_names
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo import sending
from fieldapp.demo.accounts import PASSWORD, seed_accounts
from fieldapp.demo.evenings import evenings
from fieldapp.demo.reinforcements import seed_reinforcements
from fieldapp.demo.sending import send_evenings
from fieldapp.demo.walks import seed_walks
from fieldapp.sync.push import push


def test_evenings_take_effect_once(app: Flask, rows):
    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
        sent = send_evenings(people)
        assert sent > 500
        assert send_evenings(people) == 0
        with write_transaction():
            made = seed_reinforcements(db.session(), people, utc_now())
            assert seed_reinforcements(db.session(), people, utc_now()) == 0
        db.session.remove()
    states = rows("SELECT state FROM reinforcements ORDER BY date DESC")
    assert [row["state"] for row in states] == ["requested", "accepted"][:made]
    assert rows("SELECT count(*) AS n FROM sync_receipts WHERE status = 'applied'")[0]["n"] == sent
    assert rows("SELECT count(*) AS n FROM sync_history")[0]["n"] == sent
    assert rows("SELECT count(*) AS n FROM shifts WHERE status <> 'submitted'")[0]["n"] == 0
    assert rows("SELECT count(*) AS n FROM sites WHERE last_visited_on IS NOT NULL")[0]["n"] > 20
    assert rows("SELECT count(*) AS n FROM sessions WHERE ended_at IS NULL")[0]["n"] == 0


def test_a_sending_that_was_interrupted_is_completed_by_the_next(app: Flask, rows, monkeypatch):
    pushes = []

    def interrupted(*args, **kwargs):
        pushes.append(kwargs["device_id"])
        if len(pushes) == 5:
            raise KeyboardInterrupt
        return push(*args, **kwargs)

    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
        monkeypatch.setattr(sending, "push", interrupted)
        with pytest.raises(KeyboardInterrupt):
            send_evenings(people)
        monkeypatch.undo()
        first = rows("SELECT count(*) AS n FROM sync_history")[0]["n"]
        second = send_evenings(people)
        assert send_evenings(people) == 0
        teams = {name: team_id for team_id, name in team_names(db.session()).items()}
        db.session.remove()
    written = list(evenings(local_date(utc_now()), people, teams))
    assert first > 0
    assert first + second == sum(len(evening.mutations) for evening in written)
    assert rows("SELECT count(*) AS n FROM shifts WHERE status = 'submitted'")[0]["n"] == len(written)
    assert rows("SELECT count(*) AS n FROM sync_receipts WHERE status <> 'applied'")[0]["n"] == 0
    numbers = rows("SELECT count(*) AS n, max(device_seq) AS last FROM sync_receipts GROUP BY device_id")
    assert all(device["n"] == device["last"] for device in numbers)  # each number once, none left out


def test_the_demos_walks_are_written_once_and_pass_public_places(app: Flask, rows):
    registry, now = app.extensions["fieldapp.registry"], utc_now()
    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
        written = []
        for moment in (now, now, now + timedelta(weeks=1)):
            with write_transaction():
                written.append(seed_walks(db.session(), registry, people=people, now=moment))
        db.session.remove()
    assert written[0] > 20
    assert written[1] == 0
    assert 1 <= written[2] <= 3
    groups = rows("SELECT name, district FROM walk_groups")
    assert len(groups) == 3
    assert all(row["name"].startswith("Demo ") and row["district"] == "farsta" for row in groups)
    statuses = {row["status"] for row in rows("SELECT status FROM walks")}
    assert {"done", "ready", "planned"} <= statuses
