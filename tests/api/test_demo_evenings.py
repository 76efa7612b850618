"""The invented evenings on a real database: all in effect, last visits known, repeated without effect."""

from datetime import timedelta

import pytest
from flask import Flask

from fieldapp.accounts.passwords import hash_password
from fieldapp.accounts.queries import team_names, teams_with_few_leads
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo import sending
from fieldapp.demo.accounts import PASSWORD, seed_accounts
from fieldapp.demo.approving import LEFT_WAITING, approve_evenings
from fieldapp.demo.evenings import evenings
from fieldapp.demo.reinforcements import seed_reinforcements
from fieldapp.demo.sending import send_evenings
from fieldapp.demo.walks import seed_walks
from fieldapp.sync.push import push
from tests.factories.evening import month_query


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


def test_older_evenings_are_approved_by_a_lead_who_took_no_part_and_the_newest_wait(app: Flask, rows, sign_in):
    def approved() -> int:
        with app.app_context(), write_transaction():
            return approve_evenings(db.session(), people, utc_now())

    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
            assert teams_with_few_leads(db.session(), utc_now()) == {}
        send_evenings(people)
        db.session.remove()
    made = approved()
    assert made > 60
    assert approved() == 0
    shifts = rows("SELECT id, team_id, status, started_at, created_by FROM shifts ORDER BY started_at DESC")
    for team in {shift["team_id"] for shift in shifts}:
        statuses = [shift["status"] for shift in shifts if shift["team_id"] == team]
        assert statuses == ["submitted"] * LEFT_WAITING + ["approved"] * (len(statuses) - LEFT_WAITING)
    kept = rows("SELECT shift_id FROM approved_versions")
    assert {row["shift_id"] for row in kept} == {shift["id"] for shift in shifts if shift["status"] == "approved"}
    assert len(kept) == made == rows("SELECT count(*) AS n FROM audit_log WHERE action = 'shift.approve'")[0]["n"]
    took_part = {(row["shift_id"], row["user_id"]) for row in rows("SELECT shift_id, user_id FROM shift_participants")}
    by = {(row["shift_id"], row["by"]) for row in rows("SELECT shift_id, by FROM reviews")}
    assert not by & (took_part | {(shift["id"], shift["created_by"]) for shift in shifts})
    assert len({lead for _, lead in by}) >= 4
    assert rows("SELECT count(*) AS n FROM review_marks")[0]["n"] == len(shifts) - made
    for path in ("districts/farsta", "districts/skarholmen", "city"):
        found = sign_in("analys").get(f"/api/v1/summaries/{path}", query_string=month_query()).get_json()
        assert found["complete"]["shifts_approved"] == found["effort"]["shifts"] > 0, path
        assert found["people"]["totals"]["present"] > 0, path
    checked = app.test_cli_runner().invoke(args=["summaries", "check"])
    assert checked.exit_code == 0, checked.output


def test_what_somebody_decided_on_is_left_as_it_is(app: Flask, rows, phone):
    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
        send_evenings(people)
        db.session.remove()
    lead, falt1 = phone("ledare2"), phone("falt1")
    [oldest] = rows("SELECT id FROM shifts WHERE team_id = :team ORDER BY started_at LIMIT 1", team=lead.team_id)
    seen = lead.client.get(f"/api/v1/shifts/{oldest['id']}").get_json()
    body = {"decision": "return", "content_version": seen["content_version"], "comment": "Fyll i tiderna"}
    path = f"/api/v1/shifts/{oldest['id']}/reviews"
    assert lead.client.post(path, json=body, headers=lead.headers).status_code == 200
    own = falt1.shift()
    falt1.apply(own)
    with app.app_context(), write_transaction():
        approve_evenings(db.session(), people, utc_now())
    states = {row["id"]: row["status"] for row in rows("SELECT id, status FROM shifts")}
    assert (states[oldest["id"]], states[own["record_id"]]) == ("returned", "draft")
    assert list(states.values()).count("returned") == 1


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
