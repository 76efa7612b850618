"""What an import does, kept while it does it: counts and lines for the report, before and after for undoing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.places.import_models import PlaceImportChange
from fieldapp.places.importers.shape import SHOWN, Line, Read, Row
from fieldapp.places.near import Progress
from fieldapp.places.records import EDITORS, REGISTER_EDITORS
from fieldapp.places.rules import NearnessRule
from fieldapp.sync.sequence import take_seqs


@dataclass
class Ledger:
    """One import under way. `actor` None is the command line, which may write everywhere."""

    session: Session
    actor: Actor | None
    rule: NearnessRule
    now: datetime
    today: date
    read: Read
    progress: Progress
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    disappeared: list[str] = field(default_factory=list)
    queued: list[Line] = field(default_factory=list)
    changes: dict[tuple[str, str], PlaceImportChange] = field(default_factory=dict)

    def may_write(self, district: str) -> bool:
        """Say whether the rows of a district are the actor's to write."""
        roles = EDITORS if self.read.kind == "sites" else REGISTER_EDITORS
        return self.actor is None or self.actor.covers(district, *roles)

    def may_write_all(self) -> bool:
        """Say whether the actor may write in the whole city: what lies in no district yet."""
        return self.actor is None or self.actor.districts(*REGISTER_EDITORS) is None

    def made(self, collection: str, record_id: str, after: Mapping[str, Any]) -> None:
        """Keep that a row was made."""
        self.changes[collection, record_id] = PlaceImportChange(
            collection=collection, record_id=record_id, before=None, after=_plain(after)
        )

    def write(self, collection: str, row: Any, values: Mapping[str, Any]) -> bool:
        """Write those of the values that are others than the row's, a new version; say whether any was.

        Of a row that the file writes twice, what it was before the file is kept, and what it came to.
        """
        new = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not new:
            return False
        before = {name: getattr(row, name) for name in new}
        for name, value in new.items():
            setattr(row, name, value)
        row.version += 1
        row.seq = take_seqs(self.session, 1)[0]
        written = self.changes.get((collection, row.id))
        if written is None:
            self.changes[collection, row.id] = PlaceImportChange(
                collection=collection, record_id=row.id, before=_plain(before), after=_plain(new)
            )
        else:
            if written.before is not None:
                written.before = _plain(before) | written.before
            written.after = written.after | _plain(new)
        return True

    def refuse(self, row: Row, reason: str, detail: str = "") -> None:
        """Leave a row out and say why."""
        self.read.refuse(row["row"], row["name"], reason, detail)

    def report(self, sha256: str, year: int | None) -> dict[str, Any]:
        """Return what became of the file, as plain data: the same for a dry run and for the import itself."""
        refused = sorted(self.read.refused, key=lambda line: (line.row, line.reason))
        notes = sorted(self.read.notes, key=lambda line: (line.row, line.reason))
        return {
            "kind": self.read.kind,
            "sha256": sha256,
            "year": year,
            "read": self.read.count,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "school_near_moved": self.moved,
            "refused_count": len(refused),
            "refused": [asdict(line) for line in refused[:SHOWN]],
            "notes_count": len(notes),
            "notes": [asdict(line) for line in notes[:SHOWN]],
            "left_out": dict(sorted(self.read.left_out.items())),
            "disappeared_count": len(self.disappeared),
            "disappeared": sorted(self.disappeared)[:SHOWN],
            "queued": [asdict(line) for line in sorted(self.queued, key=lambda line: line.row)],
        }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
