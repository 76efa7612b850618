"""The summary of a year over 300,000 observations: a figure, and what it is a figure of."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, update

from fieldapp import create_app
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from fieldapp.outreach.approved import keep_version
from fieldapp.outreach.models import Observation, Shift, ShiftParticipant, Visit
from fieldapp.sync.sequence import take_seqs
from tests.conftest import settings_for
from tests.factories.phone import Phone

OBSERVATIONS = int(os.environ.get("BENCH_OBSERVATIONS", "300000"))
PER_VISIT, PER_SHIFT = 3, 10
KEPT_AT_ONCE, OPEN_AGAIN = 200, 100  # shifts in a transaction; one in so many is open again
YEAR = 2025


def summary_of_a_year(name: str, url: str, folder: Path) -> None:
    """Fill a year and ask for the district's summary once cold and once more: of approved passes, as readers do."""
    app = create_app(settings_for(url, folder))
    with app.app_context():
        fill_year(app)
    phone = Phone.signed_in(app.test_client(), "analys")
    path = f"/api/v1/summaries/districts/farsta?from={YEAR}-01-01&to={YEAR}-12-31"
    durations = []
    for _ in range(2):
        started = time.perf_counter()
        answer = phone.client.get(path)
        durations.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.get_data(as_text=True)
    found = answer.get_json()
    visits, again = found["visits"]["total"], found["complete"]["shifts_open_again"]
    first, second = durations
    of = f"{OBSERVATIONS} observations, {visits} visits, {again} passes open again"
    print(f"  summary of a year      {first:10.2f} s, then {second:.2f} s · {of}")


def fill_year(app: Flask) -> None:
    """Write a year of shifts, visits and observations of one team in bulk, kept as approved; some are open again."""
    phone = Phone.signed_in(app.test_client(), "falt1")
    visits = OBSERVATIONS // PER_VISIT
    shifts = max(1, visits // PER_SHIFT)
    start = datetime(YEAR, 1, 1, 17, tzinfo=UTC)
    shift_ids = [new_id() for _ in range(shifts)]
    visit_ids = [new_id() for _ in range(visits)]
    with write_transaction():
        session = db.session()
        seqs = iter(take_seqs(session, shifts + visits + OBSERVATIONS))

        def server_set(record_id: str, at: datetime) -> dict[str, object]:
            return {
                "id": record_id, "version": 1, "seq": next(seqs), "deleted": False, "created_by": phone.user_id,
                "created_at": at, "received_at": at, "flags": [],
            }  # fmt: skip

        begins = [start + timedelta(days=number % 364) for number in range(shifts)]
        session.execute(
            insert(Shift),
            [
                {
                    **server_set(shift, at), "team_id": phone.team_id, "district": "farsta", "kind": "evening",
                    "assignment": "core", "started_at": at, "ended_at": at + timedelta(hours=5),
                    "participant_ids": [phone.user_id], "arena_minutes": {"outdoor": 200}, "status": "approved",
                }
                for shift, at in zip(shift_ids, begins, strict=True)
            ],
        )  # fmt: skip
        session.execute(
            insert(ShiftParticipant), [{"shift_id": shift, "user_id": phone.user_id} for shift in shift_ids]
        )
        arrivals = [begins[number % shifts] + timedelta(minutes=20) for number in range(visits)]
        session.execute(
            insert(Visit),
            [
                {
                    **server_set(visit, at), "shift_id": shift_ids[number % shifts],
                    "site_id": site_id(1 + number % 30), "district": "farsta", "arena": "outdoor", "arrived_at": at,
                    "left_at": at + timedelta(minutes=15), "outcome": "observed",
                }
                for number, (visit, at) in enumerate(zip(visit_ids, arrivals, strict=True))
            ],
        )  # fmt: skip
        counts = [{"age_band": "13-15", "gender": "female", "present": 2, "contacts": 1}]
        for first in range(0, OBSERVATIONS, 20_000):
            session.execute(
                insert(Observation),
                [
                    {
                        **server_set(new_id(), arrivals[number % visits]), "visit_id": visit_ids[number % visits],
                        "observed_at": arrivals[number % visits], "topics": ["gathering"], "conditions": [],
                        "people_basis": "counted", "counts": counts, "referrals": [], "voices": [],
                    }
                    for number in range(first, min(first + 20_000, OBSERVATIONS))
                ],
            )  # fmt: skip
    for first in range(0, shifts, KEPT_AT_ONCE):
        with write_transaction():
            for shift in shift_ids[first : first + KEPT_AT_ONCE]:
                kept = {"by": phone.user_id, "reason": "", "content_version": 1, "now": start}
                keep_version(db.session(), shift_id=shift, **kept)
    with write_transaction():
        again = shift_ids[::OPEN_AGAIN]
        db.session().execute(update(Shift).where(Shift.id.in_(again)).values(status="returned"))
