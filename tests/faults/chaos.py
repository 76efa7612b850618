"""A proxy that breaks connections on purpose: bytes in, bytes out, and just enough HTTP to know where an answer begins.

Every client has a line of its own – a port with its own plan – so that one seed gives each the same faults whatever
the others do. One request a connection: `Connection: close` is asked of the server, and its end is the answer's end.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from tests.faults.messages import MOST_HEAD_BYTES, PORTAL, Request, own_answer, read_request, reset, send
from tests.faults.plan import Fault, FaultPlan

SLICE_S = 0.02  # a slow line hands over this much time's bytes at once
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
T = TypeVar("T")


@dataclass
class Line:
    """One client's way to the server."""

    url: str
    plan: FaultPlan
    server: asyncio.Server


@dataclass
class Waiting:
    """A request kept back until a later one has passed."""

    passed: asyncio.Event = field(default_factory=asyncio.Event)


class ChaosProxy:
    """Lines to one server. Runs in a thread of its own, so that tests stay plain calls."""

    def __init__(self, upstream: str) -> None:
        self._host, self._port = urlsplit(upstream).hostname or "", urlsplit(upstream).port or 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos", daemon=True)
        self._lines: list[Line] = []
        self._held: list[Waiting] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._calmed = asyncio.Event()
        self._acts: dict[str, Callable[[Request, Fault, asyncio.StreamWriter], Awaitable[bool]]] = {
            "cut_request": self._cut_request,
            "cut_answer": self._cut_answer,
            "withhold": self._withhold,
            "delay": self._delay,
            "throttle": self._throttle,
            "replay": self._replay,
            "reorder": self._reorder,
            "portal_html": self._portal_html,
            "portal_redirect": self._portal_redirect,
            "status": self._status,
        }

    def line(self, plan: FaultPlan) -> Line:
        """Open a line with its own plan; `url` is where its client goes."""
        return self._call(self._open(plan))

    def calm(self) -> None:
        """Stop all faults: no new ones, and what is kept back or slowed goes on at once."""
        for line in self._lines:
            line.plan.calm()
        self._loop.call_soon_threadsafe(self._let_go)

    @property
    def counts(self) -> Counter[str]:
        """Faults that came about on all lines, by kind."""
        return sum((line.plan.counts for line in self._lines), Counter())

    def start(self) -> None:
        """Begin to listen for lines."""
        self._thread.start()

    def stop(self) -> None:
        """Close every line and wait until nothing is under way."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _call(self, work: Awaitable[T]) -> T:
        async def run() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)

    async def _open(self, plan: FaultPlan) -> Line:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(self._serve(plan, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=MOST_HEAD_BYTES)
        line = Line(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", plan, server)
        self._lines.append(line)
        return line

    async def _close(self) -> None:
        for line in self._lines:
            line.server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports say goodbye in the next turn of the loop

    def _let_go(self) -> None:
        self._calmed.set()
        for waiting in self._held:
            waiting.passed.set()

    # ------------------------------------------------------------ one connection

    async def _serve(self, plan: FaultPlan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_request(reader)
            if request is None:
                return
            earlier = list(self._held)
            fault = plan.draw(request.path)
            if fault is None:
                await send(writer, await self._ask(request.message))
            elif await self._acts[fault.kind](request, fault, writer):
                plan.happened(fault)
            for waiting in earlier:
                waiting.passed.set()
        except BROKEN:
            reset(writer)  # nobody at the other end, as when the server was killed
        finally:
            writer.close()
            with suppress(*BROKEN):
                await writer.wait_closed()

    async def _ask(self, message: bytes, bytes_per_s: int = 0) -> bytes:
        """Send a request to the server and return its whole answer; raises when there is none."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            await self._send_slowly(writer, message, bytes_per_s)
            answer = await reader.read(-1)
        finally:
            writer.close()
            with suppress(*BROKEN):
                await writer.wait_closed()
        if not answer:
            raise ConnectionResetError
        return answer

    async def _send_slowly(self, writer: asyncio.StreamWriter, message: bytes, bytes_per_s: int) -> None:
        size = max(1, int(bytes_per_s * SLICE_S)) if bytes_per_s else len(message)
        for start in range(0, len(message), size):
            await send(writer, message[start : start + size])
            if start + size < len(message):
                await self._pause(size / bytes_per_s)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the faults last."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._calmed.wait(), seconds)

    # ------------------------------------------------------------ the faults; each says whether it came about

    async def _cut_request(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S12: the server gets a part and an end; the client a broken line."""
        message = request.message
        _, server = await asyncio.open_connection(self._host, self._port)
        await send(server, message[: min(len(message) - 1, int(len(message) * fault.part))])
        server.close()
        reset(client)
        return True

    async def _cut_answer(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S01: the server has answered; the client gets the first bytes of it."""
        answer = await self._ask(request.message)
        keep = int(len(answer) * fault.part) if fault.keep_bytes is None else fault.keep_bytes
        await send(client, answer[: min(len(answer) - 1, keep)])
        return True

    async def _withhold(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S01: the server has answered; the client gets a reset."""
        await self._ask(request.message)
        reset(client)
        return True

    async def _delay(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        await self._pause(fault.seconds)
        answer = await self._ask(request.message)
        await self._pause(fault.seconds)
        await send(client, answer)
        return True

    async def _throttle(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S21: so many bytes a second, both ways."""
        answer = await self._ask(request.message, fault.bytes_per_s)
        await self._send_slowly(client, answer, fault.bytes_per_s)
        return True

    async def _replay(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """PU3: the server gets the request twice, the second time when the client may have gone on already."""
        await send(client, await self._ask(request.message))
        client.close()
        await self._pause(fault.seconds)
        await self._ask(request.message)
        return True

    async def _reorder(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """Keep the request back until a later one has passed; alone on the line, for `seconds` at most."""
        waiting = Waiting()
        self._held.append(waiting)
        try:
            if self._calmed.is_set():
                has_passed = False
            else:
                has_passed = await asyncio.wait_for(waiting.passed.wait(), fault.seconds)
        except TimeoutError:
            has_passed = False
        self._held.remove(waiting)
        await send(client, await self._ask(request.message))
        return has_passed and not self._calmed.is_set()

    async def _portal_html(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S19: 200, and not a word of the protocol."""
        await send(client, own_answer("200 OK", {"Content-Type": "text/html; charset=utf-8"}, PORTAL))
        return True

    async def _portal_redirect(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S19: to a page where one would sign in."""
        await send(client, own_answer("302 Found", {"Location": "http://127.0.0.1:9/portal"}, b""))
        return True

    async def _status(self, request: Request, fault: Fault, client: asyncio.StreamWriter) -> bool:
        """S20: a status of somebody between client and server."""
        headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
        await send(client, own_answer(f"{fault.status} Fault", {"Content-Type": "text/plain", **headers}, b"fault"))
        return True


@contextmanager
def chaos(upstream: str) -> Iterator[ChaosProxy]:
    """Run a proxy before a server for a while."""
    proxy = ChaosProxy(upstream)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
