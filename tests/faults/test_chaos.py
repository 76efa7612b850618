"""The chaos proxy does what it says: each fault happens, and only that one. A quiet harness would prove nothing."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.chaos import ChaosProxy, chaos
from tests.faults.conftest import SECONDS
from tests.faults.plan import KINDS, STORM, Fault, FaultPlan, Script

pytestmark = SECONDS

ANSWER = json.dumps({"said": "x" * 5000}).encode()


class Upstream(ThreadingHTTPServer):
    """A server that notes what it got, in order, and answers everything alike."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[bytes] = []
        self.broken = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A cut request is expected here."""


class Handler(BaseHTTPRequestHandler):
    """Notes the body and answers."""

    server: Upstream

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        body = self.rfile.read(size)
        if len(body) < size:
            self.server.broken += 1
            return
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A server behind the proxy."""
    server = Upstream()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[ChaosProxy]:
    """A proxy before it."""
    with chaos(upstream.url) as found:
        yield found


def post(url: str, body: bytes = b"{}", path: str = "/api/v1/sync") -> tuple[int, bytes, Any]:
    """Send and read the whole answer."""
    connection = http.client.HTTPConnection(urlsplit(url).hostname or "", urlsplit(url).port or 0, timeout=10)
    try:
        connection.request("POST", path, body)
        found = connection.getresponse()
        return found.status, found.read(), found.headers
    finally:
        connection.close()


