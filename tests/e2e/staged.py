"""The server as a fault needs it: another release of the client, another time of day. gunicorn loads `app` here."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path

from fieldapp import create_app
from fieldapp.core import clock
from tests.faults.server import HOUSE, Server

CLIENT, SHIFT = "STAGED_CLIENT", "STAGED_SHIFT_S"


class StagedServer(Server):
    """A gunicorn whose client lies in a folder of its own, and whose clock may stand elsewhere."""

    application = "tests.e2e.staged:app"

    def __init__(self, database_url: str, folder: Path) -> None:
        super().__init__(database_url, folder)
        self.url = self.url.replace("127.0.0.1", "localhost")
        self.client = folder / "client"
        shutil.copytree(HOUSE / "static/dist", self.client / "dist")
        self.environment[CLIENT] = str(self.client)

    def move_to(self, shift: timedelta) -> None:
        """Go on at another time; sessions and records stay."""
        self.kill_all()
        self.environment[SHIFT] = str(shift.total_seconds())
        self.start()

    def release(self, number: int, *, newer_store: bool = False) -> None:
        """Put out a new build: its entry under a new name, the old gone; `newer_store` asks for a newer database."""
        dist = self.client / "dist"
        entry = next(dist.glob("assets/index-*.js"))
        renamed = re.sub(r"(-r\d+)?\.js$", f"-r{number}.js", entry.name)
        texts = {path: path.read_text() for path in [*dist.glob("assets/*.js"), dist / "index.html", dist / "sw.js"]}
        for path, text in texts.items():
            changed = text.replace(entry.name, renamed)
            changed = re.sub(r"\b2026\.1[12]\.\d+\b", f"2026.12.{number}", changed)
            if newer_store:
                changed = re.sub(r"(`faltlogg-[^`]+`,version:)(\d+)", lambda at: at[1] + str(int(at[2]) + 1), changed)
            path.write_text(changed)
        (entry.parent / entry.name).rename(entry.parent / renamed)
        self._list_files()
        assert texts[dist / "sw.js"] != (dist / "sw.js").read_text()

    def _list_files(self) -> None:
        """Write the worker's list anew, as the build does: what each file is known by."""
        worker = self.client / "dist/sw.js"

        def entry(found: re.Match[str]) -> str:
            path = "dist/index.html" if found[1] == "/" else found[1].removeprefix("/static/")
            digest = sha256((self.client / path).read_bytes()).hexdigest()
            revision = f"`{digest[:16]}`" if found[1] == "/" else "null"
            return f"url:`{found[1]}`,revision:{revision},sha256:`{digest}`"

        worker.write_text(re.sub(r"url:`([^`]+)`,revision:[^,]+,sha256:`\w+`", entry, worker.read_text()))


@contextmanager
def staging(database_url: str, folder: Path) -> Iterator[StagedServer]:
    """Serve a database that way for a while."""
    server = StagedServer(database_url, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill_all()


def set_clock(shift: timedelta) -> None:
    """Let the server's one clock show another time."""

    class Elsewhen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + shift

    clock.datetime = Elsewhen  # type: ignore[misc]


if CLIENT in os.environ:
    set_clock(timedelta(seconds=float(os.environ.get(SHIFT, "0"))))
    app = create_app()
    app.config["CLIENT_DIR"] = Path(os.environ[CLIENT])
