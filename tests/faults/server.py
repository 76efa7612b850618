"""A real gunicorn on loopback, to cut, kill and restart."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import SECRET
from tests.factories.postgres import free_port

HOUSE = Path(__file__).resolve().parents[2]


class Server:
    """A gunicorn with two workers of four threads, as `make run` starts it."""

    application = "wsgi:app"

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.environment = {
            **os.environ,
            "FIELDAPP_ENV": "testing",
            "FIELDAPP_DATA_DIR": str(folder),
            "FIELDAPP_DATABASE_URL": database_url,
            "FIELDAPP_SECRET_KEY": SECRET,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            sys.executable, "-m", "gunicorn", self.application, "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "20",
            "--no-control-socket",
        ]  # fmt: skip
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=HOUSE, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 30
        while not self.answers():
            assert self._process.poll() is None, "gunicorn ended: " + self.log()[-2000:]
            assert time.monotonic() < deadline, "gunicorn did not start"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Say whether the server answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def workers(self) -> list[int]:
        """Return the worker processes."""
        assert self._process
        found = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    def kill_worker(self, index: int) -> None:
        """SIGKILL a worker; the master starts another."""
        workers = self.workers()
        if workers:
            os.kill(workers[index % len(workers)], signal.SIGKILL)

    def kill_all(self) -> None:
        """SIGKILL master and workers, as a power cut does."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            # A worker on another core runs on for some milliseconds and may end its commit meanwhile.
            deadline = time.monotonic() + 10
            while living(self._process.pid):
                assert time.monotonic() < deadline, "a killed worker lives on"
                time.sleep(0.001)

    def log(self) -> str:
        """Return what it has written."""
        return (self.folder / "server.log").read_text()


def living(group: int) -> list[int]:
    """Return the processes of a group that still run; what is dead and only not yet buried doesn't."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if int(its_group) == group and state not in "ZX":
            found.append(int(path.parent.name))
    return found


@contextmanager
def serving(database_url: str, folder: Path) -> Iterator[Server]:
    """Serve a database for a while."""
    server = Server(database_url, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill_all()
        odd = [line for line in server.log().splitlines() if '"status": 200' not in line]
        print("\n".join(odd[-20:]))  # shown where a test fails
