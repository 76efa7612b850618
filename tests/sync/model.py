"""The protocol as a small book-keeper (S16): what must become of every mutation, said again from sync-spec.md.

Knows shifts, visits and observations, people of one team and one who is let in. Shares no line with the server.
"""

from collections.abc import Iterable
from dataclasses import replace

from tests.sync.book import OPEN, PARENT, UNSAID, Book, Conflict, Json, Kept, Record, Refused, Sent, Waits


class Model(Book):
    """Judges what comes in and keeps the book."""

    # ------------------------------------------------------------ what comes in

    def push(self, device: str, user: str, batch: list[Json]) -> list[tuple[str, str | None, bool]]:
        """Take in a batch; return (status, slug, replayed) of each."""
        answers = []
        self._begin()
        self.batch += 1
        self.arriving = {m["record_id"] for m in batch if m["op"] == "create" and m["id"] not in self.receipts}
        for mutation in batch:
            known = self.receipts.get(mutation["id"])
            if known is None:
                self.received += 1
                self.receipts[mutation["id"]] = self._answer(Sent(mutation, device, user, self.received))
            answers.append((*self.receipts[mutation["id"]], known is not None))
        self.arriving = set()
        self._settle(amends=False)
        return answers

    def review(self, shift_id: str, status: str) -> None:
        """Let the lead set a status."""
        self.records[shift_id].put(None, {"status": status})

    def replay(self, kept: Kept) -> None:
        """PU12: judge a rejection again, dependents along."""
        self._begin()
        self._again([(kept, None)], amends=False)
        self._settle(amends=False)

    def take_in(self, kept: Kept) -> None:
        """PU11: let what came late be an amendment."""
        self._begin()
        self._again([(kept, None)], amends=True)
        self._settle(amends=True)

    def decline(self, kept: Kept) -> None:
        """Leave out what came late."""
        kept.state = "rejected"
        self.kept.append(Kept(kept.sent, "rejected", "discarded", "not_allowed", kept.waits_for))

    def _answer(self, sent: Sent) -> tuple[str, str | None]:
        replaced = self._replaced(sent)
        try:
            if replaced and replaced.state not in OPEN:
                raise Refused("already_resolved")
            status = self._judge(sent, amends=False)
        except Refused as refused:
            self._reject(sent, refused)
            return "rejected", refused.slug
        except Waits as waits:
            self.kept.append(Kept(sent, waits.kind, "waiting", "", waits.waits_for, self.batch))
            status = waits.kind
        if replaced:
            replaced.state = "corrected"
        return status, None

    # ------------------------------------------------------------ what becomes of one

    def _judge(self, sent: Sent, *, amends: bool, newer: frozenset[str] | None = None) -> str:
        mutation = sent.mutation
        if mutation["collection"] == "rejections":
            return self._change_rejection(mutation)
        if mutation["collection"] == "conflicts":
            return self._resolve(sent)
        if mutation["op"] == "create":
            return self._create(sent, amends)
        return self._change(sent, amends, newer)

    def _create(self, sent: Sent, amends: bool) -> str:
        collection, record_id = sent.key
        values = {"status": "draft", **sent.mutation["fields"]} if collection == "shifts" else sent.mutation["fields"]
        if record_id in self.records:
            raise Refused("record_exists" if self._knows(sent, record_id) else "not_found")
        if values.get("kind") == "okänd":
            raise Refused("invalid")
        shift = self._shift_for_child(sent, collection, values)
        if shift and shift.values["status"] == "approved" and not amends:
            raise Waits("late")
        if values.get("outcome") == "not_visited" and not values.get("not_visited_reason"):
            raise Refused("invalid")
        if collection == "observations":
            self._was_there(values["visit_id"])
        stands = {**UNSAID[collection], **values}
        said = (1, sent.device, sent.mutation["device_seq"], dict(stands))
        record = Record(collection, record_id, stands, history=[said])
        self.records[record_id] = record
        self.written.add(record_id)
        self.created[record_id] = frozenset(sent.mutation["fields"]) if sent.mutation["replaces"] else frozenset()
        return "applied"

    def _shift_for_child(self, sent: Sent, collection: str, values: Json) -> Record | None:
        """PU9: a parent that waits lets its child wait, a refused one refuses it, an unknown one may yet come."""
        if collection not in PARENT:
            return None
        name, key = PARENT[collection]
        parent_id = values[key]
        if not self._knows(sent, parent_id):
            if self._is_refused(sent, parent_id):
                raise Refused("parent_missing", parent_id)
            raise Waits(self._waiting_kind(sent, parent_id) or "held", parent_id)
        above = self._line(parent_id)
        if any(record.deleted for record in above):
            raise Refused("parent_deleted")
        return above[-1]

    def _change(self, sent: Sent, amends: bool, newer: frozenset[str] | None) -> str:
        mutation, (_, record_id) = sent.mutation, sent.key
        if not self._knows(sent, record_id):
            kind = self._waiting_kind(sent, record_id)
            if kind:
                raise Waits(kind, record_id)
            raise Refused("not_found", record_id)
        record = self.records[record_id]
        fields = {
            name: value
            for name, value in mutation["fields"].items()
            if not newer or not self._group(name) & newer  # PU12: a correction is newer than what waited for it
        }
        if mutation["op"] == "delete":
            return self._delete(sent, record, amends)
        if record.deleted:
            return self._conflict(sent, record, fields)
        return self._update(sent, record, fields, amends)

    def _update(self, sent: Sent, record: Record, fields: Json, amends: bool) -> str:
        if amends:
            fields = {name: value for name, value in fields.items() if name != "status"}
        elif self._line(record.id)[-1].values["status"] == "approved":
            raise Waits("late")
        others = record.changed_since(sent.mutation["base_version"], sent.device, sent.until)
        differing = {name: value for name, value in fields.items() if record.values.get(name) != value}
        touched = {name for name in fields for other in differing if name in self._group(other)}
        put_aside: Json = {}
        applied: Json = {}
        for name, value in fields.items():
            if name == "participant_ids":  # a set: here people are only ever added
                union = record.values[name] + [user for user in value if user not in record.values[name]]
                applied |= {name: union} if union != record.values[name] else {}
            elif name in touched and self._group(name) & others:
                put_aside[name] = value
            elif name in differing:
                applied[name] = value
        self._fits(record, applied)
        if "status" in applied and (record.values["status"], applied["status"]) not in (
            ("draft", "submitted"),
            ("returned", "submitted"),
        ):
            raise Refused("not_allowed")
        if applied:
            record.put(sent.device, applied, sent.mutation["device_seq"])
            self.written.add(record.id)
        if put_aside:
            return self._conflict(sent, record, put_aside)
        return "merged" if others else "applied"

    def _delete(self, sent: Sent, record: Record, amends: bool) -> str:
        if record.deleted:
            return "applied"
        if self._line(record.id)[-1].values["status"] == "approved":
            if record.collection == "shifts":
                raise Refused("not_allowed")
            if not amends:
                raise Waits("late")
        if self._has_children(record):
            raise Refused("has_children")
        if record.changed_since(sent.mutation["base_version"], sent.device, sent.until):
            return self._conflict(sent, record, {"deleted": True})
        if record.collection == "shifts" and record.values["status"] != "draft":
            raise Refused("not_allowed")
        record.put(sent.device, {"deleted": True}, sent.mutation["device_seq"])
        self.written.add(record.id)
        return "applied"

    def _conflict(self, sent: Sent, record: Record, values: Json) -> str:
        self.conflicts.append(Conflict(sent, record, values, record.version))
        return "conflict"

    def _resolve(self, sent: Sent) -> str:
        """PU5: a choice is a person's edit on what stood when the values met."""
        conflict = sent.mutation["_conflict"]
        if conflict.state != "open":
            raise Refused("already_resolved")
        record, choice = conflict.record, sent.mutation["_choice"]
        status = "applied"
        if choice == "sent":
            if self._line(record.id)[-1].values["status"] == "approved":
                raise Waits("late")
            status = self._choose(sent, conflict, record)
        conflict.state = "resolved"
        return status

    def _choose(self, sent: Sent, conflict: Conflict, record: Record) -> str:
        values = conflict.values
        since = record.changed_since(conflict.version, "nobody")
        if values.get("deleted"):
            if record.deleted:
                return "applied"
            if self._has_children(record):
                raise Refused("has_children")
            if since:
                return self._conflict(sent, record, values)
            record.put(None, {"deleted": True})
            self.written.add(record.id)
            return "applied"
        if any(above.deleted for above in self._line(record.id)[1:]):
            raise Refused("parent_deleted")
        was_deleted = record.deleted
        since = set() if was_deleted else since
        differing = {name for name, value in values.items() if record.values.get(name) != value}
        touched = {name for name in values for other in differing if name in self._group(other)}
        aside = {name: value for name, value in values.items() if name in touched and self._group(name) & since}
        changed = {name: value for name, value in values.items() if name in differing and name not in aside}
        self._fits(record, changed)
        if was_deleted:
            changed["deleted"] = False
        if changed:
            record.put(None, changed)
            self.written.add(record.id)
            if was_deleted:
                self.created[record.id] = frozenset()
        return self._conflict(sent, record, aside) if aside else "applied"

    def _fits(self, record: Record, changed: Json) -> None:
        """Nobody observes anything where nobody has been, whichever of the two is said first."""
        if record.collection == "observations":
            self._was_there(record.values["visit_id"])
        if changed.get("outcome") == "not_visited" and self._has_children(record):
            raise Refused("invalid")

    def _was_there(self, visit_id: str) -> None:
        if self.records[visit_id].values["outcome"] == "not_visited":
            raise Refused("invalid")

    def _change_rejection(self, mutation: Json) -> str:
        kept: Kept = mutation["_rejection"]
        if kept.state not in (*OPEN, "discarded"):
            raise Refused("already_resolved")
        wanted = mutation["fields"]["state"]
        if (kept.state, wanted) == ("discarded", "handed_over"):
            raise Refused("not_allowed")  # what was put away is taken back first
        kept.state = wanted
        return "applied"

    # ------------------------------------------------------------ what waited

    def _begin(self) -> None:
        self.written, self.created, self.refused = set(), {}, set()

    def _settle(self, *, amends: bool) -> None:
        while True:
            ready = self.written | self.refused
            kinds = ("held", "late") if amends else ("held",)
            rows = [k for k in self.kept if k.state == "waiting" and k.kind in kinds and k.waits_for in ready]
            waiting: list[tuple[Kept, frozenset[str] | None]] = [(kept, None) for kept in rows]
            waiting += [
                (kept, self.created[kept.waits_for] or None)
                for kept in self.kept
                if kept.kind == "rejected" and kept.state in OPEN and kept.waits_for in self.created
            ]
            if not waiting:
                return
            self._begin()
            self._again(waiting, amends=amends)

    def _again(self, waiting: Iterable[tuple[Kept, frozenset[str] | None]], *, amends: bool) -> None:
        """Judge kept mutations again, each device's in the order of its numbers."""
        for kept, newer in sorted(waiting, key=lambda item: (item[0].sent.device, item[0].sent.mutation["device_seq"])):
            is_rejection = kept.kind == "rejected"
            mutation = kept.sent.mutation
            is_said_anew = all(newer and self._group(name) & newer for name in mutation["fields"])
            if newer and (mutation["op"] == "delete" or is_said_anew):
                kept.state = "corrected"
                continue
            try:
                self._judge(replace(kept.sent, has_waited=newer is None), amends=amends, newer=newer)
            except Refused as refused:
                if is_rejection:
                    kept.slug, kept.waits_for = refused.slug, refused.waits_for
                else:
                    kept.state = "rejected"
                    self._reject(kept.sent, refused)
            except Waits as waits:
                if is_rejection:
                    kept.state = "replayed"
                    self.kept.append(Kept(kept.sent, waits.kind, "waiting", waits_for=waits.waits_for))
                else:
                    kept.kind, kept.waits_for = waits.kind, waits.waits_for
            else:
                kept.state = "replayed" if is_rejection else "applied"

    def _reject(self, sent: Sent, refused: Refused) -> None:
        self.kept.append(Kept(sent, "rejected", "open", refused.slug, refused.waits_for, self.batch))
        if sent.mutation["op"] == "create":
            self.refused.add(sent.key[1])
