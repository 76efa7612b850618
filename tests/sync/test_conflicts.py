"""PU5, S08, S09, S11: both values are kept, both sides and the lead see them, one choice settles them once."""

import itertools
import threading

import pytest

from tests.factories.phone import now_iso


@pytest.fixture
def pair(phone):
    """Two phones on one shift with one visit, both up to date."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id], reason="bas")
    visit = falt1.visit(shift["record_id"])
    falt1.apply(shift, visit)
    falt1.pull(), falt2.pull()
    return falt1, falt2, shift["record_id"], visit["record_id"]


def edit(who, record_id, base=1, collection="shifts", **fields):
    return who.mutation(collection, "update", record_id, base, **fields)


def conflict_on(who, record_id):
    who.pull()
    found = [item for item in who.held("conflicts") if item["record_id"] == record_id]
    return sorted(found, key=lambda item: item["id"])


def resolve(who, conflict, **choices):
    resolution = {name: {"choice": value} if isinstance(value, str) else value for name, value in choices.items()}
    return who.mutation("conflicts", "update", conflict["id"], conflict["version"], resolution=resolution)


def test_S08_a_conflict_is_visible_to_both_and_the_lead_and_to_nobody_else(pair, phone):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    [receipt] = falt2.push(edit(falt2, shift_id, reason="två"))
    assert receipt["status"] == "conflict"
    for who in (falt1, falt2, phone("ledare2")):
        [conflict] = conflict_on(who, shift_id)
        assert conflict["id"] == receipt["conflict_id"]
        assert (conflict["server"], conflict["sent"], conflict["state"]) == (
            {"reason": "ett"},
            {"reason": "två"},
            "open",
        )
        assert (conflict["author_id"], conflict["server_by"], conflict["op"]) == (
            falt2.user_id,
            falt1.user_id,
            "update",
        )
        assert None not in (conflict["server_at"], conflict["made_at"])
    for who in ("falt3", "jour1", "jourledare", "analys", "nattvandring"):
        assert conflict_on(phone(who), shift_id) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_S08_three_edits_of_two_phones_in_every_order_lose_nothing(pair, rows, order):
    falt1, falt2, shift_id, _ = pair
    edits = [
        (falt1, edit(falt1, shift_id, reason="a")),
        (falt2, edit(falt2, shift_id, reason="b")),
        (falt2, edit(falt2, shift_id, handover_note="c")),
    ]
    for index in order:
        who, mutation = edits[index]
        [receipt] = who.push(mutation)
        assert receipt["status"] in ("applied", "merged", "conflict")
    [shift] = rows("SELECT reason, handover_note FROM shifts WHERE id = :id", id=shift_id)
    [conflict] = conflict_on(falt1, shift_id)
    assert {shift["reason"], conflict["sent"]["reason"]} == {"a", "b"}
    assert conflict["server"]["reason"] == shift["reason"]
    assert shift["handover_note"] == "c"


@pytest.mark.parametrize("choice", ["server", "sent", "other"])
@pytest.mark.parametrize("resolver", ["falt1", "falt2", "ledare2"])
def test_PU5_a_choice_settles_it_once_for_everyone(pair, phone, resolver, choice):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    who = {"falt1": falt1, "falt2": falt2}.get(resolver) or phone(resolver)
    [conflict] = conflict_on(who, shift_id)
    chosen = {"choice": "other", "value": "tre"} if choice == "other" else choice
    mutation = resolve(who, conflict, reason=chosen)
    assert who.push(mutation)[0]["status"] == "applied"
    assert who.push(mutation)[0]["replayed"] is True
    expected = {"server": "ett", "sent": "två", "other": "tre"}[choice]
    for reader in (falt1, falt2):
        assert reader.pull()[("shifts", shift_id)]["reason"] == expected
        [seen] = conflict_on(reader, shift_id)
        assert (seen["state"], seen["resolution"]["reason"]["choice"]) == ("resolved", choice)
    [again] = falt1.push(resolve(falt1, conflict, reason="sent"))
    assert again["error"]["slug"] == "already_resolved"


def test_PU5_a_resolution_is_the_other_side_for_every_phone(pair):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    [conflict] = conflict_on(falt2, shift_id)
    falt2.apply(resolve(falt2, conflict, reason="sent"))
    [receipt] = falt2.push(edit(falt2, shift_id, base=2, reason="skrivet före valet"))
    assert receipt["status"] == "conflict"  # also for the phone that chose


def test_S11_a_third_edit_before_the_choice_is_not_overwritten_by_it(pair, phone):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    [conflict] = conflict_on(falt2, shift_id)
    falt1.apply(edit(falt1, shift_id, base=2, reason="tredje"))
    [receipt] = falt2.push(resolve(falt2, conflict, reason="sent"))
    assert receipt["status"] == "conflict"  # the choice was made on what no longer stands: the question is put again
    first, second = conflict_on(falt2, shift_id)
    assert (first["state"], second["state"]) == ("resolved", "open")
    assert (second["server"], second["sent"]) == ({"reason": "tredje"}, {"reason": "två"})
    assert falt2.pull()[("shifts", shift_id)]["reason"] == "tredje"


def test_S11_a_third_edit_after_the_choice_meets_it(pair):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    [conflict] = conflict_on(falt2, shift_id)
    falt2.apply(resolve(falt2, conflict, reason="sent"))
    [receipt] = falt1.push(edit(falt1, shift_id, base=2, reason="tredje"))
    assert receipt["status"] == "conflict"
    assert falt1.pull()[("shifts", shift_id)]["reason"] == "två"


def test_S11_two_choices_at_the_same_moment_have_one_outcome(pair, phone):
    falt1, falt2, shift_id, _ = pair
    for number in range(6):
        version = falt1.pull()[("shifts", shift_id)]["version"]
        falt1.apply(edit(falt1, shift_id, base=version, reason=f"ett {number}"))
        falt2.push(edit(falt2, shift_id, base=version, reason=f"två {number}"))
        conflict = conflict_on(falt1, shift_id)[-1]
        conflict_on(falt2, shift_id)
        outcomes: dict[str, object] = {}

        def choose(who, choice, outcomes=outcomes, conflict=conflict):
            [receipt] = who.push_among_others(resolve(who, conflict, reason=choice))
            outcomes[choice] = receipt["error"]["slug"] if receipt["error"] else receipt["status"]

        threads = [threading.Thread(target=choose, args=pick) for pick in ((falt1, "server"), (falt2, "sent"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes.values())) == ["already_resolved", "applied"]
        won = "två" if outcomes["sent"] == "applied" else "ett"
        assert falt1.pull()[("shifts", shift_id)]["reason"] == f"{won} {number}"


@pytest.mark.parametrize(
    ("resolution", "path"),
    [
        ({}, "resolution.reason"),
        ({"reason": {"choice": "sent"}, "kind": {"choice": "sent"}}, "resolution.kind"),
        ({"reason": {"choice": "both"}}, "resolution"),
        ({"reason": {"choice": "other"}}, "resolution"),
        ({"reason": {"choice": "other", "value": "x" * 201}}, "reason"),
        ({"reason": {"choice": "other", "value": 7}}, "reason"),
        ({"reason": "sent"}, "resolution"),
        (["sent"], "resolution"),
        ({str(n): {"choice": "sent"} for n in range(61)}, "resolution"),
    ],
)
def test_PU5_a_choice_that_can_not_be_changes_nothing(pair, resolution, path):
    falt1, falt2, shift_id, _ = pair
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    [conflict] = conflict_on(falt2, shift_id)
    [receipt] = falt2.push(falt2.mutation("conflicts", "update", conflict["id"], 1, resolution=resolution))
    assert receipt["error"]["slug"] == "invalid"
    assert any(found.startswith(path) for found in receipt["error"]["fields"]), receipt
    assert conflict_on(falt2, shift_id)[0]["state"] == "open"


def test_S09_an_edit_against_a_delete_overwrites_nothing_and_brings_nothing_back(pair):
    falt1, falt2, _, visit_id = pair
    falt1.apply(falt1.mutation("visits", "delete", visit_id, 1))
    [receipt] = falt2.push(edit(falt2, visit_id, collection="visits", audience=["youth"]))
    assert receipt["status"] == "conflict"
    assert ("visits", visit_id) not in falt2.pull()
    [conflict] = conflict_on(falt1, visit_id)
    assert (conflict["server"], conflict["sent"]) == ({"deleted": True}, {"audience": ["youth"]})
    assert (conflict["server_by"], conflict["author_id"]) == (falt1.user_id, falt2.user_id)


@pytest.mark.parametrize("choice", ["server", "sent"])
def test_S09_what_a_person_chooses_after_a_delete(pair, choice):
    falt1, falt2, _, visit_id = pair
    falt1.apply(falt1.mutation("visits", "delete", visit_id, 1))
    falt2.push(edit(falt2, visit_id, collection="visits", audience=["youth"]))
    [conflict] = conflict_on(falt2, visit_id)
    falt2.apply(resolve(falt2, conflict, audience=choice))
    held = falt1.pull()
    assert (("visits", visit_id) in held) == (choice == "sent")
    if choice == "sent":
        assert held[("visits", visit_id)]["audience"] == ["youth"]


@pytest.mark.parametrize("choice", ["server", "sent"])
def test_S09_a_delete_against_an_edit_waits_for_a_person(pair, choice):
    falt1, falt2, _, visit_id = pair
    falt1.apply(edit(falt1, visit_id, collection="visits", audience=["youth"]))
    [receipt] = falt2.push(falt2.mutation("visits", "delete", visit_id, 1))
    assert receipt["status"] == "conflict"
    [conflict] = conflict_on(falt2, visit_id)
    assert (conflict["sent"], conflict["op"]) == ({"deleted": True}, "delete")
    assert (conflict["server"]["audience"], conflict["server"]["deleted"]) == (["youth"], False)
    falt2.apply(resolve(falt2, conflict, deleted=choice))
    assert (("visits", visit_id) in falt1.pull()) == (choice == "server")


def test_PU11_choosing_what_changes_an_approved_shift_is_late(pair, phone):
    falt1, falt2, shift_id, _ = pair
    lead = phone("ledare2")
    falt1.apply(edit(falt1, shift_id, reason="ett"))
    falt2.push(edit(falt2, shift_id, reason="två"))
    falt1.push(edit(falt1, shift_id, base=2, ended_at=now_iso(), status="submitted"))
    content = lead.client.get(f"/api/v1/shifts/{shift_id}").get_json()["content_version"]
    body = {"decision": "approve", "content_version": content}
    approved = lead.client.post(f"/api/v1/shifts/{shift_id}/reviews", json=body, headers=lead.headers)
    assert approved.status_code == 200
    [conflict] = conflict_on(falt2, shift_id)
    assert falt2.push(resolve(falt2, conflict, reason="sent"))[0]["status"] == "late"
    assert falt2.pull()[("shifts", shift_id)]["reason"] == "ett"
    [seen] = conflict_on(lead, shift_id)
    assert lead.push(resolve(lead, seen, reason="sent"))[0]["status"] == "applied"  # the leader's is an amendment
    assert falt2.pull()[("shifts", shift_id)]["reason"] == "två"


def test_PU7_an_edit_invalid_by_itself_is_refused_not_a_conflict(pair):
    falt1, falt2, _, visit_id = pair
    falt1.apply(edit(falt1, visit_id, collection="visits", audience=["youth"]))
    [receipt] = falt2.push(edit(falt2, visit_id, collection="visits", outcome="not_visited"))
    assert receipt["error"]["slug"] == "invalid"
    assert conflict_on(falt2, visit_id) == []
