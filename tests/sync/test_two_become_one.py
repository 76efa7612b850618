"""Two passes of the same people that become one: what one phone writes in one step, taken in whole and counted once."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.evening import LISTED_NEAR, STOCKHOLM
from tests.factories.phone import Phone

SIX = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=7)  # when the evening began


def at(hour: int, minute: int = 0) -> str:
    """Return a time of an evening that is just over, from 18 to 23: phones hold what is that new."""
    return (SIX + timedelta(hours=hour - 18, minutes=minute)).isoformat()


DONE, HELD_BACK = "applied", "rejected"


@pytest.fixture
def two_passes(phone):
    """Falt1's pass with a visit, and one that falt2 began later with both on it, with a visit and what was seen."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    stays = falt1.shift(started_at=at(18), ended_at=at(23))
    falt1.apply(stays, falt1.visit(stays["record_id"], arrived_at=at(18, 10), left_at=at(18, 40)))
    falt2.pull()
    goes = falt2.shift(started_at=at(19), ended_at=at(22), participant_ids=[falt2.user_id, falt1.user_id])
    visit = falt2.visit(goes["record_id"], **VISIT)
    falt2.apply(goes, visit, falt2.observation(visit["record_id"], **SEEN))
    falt1.pull()
    falt2.pull()
    return falt1, falt2, stays["record_id"], goes["record_id"]


VISIT = {"site_id": LISTED_NEAR, "arrived_at": at(20), "left_at": at(21), "together_with": ["police"]}
SEEN = {
    "observed_at": at(20, 10),
    "topics": ["gathering"],
    "counts": [{"age_band": "16-17", "gender": "male", "present": 7, "contacts": 3}],
}


def step(author: Phone, goes: str, stays: str, **other: object):
    """Return what the phone writes: oneself on the other pass, one's lines there, the old ones gone, the pass gone."""
    people = list(author.records["shifts", stays]["participant_ids"])
    joined = author.mutation("shifts", "update", stays, 1, participant_ids=[*people, author.user_id], **other)
    visit = author.visit(stays, **VISIT)
    seen = author.observation(visit["record_id"], **SEEN)
    [old_visit] = [one for one in author.held("visits") if one["shift_id"] == goes]
    [old_seen] = [one for one in author.held("observations") if one["visit_id"] == old_visit["id"]]
    gone = [("observations", old_seen["id"]), ("visits", old_visit["id"]), ("shifts", goes)]
    return [joined, visit, seen, *(author.mutation(name, "delete", record_id, 1) for name, record_id in gone)]


def figures(phone):
    first, last = (time.astimezone(STOCKHOLM).date() for time in (SIX, SIX + timedelta(hours=5)))
    query = {"from": first.isoformat(), "to": last.isoformat(), "status": "all"}
    answer = phone("ledare").client.get("/api/v1/summaries/districts/farsta", query_string=query).json
    effort, visits, people = answer["effort"], answer["visits"], answer["people"]["totals"]
    return effort["shifts"], effort["person_hours"], effort["joint_visits"], visits["total"], people["present"]


def test_PU1_every_line_stands_once_with_its_author_and_hours_are_counted_once(two_passes, phone):
    _, falt2, stays, goes = two_passes
    before = figures(phone)
    batch = step(falt2, goes, stays)
    falt2.apply(*batch)
    for who in ("falt1", "ledare"):
        held = phone(who).pull()
        assert [record["id"] for (name, _), record in held.items() if name == "shifts"] == [stays]
        visit = held["visits", batch[1]["record_id"]]
        seen = held["observations", batch[2]["record_id"]]
        assert (visit["shift_id"], visit["site_id"], visit["created_by"]) == (stays, LISTED_NEAR, falt2.user_id)
        assert (seen["counts"], seen["created_by"]) == (SEEN["counts"], falt2.user_id)
        assert len([name for name, _ in held if name == "visits"]) == 2
    # Falt1's five hours count once before and after; falt2 now has the five of the pass that stays instead of three.
    assert before == (2, 8, 1, 2, 7)
    assert figures(phone) == (1, 10, 1, 2, 7)


