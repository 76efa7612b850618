"""A throw-away PostgreSQL cluster made with the machine's own server; as root it runs as `postgres` (trap 10)."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def bin_dir() -> Path:
    """Find the server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in [shutil.which("initdb")] if path
    ]
    if not found:
        raise RuntimeError("PostgreSQL's server is missing: scripts/setup.sh installs it on Debian as root")
    return found[-1].parent


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cluster:
    """A server of our own on a free port; `durable`: as safe as PostgreSQL ships it."""

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="faltlogg-pg-"))
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_owner:
            shutil.chown(self._folder, "postgres")
        self._folder.chmod(0o700)
        self._data, self._port, self._durable = self._folder / "data", free_port(), durable
        self.url = f"postgresql+psycopg://faltlogg@127.0.0.1:{self._port}"

    def start(self) -> None:
        """Make the cluster and start it."""
        self._run("initdb", "-U", "faltlogg", "-A", "trust", "-E", "UTF8", "--no-sync")
        # In tests nothing outlives the run: no protection against a power cut, no log for replicas.
        careless = (
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
        )
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} "
            f"{'' if self._durable else careless}"
        )
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self._folder / "log"), "start")

    def restart(self) -> None:
        """End every connection as a crash does, and start again from the log (S25)."""
        self._run("pg_ctl", "-w", "-m", "immediate", "-l", str(self._folder / "log"), "restart")

    def stop(self) -> None:
        """Stop it and leave nothing behind."""
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(bin_dir() / program), "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a cluster and yield the URL of its database without a name."""
    found = Cluster(durable=durable)
    found.start()
    try:
        yield found.url
    finally:
        found.stop()
