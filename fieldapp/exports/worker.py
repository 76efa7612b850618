"""The maker: takes exports one after another, in a process of its own, until none is left to take.

It holds each by a lease that it renews as it goes. When it falls, the lease runs out and the next maker begins anew;
what it had written under its own name is nobody's file.
"""

import os
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from fieldapp.accounts.queries import is_disabled, person_of
from fieldapp.config import Settings
from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, transacted
from fieldapp.core.errors import DomainError, NotFound, TooLarge, Unavailable
from fieldapp.core.ids import new_id
from fieldapp.exports import making, rules, services
from fieldapp.exports.pdf_form import PdfUnavailable
from fieldapp.exports.services import Made, Taken

log = structlog.get_logger()
FAILED = "export_failed"


class Lost(Exception):
    """Somebody else has taken the export over."""


def folder_of(settings: Settings) -> Path:
    """Return where files of exports lie, made at first use for this installation's user alone."""
    folder = settings.data_dir / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def work_off(app: Flask, renewed: Callable[[], object] = lambda: None) -> int:
    """Make what waits, one after another, and return how many were made or failed; `renewed` hears of each lease."""
    holder, done = new_id(), 0
    while True:
        with app.app_context():
            taken = transacted(lambda: services.take(db.session(), holder=holder, now=utc_now()))
        if taken is None:
            return done
        renewed()
        _Making(app, taken, holder, renewed).run()
        done += 1


class _Making:
    """One export under way."""

    def __init__(self, app: Flask, taken: Taken, holder: str, renewed: Callable[[], object]) -> None:
        self.app, self.taken, self.holder, self.renewed = app, taken, holder, renewed
        self.settings: Settings = app.config["SETTINGS"]
        folder = folder_of(self.settings)
        self.part = folder / f"{taken.id}.{holder}.part"
        self.path = folder / taken.id

    def run(self) -> None:
        """Make it, or note why it can't be made. What the database can't take just now is tried again later."""
        # Words are those of who asked: pages and sentences read the language of the request they are made for.
        with self.app.test_request_context("/", headers={"Accept-Language": self.taken.asked["locale"]}):
            try:
                self._make()
            except Lost:
                log.info("export_taken_over", export=self.taken.id)
            except PdfUnavailable as error:
                self._fail(error.slug)
            except (Unavailable, OperationalError):
                log.warning("export_postponed", export=self.taken.id)
            except DomainError as error:
                self._fail(error.slug if error.slug.startswith("export_") else FAILED)
            except Exception as error:  # whatever it is, who waits must hear of it
                log.exception("export_failed", export=self.taken.id, kind=type(error).__name__)
                self._fail(FAILED)
            finally:
                self.part.unlink(missing_ok=True)

    def _make(self) -> None:
        actor, now = self._actor(), utc_now()
        self._tell(10)
        made = making.source(db.session(), actor, making.question_of(self.taken.asked), self.settings, now)
        with self.part.open("w+b") as file:
            rows = making.write(file, self.taken.form, made, self._tell, now)
            file.flush()
            size = file.seek(0, os.SEEK_END)
            if size > rules.MOST_BYTES:
                raise TooLarge("export_too_large")
            file.seek(0)
            found = Made(rows, size, file_digest(file, "sha256").hexdigest(), made.facts)
        self.part.replace(self.path)
        if not transacted(lambda: self._finished(found)):
            raise Lost

    def _finished(self, made: Made) -> bool:
        return services.finish(db.session(), export_id=self.taken.id, holder=self.holder, made=made, now=utc_now())

    def _actor(self) -> Actor:
        """Return who asked, with the grants of now. Raises `NotFound` when they no longer give what was asked for."""
        session, user_id = db.session(), self.taken.user_id
        actor = person_of(session, user_id).at(utc_now())
        if is_disabled(session, user_id) or not rules.still_reaches(self.taken.reach, actor.reach):
            raise NotFound
        return actor

    def _tell(self, progress: int) -> None:
        about = {"export_id": self.taken.id, "holder": self.holder}
        if not transacted(lambda: services.tell(db.session(), progress=progress, now=utc_now(), **about)):
            raise Lost
        self.renewed()

    def _fail(self, error: str) -> None:
        db.session.rollback()
        about = {"export_id": self.taken.id, "holder": self.holder, "error": error}
        transacted(lambda: services.fail(db.session(), now=utc_now(), **about))