def test_PU3_the_same_step_sent_twice_is_done_once(two_passes, phone):
    _, falt2, stays, goes = two_passes
    batch = step(falt2, goes, stays)
    falt2.apply(*batch)
    again = falt2.push(*batch)
    assert {(receipt["status"], receipt["replayed"]) for receipt in again} == {(DONE, True)}
    assert figures(phone) == (1, 10, 1, 2, 7)


def test_whoever_is_not_on_the_other_pass_is_let_in_by_the_steps_first_mutation(two_passes):
    _, falt2, stays, goes = two_passes
    joined, visit, *_ = step(falt2, goes, stays)
    [receipt] = falt2.push(visit)
    assert (receipt["status"], receipt["error"]["slug"]) == (HELD_BACK, "not_allowed")
    falt2.apply(joined, falt2.visit(stays, **VISIT))


def test_from_outside_nothing_but_oneself_is_put_on_it(two_passes):
    _, falt2, stays, goes = two_passes
    joined, *_ = step(falt2, goes, stays, handover_note="Lugnt.")
    [receipt] = falt2.push(joined)
    assert (receipt["status"], receipt["error"]["slug"]) == (HELD_BACK, "not_allowed")


def test_PU5_a_colleagues_edit_of_the_old_line_is_kept_beside_the_new_one(two_passes, phone):
    falt1, falt2, stays, goes = two_passes
    batch = step(falt2, goes, stays)
    falt1.apply(falt1.mutation("visits", "update", batch[4]["record_id"], 1, audience=["adults"]))
    receipts = falt2.push(*batch)
    assert [receipt["status"] for receipt in receipts] == [DONE, DONE, DONE, DONE, "conflict", HELD_BACK]
    assert receipts[5]["error"]["slug"] == "has_children"
    held = falt1.pull()
    assert held["visits", batch[4]["record_id"]]["audience"] == ["adults"]
    assert held["visits", batch[1]["record_id"]]["shift_id"] == stays
    [conflict] = [record for (name, _), record in held.items() if name == "conflicts"]
    assert (conflict["record_id"], conflict["sent"]) == (batch[4]["record_id"], {"deleted": True})
    assert ("shifts", goes) in held


def test_PU11_where_the_other_pass_was_approved_meanwhile_the_lead_can_take_all_of_it_in(two_passes, phone):
    falt1, falt2, stays, goes = two_passes
    batch = step(falt2, goes, stays)
    falt1.apply(falt1.mutation("shifts", "update", stays, 1, status="submitted"))
    lead = phone("ledare2")

    def decides(path, **body):
        answer = lead.client.post(f"/api/v1/{path}", json=body, headers=lead.headers)
        assert answer.status_code == 200, answer.text
        lead.pull()

    read = lead.client.get(f"/api/v1/shifts/{stays}").json
    decides(f"shifts/{stays}/reviews", decision="approve", content_version=read["content_version"])
    receipts = falt2.push(*batch)
    # Not on the pass yet: the lines are kept whole as refused, and the author and the lead see them.
    assert [receipt["status"] for receipt in receipts] == ["late", HELD_BACK, HELD_BACK, DONE, DONE, DONE]
    falt2.pull()
    kept = {row["record_id"]: row["fields"] for row in falt2.held("rejections")}
    assert kept == {mutation["record_id"]: mutation["fields"] for mutation in batch[1:3]}

    lead.pull()
    [joining] = lead.held("late")
    decides(f"late/{joining['id']}", action="take_in", reason="Urladdad.")
    [refused] = [row for row in lead.held("rejections") if row["collection"] == "visits"]
    decides(f"rejections/{refused['id']}", action="replay")
    [visit] = [row for row in lead.held("late") if row["state"] == "waiting" and row["collection"] == "visits"]
    decides(f"late/{visit['id']}", action="take_in", reason="Urladdad.")
    assert figures(phone) == (1, 10, 1, 2, 7)
