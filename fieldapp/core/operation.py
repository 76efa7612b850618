"""Health for whoever runs the server: `/healthz` asks nobody, `/readyz` asks the database and the disk."""

import shutil
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.core.access import BY_TOKEN, PUBLIC, access
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import NotSignedIn, Unavailable
from fieldapp.core.http import same_secret

operation = Blueprint("operation", __name__)
FREE_BYTES = 100 * 1024 * 1024


@operation.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@operation.get("/readyz")
@access(PUBLIC)
def readyz() -> Response:
    """Say whether work can be taken in: database writable, migrations at head, room on the disk."""
    checks = readiness()
    response = jsonify({"status": "ok" if all(checks.values()) else "unavailable", "checks": checks})
    response.status_code = 200 if all(checks.values()) else 503
    return response


@operation.get("/metrics")
@access(BY_TOKEN)
def metrics() -> Response:
    """Figures for Prometheus; always behind a token (X30)."""
    token = current_app.config["SETTINGS"].metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not same_secret(sent, token):
        raise NotSignedIn
    registry = CollectorRegistry()
    seq = Gauge("faltlogg_server_seq", "Highest number in the server's order of changes", registry=registry)
    seq.set(db.session.execute(text("SELECT seq FROM sync_state")).scalar_one())
    return Response(generate_latest(registry), mimetype=CONTENT_TYPE_LATEST)


def readiness() -> dict[str, bool]:
    """Return each thing that must hold, and whether it does."""
    checks: dict[str, Any] = {"database": False, "migrations": False}
    try:
        with write_transaction():
            db.session.execute(text("UPDATE sync_state SET seq = seq WHERE id = 1"))
        checks["database"] = True
        checks["migrations"] = at_head()
    except (SQLAlchemyError, Unavailable):
        db.session.rollback()
    checks["disk"] = shutil.disk_usage(current_app.config["SETTINGS"].data_dir).free > FREE_BYTES
    return checks


def at_head() -> bool:
    """Say whether the database has the newest migration."""
    script = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    db.session.rollback()
    return current == script.get_current_head()
