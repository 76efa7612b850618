"""S09: two edits, a removal and a review in every order: what was said is in effect or kept, and nothing steps back."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tests.factories.phone import Json, Phone, now_iso

Rows = Callable[..., list[dict[str, Any]]]
STEPS = ("edit", "other edit", "removal", "approve", "reopen")
ORDERS = [
    order
    for order in permutations(STEPS)
    if "reopen" not in order[: order.index("approve")]  # nothing can be reopened before it is approved
]


class Story:
    """One pass with an observation that three phones hold at version 1."""

    def __init__(self, one: Phone, two: Phone, three: Phone, lead: Phone) -> None:
        self.one, self.lead = one, lead
        people = [one.user_id, two.user_id]
        shift = one.shift(participant_ids=people, ended_at=now_iso(hours=-1))
        visit = one.visit(shift["record_id"])
        seen = one.observation(visit["record_id"], note="från början")
        self.shift, self.seen = shift["record_id"], seen["record_id"]
        one.apply(shift, visit, seen, one.mutation("shifts", "update", self.shift, 1, status="submitted"))
        self.sent: dict[str, tuple[Phone, Json]] = {
            "edit": (one, one.mutation("observations", "update", self.seen, 1, note="ett")),
            "other edit": (two, two.mutation("observations", "update", self.seen, 1, note="två")),
            "removal": (three, three.mutation("observations", "delete", self.seen, 1)),
        }
        self.answers: dict[str, str] = {}
        self.approved: Json | None = None

    def take(self, step: str) -> None:
        """Do one thing; what is approved must not move by what comes afterwards."""
        if step in self.sent:
            phone, mutation = self.sent[step]
            [receipt] = phone.push(mutation)
            self.answers[step] = receipt["status"]
        else:
            whole = self.whole()
            body = {"decision": step, "content_version": whole["content_version"], "comment": "Se över."}
            answer = self.lead.client.post(f"/api/v1/shifts/{self.shift}/reviews", json=body, headers=self.lead.headers)
            assert answer.status_code == 200, answer.get_json()
            self.approved = self.whole() if step == "approve" else None
        if self.approved is not None:
            now = self.whole()
            assert {name: now[name] for name in ("observations", "visits", "status")} == {
                name: self.approved[name] for name in ("observations", "visits", "status")
            }

    def whole(self) -> Json:
        """The pass as the lead reads it."""
        found: Json = self.lead.client.get(f"/api/v1/shifts/{self.shift}").get_json()
        return found


@pytest.fixture
def people(phone: Callable[..., Phone]) -> tuple[Phone, Phone, Phone, Phone]:
    return phone("falt1"), phone("falt2"), phone("falt1"), phone("ledare2")


def test_S09_edit_edit_removal_and_review_in_every_order(people: tuple[Phone, Phone, Phone, Phone], rows: Rows):
    outcomes: set[tuple[str, ...]] = set()
    for order in ORDERS:
        story = Story(*people)
        for step in order:
            story.take(step)
        for step, (_, mutation) in story.sent.items():
            status = story.answers[step]
            between = order.index("approve") < order.index(step) < order.index("reopen")
            # While it is approved nothing takes effect; what meets a removal is asked about even then.
            assert status in (("late", "conflict") if between else ("applied", "conflict")), (order, step, status)
            table = {"applied": "sync_history", "conflict": "sync_conflicts", "late": "sync_waiting"}[status]
            kept = rows(f"SELECT * FROM {table} WHERE mutation_id = :id", id=mutation["id"])
            assert len(kept) == 1, (order, step)
        # Of what took effect the first stands; what met it is kept beside it, for a person to choose.
        took = [step for step in order if story.answers.get(step) == "applied"]
        assert len(took) <= 1, (order, story.answers)
        [row] = rows("SELECT note, deleted FROM observations WHERE id = :id", id=story.seen)
        stands = {"edit": ("ett", False), "other edit": ("två", False), "removal": ("från början", True)}
        expected = stands[took[0]] if took else ("från början", False)
        assert (row["note"], bool(row["deleted"])) == expected, (order, story.answers)
        outcomes.add(tuple(story.answers[step] for step in story.sent))
    assert len(ORDERS) == 60
    assert {status for found in outcomes for status in found} == {"applied", "conflict", "late"}
