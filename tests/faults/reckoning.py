"""Every record the phones say they saved, held against the database past the app: lost, duplicated, changed.

*Lost*: saved, and neither in effect nor in a conflict, a rejection, held or late. *Duplicated*: by two mutations.
*Changed*: kept with other values, overwritten by somebody who had not seen it, or standing without a version to say so.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.sync.models import ConflictRow, DeviceState, History, Receipt, Rejection, Waiting
from tests.factories.phone import Json

TABLES: dict[str, Any] = {"shifts": Shift.__table__, "visits": Visit.__table__, "observations": Observation.__table__}
# What a later version may say otherwise than the one before it without anybody having written it.
SET_BY_SERVER = frozenset({"people_basis", "district"})


@dataclass
class Kept:
    """One mutation as the server has it: what took effect of it, and what was put aside."""

    record_id: str
    applied: Json | None = None
    aside: list[Json] = field(default_factory=list)

    def values(self) -> Json:
        """Everything of it that is anywhere."""
        found = dict(self.applied or {})
        for values in self.aside:
            found |= values
        return found


@dataclass
class Ledger:
    """What the server knows of some devices' sending."""

    mutations: dict[str, Kept]
    receipts: list[Any]
    versions: dict[str, list[Any]]
    rows: dict[tuple[str, str], Json]
    gaps: list[str]

    @classmethod
    def read(cls, engine: Engine, devices: Iterable[str]) -> "Ledger":
        """Read it, past the app."""
        ids = list(devices)
        mutations: dict[str, Kept] = {}
        versions: dict[str, list[Any]] = defaultdict(list)
        with Session(engine) as session:
            receipts = session.execute(select(Receipt.__table__).where(Receipt.device_id.in_(ids))).all()
            for receipt in receipts:
                mutations[receipt.mutation_id] = Kept(receipt.record_id or "")
            records = {receipt.record_id for receipt in receipts}
            for row in session.execute(select(History.__table__).order_by(History.version)):
                if row.record_id in records:
                    versions[row.record_id].append(row)
                if row.mutation_id in mutations:
                    mutations[row.mutation_id].applied = {**row.changed, **(row.sent or {})}
            for kept in session.execute(select(Rejection.__table__)).all():
                if kept.mutation_id in mutations:
                    mutations[kept.mutation_id].aside.append(kept.fields)
            for kept in session.execute(select(Waiting.__table__)).all():
                if kept.mutation_id in mutations and kept.state == "waiting":
                    mutations[kept.mutation_id].aside.append(kept.fields)
            for kept in session.execute(select(ConflictRow.__table__)).all():
                if kept.mutation_id in mutations:
                    mutations[kept.mutation_id].aside.append(kept.sent)
            rows = {
                (name, row["id"]): dict(row)
                for name, table in TABLES.items()
                for row in session.execute(select(table).where(table.c.id.in_(records))).mappings()
            }
            states = session.execute(select(DeviceState.__table__).where(DeviceState.device_id.in_(ids))).all()
            gaps = [f"{state.device_id}: {state.missing_ranges}" for state in states if state.missing_ranges]
        return cls(mutations, list(receipts), versions, rows, gaps)


