"""Three devices, their batches cut at random, interleaved and reordered: what nobody shares ends as it was sent (S04).

Each device has a tree of records of its own and edits of one shared shift, all written on version 1. Batches of
creates may overtake each other – a child before its parent is held – edits follow what they edit, as on a phone.
"""

import json
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.factories.phone import Json, Phone
from tests.factories.totals import totals
from tests.faults.conftest import PATIENT, SCALE

pytestmark = PATIENT

PARTS = 4  # all seeds of an engine between them, so that no process is left alone with all of them
TREE = ("shifts", "visits", "observations")
# Fields of the shared shift, as they merge: `started_at` and `ended_at` are one (PU7), the others each their own.
SHARED: dict[str, list[Any]] = {
    "reason": ["regn", "match", "lov"],
    "handover_note": ["lugnt", "följ upp", "ring skolan"],
    "other_participants": [1, 2, 3],
    "event": ["lucia", "lov", None],
}


@dataclass
class Device:
    """A phone, what it has yet to send, and how its own records must end."""

    phone: Phone
    creates: list[Json] = field(default_factory=list)
    edits: list[Json] = field(default_factory=list)
    expected: dict[tuple[str, str], Json] = field(default_factory=dict)

    def write_own(self, chance: random.Random, seed: int) -> None:
        """Write a tree of its own, and edits of it made before anything was confirmed."""
        shift = self.phone.shift(reason=f"eget {seed}")
        visits = [self.phone.visit(shift["record_id"]) for _ in range(chance.randint(1, 3))]
        seen = [self.phone.observation(chance.choice(visits)["record_id"]) for _ in range(chance.randint(0, 3))]
        self.creates = [shift, *visits, *seen]
        for made in self.creates:
            self.expected[made["collection"], made["record_id"]] = {**made["fields"], "version": 1}
        for n in range(chance.randint(1, 4)):
            made = chance.choice(self.creates)
            key = made["collection"], made["record_id"]
            fields: Json = {
                "shifts": {"handover_note": f"{seed}-{n}"},
                "visits": {"outcome": "nothing_noted"}
                if n % 2
                else {"actions": ["presence"], "entered_afterwards": True},
                "observations": {"note": f"{seed}-{n}"},
            }[made["collection"]]
            before = self.expected[key]
            if any(before.get(name) != value for name, value in fields.items()):
                self.expected[key] = {**before, **fields, "version": before["version"] + 1}
            self.edits.append(self.phone.mutation(*(key[0], "update", key[1]), 0, **fields))

    def write_shared(self, chance: random.Random, shift_id: str) -> None:
        """Edit the shared shift once or twice, on the version every phone holds."""
        for _ in range(chance.randint(1, 2)):
            names = chance.sample(sorted(SHARED), chance.randint(1, 3))
            fields = {name: chance.choice(SHARED[name]) for name in names}
            at = chance.randint(0, len(self.edits))
            self.edits.insert(at, self.phone.mutation("shifts", "update", shift_id, 1, **fields))

    def batches(self, chance: random.Random) -> list[list[Json]]:
        """Cut what is to be sent into batches: creates in any order, then edits in theirs."""
        chance.shuffle(self.creates)
        return [*_cut(chance, self.creates), *_cut(chance, self.edits)]


