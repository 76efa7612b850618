"""Load from this machine to this machine: prepared requests over kept connections, counted by what was acknowledged."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson

from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso
from tests.faults.wire import wire_phone

BATCH = 100


@dataclass
class Line:
    """A kept connection of one client."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send a request and return the body; anything but 200 ends the benchmark."""
        try:
            self._connection.request(method, path, body, self.headers)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()  # the server closes idle connections
            self._connection.request(method, path, body, self.headers)
            answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


@dataclass
class Client:
    """A signed-in phone with a visit to hang observations on."""

    phone: Phone
    line: Line
    visit_id: str
    acknowledged: list[str] = field(default_factory=list)

    def prepare(self, batches: int) -> list[bytes]:
        """Write batches of observations; envelopes are completed with the cursor when sent."""
        return [orjson.dumps([observation(self.phone, self.visit_id) for _ in range(BATCH)]) for _ in range(batches)]

    def push(self, mutations: bytes) -> None:
        """Send a batch and note what was acknowledged."""
        head = orjson.dumps({"protocol": 1, "cursor": self.phone.cursor, "epoch": self.phone.epoch})[:-1]
        answer = orjson.loads(self.line.send("POST", "/api/v1/sync", head + b',"mutations":' + mutations + b"}"))
        self.phone.cursor, self.phone.epoch = answer["cursor"], answer["epoch"]
        ids = {mutation["id"]: mutation["record_id"] for mutation in orjson.loads(mutations)}
        self.acknowledged += [ids[r["mutation_id"]] for r in answer["receipts"] if r["status"] == "applied"]


def observation(phone: Phone, visit_id: str) -> dict[str, Any]:
    """Write an observation of the usual size."""
    counts = [
        {"age_band": "13-15", "gender": "female", "present": 2, "contacts": 1},
        {"age_band": "16-17", "gender": "male", "present": 4, "contacts": 3},
    ]
    return phone.observation(
        visit_id, topics=["gathering", "alcohol"], counts=counts, note="Lugnt vid torget, några samtal om skolan."
    )


def client(url: str, port: int, who: str) -> Client:
    """Sign in, start a shift, arrive somewhere, pull what there is."""
    phone = wire_phone(url, who)
    shift = phone.shift(started_at=now_iso(hours=-2))
    visit = phone.visit(shift["record_id"])
    phone.apply(shift, visit)
    phone.pull()
    cookie = phone.client.cookie  # the session, on a connection of the bench's own
    headers = {**phone.headers, "Origin": url, "Cookie": cookie, "Content-Type": "application/json"}
    return Client(phone, Line(port, headers), visit["record_id"])


def rate(workers: int, batches: int, work: Callable[[int, int], None]) -> float:
    """Run `work(worker, batch)` on that many threads and return batches × BATCH per second."""

    def run(worker: int) -> None:
        for batch in range(batches):
            work(worker, batch)

    started = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, range(workers)))
    return workers * batches * BATCH / (time.perf_counter() - started)


def fresh_ids(body: bytes) -> bytes:
    """Give the records of a prepared batch new ids."""
    mutations = orjson.loads(body)
    for mutation in mutations:
        mutation["record_id"] = new_id()
    return orjson.dumps({"mutations": mutations})