@dataclass
class Reckoning:
    """What came of it, with a sentence for each fault."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


def reckon(engine: Engine, phones: list[Json]) -> Reckoning:
    """Hold what the phones saved and show against the database."""
    ledger = Ledger.read(engine, [phone["device_id"] for phone in phones])
    found = Reckoning()
    for receipt in ledger.receipts:
        found.statuses[receipt.status] = found.statuses.get(receipt.status, 0) + 1
    by_record: dict[str, list[tuple[str, Kept]]] = defaultdict(list)
    for mutation_id, kept in ledger.mutations.items():
        by_record[kept.record_id].append((mutation_id, kept))
    for phone in phones:
        _count(ledger, phone, found)
        for action in phone["saved"]:
            find(by_record[action["record_id"]], ledger.versions[action["record_id"]], action, found)
            _judge_overwriting(ledger, action, found)
        _compare_screen(ledger, phone, found)
    found.changed += [f"gap in the numbers of {gap}" for gap in ledger.gaps]
    found.changed += list(_rows_without_a_reason(ledger))
    return found


def _count(ledger: Ledger, phone: Json, found: Reckoning) -> None:
    """As many mutations came as were saved, each number once."""
    receipts = [receipt for receipt in ledger.receipts if receipt.device_id == phone["device_id"]]
    numbers = {receipt.device_seq for receipt in receipts}
    if len(receipts) < len(phone["saved"]):
        found.lost.append(f"{phone['name']}: {len(phone['saved'])} saved, {len(receipts)} received")
    if len(receipts) > len(phone["saved"]) or len(numbers) < len(receipts):
        found.duplicated.append(f"{phone['name']}: {len(phone['saved'])} saved, {len(receipts)} received")


def find(kept: list[tuple[str, Kept]], versions: list[Any], action: Json, found: Reckoning) -> None:
    """A token is in one mutation, with the values that were saved beside it."""
    if action["op"] == "delete":  # carries no token; the count of its device's mutations tells
        return
    carriers = [item for _, item in kept if action["token"] in repr(item.values())]
    if not carriers:
        found.lost.append(f"{action}")
        return
    if len(carriers) > 1:
        found.duplicated.append(f"{action}")
    values = carriers[0].values()
    for name, value in action["fields"].items():
        if name in values:
            if not _same(values[name], value):
                found.changed.append(f"{name} is {values[name]!r}: {action}")
        # An edit may say what stands already: then some version says it (the phones never choose a default).
        elif value is not None and (
            action["op"] == "create" or not any(_same(row.changed.get(name), value) for row in versions)
        ):
            found.changed.append(f"{name} is gone: {action}")


def _judge_overwriting(ledger: Ledger, action: Json, found: Reckoning) -> None:
    """PU5: what others changed since the phone looked is never overwritten without a conflict."""
    if action["op"] != "update":
        return
    versions = ledger.versions[action["record_id"]]
    own = next((row for row in versions if action["token"] in repr(row.changed)), None)
    if own is None:
        return
    for row in versions:
        between = action["base"] < row.version < own.version and row.device_id != action["device_id"]
        if between and set(row.changed) & set(own.changed):
            found.changed.append(f"version {own.version} overwrote version {row.version} unseen: {action}")


def _rows_without_a_reason(ledger: Ledger) -> Iterable[str]:
    """A record stands as its versions say, one after the other."""
    for (name, record_id), row in ledger.rows.items():
        versions = ledger.versions[record_id]
        said: Json = {}
        for version in versions:
            said |= version.changed
        if [version.version for version in versions] != list(range(1, row["version"] + 1)):
            yield f"{name} {record_id} is version {row['version']} after {len(versions)} versions"
        for key, value in said.items():
            if key in row and key not in SET_BY_SERVER and not _same(row[key], value):
                yield f"{name} {record_id} {key} is {row[key]!r}, its versions say {value!r}"


def _compare_screen(ledger: Ledger, phone: Json, found: Reckoning) -> None:
    """What the phone shows as received is what the server has; what it created and the server has, it shows."""
    shown = {(item["collection"], item["id"]): item for item in phone["shown"]}
    for key, item in shown.items():
        row = ledger.rows.get(key)
        if row is None:
            continue  # somebody else's, of an earlier run
        texts = ("reason", "handover_note", "note", "place")
        differing = [name for name in texts if name in row and not _same(row[name], item["fields"].get(name))]
        if row["version"] != item["version"] or row["deleted"] or differing:
            found.diverged.append(f"{phone['name']} shows {item}, the server has {row}")
    for action in phone["saved"]:
        row = ledger.rows.get((action["collection"], action["record_id"]))
        if row and not row["deleted"] and action["record_id"] not in phone["ids"]:
            found.diverged.append(f"{phone['name']} does not show {action}")


def _same(stored: Any, sent: Any) -> bool:
    if stored == sent:
        return True
    moments = [_moment(stored), _moment(sent)]
    return moments[0] is not None and moments[0] == moments[1]


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and len(value) > 18 else None
    except ValueError:
        return None
