"""The moves of S16: phones write, send late, twice, shuffled or unheard, pull; a lead reviews and settles.

After every move the server stands as the model says, and every mutation that was answered is somewhere (PU6).
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.factories.phone import Json, Phone, now_iso
from tests.sync.book import OPEN
from tests.sync.checked import TABLES, Checked
from tests.sync.model import Model

WHO = st.integers(0, 3)
PICK = st.integers(0, 30)
EDITS: dict[str, list[Json]] = {
    "shifts": [{"reason": "regn"}, {"reason": "match"}, {"handover_note": "lugnt"}, {"other_participants": 3},
               {"reason": "lov", "handover_note": "ring"}],
    "visits": [{"outcome": "nothing_noted", "not_visited_reason": None}, {"actions": ["conversation"]},
               {"outcome": "observed", "not_visited_reason": None}, {"actions": ["presence"]},
               {"outcome": "not_visited", "not_visited_reason": "time"},
               {"actions": ["information"], "entered_afterwards": True}],
    "observations": [{"note": "ett"}, {"note": "två"}, {"topics": ["alcohol"]}, {"topics": ["weapon"], "note": "tre"}],
}  # fmt: skip
SUBMITTED: Json = {"status": "submitted"}


class Evening(Checked):
    """One example."""

    @initialize()
    def begin(self) -> None:
        """Everybody holds a first download and nothing else."""
        self.phones = self.stage.reset()
        self.lead: Phone = self.stage.lead  # type: ignore[assignment]  # set up with the stage
        self.ids = [phone.user_id for phone in self.phones]
        self.model = Model(outsider=self.ids[3])
        self.outbox: list[list[Json]] = [[] for _ in self.phones]
        self.sent: list[list[Json]] = [[] for _ in self.phones]
        self.own: list[list[tuple[str, str]]] = [[] for _ in self.phones]
        self.is_checked = True
        self.counted["examples"] += 1
        # Something to meet over: one evening that all of the team hold.
        shift = self.phones[0].shift(participant_ids=[self.ids[0], self.ids[2]], ended_at=now_iso(minutes=-5))
        visit = self.phones[0].visit(shift["record_id"])
        for mutation in (shift, visit, self.phones[0].observation(visit["record_id"])):
            self.write(0, mutation)
        self.send_all(0)
        for who in (1, 2):
            self.pull(who)

    # ------------------------------------------------------------ what people write

    @rule(who=st.integers(0, 2), bad=st.integers(0, 7))
    def start_shift(self, who: int, bad: int) -> None:
        phone = self.phones[who]
        people = [self.ids[0], self.ids[2]]
        kind = {"kind": "okänd"} if bad == 0 else {}
        self.write(who, phone.shift(participant_ids=people, ended_at=now_iso(minutes=-5), **kind))

    @rule(who=WHO, pick=PICK, bad=st.integers(0, 7))
    def visit(self, who: int, pick: int, bad: int) -> None:
        # The one outside learns of a shift by word of mouth: for the server it is unknown (PU9).
        known = [record.id for record in self.model.records.values() if record.collection == "shifts"]
        shifts = known if who == 3 else self.known(who, "shifts")
        if shifts:
            refused = {"outcome": "not_visited"} if bad == 0 else {}
            self.write(who, self.phones[who].visit(shifts[pick % len(shifts)], **refused))

    @rule(who=WHO, pick=PICK)
    def observe(self, who: int, pick: int) -> None:
        if visits := self.known(who, "visits"):
            self.write(who, self.phones[who].observation(visits[pick % len(visits)]))

    @rule(who=WHO, collection=st.sampled_from(TABLES), pick=PICK, which=PICK)
    def edit(self, who: int, collection: str, pick: int, which: int) -> None:
        edits = EDITS[collection]
        self.change(who, collection, pick, edits[which % len(edits)])

    @rule(who=st.integers(0, 2), pick=PICK)
    def submit(self, who: int, pick: int) -> None:
        self.change(who, "shifts", pick, SUBMITTED)

    @rule(who=st.sampled_from((0, 2)), pick=PICK)
    def invite(self, who: int, pick: int) -> None:
        shifts = self.known(who, "shifts")
        if shifts:
            shift_id = shifts[pick % len(shifts)]
            held = self.phones[who].records.get(("shifts", shift_id))
            people = held["participant_ids"] if held else [self.ids[0], self.ids[2]]
            self.change(
                who, "shifts", pick, {"participant_ids": [*(p for p in people if p != self.ids[3]), self.ids[3]]}
            )

    @rule(who=WHO, collection=st.sampled_from(TABLES), pick=PICK)
    def delete(self, who: int, collection: str, pick: int) -> None:
        if ids := self.known(who, collection):
            record_id = ids[pick % len(ids)]
            self.write(
                who, self.phones[who].mutation(collection, "delete", record_id, self.base(who, collection, record_id))
            )

    @rule(who=WHO, pick=PICK, choice=st.sampled_from(("server", "sent")))
    def resolve(self, who: int, pick: int, choice: str) -> None:
        found = [row for row in self.phones[who].held("conflicts") if row["state"] == "open"]
        pairs = [(row, conflict) for row in found if (conflict := self.conflict(row)) and "status" not in row["sent"]]
        if pairs:
            row, conflict = pairs[pick % len(pairs)]
            chosen = {name: {"choice": choice} for name in row["sent"]}
            mutation = self.phones[who].mutation("conflicts", "update", row["id"], row["version"], resolution=chosen)
            self.write(who, {**mutation, "_conflict": conflict, "_choice": choice})

    @rule(who=WHO, pick=PICK, state=st.sampled_from(("discarded", "handed_over", "open")))
    def put_away(self, who: int, pick: int, state: str) -> None:
        pairs = [
            (row, kept)
            for row in self.phones[who].held("rejections")
            if (kept := self.rejection(row["mutation_id"]))
            # Two phones of one person may conflict about a rejection too; the model keeps no versions of those.
            and kept.sent.device == self.phones[who].session["device_id"]
        ]
        if pairs:
            row, kept = pairs[pick % len(pairs)]
            if {row["state"], state} == {"discarded", "handed_over"} or state == row["state"]:
                return
            mutation = self.phones[who].mutation("rejections", "update", row["id"], row["version"], state=state)
            self.write(who, {**mutation, "_rejection": kept})

    @rule(who=WHO, pick=PICK)
    def correct(self, who: int, pick: int) -> None:
        pairs = [
            (row, kept)
            for row in self.phones[who].held("rejections")
            if row["author_id"] == self.ids[who] and row["slug"] == "invalid" and row["op"] == "create"
            and row["collection"] != "observations"  # what is wrong with one is wrong with its visit
            and (kept := self.rejection(row["mutation_id"]))
        ]  # fmt: skip
        if pairs:
            row, kept = pairs[pick % len(pairs)]
            good = {"kind": "evening"} if row["collection"] == "shifts" else {"not_visited_reason": "weather"}
            fields = {**kept.sent.mutation["fields"], **good}
            mutation = self.phones[who].mutation(row["collection"], "create", row["record_id"], 0, **fields)
            self.write(who, {**mutation, "replaces": row["id"], "_replaces": kept})

    # ------------------------------------------------------------ what seldom comes about by single moves

    @rule(who=st.integers(0, 2), order=st.permutations(range(3)), is_apart=st.booleans())
    def an_evening_out_of_order(self, who: int, order: list[int], is_apart: bool) -> None:
        """A shift, a visit and an observation arrive in any order, together or one by one (PU9)."""
        phone = self.phones[who]
        shift = phone.shift(participant_ids=[self.ids[0], self.ids[2]], ended_at=now_iso(minutes=-5))
        visit = phone.visit(shift["record_id"])
        written = [shift, visit, phone.observation(visit["record_id"])]
        for mutation in written:
            self.write(who, mutation)
        batch = [written[at] for at in order]
        for part in [[mutation] for mutation in batch] if is_apart else [batch]:
            self.exchange(who, part, is_heard=True)

    @rule(pair=st.sampled_from(((0, 2), (2, 1), (1, 0))), collection=st.sampled_from(TABLES), pick=PICK, which=PICK)
    def two_edit_one(self, pair: tuple[int, int], collection: str, pick: int, which: int) -> None:
        """Neither has seen the other's edit (PU5)."""
        common = [
            record_id for record_id in self.known(pair[0], collection) if record_id in self.known(pair[1], collection)
        ]
        if common:
            record_id, edits = common[pick % len(common)], EDITS[collection]
            for at, who in enumerate(pair):
                base = self.base(who, collection, record_id)
                fields = edits[(which + at) % len(edits)]
                self.write(who, self.phones[who].mutation(collection, "update", record_id, base, **fields))
            for who in pair:
                self.send_all(who)

    @rule(
        pair=st.sampled_from(((0, 2), (2, 1))),
        collection=st.sampled_from(TABLES[1:]),
        pick=PICK,
        edit_first=st.booleans(),
    )
    def one_deletes_one_edits(self, pair: tuple[int, int], collection: str, pick: int, edit_first: bool) -> None:
        """Neither has seen what the other does (S09)."""
        self.pull(pair[0])
        self.pull(pair[1])
        common = [key for name, key in self.phones[pair[0]].records if name == collection]
        common = [key for key in common if (collection, key) in self.phones[pair[1]].records]
        if common:
            record_id = common[pick % len(common)]
            edit = EDITS[collection][pick % len(EDITS[collection])]
            for who, op, fields in ((pair[0], "delete", {}), (pair[1], "update", edit)):
                base = self.base(who, collection, record_id)
                self.write(who, self.phones[who].mutation(collection, op, record_id, base, **fields))
            for who in pair[::-1] if edit_first else pair:
                self.send_all(who)

    @rule(who=st.integers(0, 2), pick=PICK, is_corrected=st.booleans())
    def refused_with_what_hangs_on_it(self, who: int, pick: int, is_corrected: bool) -> None:
        """A visit is refused, and so is what was seen there, until it is corrected (PU12)."""
        self.send_all(who)
        self.visit(who, pick, 0)
        if self.outbox[who]:
            self.write(who, self.phones[who].observation(self.outbox[who][-1]["record_id"]))
            self.send_all(who)
            if is_corrected:
                self.pull(who)
                self.correct(who, 30)
                self.send_all(who)

    @rule(pick=PICK, is_let_in=st.booleans())
    def word_of_mouth(self, pick: int, is_let_in: bool) -> None:
        """Somebody writes on a shift they are not on yet, and may be let in afterwards."""
        self.visit(3, pick, 1)
        self.observe(3, 30)
        self.send_all(3)
        if is_let_in:
            self.invite(0, pick)
            self.send_all(0)

    # ------------------------------------------------------------ what the line does

    @rule(who=WHO, count=st.integers(1, 6), order=st.sampled_from(("as written", "shuffled", "held back")),
          is_heard=st.booleans(), shuffle=st.randoms(use_true_random=False))  # fmt: skip
    def send(self, who: int, count: int, order: str, is_heard: bool, shuffle: Any) -> None:
        box = self.outbox[who]
        batch = box[-count:] if order == "held back" else box[:count]
        if order == "shuffled":
            batch = shuffle.sample(batch, len(batch))
        if batch:
            self.exchange(who, batch, is_heard=is_heard)

    @rule(who=WHO)
    def send_all(self, who: int) -> None:
        if self.outbox[who]:
            self.exchange(who, list(self.outbox[who]), is_heard=True)

    @rule(who=WHO, pick=PICK, count=st.integers(1, 3))
    def send_again(self, who: int, pick: int, count: int) -> None:
        if self.sent[who]:
            at = pick % len(self.sent[who])
            self.exchange(who, self.sent[who][at : at + count], is_heard=True)

    @rule(who=WHO)
    def pull(self, who: int) -> None:
        self.phones[who].pull(limit=20)
        self.counted["pulls"] += 1

    # ------------------------------------------------------------ what the lead does

    @rule(pick=PICK, decision=st.sampled_from(("approve", "return", "reopen", "approve")))
    def review(self, pick: int, decision: str) -> None:
        """POST /shifts/<id>/reviews, against what was read just now."""
        wanted = {"approve": ("submitted",), "return": ("submitted",), "reopen": ("approved",)}[decision]
        shifts = [
            record for record in self.model.records.values()
            if record.collection == "shifts" and not record.deleted and record.values["status"] in wanted
        ]  # fmt: skip
        if shifts:
            shift = shifts[pick % len(shifts)]
            read = self.lead.client.get(f"/api/v1/shifts/{shift.id}").get_json()
            body = {"decision": decision, "content_version": read["content_version"], "comment": "Se över."}
            self.ask(f"shifts/{shift.id}/reviews", body)
            self.model.review(shift.id, "approved" if decision == "approve" else "returned")

    @rule(who=st.sampled_from((0, 2)), pick=PICK)
    def close_the_evening(self, who: int, pick: int) -> None:
        """Send a shift in and have it approved, so that what others still hold comes late (PU11)."""
        self.submit(who, pick)
        self.send_all(who)
        self.review(pick, "approve")

    @rule(pick=PICK, action=st.sampled_from(("replay", "replay", "discard")))
    def settle_rejection(self, pick: int, action: str) -> None:
        ours = [
            kept for kept in self.model.kept
            if kept.kind == "rejected" and kept.state in OPEN and kept.sent.key[0] in TABLES
            and not kept.sent.mutation["replaces"] and self.rejection(kept.sent.mutation["id"]) is kept
        ]  # fmt: skip
        if ours:
            kept = ours[pick % len(ours)]
            if row := self.led("sync_rejections", kept):
                self.ask(f"rejections/{row['id']}", {"action": action, "reason": "Provat igen."})
                if action == "replay":
                    self.model.replay(kept)
                else:
                    kept.state = "discarded"

    @rule(pick=PICK, action=st.sampled_from(("take_in", "take_in", "discard")))
    def settle_late(self, pick: int, action: str) -> None:
        late = [
            kept
            for kept in self.model.kept
            if kept.kind == "late" and kept.state == "waiting" and kept.sent.key[0] in TABLES
        ]
        if late:
            kept = late[pick % len(late)]
            if row := self.led("sync_waiting", kept):
                self.ask(f"late/{row['id']}", {"action": action, "reason": "Så blev det."})
                (self.model.take_in if action == "take_in" else self.model.decline)(kept)
