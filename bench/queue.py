"""The review queue of 10,000 passes: how long its first, middle and last page take, as ratios of the first."""

import os
import statistics
import time
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from fieldapp import create_app
from fieldapp.core.clock import to_wire
from fieldapp.core.database import db
from fieldapp.outreach.models import Shift
from tests.conftest import settings_for
from tests.factories.long_queue import fill_queue
from tests.factories.phone import Phone

PASSES = int(os.environ.get("BENCH_QUEUE", "10000"))
TIMES = 15


def pages_of_a_queue(url: str, folder: Path) -> None:
    """Fill a team's queue and ask for three of its pages."""
    app = create_app(settings_for(url, folder))
    falt1 = Phone.signed_in(app.test_client(), "falt1")
    keys = fill_queue(app, falt1.user_id, falt1.team_id, PASSES)
    lead = Phone.signed_in(app.test_client(), "ledare2")
    begins = times_of(app, (keys[len(keys) // 2], keys[-26]))
    paths = ["/office/review?part=others"]
    paths += [f"/office/review?part=others&after={to_wire(at).replace(':', '%3A')}.{key}" for key, at in begins.items()]
    first, middle, last = pages_s(lead, paths)
    print(
        f"  queue of {PASSES:,}        {first * 1000:10.0f} ms first page · middle {middle / first:.2f} × · "
        f"last {last / first:.2f} ×"
    )


def times_of(app: Flask, keys: tuple[str, ...]) -> dict[str, datetime]:
    """Return when passes began."""
    with app.app_context():
        found = {key: db.session.scalar(select(Shift.started_at).where(Shift.id == key)) for key in keys}
        db.session.remove()
    return {key: at for key, at in found.items() if at}


def pages_s(lead: Phone, paths: list[str]) -> list[float]:
    """Return the median duration of each page in seconds; asked in turn, so that a busy moment is each one's."""
    durations: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(TIMES):
        for path in paths:
            started = time.perf_counter()
            answer = lead.client.get(path)
            durations[path].append(time.perf_counter() - started)
            assert answer.status_code == 200, answer.text[:500]
    return [statistics.median(durations[path]) for path in paths]
