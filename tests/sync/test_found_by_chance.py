"""What the state machine and the simulators once found, each as a test of its own."""

import pytest

from tests.factories.phone import Phone, now_iso


def test_PL3_who_meets_people_of_another_team_gets_that_team_too(phone):
    """S16: the names came, the team they belong to only to a phone that downloaded everything anew."""
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift = falt1.shift()
    falt1.apply(shift)
    falt1.pull()
    jour1.pull()
    together = {"participant_ids": [falt1.user_id, jour1.user_id]}
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, **together))
    for person in (falt1, jour1):
        person.pull()
        assert {team["name"] for team in person.held("teams")} == {"Farsta", "Ungdomsjouren"}


def test_PU9_what_comes_with_a_create_that_is_sent_again_is_judged_by_what_became_of_it(phone):
    """S16: the answer was lost, the create comes again with something new behind it."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    held = falt2.visit(shift["record_id"])
    falt2.post([held])
    edit = falt2.mutation("visits", "update", held["record_id"], 0, outcome="nothing_noted")
    assert [receipt["status"] for receipt in falt2.push(held, edit)] == ["held", "held"]
    falt1.apply(shift)
    refused = falt1.visit(shift["record_id"], outcome="not_visited")
    falt1.post([refused])
    receipts = falt1.push(refused, falt1.observation(refused["record_id"]))
    assert [receipt["error"]["slug"] for receipt in receipts] == ["invalid", "parent_missing"]


def test_PU2_PU9_a_refusal_put_away_in_a_batch_refuses_nothing_behind_it_in_the_same_batch(phone):
    """S16: the child was refused where it would have been held, had the batch been cut between the two."""
    falt1 = phone("falt1")
    shift = falt1.shift()
    visit = falt1.visit(shift["record_id"], outcome="not_visited")
    falt1.push(shift, visit)
    falt1.pull()
    [refusal] = falt1.held("rejections")

    def put(state: str, version: int):
        return falt1.mutation("rejections", "update", refusal["id"], version, state=state)

    def child():
        return falt1.observation(visit["record_id"])

    batch = [child(), put("discarded", 1), child(), put("open", 2), child()]
    assert [receipt["status"] for receipt in falt1.push(*batch)] == [
        "rejected",
        "applied",
        "held",
        "applied",
        "rejected",
    ]


def test_PU9_PU11_what_was_late_and_is_held_now_is_late_on_no_phone_any_more(phone):
    """S16: on phones that had heard of it, it went on being late beside what it waits as now."""
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift(ended_at=now_iso())
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    url = f"/api/v1/shifts/{shift['record_id']}"
    decision = {"decision": "approve", "content_version": lead.client.get(url).get_json()["content_version"]}
    assert lead.client.post(f"{url}/reviews", json=decision, headers=lead.headers).status_code == 200
    visit = falt1.visit(shift["record_id"])
    seen = falt1.observation(visit["record_id"])
    assert [receipt["status"] for receipt in falt1.push(visit, seen)] == ["late", "late"]
    for one in (falt1, lead):
        one.pull()
    rows = {row["record_id"]: row["id"] for row in lead.held("late")}
    for record, action, state in ((visit, "discard", "rejected"), (seen, "take_in", "waiting")):
        body = {"action": action, "reason": "Fel pass."}
        answer = lead.client.post(f"/api/v1/late/{rows[record['record_id']]}", json=body, headers=lead.headers)
        assert (answer.status_code, answer.get_json()["state"]) == (200, state)
    for one in (falt1, lead):
        one.pull()
        fresh = Phone(one.client, one.session)
        fresh.pull()
        assert [row["record_id"] for row in one.held("held")] == [seen["record_id"]]
        for name in ("held", "late"):
            assert one.held(name) == fresh.held(name), name


def test_PU11_what_came_late_from_somebody_of_another_team_is_the_shifts_leads_to_take_in(phone):
    """S16: it went to the lead of the sender's own team, who may not review the shift; nobody could settle it."""
    falt1, jour1, lead = phone("falt1"), phone("jour1"), phone("ledare2")
    shift = falt1.shift(participant_ids=[falt1.user_id, jour1.user_id], ended_at=now_iso())
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    url = f"/api/v1/shifts/{shift['record_id']}"
    decision = {"decision": "approve", "content_version": lead.client.get(url).get_json()["content_version"]}
    assert lead.client.post(f"{url}/reviews", json=decision, headers=lead.headers).status_code == 200
    visit = jour1.visit(shift["record_id"])
    assert [receipt["status"] for receipt in jour1.push(visit)] == ["late"]
    lead.pull()
    [late] = lead.held("late")
    answer = lead.client.post(
        f"/api/v1/late/{late['id']}", json={"action": "take_in", "reason": "Urladdad."}, headers=lead.headers
    )
    assert (answer.status_code, answer.get_json()["state"]) == (200, "applied")
    assert ("visits", visit["record_id"]) in jour1.pull()