def post_raw(url: str, body: bytes = b"{}") -> tuple[bytes, bool]:
    """Send and return every byte that came back, and whether the line was reset."""
    got = b""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as line:
        line.sendall(b"POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        try:
            while part := line.recv(65536):
                got += part
        except ConnectionResetError:
            return got, True
    return got, False


def eventually(is_so: Any, seconds: float = 3) -> bool:
    """Wait for what another thread does."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
    return bool(is_so())


def came_about(counted: Any, faults: dict[str, int]) -> bool:
    """A fault is counted once it is over, which the client may see first."""
    return eventually(lambda: counted.counts == faults)


def test_without_a_fault_a_request_passes_unchanged(proxy, upstream):
    line = proxy.line(Script())
    status, body, _ = post(line.url, b'{"a": 1}')
    assert (status, body, upstream.bodies) == (200, ANSWER, [b'{"a": 1}'])
    assert proxy.counts == {}


@pytest.mark.parametrize("part", [0.0, 0.3, 0.999])
def test_a_cut_request_never_reaches_the_server_whole(proxy, upstream, part):
    line = proxy.line(Script(Fault("cut_request", part=part)))
    with pytest.raises((OSError, http.client.HTTPException)):
        post(line.url, b"x" * 20_000)
    assert post(line.url, b"after")[0] == 200
    assert upstream.bodies == [b"after"]
    if part > 0.1:
        assert eventually(lambda: upstream.broken == 1)  # it had begun
    assert came_about(line.plan, {"cut_request": 1})


@pytest.mark.parametrize("keep", [0, 1, 40, 3000])
def test_a_cut_answer_ends_after_so_many_bytes_and_the_server_had_answered(proxy, upstream, keep):
    line = proxy.line(Script(Fault("cut_answer", keep_bytes=keep)))
    got, _ = post_raw(line.url)
    assert len(got) == keep
    assert upstream.bodies == [b"{}"]
    assert came_about(line.plan, {"cut_answer": 1})


def test_a_cut_answer_never_arrives_whole(proxy, upstream):
    line = proxy.line(Script(Fault("cut_answer", part=1.0)))
    with pytest.raises(http.client.IncompleteRead):
        post(line.url)


def test_a_withheld_answer_is_a_reset_after_the_server_answered(proxy, upstream):
    line = proxy.line(Script(Fault("withhold")))
    assert post_raw(line.url) == (b"", True)
    assert upstream.bodies == [b"{}"]
    assert came_about(line.plan, {"withhold": 1})


def test_a_delay_keeps_one_back_and_others_pass_meanwhile(proxy, upstream):
    slow, quick = proxy.line(Script(Fault("delay", seconds=0.2))), proxy.line(Script())
    started = time.monotonic()
    waiting = threading.Thread(target=post, args=(slow.url, b"slow"))
    waiting.start()
    time.sleep(0.03)
    post(quick.url, b"quick")
    assert time.monotonic() - started < 0.2
    waiting.join()
    assert time.monotonic() - started >= 0.4  # there and back
    assert upstream.bodies == [b"quick", b"slow"]


def test_a_throttled_line_takes_its_time_both_ways(proxy, upstream):
    line = proxy.line(Script(Fault("throttle", bytes_per_s=20_000)))
    started = time.monotonic()
    assert post(line.url, b"x" * 3000)[1] == ANSWER
    assert time.monotonic() - started >= (3000 + len(ANSWER)) / 20_000 * 0.8
    assert came_about(line.plan, {"throttle": 1})


def test_a_replayed_request_reaches_the_server_twice_and_is_answered_once(proxy, upstream):
    line = proxy.line(Script(Fault("replay", seconds=0.1)))
    assert post(line.url, b"once")[1] == ANSWER
    assert upstream.bodies == [b"once"]
    assert came_about(line.plan, {"replay": 1})
    assert upstream.bodies == [b"once", b"once"]


def test_a_reordered_request_arrives_after_a_later_one(proxy, upstream):
    first, second = proxy.line(Script(Fault("reorder", seconds=5))), proxy.line(Script())
    waiting = threading.Thread(target=post, args=(first.url, b"first"))
    waiting.start()
    assert eventually(lambda: proxy._held)
    post(second.url, b"second")
    waiting.join()
    assert upstream.bodies == [b"second", b"first"]
    assert came_about(proxy, {"reorder": 1})


def test_a_reordered_request_alone_goes_on_after_its_time_and_does_not_count(proxy, upstream):
    line = proxy.line(Script(Fault("reorder", seconds=0.05)))
    assert post(line.url)[0] == 200
    assert line.plan.counts == {}


def test_S19_a_portal_answers_for_the_server(proxy, upstream):
    line = proxy.line(Script(Fault("portal_html"), Fault("portal_redirect")))
    status, body, headers = post(line.url)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!doctype html>")
    status, _, headers = post(line.url)
    assert status == 302
    assert headers["Location"]
    assert upstream.bodies == []
    assert came_about(line.plan, {"portal_html": 1, "portal_redirect": 1})


@pytest.mark.parametrize("status", STORM)
@pytest.mark.parametrize("retry_after_s", [None, 7])
def test_S20_a_status_with_and_without_retry_after(proxy, upstream, status, retry_after_s):
    line = proxy.line(Script(Fault("status", status=status, retry_after_s=retry_after_s)))
    got, _, headers = post(line.url)
    assert (got, headers["Retry-After"]) == (status, None if retry_after_s is None else "7")
    assert upstream.bodies == []


def test_a_server_that_is_gone_is_a_broken_line(proxy, upstream):
    line = proxy.line(Script())
    upstream.server_close()
    assert post_raw(line.url) == (b"", True)


def test_calm_ends_every_fault_and_lets_go_what_is_kept_back(proxy, upstream):
    kept = [Fault("reorder", seconds=60), Fault("delay", seconds=60), Fault("throttle", bytes_per_s=10)]
    lines = [proxy.line(Script(fault, Fault("withhold"))) for fault in kept]
    waiting = [threading.Thread(target=post, args=(line.url, b"y" * 500)) for line in lines]
    for thread in waiting:
        thread.start()
    assert eventually(lambda: proxy._held)
    started = time.monotonic()
    proxy.calm()
    for thread in waiting:
        thread.join()
    assert time.monotonic() - started < 2
    assert [post(line.url)[0] for line in lines] == [200] * 3  # the withheld answer of the script never comes about


def test_the_same_seed_gives_the_same_faults_and_weights_are_kept():
    weights = {"cut_answer": 3.0, "status": 1.0}
    plans = [FaultPlan(seed, weights, quiet=4.0) for seed in (5, 5, 6)]
    drawn = [[plan.draw("/api/v1/sync") for _ in range(800)] for plan in plans]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    kinds = [fault.kind for fault in drawn[0] if fault]
    assert set(kinds) == set(weights)
    assert 250 < kinds.count("cut_answer") < 350
    assert 65 < kinds.count("status") < 135


def test_a_plan_disturbs_only_its_paths_and_knows_its_kinds():
    plan = FaultPlan(1, dict.fromkeys(KINDS, 1.0), quiet=0.0)
    assert plan.draw("/api/v1/session") is None
    assert plan.draw("/api/v1/sync") is not None
    plan.calm()
    assert plan.draw("/api/v1/sync") is None
    with pytest.raises(ValueError, match="unknown faults"):
        FaultPlan(1, {"gremlin": 1.0})


def test_a_client_that_goes_away_leaves_the_proxy_well(proxy, upstream):
    line = proxy.line(Script(Fault("delay", seconds=0.05)))
    with suppress(OSError), socket.create_connection(("127.0.0.1", urlsplit(line.url).port or 0)) as gone:
        gone.sendall(b"POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
    assert post(line.url)[0] == 200
