"""How S16's moves are made, and what must hold after each: the server as the model says, nothing dropped."""

import json
from collections import Counter
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.factories.phone import Json, Phone
from tests.sync.book import OPEN, Conflict, Kept
from tests.sync.model import Model
from tests.sync.stage import Stage

TABLES = ("shifts", "visits", "observations")


def wire(mutation: Json) -> Json:
    """Return a mutation as it is sent; what only the model reads stays here."""
    return {name: value for name, value in mutation.items() if not name.startswith("_")}


class Checked(RuleBasedStateMachine):
    """Phones, their queues and the model. `stage` and `counted` are set by the test."""

    stage: Stage
    counted: Counter[str]
    phones: list[Phone]
    lead: Phone
    ids: list[str]
    model: Model
    outbox: list[list[Json]]
    sent: list[list[Json]]
    own: list[list[tuple[str, str]]]
    is_checked: bool

    # ------------------------------------------------------------ what must hold

    @invariant()
    def the_server_stands_as_the_model_says(self) -> None:
        if self.is_checked:
            return
        self.is_checked = True
        for name in TABLES:
            rows = {row["id"]: row for row in self.stage.rows(f"SELECT * FROM {name}")}
            model = {record.id: record for record in self.model.records.values() if record.collection == name}
            assert rows.keys() == model.keys(), name
            for record_id, record in model.items():
                row = rows[record_id]
                assert (row["version"], bool(row["deleted"])) == (record.version, record.deleted), (name, record)
                different = {
                    key: (row[key], value) for key, value in record.values.items()
                    if not key.endswith("_at") and not same(row[key], value)
                }  # fmt: skip
                assert different == {}, (name, record_id, record.history)
        kept = sorted((k.sent.mutation["id"], k.state, k.slug) for k in self.model.kept if k.kind == "rejected")
        rows_of = self.stage.rows("SELECT mutation_id, state, slug FROM sync_rejections")
        assert sorted((row["mutation_id"], row["state"], row["slug"]) for row in rows_of) == kept
        waits = sorted((k.sent.mutation["id"], k.kind, k.state) for k in self.model.kept if k.kind != "rejected")
        rows_of = self.stage.rows("SELECT mutation_id, kind, state FROM sync_waiting")
        assert sorted((row["mutation_id"], row["kind"], row["state"]) for row in rows_of) == waits
        met = sorted((c.sent.mutation["id"], c.record.id, c.state, sorted(c.values)) for c in self.model.conflicts)
        rows_of = self.stage.rows("SELECT mutation_id, record_id, state, sent FROM sync_conflicts")
        assert sorted((r["mutation_id"], r["record_id"], r["state"], sorted(parsed(r["sent"]))) for r in rows_of) == met
        self.nothing_is_dropped()

    def nothing_is_dropped(self) -> None:
        """PU6: whatever was answered is in effect, said nothing new, or is kept where somebody sees it."""
        found: set[str] = set()
        for table in ("sync_history", "sync_rejections", "sync_waiting", "sync_conflicts"):
            found |= {row["mutation_id"] for row in self.stage.rows(f"SELECT mutation_id FROM {table}")}
        answered = {row["mutation_id"]: row["status"] for row in self.stage.rows("SELECT * FROM sync_receipts")}
        assert answered.keys() == self.model.receipts.keys()
        for mutation_id, status in answered.items():
            if status in ("rejected", "held", "late", "conflict"):
                assert mutation_id in found, mutation_id

    def teardown(self) -> None:
        """Everybody sends and pulls; what each holds is what the server has for them, and a new phone gets the same."""
        if not hasattr(self, "phones"):
            return
        for who, box in enumerate(self.outbox):
            if box:
                self.exchange(who, list(box), is_heard=True)
        self.the_server_stands_as_the_model_says()
        for who, phone in enumerate(self.phones):
            held = phone.pull()
            fresh = Phone(phone.client, phone.session).pull()
            assert held == fresh, {key: (held.get(key), fresh.get(key)) for key in held.keys() ^ fresh.keys()}
            seen = {(r.collection, r.id): r for r in self.model.records.values() if not r.deleted}
            seen = {key: r for key, r in seen.items() if self.model.is_seen_by(self.ids[who], r)}
            mine = {key: record for key, record in held.items() if key[0] in TABLES}
            assert {key: r["version"] for key, r in mine.items()} == {key: r.version for key, r in seen.items()}
            own = {k.sent.mutation["id"] for k in self.model.kept if k.sent.user == self.ids[who]}
            assert own <= {row["mutation_id"] for name in ("rejections", "held", "late") for row in phone.held(name)}
            conflicts = {c.sent.mutation["id"] for c in self.model.conflicts if c.sent.user == self.ids[who]}
            assert conflicts <= {row["mutation_id"] for row in phone.held("conflicts")}

    # ------------------------------------------------------------ how it is done

    def write(self, who: int, mutation: Json) -> None:
        """Put a mutation into a phone's queue."""
        self.outbox[who].append(mutation)
        if mutation["op"] == "create" and mutation["collection"] in TABLES:
            self.own[who].append((mutation["collection"], mutation["record_id"]))

    def change(self, who: int, collection: str, pick: int, fields: Json) -> None:
        """Write an edit of a record the phone shows."""
        if ids := self.known(who, collection):
            record_id = ids[pick % len(ids)]
            base = self.base(who, collection, record_id)
            self.write(who, self.phones[who].mutation(collection, "update", record_id, base, **fields))

    def known(self, who: int, collection: str) -> list[str]:
        """Records a phone shows: what it was told of, and its own."""
        told = [record_id for name, record_id in self.phones[who].records if name == collection]
        return told + [record_id for name, record_id in self.own[who] if name == collection and record_id not in told]

    def base(self, who: int, collection: str, record_id: str) -> int:
        """Return the last version this phone was told."""
        record = self.phones[who].records.get((collection, record_id))
        return record["version"] if record else 0

    def conflict(self, row: Json) -> Conflict | None:
        """Return the model's conflict of a row."""
        found = [c for c in self.model.conflicts if c.sent.mutation["id"] == row["mutation_id"]]
        return found[0] if len(found) == 1 else None

    def rejection(self, mutation_id: str) -> Kept | None:
        """Return the model's rejection of a mutation, where there is one only."""
        found = [k for k in self.model.kept if k.kind == "rejected" and k.sent.mutation["id"] == mutation_id]
        return found[0] if len(found) == 1 else None

    def led(self, table: str, kept: Kept) -> Json | None:
        """Return a kept row if it is the lead's to settle."""
        mutation_id = kept.sent.mutation["id"]
        rows = self.stage.rows(f"SELECT id, unit_id, state FROM {table} WHERE mutation_id = '{mutation_id}'")
        rows = [row for row in rows if row["state"] in (*OPEN, "waiting")]
        return rows[0] if len(rows) == 1 and rows[0]["unit_id"] == self.lead.team_id else None

    def exchange(self, who: int, batch: list[Json], *, is_heard: bool) -> None:
        """Send a batch; unheard, the answer is lost and everything stays in the queue."""
        phone = self.phones[who]
        answer = phone.post([wire(mutation) for mutation in batch])
        assert answer.status_code == 200, answer.get_data(as_text=True)
        body = answer.get_json()
        expected = self.model.push(phone.session["device_id"], phone.user_id, batch)
        got = [(r["status"], r["error"] and r["error"]["slug"], r["replayed"]) for r in body["receipts"]]
        assert got == expected, [
            (m["device_seq"], m["collection"], m["op"], m["base_version"], m["record_id"][-6:], m["fields"], g, e)
            for m, g, e in zip(batch, got, expected, strict=True)
        ]
        self.counted.update(f"{status}{' again' if again else ''}" for status, _, again in got)
        self.is_checked = False
        if is_heard:
            phone.take_in(body)
            self.outbox[who] = [mutation for mutation in self.outbox[who] if mutation not in batch]
            self.sent[who] += [mutation for mutation in batch if mutation not in self.sent[who]]

    def ask(self, path: str, body: Json) -> None:
        """Let the lead do something that must be allowed."""
        answer = self.lead.client.post(f"/api/v1/{path}", json=body, headers=self.lead.headers)
        assert answer.status_code == 200, (path, body, answer.get_data(as_text=True))
        self.counted[path.split("/")[0] + " settled"] += 1
        self.is_checked = False


def parsed(value: Any) -> Any:
    """Return JSON as the engine hands it out: SQLite as text."""
    return json.loads(value) if isinstance(value, str) and value.startswith(("[", "{")) else value


def same(stored: Any, value: Any) -> bool:
    """Compare a column with what was sent."""
    return bool(parsed(stored) == value or (isinstance(value, bool) and bool(stored) == value))
