"""The yardstick: a bare Flask view that writes, or reads, the same rows in one statement – no rules, no receipts."""

import os
from functools import cache
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy import Engine, create_engine, event, text

INSERT = text(
    "INSERT INTO bare (id, visit_id, observed_at, topics, counts, note, seq) "
    "VALUES (:id, :visit_id, :observed_at, :topics, :counts, :note, :seq)"
)
SELECT = text("SELECT * FROM bare WHERE seq > 0 ORDER BY seq LIMIT 1000")
CREATE = text(
    "CREATE TABLE IF NOT EXISTS bare (id VARCHAR(36) PRIMARY KEY, visit_id VARCHAR(36), observed_at VARCHAR(40), "
    "topics TEXT, counts TEXT, note TEXT, seq BIGINT)"
)
app = Flask(__name__)


def engine_for(url: str) -> Engine:
    """Open a database with the same settings, and the same kind of transaction, as the product's own."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@cache
def engine() -> Engine:
    """Return the engine of this process."""
    return engine_for(os.environ["BENCH_DATABASE_URL"])


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """Turn a sync request into rows for the bare table."""
    rows = []
    for mutation in orjson.loads(body)["mutations"]:
        fields = mutation["fields"]
        rows.append(
            {
                "id": mutation["record_id"],
                "visit_id": fields["visit_id"],
                "observed_at": fields["observed_at"],
                "topics": orjson.dumps(fields["topics"]).decode(),
                "counts": orjson.dumps(fields["counts"]).decode(),
                "note": fields["note"],
                "seq": mutation["device_seq"],
            }
        )
    return rows


@app.get("/healthz")
def healthz() -> str:
    """Answer."""
    return "ok"


@app.post("/push")
def push() -> Response:
    """Insert a batch in one statement."""
    with engine().begin() as connection:
        connection.execute(INSERT, rows_of(request.get_data()))
    return Response(b"{}", mimetype="application/json")


@app.get("/pull")
def pull() -> Response:
    """Read a thousand rows."""
    with engine().connect() as connection:
        rows = [dict(row) for row in connection.execute(SELECT).mappings()]
    return Response(orjson.dumps(rows), mimetype="application/json")
