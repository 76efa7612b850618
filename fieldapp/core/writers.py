"""A fair queue of SQLite's writers.

SQLite lets waiting writers poll, each with a pause that grows to 100 ms: under load the lock lies idle between polls,
and an unlucky writer can starve through the whole busy timeout and be told 503. Here writers queue instead: threads of
a process for a lock, processes for a file lock, which the kernel hands on at once and takes back when a process is
killed. `BEGIN IMMEDIATE` still guards against anyone who does not queue.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldapp.core.errors import Unavailable


class WritersQueue:
    """One database's queue. `timeout_s`: how long a thread waits for the others of its process."""

    def __init__(self, database: Path, timeout_s: float) -> None:
        self._file = database.with_name(f"{database.name}-queue")
        self._timeout_s = timeout_s
        self._of_process = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and hold it. Raises `Unavailable` when the others of this process take too long."""
        if not self._of_process.acquire(timeout=self._timeout_s):
            raise Unavailable(retry_after_s=2)
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)  # gives the file lock back
        finally:
            self._of_process.release()
