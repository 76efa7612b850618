"""A leader approves while a phone sends: one clear outcome each time, and nothing is written over (PU10, PU11)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.factories.phone import Json, Phone, now_iso
from tests.factories.totals import totals
from tests.faults.conftest import PATIENT, SCALE, Rows
from tests.faults.server import Server
from tests.faults.wire import wire_phone

RACES = 200 * SCALE  # on each engine


def send_in(worker: Phone) -> tuple[str, str, str]:
    """Send a whole pass in; return the ids of shift, visit and observation."""
    shift = worker.shift(started_at=now_iso(hours=-4), ended_at=now_iso(hours=-1))
    visit = worker.visit(shift["record_id"])
    seen = worker.observation(visit["record_id"], note="ett")
    key = shift["record_id"]
    worker.apply(shift, visit, seen, worker.mutation("shifts", "update", key, 1, status="submitted"))
    return key, visit["record_id"], seen["record_id"]


@PATIENT
def test_PU10_PU11_an_approval_that_races_a_sync_has_one_outcome(server: Server, rows: Rows, engine_name: str):
    worker, lead = wire_phone(server.url, "falt1"), wire_phone(server.url, "ledare2")
    outcomes: Counter[str] = Counter()
    expected: dict[str, Any] = {}
    with ThreadPoolExecutor(2) as pool:
        for _ in range(RACES):
            shift, visit, seen = send_in(worker)
            read = lead.client.get(f"/api/v1/shifts/{shift}").get_json()["content_version"]
            edit = worker.mutation("observations", "update", seen, 1, note="två")
            added = worker.observation(visit)
            together = Barrier(2)

            def approve(shift: str = shift, read: int = read, together: Barrier = together) -> int:
                together.wait()
                body = {"decision": "approve", "content_version": read}
                status: int = lead.client.post(
                    f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers
                ).status_code
                return status

            def send(edit: Json = edit, added: Json = added, together: Barrier = together) -> tuple[str, ...]:
                together.wait()
                return tuple(receipt["status"] for receipt in worker.push(edit, added))

            decided, sent = pool.submit(approve), pool.submit(send)
            outcome = (decided.result(), sent.result())
            assert outcome in ((200, ("late", "late")), (409, ("applied", "applied"))), outcome
            outcomes["late" if outcome[0] == 200 else "moved"] += 1
            expected[shift] = ("approved", "ett", 1) if outcome[0] == 200 else ("submitted", "två", 2)
    found = rows(
        "SELECT s.id, s.status, max(o.note) AS note, count(o.id) AS n FROM shifts s JOIN visits v ON v.shift_id = s.id "
        "JOIN observations o ON o.visit_id = v.id GROUP BY s.id, s.status"
    )
    assert {row["id"]: (row["status"], row["note"], row["n"]) for row in found} == expected
    waiting = rows("SELECT id FROM sync_waiting WHERE kind = 'late' AND state = 'waiting'")
    assert len(waiting) == 2 * outcomes["late"]
    versions = rows("SELECT shift_id, content FROM approved_versions")
    assert {row["shift_id"] for row in versions} == {key for key, value in expected.items() if value[0] == "approved"}
    assert all("två" not in str(row["content"]) for row in versions)
    totals(f"approval against sync, {engine_name}", races=RACES, late=outcomes["late"], moved=outcomes["moved"])
