"""PU11, S09: what comes for an approved shift is late: kept whole, seen by author and lead, taken in by one action."""

import json

import pytest

from tests.factories.phone import now_iso
from tests.sync.poison import POISON, POISONS, poison_observations


@pytest.fixture
def approved(phone):
    """A shift of falt1's that the deputy lead has approved."""
    falt1, lead = phone("falt1"), phone("ledare2")
    shift, visit, observation = falt1.evening()
    sent_in = falt1.mutation("shifts", "update", shift["record_id"], 0, ended_at=now_iso(), status="submitted")
    falt1.apply(shift, visit, observation, sent_in)
    review(lead, shift, "approve")
    return falt1, lead, shift, visit, observation


def review(lead, shift, decision, **more):
    path = f"/api/v1/shifts/{shift['record_id']}"
    body = {"decision": decision, "content_version": lead.client.get(path).get_json()["content_version"], **more}
    answer = lead.client.post(f"{path}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def settle(who, late_id, action="take_in", **more):
    return who.client.post(
        f"/api/v1/late/{late_id}",
        json={"action": action, "reason": "Mobilen var urladdad.", **more},
        headers=who.headers,
    )


def late_ids(phone, **wanted):
    phone.pull()
    return [item["id"] for item in phone.held("late") if all(item[name] == value for name, value in wanted.items())]


def test_PU11_creates_edits_and_deletes_are_late_and_kept_whole(phone, rows, approved):
    falt1, lead, shift, visit, observation = approved
    sent = [
        falt1.observation(visit["record_id"], note="sent hem"),
        falt1.mutation("visits", "update", visit["record_id"], 1, outcome="nothing_noted"),
        falt1.mutation("observations", "delete", observation["record_id"], 1),
        falt1.mutation("shifts", "update", shift["record_id"], 2, handover_note="mer"),
    ]
    assert [(item["status"], item["version"], item["error"]) for item in falt1.push(*sent)] == [
        ("late", None, None)
    ] * 4
    assert rows("SELECT outcome FROM visits WHERE id = :id", id=visit["record_id"]) == [{"outcome": "observed"}]
    falt1.pull()
    kept = {item["mutation_id"]: item for item in falt1.held("late")}
    for mutation in sent:
        late = kept[mutation["id"]]
        assert (late["fields"], late["op"], late["state"]) == (mutation["fields"], mutation["op"], "waiting")
        assert late["author_id"] == falt1.user_id
    assert len(late_ids(lead)) == 4
    shown = lead.client.get(f"/api/v1/shifts/{shift['record_id']}").get_json()["late"]
    assert [item["mutation_id"] for item in shown] == [mutation["id"] for mutation in sent]
    for stranger in ("falt3", "jourledare", "analys"):
        assert late_ids(phone(stranger)) == []


def test_PU11_taken_in_with_one_action_as_an_amendment(phone, approved):
    falt1, lead, shift, visit, _ = approved
    new = falt1.visit(shift["record_id"])
    below = falt1.observation(new["record_id"])
    edit = falt1.mutation("visits", "update", new["record_id"], 0, audience=["adults"])
    assert [receipt["status"] for receipt in falt1.push(new, below, edit)] == ["late"] * 3
    answer = settle(lead, late_ids(lead, record_id=new["record_id"], op="create")[0])
    assert (answer.status_code, answer.get_json()["state"]) == (200, "applied")
    held = falt1.pull()
    record = held[("visits", new["record_id"])]
    assert (record["audience"], record["created_by"]) == (["adults"], falt1.user_id)
    assert "amendment" in record["flags"]
    assert ("observations", below["record_id"]) in held  # what hangs on it comes along
    assert held[("shifts", shift["record_id"])]["status"] == "approved"
    assert {item["state"] for item in falt1.held("late")} == {"applied"}
    assert settle(lead, late_ids(lead)[0]).status_code == 409


@pytest.mark.parametrize("poison", POISONS)
def test_S05_PU11_a_poison_that_comes_along_is_refused_and_the_rest_is_taken_in(
    app, phone, approved, monkeypatch, engine_name, poison
):
    falt1, lead, shift, _, _ = approved
    new = falt1.visit(shift["record_id"])
    bad, good = falt1.observation(new["record_id"], note=POISON), falt1.observation(new["record_id"])
    assert [receipt["status"] for receipt in falt1.push(new, bad, good)] == ["late"] * 3
    poison_observations(app, monkeypatch, engine_name, poison)
    answer = settle(lead, late_ids(lead, record_id=new["record_id"])[0])
    assert (answer.status_code, answer.get_json()["state"]) == (200, "applied")
    assert ("observations", good["record_id"]) in falt1.pull()
    assert {late["mutation_id"]: late["state"] for late in falt1.held("late")} == {
        new["id"]: "applied",
        bad["id"]: "rejected",
        good["id"]: "applied",
    }
    [kept] = falt1.held("rejections")
    assert (kept["slug"], kept["state"], kept["fields"]) == ("not_understood", "open", bad["fields"])


def test_PU11_an_edit_taken_in_merges_and_leaves_the_status_alone(phone, approved):
    falt1, lead, shift, _, _ = approved
    edit = falt1.mutation("shifts", "update", shift["record_id"], 2, handover_note="mer", status="submitted")
    assert falt1.push(edit)[0]["status"] == "late"
    assert settle(lead, late_ids(lead)[0]).get_json()["state"] == "applied"
    record = falt1.pull()[("shifts", shift["record_id"])]
    assert (record["handover_note"], record["status"]) == ("mer", "approved")


def test_PU11_left_out_it_is_a_discarded_rejection(phone, approved):
    falt1, lead, _, visit, _ = approved
    falt1.push(falt1.observation(visit["record_id"], note="fel pass"))
    answer = settle(lead, late_ids(lead)[0], "discard", reason="Hör till ett annat pass.")
    assert (answer.status_code, answer.get_json()["state"]) == (200, "rejected")
    falt1.pull()
    [rejection] = falt1.held("rejections")
    assert (rejection["state"], rejection["reason"]) == ("discarded", "Hör till ett annat pass.")
    assert rejection["fields"]["note"] == "fel pass"


def test_PU11_invalid_when_taken_in_it_becomes_a_rejection(phone, approved):
    falt1, lead, _, visit, _ = approved
    falt1.push(falt1.mutation("visits", "update", visit["record_id"], 1, outcome="not_visited"))
    assert settle(lead, late_ids(lead)[0]).get_json()["state"] == "rejected"
    falt1.pull()
    assert [item["slug"] for item in falt1.held("rejections")] == ["invalid"]


def test_PU11_only_the_teams_lead_who_was_not_on_the_shift_takes_in(phone, approved):
    falt1, lead, _, visit, _ = approved
    falt1.push(falt1.observation(visit["record_id"]))
    [late] = late_ids(lead)
    assert settle(falt1, late).status_code == 403
    assert settle(phone("jourledare"), late).status_code == 404
    ledare = phone("ledare")
    joined = ledare.shift(participant_ids=[ledare.user_id, falt1.user_id], ended_at=now_iso())
    ledare.apply(joined, ledare.mutation("shifts", "update", joined["record_id"], 0, status="submitted"))
    review(lead, joined, "approve")
    falt1.push(falt1.visit(joined["record_id"]))
    assert settle(ledare, late_ids(ledare, collection="visits")[0]).status_code == 403


@pytest.mark.parametrize("status", ["approved", "draft", "returned"])
def test_PU10_what_no_participant_may_set_is_refused_also_when_late(phone, approved, status):
    falt1, _, shift, _, _ = approved
    [receipt] = falt1.push(falt1.mutation("shifts", "update", shift["record_id"], 1, status=status))
    assert receipt["error"]["slug"] == "not_allowed"


def test_S09_an_edit_made_before_the_approval_overwrites_nothing_when_the_shift_is_reopened(phone, approved):
    falt1, lead, shift, visit, _ = approved
    falt1.push(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"]))
    review(lead, shift, "reopen", comment="En sak till.")
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["adults"]))
    assert settle(lead, late_ids(lead)[0]).get_json()["state"] == "applied"
    assert falt1.pull()[("visits", visit["record_id"])]["audience"] == ["adults"]  # what was said last stands
    [conflict] = falt1.held("conflicts")
    assert (conflict["server"], conflict["sent"]) == ({"audience": ["adults"]}, {"audience": ["youth"]})


def test_PU6_replayed_into_an_approved_shift_it_is_late_and_can_be_left_out(phone, sql, approved):
    """Refused, replayed, late, left out: each step has a row of its own, and nothing is in the way of the next."""
    falt1, lead, _, visit, _ = approved
    unread = falt1.observation(visit["record_id"], later=1)
    assert falt1.push(unread)[0]["error"]["slug"] == "not_understood"
    falt1.pull()
    [rejection] = falt1.held("rejections")
    known = {name: value for name, value in unread["fields"].items() if name != "later"}
    sql("UPDATE sync_rejections SET fields = :fields WHERE id = :id", fields=json.dumps(known), id=rejection["id"])
    replayed = lead.client.post(
        f"/api/v1/rejections/{rejection['id']}", json={"action": "replay"}, headers=lead.headers
    )
    assert replayed.get_json()["state"] == "replayed"
    assert settle(lead, late_ids(lead)[0], "discard").get_json()["state"] == "rejected"
    falt1.pull()
    assert sorted(item["state"] for item in falt1.held("rejections")) == ["discarded", "replayed"]
