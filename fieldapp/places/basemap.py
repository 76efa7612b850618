"""The basemap of this installation, where it has one: a file that may be replaced while the server runs."""

import os
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import structlog
from flask import Flask, current_app

from fieldapp.config import WeakSetting
from fieldapp.places.basemap_file import Basemap, UnfitBasemap, read_basemap

SETTING = "FIELDAPP_BASEMAP"
log = structlog.get_logger()
Mark = tuple[int, int, int]


class BasemapFile:
    """A file that is read again when it is another than it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: Mark | None = None
        self._basemap: Basemap | None = None
        self._complaint: str | None = None
        self._reading = Lock()

    def read(self) -> Basemap:
        """Read and judge the file. Raises `UnfitBasemap` and `OSError`."""
        with self._open() as file:
            return self._read(file)

    def now(self) -> Basemap | None:
        """Return what the file is just now; None where it can't be read or has become unfit, which is logged once."""
        if not (found := self.opened()):
            return None
        basemap, file = found
        file.close()
        return basemap

    def opened(self) -> tuple[Basemap, BinaryIO] | None:
        """Return what the file is just now, and that very file, which the caller closes; None as `now` does."""
        with self._reading, ExitStack() as closing:
            try:
                file = closing.enter_context(self._open())
                basemap = self._basemap if _mark(file) == self._seen else None
                basemap = basemap or self._read(file)
                closing.pop_all()
                return basemap, file
            except UnfitBasemap as error:
                self._lose(str(error))
            except OSError as error:
                self._lose(error.strerror or type(error).__name__)
            return None

    def _open(self) -> BinaryIO:
        if not self.path.is_file():  # a pipe would be waited for
            raise UnfitBasemap("is no file")
        return self.path.open("rb")

    def _read(self, file: BinaryIO) -> Basemap:
        seen = _mark(file)
        basemap = read_basemap(file)
        self._seen, self._basemap, self._complaint = seen, basemap, None
        return basemap

    def _lose(self, complaint: str) -> None:
        if complaint != self._complaint:
            log.warning("basemap_unfit", reason=complaint)
        self._seen, self._basemap, self._complaint = None, None, complaint


def _mark(file: BinaryIO) -> Mark:
    found = os.fstat(file.fileno())
    return found.st_ino, found.st_size, found.st_mtime_ns


def init_basemap(app: Flask, path: Path | None, *, must_fit: bool) -> None:
    """Take the basemap of the settings; an unfit one is logged, or raises `WeakSetting` where it must fit."""
    file = path and BasemapFile(path)
    app.extensions["fieldapp.basemap"] = file
    if not file:
        return
    if not must_fit:
        file.now()
        return
    try:
        file.read()
    except UnfitBasemap as error:
        raise WeakSetting(f"{SETTING} {path} {error}") from error
    except OSError as error:
        raise WeakSetting(f"{SETTING} {path} can't be read: {error.strerror}") from error


def basemap_file() -> BasemapFile | None:
    """Return the basemap's file of the present app, where it has one."""
    found: BasemapFile | None = current_app.extensions["fieldapp.basemap"]
    return found
