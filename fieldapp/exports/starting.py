"""Starts a maker: a process of its own, so that no request waits for a file, and none falls with a worker's restart."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import structlog

HOUSE = str(Path(__file__).resolve().parents[2])
COMMAND = ("-m", "flask", "--app", "fieldapp", "exports", "run")
log = structlog.get_logger()


def start_maker() -> None:
    """Start a maker with this process's settings, in its folder; it takes what waits and ends.

    Where none can be started just now, whoever asks how far the file is tries again.
    """
    found_in = os.pathsep.join(filter(None, (HOUSE, os.environ.get("PYTHONPATH"))))
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command, nothing of a request in it
            [sys.executable, *COMMAND],
            env={**os.environ, "PYTHONPATH": found_in},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a server that is stopped or restarted takes no half-made file with it
        )
    except OSError as error:
        log.warning("maker_not_started", kind=type(error).__name__)
        return
    Thread(target=process.wait, daemon=True).start()  # so that nothing dead is left lying about
