"""A database set back to its beginning for every example, with people signed in who hold their first download."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import text

from fieldapp.core.database import db
from tests.factories.phone import Phone

DEVICES = ("falt1", "falt1", "falt2", "jour1")
LEAD = "ledare2"


@dataclass
class Stage:
    """The app, and its phones as they stood at the beginning."""

    app: Flask
    url: str
    phones: list[Phone] = field(default_factory=list)
    lead: Phone | None = None

    @classmethod
    def set_up(cls, app: Flask, url: str, phone: Callable[[str], Phone]) -> "Stage":
        """Sign everybody in, let them download, and keep the database as it is then."""
        stage = cls(app, url, [phone(who) for who in DEVICES], phone(LEAD))
        for person in stage.phones:
            person.pull()
        stage._let_go()
        if stage._file:
            shutil.copy(stage._file, stage._kept)
        else:
            stage._admin(f'CREATE DATABASE "{stage._kept}" TEMPLATE "{stage._name}"')
        return stage

    def reset(self) -> list[Phone]:
        """Set the database back and return the phones as they were."""
        self._let_go()
        if self._file:
            for suffix in ("-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
            shutil.copy(self._kept, self._file)
        else:
            self._admin(f'DROP DATABASE "{self._name}" WITH (FORCE)')
            self._admin(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._kept}"')
        return [Phone(p.client, p.session, p.device_seq, p.cursor, p.epoch, copy.copy(p.records)) for p in self.phones]

    def close(self) -> None:
        """Leave nothing behind."""
        self._let_go()
        if not self._file:
            self._admin(f'DROP DATABASE "{self._kept}" WITH (FORCE)')

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Read from the database, past the app's routes."""
        with self.app.app_context(), db.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement)).mappings()]

    @property
    def _file(self) -> Path | None:
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite") else None

    @property
    def _name(self) -> str:
        return self.url.rsplit("/", 1)[1]

    @property
    def _kept(self) -> str:
        return f"{self.url.removeprefix('sqlite:///')}.kept" if self._file else f"{self._name}_kept"

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _admin(self, statement: str) -> None:
        server = self.url.replace("+psycopg", "").rsplit("/", 1)[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(statement)