def test_PU11_PU12_a_correction_that_came_late_takes_effect_when_it_is_taken_in(phone):
    """S16: it was refused as already resolved, by the mark it had itself left on the rejection."""
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift(ended_at=now_iso())
    bad = falt1.visit(shift["record_id"], outcome="not_visited")
    falt1.push(shift, bad, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    falt1.pull()
    [rejection] = falt1.held("rejections")
    url = f"/api/v1/shifts/{shift['record_id']}"
    decision = {"decision": "approve", "content_version": lead.client.get(url).get_json()["content_version"]}
    assert lead.client.post(f"{url}/reviews", json=decision, headers=lead.headers).status_code == 200
    good = falt1.mutation("visits", "create", bad["record_id"], 0, **bad["fields"], not_visited_reason="time")
    assert [receipt["status"] for receipt in falt1.push({**good, "replaces": rejection["id"]})] == ["late"]
    lead.pull()
    [late] = lead.held("late")
    answer = lead.client.post(
        f"/api/v1/late/{late['id']}", json={"action": "take_in", "reason": "Urladdad."}, headers=lead.headers
    )
    assert (answer.status_code, answer.get_json()["state"]) == (200, "applied")
    assert falt1.pull()[("visits", bad["record_id"])]["not_visited_reason"] == "time"
    assert [found["state"] for found in falt1.held("rejections")] == ["corrected"]


def test_PU9_what_review_wrote_on_a_shift_is_no_child_that_keeps_it(phone):
    """S16: a returned shift without visits was said to have some; what stands in the way is that it was sent in."""
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift(ended_at=now_iso())
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    url = f"/api/v1/shifts/{shift['record_id']}"
    read = lead.client.get(url).get_json()["content_version"]
    decision = {"decision": "return", "content_version": read, "comment": "Se över."}
    assert lead.client.post(f"{url}/reviews", json=decision, headers=lead.headers).status_code == 200
    [receipt] = falt1.push(falt1.mutation("shifts", "delete", shift["record_id"], 3))
    assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "not_allowed")


@pytest.mark.parametrize(("action", "state"), [("discard", "rejected"), ("take_in", "waiting")])
def test_PU11_what_came_late_to_a_late_line_of_a_late_visit_is_the_leads_to_settle(phone, action, state):
    """S16: whose pass it belongs to was looked for one step up only, and the lead was told that it was not theirs."""
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift(ended_at=now_iso())
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, status="submitted"))
    url = f"/api/v1/shifts/{shift['record_id']}"
    decision = {"decision": "approve", "content_version": lead.client.get(url).get_json()["content_version"]}
    assert lead.client.post(f"{url}/reviews", json=decision, headers=lead.headers).status_code == 200
    visit = falt1.visit(shift["record_id"])
    seen = falt1.observation(visit["record_id"])
    note = falt1.mutation("observations", "update", seen["record_id"], 0, note="ett")
    assert [receipt["status"] for receipt in falt1.push(visit, seen, note)] == ["late"] * 3
    lead.pull()
    [late] = [row for row in lead.held("late") if row["mutation_id"] == note["id"]]
    answer = lead.client.post(
        f"/api/v1/late/{late['id']}", json={"action": action, "reason": "Urladdad."}, headers=lead.headers
    )
    assert (answer.status_code, answer.get_json()["state"]) == (200, state)