def _cut(chance: random.Random, mutations: list[Json]) -> list[list[Json]]:
    cut: list[list[Json]] = []
    rest = mutations
    while rest:
        size = chance.randint((len(mutations) + 1) // 2, len(mutations))
        cut.append(rest[:size])
        rest = rest[size:]
    return cut


@dataclass
class Shared:
    """What must become of edits of one record that were all written on version 1, by order of arrival (PU5)."""

    values: Json
    last_by: dict[str, set[str]] = field(default_factory=dict)
    conflicts: list[Json] = field(default_factory=list)

    def arrives(self, device_id: str, fields: Json) -> str:
        """Take an edit in and return the status its receipt must have."""
        others = {name for name, by in self.last_by.items() if by - {device_id}}
        differing = {name: value for name, value in fields.items() if self.values[name] != value}
        kept = {name: value for name, value in differing.items() if name in others}
        for name, value in differing.items():
            if name not in kept:
                self.values[name] = value
                self.last_by.setdefault(name, set()).add(device_id)
        if kept:
            self.conflicts.append(kept)
            return "conflict"
        return "merged" if others else "applied"


@pytest.mark.parametrize("part", range(PARTS))
def test_S04_batches_of_three_devices_interleaved_and_reordered_end_in_one_state(phone, engine_name, part):
    seeds = range(part, (200 if engine_name == "sqlite" else 20) * SCALE, PARTS)
    phones = [phone("falt1"), phone("falt2"), phone("ledare")]
    people = [device.user_id for device in phones]
    counted = dict.fromkeys(("batches", "mutations", "held", "conflicts"), 0)
    lost: list[str] = []
    changed: list[str] = []
    for seed in seeds:
        chance = random.Random(seed)
        shared = phones[0].shift(participant_ids=people, reason="", handover_note="", event=None, other_participants=0)
        phones[0].apply(shared)
        devices = [Device(item) for item in phones]
        for device in devices:
            device.write_own(chance, seed)
            device.write_shared(chance, shared["record_id"])
        model = Shared({name: shared["fields"][name] for name in SHARED})
        waiting = {at: device.batches(chance) for at, device in enumerate(devices)}
        while waiting:
            at = chance.choice(sorted(waiting))
            batch = waiting[at].pop(0)
            if not waiting[at]:
                del waiting[at]
            sent = [batch] if chance.random() < 0.9 else [batch, batch]  # a copy of the request arrives as well
            receipts = [phones[at].push(*copy) for copy in sent][0]
            for mutation, receipt in zip(batch, receipts, strict=True):
                if mutation["record_id"] == shared["record_id"]:
                    expected = model.arrives(phones[at].session["device_id"], mutation["fields"])
                    assert receipt["status"] == expected, f"seed {seed}: {mutation} {receipt}"
                else:
                    assert receipt["status"] in ("applied", "held"), f"seed {seed}: {mutation} {receipt}"
                    counted["held"] += receipt["status"] == "held"
            counted["batches"] += 1
            counted["mutations"] += len(batch)
        counted["conflicts"] += len(model.conflicts)
        everything = phones[0].pull()  # falt1 is on the shared shift, and of the same team as the others
        for device in devices:
            for key, expected in device.expected.items():
                if key not in everything:
                    lost.append(f"seed {seed}: {key}")
                elif _differences(everything[key], expected):
                    changed.append(f"seed {seed}: {key} {_differences(everything[key], expected)}")
        if _differences(everything["shifts", shared["record_id"]], model.values):
            changed.append(f"seed {seed}: the shared shift")
        found = [c["sent"] for c in phones[0].held("conflicts") if c["record_id"] == shared["record_id"]]
        if _in_any_order(found) != _in_any_order(model.conflicts):
            changed.append(f"seed {seed}: conflicts {found}, not {model.conflicts}")
    totals(f"S04 {engine_name}", seeds=len(seeds), **counted, lost=len(lost), changed=len(changed))
    assert (lost, changed) == ([], [])
    assert counted["held"] > len(seeds) / 4
    assert counted["conflicts"] > len(seeds) / 4


def _differences(record: Json, expected: Json) -> Json:
    """Return the fields that stand otherwise than expected; times are compared as times."""
    times = ("_at",)
    return {
        name: (record[name], value)
        for name, value in expected.items()
        if record[name] != value and not (name.endswith(times) and _same_time(record[name], value))
    }


def _in_any_order(values: list[Json]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def _same_time(one: str, other: str) -> bool:
    return one.replace("Z", "+00:00") == other
