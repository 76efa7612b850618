"""Run all benchmarks on both engines and print one table each.

Push and pull go through a real gunicorn (2 workers × 4 threads) on this machine; beside them, in the same run, stand
a bare Flask view over the same rows and raw `executemany`. Client and server share the machine's cores.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text

from bench import bare as bare_view
from bench import load
from bench.decade import summaries_of_a_decade
from bench.exports import exports
from bench.places import nearness
from bench.queue import pages_of_a_queue
from fieldapp import create_app
from fieldapp.accounts import services as accounts
from fieldapp.accounts.passwords import hash_password
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import PASSWORD
from tests.conftest import fill, settings_for
from tests.factories.postgres import cluster
from tests.faults.server import Server, serving

BATCHES = int(os.environ.get("BENCH_BATCHES", "40"))
PEOPLE = 32
DATABASES = ("faltlogg", "bare", "one_year")


class BareServer(Server):
    """The bare view under the same gunicorn."""

    application = "bench.bare:app"


def main() -> None:
    """Run on SQLite, then on PostgreSQL."""
    engines = sys.argv[1:] or ["sqlite", "postgresql", "exports", "places"]
    with tempfile.TemporaryDirectory() as folder:
        if "sqlite" in engines:
            urls = [f"sqlite:///{folder}/{name}.db" for name in DATABASES]
            run("SQLite", *urls, folder=Path(folder))
    if "postgresql" in engines:
        with cluster(durable=True) as url, tempfile.TemporaryDirectory() as folder:
            for name in DATABASES:
                with psycopg.connect(url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
                    connection.execute(f"CREATE DATABASE {name}")
            run("PostgreSQL", *(f"{url}/{name}" for name in DATABASES), folder=Path(folder))
    if "exports" in engines:
        print(f"\nExports · gunicorn 2 × 4 · {os.cpu_count()} cores shared by client and server")
        with tempfile.TemporaryDirectory() as folder:
            exports(Path(folder))
    if "places" in engines:
        print("\nPlaces")
        nearness()


def run(name: str, url: str, bare_url: str, year_url: str, folder: Path) -> None:
    """Measure one engine."""
    print(f"\n{name} · gunicorn 2 × 4 · batches of {load.BATCH} · {os.cpu_count()} cores shared by client and server")
    prepare(url, folder)
    with serving(url, folder) as server:
        clients = [load.client(server.url, server.port, f"bench{number}") for number in range(PEOPLE)]
        with bare(bare_url, folder) as yardstick:
            for workers in (1, 8):
                ours = push(clients[:workers])
                beside = push_bare(clients[:workers], yardstick)
                line(f"push, {workers} client{'s' if workers > 1 else ''}", ours, "mutations/s", beside, "bare view")
            raw = executemany(clients[0], bare_url)
            line("push, 8 clients (above)", ours, "mutations/s", raw, "raw executemany")
            pull(clients[0], yardstick)
        acknowledged(clients, url)
    pages_of_a_queue(url, folder)
    year_folder = folder / "year"
    year_folder.mkdir()
    prepare(year_url, year_folder)
    summaries_of_a_decade(url, folder, year_url, year_folder)


def prepare(url: str, folder: Path) -> None:
    """Fill a database and add one person and team per client."""
    app = create_app(settings_for(url, folder))
    fill(app)
    hashed = hash_password(PASSWORD)
    with app.app_context(), write_transaction():
        session = db.session()
        for number in range(PEOPLE):
            team = accounts.create_team(session, name=f"Bänk {number}", district="farsta")
            user = accounts.create_user(
                session, email=f"bench{number}@demo.example", name=f"Demo Bänk {number}", password_hash=hashed
            )
            accounts.grant_role(session, user_id=user.id, role="field_worker", district="farsta", team_id=team.id)


@contextmanager
def bare(url: str, folder: Path) -> Iterator[Server]:
    """Serve the bare view."""
    engine = bare_view.engine_for(url)
    with engine.begin() as connection:
        connection.execute(bare_view.CREATE)
    engine.dispose()
    server = BareServer(url, folder)
    server.environment["BENCH_DATABASE_URL"] = url
    server.start()
    try:
        yield server
    finally:
        server.kill_all()


def push(clients: list[load.Client]) -> float:
    """Push prepared batches, one client a thread."""
    batches = [client.prepare(BATCHES) for client in clients]
    return load.rate(len(clients), BATCHES, lambda worker, batch: clients[worker].push(batches[worker][batch]))


def push_bare(clients: list[load.Client], server: Server) -> float:
    """Push the same rows to the bare view."""
    lines = [load.Line(server.port, {"Content-Type": "application/json"}) for _ in clients]
    batches = [[load.fresh_ids(body) for body in client.prepare(BATCHES)] for client in clients]

    def work(worker: int, batch: int) -> None:
        lines[worker].send("POST", "/push", batches[worker][batch])

    return load.rate(len(clients), BATCHES, work)


def executemany(client: load.Client, url: str) -> float:
    """Insert the same rows straight, a transaction a batch."""
    engine = bare_view.engine_for(url)
    batches = [bare_view.rows_of(load.fresh_ids(body)) for body in client.prepare(BATCHES)]
    started = time.perf_counter()
    for rows in batches:
        with engine.begin() as connection:
            connection.execute(bare_view.INSERT, rows)
    duration = time.perf_counter() - started
    engine.dispose()
    return BATCHES * load.BATCH / duration


def pull(client: load.Client, yardstick: Server) -> None:
    """Pull a thousand records beside a bare view that reads a thousand rows."""
    body = b'{"protocol":1,"limit":1000,"mutations":[]}'
    ours = median_s(lambda: client.line.send("POST", "/api/v1/sync", body))
    line_bare = load.Line(yardstick.port)
    theirs = median_s(lambda: line_bare.send("GET", "/pull"))
    print(
        f"  pull of 1,000          {1 / ours:10.1f} pages/s {theirs / ours:6.2f} × bare view ({1 / theirs:.1f} pages/s)"
    )


def median_s(call: Callable[[], object], times: int = 40) -> float:
    """Return the median duration of a call in seconds."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def acknowledged(clients: list[load.Client], url: str) -> None:
    """At 32 clients: every id acknowledged is stored, and nothing else."""
    for client in clients:
        client.acknowledged.clear()
    batches = [client.prepare(5) for client in clients]
    speed = load.rate(len(clients), 5, lambda worker, batch: clients[worker].push(batches[worker][batch]))
    engine = create_engine(url)
    with engine.connect() as connection:
        stored = set(connection.execute(text("SELECT id FROM observations")).scalars())
    engine.dispose()
    ids = [record_id for client in clients for record_id in client.acknowledged]
    lost = len(set(ids) - stored)
    print(
        f"  32 clients             {speed:10.0f} mutations/s · acknowledged {len(ids)}, of these stored "
        f"{len(ids) - lost}, lost {lost}, twice {len(ids) - len(set(ids))}"
    )


def line(what: str, ours: float, unit: str, beside: float, name: str) -> None:
    """Print a figure and its ratio."""
    print(f"  {what:22} {ours:10.0f} {unit} {ours / beside:6.2f} × {name} ({beside:.0f}/s)")


if __name__ == "__main__":
    main()
