"""Summaries over ten years of records: what is kept beside them, how long that takes to build, and what it costs.

Times are the server's: the request goes through the whole app in this process, without a network.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text, update

from bench.history import PER_SHIFT, PER_VISIT, City
from fieldapp import create_app
from fieldapp.core.database import db, write_transaction
from fieldapp.outreach.approved import keep_version
from fieldapp.outreach.models import Shift
from tests.conftest import settings_for
from tests.factories.phone import Phone

OBSERVATIONS = int(os.environ.get("BENCH_DECADE", "3000000"))
YEARS = 10
LAST = date(2025, 12, 31)
OPEN_AGAIN = 100  # one shift of so many is open again
TIMES, APPROVALS = 41, 20
DISTRICT = "/api/v1/summaries/districts/farsta?from=2025-10-01&to=2025-12-31"
CITY = "/api/v1/summaries/city?from=2025-01-01&to=2025-12-31"
ASKED = {
    "district's quarter": DISTRICT,
    "  and the one before": f"{DISTRICT}&compare=previous",
    "city's year": CITY,
    "90 odd days": "/api/v1/summaries/districts/farsta?from=2025-09-15&to=2025-12-13",
}


def summaries_of_a_decade(url: str, folder: Path, year_url: str, year_folder: Path) -> None:
    """Write the same last year into two databases, into one of them nine years more; ask both in turn; approve."""
    year, decade = (create_app(settings_for(*where)) for where in ((year_url, year_folder), (url, folder)))
    first, of_year = LAST.replace(month=1, day=1), OBSERVATIONS // YEARS
    write(year, City(year), first, LAST, of_year)
    [(folded, _)] = seconds([partial(get, analyst(year), DISTRICT)], 1)
    build(year)
    city = City(decade)
    write(decade, city, first.replace(year=first.year - YEARS + 1), LAST, OBSERVATIONS)
    build(decade)
    readers = [analyst(year), analyst(decade)]
    print(
        f"  {'median of ' + str(TIMES):26}{of_year:>18,} obs.{OBSERVATIONS:>19,} obs.   ratio · (processor time here)"
    )
    for what, path in ASKED.items():
        then, now = seconds([partial(get, reader, path) for reader in readers], TIMES)
        print(f"  {what:26}{told(then)}   {told(now)} {now[0] / then[0]:>9.2f}")
    [both] = seconds([partial(get, readers[1], f"{CITY}&compare=year_ago")], TIMES)
    [(everything, _)] = seconds([partial(get, readers[1], f"{DISTRICT}&status=all")], 1)
    print(f"  {'  and the year before':26}{'':24}{told(both)}")
    print(f"  district's quarter folded from the records, of {of_year:,}: {folded:.2f} s; of all statuses, of "
          f"{OBSERVATIONS:,}: {everything:.2f} s")  # fmt: skip
    approving(decade, city)


def told(median: tuple[float, float]) -> str:
    """Write a time and the processor time in it."""
    return f"{median[0] * 1000:>10.1f} ms ({median[1] * 1000:>5.1f})"


def analyst(app: Flask) -> Phone:
    """Sign in who reads all."""
    return Phone.signed_in(app.test_client(), "analys")


def write(app: Flask, city: City, first: date, last: date, observations: int) -> None:
    """Write observations and all they hang on; one pass in a hundred is open again, with the version it was."""
    started = time.perf_counter()
    ids = city.write(first, last, observations)
    again = ids[::OPEN_AGAIN]
    with app.app_context():
        for start in range(0, len(again), 100):
            with write_transaction():
                session = db.session()
                some = again[start : start + 100]
                for shift in session.scalars(select(Shift).where(Shift.id.in_(some))).all():
                    kept = {"by": shift.created_by, "reason": "", "content_version": 1, "now": shift.started_at}
                    keep_version(session, shift_id=shift.id, **kept)
                session.execute(update(Shift).where(Shift.id.in_(some)).values(status="returned"))
        with write_transaction():  # as after an upgrade
            db.session.execute(text("UPDATE summary_state SET is_built = false, built_to = NULL"))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        db.session.remove()
    visits, duration = len(ids) * PER_SHIFT, time.perf_counter() - started
    of = f"{visits * PER_VISIT:,} observations, {visits:,} visits, {len(ids):,} passes, {len(again):,} open again"
    print(f"  wrote {of} in {duration:.0f} s")


def build(app: Flask) -> None:
    """Build the facts by the command that everybody has."""
    started = time.perf_counter()
    answer = app.test_cli_runner().invoke(args=["summaries", "rebuild"])
    assert answer.exit_code == 0, answer.output
    months = len(answer.output.splitlines()) - 1
    duration = time.perf_counter() - started
    with app.app_context():
        query = text("SELECT count(*), sum(length(CAST(figures AS text))) FROM summary_facts")
        count, size = db.session.execute(query).one()
        db.session.remove()
    each = f"{duration / months:.2f} s a month"
    print(
        f"  flask summaries rebuild: {months} months in {duration:.0f} s, {each} · {count:,} facts, {size / 1e6:.0f} MB"
    )


def get(reader: Phone, path: str) -> None:
    """Ask for a summary."""
    answer = reader.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["visits"]["total"]


def seconds(calls: Sequence[Callable[[], object]], times: int) -> list[tuple[float, float]]:
    """Return the median time of each call in seconds, and of this process's processor time in it.

    Made in turn, so that a busy moment is each one's. The first round of several is not counted.
    """
    found: list[list[tuple[float, float]]] = [[] for _ in calls]
    for _ in range(times + (times > 1)):
        for call, durations in zip(calls, found, strict=True):
            started, worked = time.perf_counter(), time.process_time()
            call()
            durations.append((time.perf_counter() - started, time.process_time() - worked))
    return [
        (statistics.median(clock), statistics.median(processor))
        for clock, processor in (zip(*(durations[1:] or durations), strict=True) for durations in found)
    ]


def approving(app: Flask, city: City) -> None:
    """Approve passes with ten visits each, one of an evening: with facts, and without."""
    lead, sender = Phone.signed_in(app.test_client(), "ledare2"), Phone.signed_in(app.test_client(), "falt1")
    farsta = [(sender.team_id, "farsta", [sender.user_id, *city.teams[0][2][:3]])]
    teams, city.teams = city.teams, farsta
    first = LAST - timedelta(days=2 * APPROVALS - 1)
    ids = city.write(first, LAST, 2 * APPROVALS * PER_SHIFT * PER_VISIT, status="submitted")
    city.teams = teams

    def approve(shift_id: str) -> float:
        version = lead.client.get(f"/api/v1/shifts/{shift_id}").get_json()["content_version"]
        body = {"decision": "approve", "content_version": version}
        started = time.perf_counter()
        answer = lead.client.post(f"/api/v1/shifts/{shift_id}/reviews", json=body, headers=lead.headers)
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - started

    kept = [approve(shift_id) for shift_id in ids[::2]]
    with without_facts(app):
        bare = [approve(shift_id) for shift_id in ids[1::2]]
    now, then = statistics.median(kept), statistics.median(bare)
    print(f"  approving a pass of {PER_SHIFT} visits: {now * 1000:.0f} ms with facts, {then * 1000:.0f} ms without")


@contextmanager
def without_facts(app: Flask) -> Iterator[None]:
    """Let nothing be counted for a while."""
    port = app.extensions["fieldapp.count_again"]
    app.extensions["fieldapp.count_again"] = lambda session, shift_ids: None
    try:
        yield
    finally:
        app.extensions["fieldapp.count_again"] = port
