"""What the model of S16 writes down – records, what is kept, conflicts – and who may know of what."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PARENT = {"visits": ("shifts", "shift_id"), "observations": ("visits", "visit_id")}
AS_ONE = (frozenset({"outcome", "not_visited_reason"}), frozenset({"started_at", "ended_at"}))  # PU7
OPEN = ("open", "handed_over")
# What a create says of fields it does not name, as far as S16 edits them: whoever meets it meets these too (PU5).
UNSAID: dict[str, Json] = {
    "shifts": {"reason": "", "handover_note": "", "other_participants": 0},
    "visits": {"actions": [], "entered_afterwards": False, "not_visited_reason": None},
    "observations": {"note": "", "topics": []},
}


@dataclass
class Record:
    """A record in effect, or its tombstone."""

    collection: str
    id: str
    values: Json
    version: int = 1
    deleted: bool = False
    # Version, device, its number there, what it changed.
    history: list[tuple[int, str | None, int, Json]] = field(default_factory=list)

    def changed_since(self, version: int, device: str | None, until: int | None = None) -> set[str]:
        """Fields changed after a version by anything but this device, or by a number of its own after `until`."""

        def is_own(by: str | None, device_seq: int) -> bool:
            return by == device and (until is None or device_seq <= until)

        others = (changed for at, by, seq, changed in self.history if at > version and not is_own(by, seq))
        return {name for changed in others for name in changed}

    def put(self, device: str | None, changed: Json, device_seq: int = 0) -> None:
        """Make the next version."""
        self.version += 1
        self.values |= {name: value for name, value in changed.items() if name != "deleted"}
        self.deleted = changed.get("deleted", self.deleted)
        self.history.append((self.version, device, device_seq, changed))


@dataclass
class Sent:
    """A mutation and who sent it."""

    mutation: Json
    device: str
    user: str
    received: int = 0
    has_waited: bool = False

    @property
    def until(self) -> int | None:
        """The last of its device's numbers that it knows of: what was said while it waited is another side (PU5)."""
        number: int = self.mutation["device_seq"]
        return number if self.has_waited else None

    @property
    def key(self) -> tuple[str, str]:
        """The record it is of."""
        return self.mutation["collection"], self.mutation["record_id"]


@dataclass
class Kept:
    """A mutation without effect: `kind` is rejected, held or late."""

    sent: Sent
    kind: str
    state: str
    slug: str = ""
    waits_for: str | None = None
    batch: int = 0


@dataclass
class Conflict:
    """Values that met."""

    sent: Sent
    record: Record
    values: Json
    version: int
    state: str = "open"


class Refused(Exception):
    """A mutation has no effect."""

    def __init__(self, slug: str, waits_for: str | None = None) -> None:
        super().__init__(slug)
        self.slug, self.waits_for = slug, waits_for


class Waits(Exception):
    """A mutation has no effect yet."""

    def __init__(self, kind: str, waits_for: str | None = None) -> None:
        super().__init__(kind)
        self.kind, self.waits_for = kind, waits_for


@dataclass
class Book:
    """All there is. `outsider` knows a shift only while on it; everybody else is of its team."""

    outsider: str
    records: dict[str, Record] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    receipts: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    received: int = 0
    batch: int = 0
    arriving: set[str] = field(
        default_factory=set
    )  # created by the batch being judged: what they were no longer counts
    written: set[str] = field(default_factory=set)
    created: dict[str, frozenset[str]] = field(default_factory=dict)  # record → fields a correction said anew
    refused: set[str] = field(default_factory=set)

    def _knows(self, sent: Sent, record_id: str) -> bool:
        record = self.records.get(record_id)
        return record is not None and self.is_seen_by(sent.user, record)

    def is_seen_by(self, user: str, record: Record) -> bool:
        """Say whether a person may know of a record: of the team, or on the shift."""
        return user != self.outsider or user in self._line(record.id)[-1].values["participant_ids"]

    def _is_refused(self, sent: Sent, record_id: str) -> bool:
        is_outside = sent.user == self.outsider
        return any(
            kept.kind == "rejected" and kept.state in OPEN and kept.sent.mutation["op"] == "create"
            and kept.sent.key[1] == record_id and (kept.sent.user == self.outsider) == is_outside
            and (record_id not in self.arriving or kept.batch == self.batch)
            for kept in self.kept
        )  # fmt: skip

    def _waiting_kind(self, sent: Sent, record_id: str) -> str | None:
        for kept in self.kept:
            if record_id in self.arriving and kept.batch != self.batch:
                continue
            is_create = kept.sent.mutation["op"] == "create" and kept.sent.key[1] == record_id
            if kept.state == "waiting" and is_create and kept.sent.user == sent.user:
                return kept.kind
        return None

    def _replaced(self, sent: Sent) -> Kept | None:
        kept: Kept | None = sent.mutation.get("_replaces")
        return kept

    def _line(self, record_id: str) -> list[Record]:
        """Return a record and what it hangs on, the shift last."""
        line = [self.records[record_id]]
        while line[-1].collection in PARENT:
            line.append(self.records[line[-1].values[PARENT[line[-1].collection][1]]])
        return line

    def _has_children(self, record: Record) -> bool:
        return any(
            not child.deleted
            and child.collection in PARENT
            and PARENT[child.collection][0] == record.collection
            and child.values[PARENT[child.collection][1]] == record.id
            for child in self.records.values()
        )

    def _group(self, name: str) -> frozenset[str]:
        return next((group for group in AS_ONE if name in group), frozenset({name}))
