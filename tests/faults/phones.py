"""The shipped client in a process of its own, driven line by line: static/faults/main.ts is the other end."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fieldapp.demo.accounts import PASSWORD
from tests.factories.phone import Json
from tests.faults.server import HOUSE

CLIENT = HOUSE / "static"
# Three of one team, two of them with two phones; two who work everywhere, one of another team.
PEOPLE = ("falt1", "falt2", "ledare", "jour1", "jour2", "falt3", "falt1", "falt2")


def build(folder: Path) -> Path:
    """Bundle the phones from the sources as they stand."""
    command = ["node_modules/.bin/vite", "build", "--config", "faults/vite.config.ts", "--outDir", str(folder)]
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "phones.mjs"


class Phones:
    """Eight phones, run after run."""

    def __init__(self, program: Path, log: Path) -> None:
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["node", str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def begin(self, *, seed: int, lines: list[str], operations: int, rate: float) -> None:
        """Let the people sign in and write; the phones say `signed_in`, then `written`."""
        run = {
            "seed": seed, "lines": lines, "people": PEOPLE, "password": PASSWORD, "operations": operations,
            "rate": rate,
        }  # fmt: skip
        self.say(json.dumps(run))

    def say(self, line: str) -> None:
        """Tell the phones something."""
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for(self, event: str) -> Json:
        """Return the next thing the phones say, which must be this."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the phones ended before {event}: {self._log.read_text()[-3000:]}"
        said: dict[str, Any] = json.loads(line)
        assert said["event"] == event, said
        return said

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@contextmanager
def phones(program: Path, log: Path) -> Iterator[Phones]:
    """Run the phones for a while."""
    running = Phones(program, log)
    try:
        yield running
    finally:
        running.end()
