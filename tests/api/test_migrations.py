"""Migrations lead from empty to exactly the tables of the code, on both engines; the first rows are there."""

import re
from datetime import datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from fieldapp.core.catalogue import sentences
from fieldapp.core.columns import aware_moment
from fieldapp.core.database import db
from tests.factories.phone import now_iso
from tests.factories.review import submitted


def test_migrations_from_empty_give_the_tables_of_the_code(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_newest_migration_leads_back_and_forth(app, rows):
    before = rows("SELECT number, row_hash FROM audit_log ORDER BY number")
    with app.app_context():
        downgrade()
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
    assert rows("SELECT number, row_hash FROM audit_log ORDER BY number") == before != []


def test_a_new_database_has_its_counter_and_an_epoch_of_its_own(rows):
    [state] = rows("SELECT id, epoch FROM sync_state")
    assert state["id"] == 1
    assert re.fullmatch(r"[0-9a-f-]{36}", state["epoch"])
    assert rows("SELECT count(*) AS n FROM audit_head") == [{"n": 1}]


def test_every_table_has_a_primary_key_and_named_constraints():
    for table in db.metadata.tables.values():
        assert table.primary_key.columns, table.name
        assert all(constraint.name for constraint in table.constraints), table.name


def test_phones_that_have_their_districts_get_the_outlines_too(app, phone):
    falt1 = phone("falt1")
    falt1.pull()
    with app.app_context():
        downgrade(revision="0026")
        upgrade()
        db.session.remove()
    changes = falt1.post([]).get_json()["changes"]
    assert len(changes) == 11
    assert {(one["collection"], one["version"]) for one in changes} == {("districts", 2)}
    assert all(one["record"]["outline"]["type"] == "Polygon" for one in changes)


def test_passes_that_were_sent_in_before_are_to_be_looked_at_until_they_are_read_through(app, phone, rows):
    falt1 = phone("falt1")
    for status in ("submitted", None):
        shift = falt1.shift(ended_at=now_iso())
        falt1.apply(shift)
        if status:
            falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, status=status))
            sent_in = shift["record_id"]
    with app.app_context():
        downgrade(revision="0010")
        upgrade()
        db.session.remove()
    [mark] = rows("SELECT shift_id, team_id, district, status, looks_closer FROM review_marks")
    assert mark.pop("looks_closer")
    assert mark == {"shift_id": sent_in, "team_id": falt1.team_id, "district": "farsta", "status": "submitted"}
    lead = phone("ledare2")
    assert sentences("sv")["code.review_reason.unread"] in lead.client.get("/office/review").text.split("</form>")[1]
    app.test_cli_runner().invoke(args=["review", "mark"])
    assert [bool(one["looks_closer"]) for one in rows("SELECT looks_closer FROM review_marks")] == [False]


def test_a_phone_known_by_its_queue_file_alone_was_never_heard_of(app, phone, rows, sql):
    falt1, falt2 = phone("falt1"), phone("falt2")
    falt1.pull()
    falt2.pull()
    sql(
        "UPDATE sync_devices SET app_build = NULL, queue = '{}', last_sync_at = NULL WHERE user_id = :u",
        u=falt1.user_id,
    )
    query = "SELECT user_id, last_sync_at FROM sync_devices ORDER BY user_id"
    before = rows(query)
    with app.app_context():
        downgrade(revision="0015")
        assert None not in [row["last_sync_at"] for row in rows(query)]
        upgrade()
        db.session.remove()
    assert rows(query) == before
    assert [row["user_id"] for row in before if row["last_sync_at"] is None] == [falt1.user_id]


def test_versions_that_were_approved_before_get_their_start_from_what_they_hold(app, phone, rows):
    falt1, lead = phone("falt1"), phone("ledare2")
    began = now_iso(hours=-6)
    key = submitted(falt1, started_at=began)
    for decision in ("approve", "reopen"):
        version = lead.client.get(f"/api/v1/shifts/{key}").get_json()["content_version"]
        body = {"decision": decision, "content_version": version, "comment": "Fel dag."}
        assert lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers).status_code == 200
    falt1.apply(falt1.mutation("shifts", "update", key, 4, started_at=now_iso(hours=-100), ended_at=now_iso(hours=-99)))
    query = "SELECT number, started_at FROM approved_versions"
    before = rows(query)
    with app.app_context():
        downgrade(revision="0014")
        assert "started_at" not in rows("SELECT * FROM approved_versions")[0]
        upgrade()
        db.session.remove()
    assert rows(query) == before
    assert [aware_moment(row["started_at"]) for row in before] == [datetime.fromisoformat(began)]
