"""A real gunicorn, cut, killed and raced: nothing lost, nothing twice, nothing changed (S02, S03, S12)."""

import http.client
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from fieldapp.core.ids import new_id
from tests.factories.phone import Json
from tests.factories.totals import totals
from tests.faults.conftest import PATIENT, SCALE, SECONDS, Rows, ids_of, missing_and_doubled, stored
from tests.faults.wire import wire_phone

pytestmark = PATIENT


@SECONDS
def test_S02_PU3_the_same_batch_ten_times_in_parallel_gives_one_state(server, rows, engine_name):
    runs = 500 * SCALE if engine_name == "sqlite" else 20 if SCALE == 1 else 500  # the second engine's 500 are long
    falt1 = wire_phone(server.url, "falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    sent: list[Json] = []
    with ThreadPoolExecutor(10) as pool:
        for _ in range(runs):
            visit = falt1.visit(shift["record_id"])
            batch = [visit, falt1.observation(visit["record_id"])]
            body = falt1.request(batch)
            answers = list(
                pool.map(lambda _, body=body: falt1.client.post("/api/v1/sync", body, falt1.headers), range(10))
            )
            assert [answer.status_code for answer in answers] == [200] * 10
            bodies = [answer.get_json() for answer in answers]
            falt1.take_in(bodies[0])  # as a phone does, or each answer would bring all that was sent before
            receipts = [body["receipts"] for body in bodies]
            assert sum(not receipt["replayed"] for found in receipts for receipt in found) == 2
            assert {receipt["status"] for found in receipts for receipt in found} == {"applied"}
            sent += batch
    found = stored(rows, "visits", falt1.user_id) | stored(rows, "observations", falt1.user_id)
    counted = missing_and_doubled(found, {mutation["record_id"] for mutation in sent})
    totals(f"S02 {engine_name}", runs=runs, parallel=10, mutations=len(sent), **counted)
    assert counted == {"lost": 0, "duplicated": 0}


@SECONDS
def test_S03_PU1_killed_in_the_middle_of_a_push_a_batch_is_whole_or_absent(server, rows, engine_name):
    kills = 15 * SCALE  # on each engine: 30 a run, 300 in the long one
    seed = random.Random(3)
    falt1 = wire_phone(server.url, "falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    batches: list[list[Json]] = []
    tries = 0
    stop, given_up = threading.Event(), threading.Event()

    def push_until_answered(batch: list[Json]) -> None:
        nonlocal tries
        while not given_up.is_set():
            tries += 1
            try:
                answer = falt1.client.post("/api/v1/sync", falt1.request(batch), falt1.headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                body = answer.get_json()
                assert {receipt["status"] for receipt in body["receipts"]} == {"applied"}
                falt1.take_in(body)
                return
            assert answer.status_code in (500, 502, 503), answer.get_data(as_text=True)

    def work() -> None:
        while not stop.is_set():
            batch = [falt1.visit(shift["record_id"]) for _ in range(40)]
            batches.append(batch)
            push_until_answered(batch)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(kills):
            while not server.answers():  # both workers fell: a dead server pushes nothing that could be cut
                time.sleep(0.02)
            time.sleep(seed.uniform(0.02, 0.3))
            if number % 3 == 2:
                server.kill_all()
                whole_or_absent(rows, batches)
                server.start()
            else:
                server.kill_worker(seed.randrange(2))
    except BaseException:
        stop.set()
        given_up.set()  # or the one who pushes would wait for an answer for ever, and the run with it
        raise
    stop.set()
    worker.join(60)
    assert not worker.is_alive()
    whole_or_absent(rows, batches)
    found = stored(rows, "visits", falt1.user_id)
    counted = missing_and_doubled(found, {mutation["record_id"] for batch in batches for mutation in batch})
    totals(f"S03 {engine_name}", kills=kills, batches=len(batches), tries=tries, mutations=len(found), **counted)
    assert counted == {"lost": 0, "duplicated": 0}
    assert tries >= kills  # a dead server is killed no more
    if engine_name == "sqlite":
        assert rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert rows("PRAGMA foreign_key_check") == []


# One statement, for one moment: PostgreSQL's own process lives on when the server is killed, and may end its commit.
STANDS = """
    SELECT 'record' AS kind, id FROM visits UNION ALL
    SELECT 'receipt', mutation_id FROM sync_receipts UNION ALL
    SELECT 'history', mutation_id FROM sync_history
"""


def whole_or_absent(rows: Rows, batches: list[list[Json]]) -> None:
    """Of each batch all is there – records, receipts, history – or none of it. Names what is missing."""
    stands = {(row["kind"], row["id"]) for row in rows(STANDS)}
    for batch in list(batches):
        wanted = {("record", mutation["record_id"]) for mutation in batch}
        wanted |= {(kind, mutation["id"]) for mutation in batch for kind in ("receipt", "history")}
        there = wanted & stands
        assert there in (set(), wanted), sorted(wanted - there)


def test_S12_a_transfer_of_500_interrupted_after_each_k_arrives_exactly_once(server, rows, engine_name):
    """Interrupted while k records are through: the rest follows, for every k from 1 to 500."""
    falt1 = wire_phone(server.url, "falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    seed = random.Random(12)
    queue = [falt1.visit(shift["record_id"]) for _ in range(500)]
    for k in range(1, 501):
        batch = queue[k - 1 : k + 4]  # the k-th is due; four more ride along and will come again
        body = falt1.request(batch)
        if k % 2:
            falt1.client.send_part("/api/v1/sync", body, falt1.headers, seed.random() * 0.98)
        else:
            falt1.client.post_and_cut("/api/v1/sync", body, falt1.headers, seed.randint(1, 300))
        [receipt] = falt1.push(queue[k - 1])
        assert receipt["status"] == "applied"
    counted = missing_and_doubled(stored(rows, "visits", falt1.user_id), ids_of(queue, "visits"))
    totals(f"S12 {engine_name}", interruptions=500, mutations=500, **counted)
    assert counted == {"lost": 0, "duplicated": 0}


def test_a_device_signs_in_again_after_everything_restarts(server):
    device = new_id()
    wire_phone(server.url, "falt1", device).apply()
    server.kill_all()
    server.start()
    wire_phone(server.url, "falt1", device).pull()
