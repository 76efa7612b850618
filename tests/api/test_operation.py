"""Health, readiness, metrics, OpenAPI, the demo's door (O01, X29, X30)."""

import dataclasses
import re

from sqlalchemy import text

from fieldapp import create_app
from fieldapp.audit import services as audit
from fieldapp.core.database import db
from fieldapp.core.http import in_write_transaction
from fieldapp.core.ports import provide
from tests.conftest import settings_for


def test_O01_health_and_readiness(app, client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["checks"] == {"database": True, "migrations": True, "disk": True}
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert client.get("/readyz").status_code == 503


def test_O01_an_empty_database_is_not_ready_but_answers(tmp_path):
    client = create_app(settings_for(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path)).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_X30_metrics_only_by_token(app, client):
    assert client.get("/metrics").status_code == 401
    settings = dataclasses.replace(app.config["SETTINGS"], metrics_token="m" * 40)
    app.config["SETTINGS"] = settings
    assert client.get("/metrics", headers={"Authorization": "Bearer fel"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer " + "m" * 40})
    assert answer.status_code == 200
    assert b"faltlogg_server_seq" in answer.data


def test_X29_the_demo_answers_this_machine_only(tmp_path, sqlite_template):
    settings = dataclasses.replace(settings_for(f"sqlite:///{sqlite_template}", tmp_path), env="demo")
    client = create_app(settings).test_client()
    assert client.get("/healthz", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    for remote in ("10.0.0.7", "192.0.2.1", "2001:db8::1"):
        assert client.get("/healthz", environ_base={"REMOTE_ADDR": remote}).status_code == 403
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert client.get("/healthz", headers=forwarded, environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 403


def test_openapi_describes_every_api_route(app, client):
    document = client.get("/api/openapi.json").get_json()
    described = {
        (path.replace("{", "<").replace("}", ">"), method) for path, ops in document["paths"].items() for method in ops
    }
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = re.sub(r"<[a-z]+(\([^)]*\))?:", "<", rule.rule)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                assert (path, method.lower()) in described, rule


def test_a_view_that_answers_with_a_refusal_of_its_own_has_written_nothing(app, rows):
    def writes_and_answers(status: int) -> tuple[str, int]:
        audit.record(db.session(), action="probe", actor_id=None)
        return "svar", status

    provide(app, "still_signed_in", lambda session, actor: None)
    before = len(rows("SELECT number FROM audit_log"))
    for status, written in ((422, 0), (409, 0), (200, 1)):
        with app.test_request_context():
            assert in_write_transaction(writes_and_answers)(status) == ("svar", status)
        assert len(rows("SELECT number FROM audit_log")) == before + written
