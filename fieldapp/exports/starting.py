"""Starts a maker: a process of its own, so that no request waits for a file, and none falls with a worker's restart."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

HOUSE = Path(__file__).resolve().parents[2]
COMMAND = ("-m", "flask", "--app", "fieldapp", "exports", "run")


def start_maker() -> None:
    """Start a maker with this process's settings; it takes what waits and ends."""
    process = subprocess.Popen(  # noqa: S603 - our own command, nothing of a request in it
        [sys.executable, *COMMAND],
        cwd=HOUSE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a server that is stopped or restarted takes no half-made file with it
    )
    Thread(target=process.wait, daemon=True).start()  # so that nothing dead is left lying about
