"""The invented evenings on a real database: all in effect, last visits known, repeated without effect."""

from flask import Flask

from fieldapp.accounts.passwords import hash_password
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import PASSWORD, seed_accounts
from fieldapp.demo.sending import send_evenings


def test_evenings_take_effect_once(app: Flask, rows):
    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash=hash_password(PASSWORD))
        sent = send_evenings(people)
        assert sent > 500
        assert send_evenings(people) == 0
        db.session.remove()
    assert rows("SELECT count(*) AS n FROM sync_receipts WHERE status = 'applied'")[0]["n"] == sent
    assert rows("SELECT count(*) AS n FROM sync_history")[0]["n"] == sent
    assert rows("SELECT count(*) AS n FROM shifts WHERE status <> 'submitted'")[0]["n"] == 0
    assert rows("SELECT count(*) AS n FROM sites WHERE last_visited_on IS NOT NULL")[0]["n"] > 20
    assert rows("SELECT count(*) AS n FROM sessions WHERE ended_at IS NULL")[0]["n"] == 0
