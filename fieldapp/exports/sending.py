"""Sends a file while it is made; when all of it is out, its manifest can be had and the log has its row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, transacted
from fieldapp.exports import services
from fieldapp.exports.services import Made

Row = TypeVar("Row")


@dataclass
class Counted:
    """Rows that are counted as they go by."""

    rows: int = 0

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the same rows."""
        for row in rows:
            self.rows += 1
            yield row


@dataclass(frozen=True)
class Sending:
    """A file on its way to who asked for it. `rows` says how many went out so far."""

    actor: Actor
    export_id: str
    form: str
    asked: Mapping[str, Any]
    file_name: str
    facts: Mapping[str, Any]
    folder: Path
    rows: Callable[[], int]
    _digest: Any = field(default_factory=sha256)

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the file; ends only once it is noted, so that who has the whole has a row of the log."""
        size = 0
        try:
            for chunk in chunks:
                self._digest.update(chunk)
                size += len(chunk)
                yield chunk
        except GeneratorExit:
            self._note_broken_off()
            raise
        self._note(Made(self.rows(), size, self._digest.hexdigest(), self.facts))

    def _note(self, made: Made) -> None:
        transacted(
            lambda: services.note_sent(
                db.session(),
                self.actor,
                export_id=self.export_id,
                form=self.form,
                asked=self.asked,
                file_name=self.file_name,
                made=made,
                folder=self.folder,
                now=utc_now(),
            )
        )

    def _note_broken_off(self) -> None:
        about: dict[str, Any] = {"export_id": self.export_id, "form": self.form, "asked": self.asked}
        rows = self.rows()
        transacted(lambda: services.note_broken_off(db.session(), self.actor, rows=rows, **about))
