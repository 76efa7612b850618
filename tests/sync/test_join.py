"""One pass for several people: a colleague of the team puts themselves on it, and nothing else."""

import pytest

from tests.factories.phone import now_iso


@pytest.fixture
def evening(phone):
    """A pass of falt1 alone, and a colleague's phone that knows of it."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift()
    falt1.apply(shift)
    falt2.pull()
    return falt1, falt2, shift["record_id"]


def joining(person, shift_id: str, *people: str, **fields):
    return person.mutation("shifts", "update", shift_id, 1, participant_ids=list(people), **fields)


def test_PU7_a_colleague_joins_and_writes_at_once(evening):
    falt1, falt2, shift_id = evening
    visit = falt2.visit(shift_id)
    falt2.apply(joining(falt2, shift_id, falt1.user_id, falt2.user_id), visit)
    held = falt1.pull()
    assert held["shifts", shift_id]["participant_ids"] == [falt1.user_id, falt2.user_id]
    assert held["visits", visit["record_id"]]["created_by"] == falt2.user_id


def test_PU7_two_who_join_unaware_of_each_other_are_both_on_it(evening, phone):
    falt1, falt2, shift_id = evening
    lead = phone("ledare")
    lead.pull()
    falt2.apply(joining(falt2, shift_id, falt1.user_id, falt2.user_id))
    (receipt,) = lead.push(joining(lead, shift_id, falt1.user_id, lead.user_id))
    assert receipt["status"] == "merged"
    everybody = {falt1.user_id, falt2.user_id, lead.user_id}
    assert set(falt1.pull()["shifts", shift_id]["participant_ids"]) == everybody


def test_who_joined_can_leave_again(evening):
    falt1, falt2, shift_id = evening
    falt2.apply(joining(falt2, shift_id, falt1.user_id, falt2.user_id))
    falt2.apply(falt2.mutation("shifts", "update", shift_id, 2, participant_ids=[falt1.user_id]))
    assert falt1.pull()["shifts", shift_id]["participant_ids"] == [falt1.user_id]


@pytest.mark.parametrize("wanted", ["somebody_else", "takes_over", "changes_more"])
def test_nobody_joins_for_another_or_changes_anything_else(evening, phone, wanted):
    falt1, falt2, shift_id = evening
    lead = phone("ledare")
    mutation = {
        "somebody_else": joining(falt2, shift_id, falt1.user_id, lead.user_id),
        "takes_over": joining(falt2, shift_id, falt2.user_id),
        "changes_more": joining(falt2, shift_id, falt1.user_id, falt2.user_id, handover_note="hej"),
    }[wanted]
    (receipt,) = falt2.push(mutation)
    assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "not_allowed")
    assert falt1.pull()["shifts", shift_id]["version"] == 1


def test_X36_another_team_knows_of_no_pass_to_join(evening, phone):
    falt1, _, shift_id = evening
    falt3 = phone("falt3")
    (receipt,) = falt3.push(joining(falt3, shift_id, falt1.user_id, falt3.user_id))
    assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "not_found")


def test_PU11_joining_an_approved_pass_is_late(evening, phone):
    falt1, falt2, shift_id = evening
    falt1.apply(falt1.mutation("shifts", "update", shift_id, 1, status="submitted", ended_at=now_iso(minutes=-1)))
    lead = phone("ledare2")
    read = lead.client.get(f"/api/v1/shifts/{shift_id}").get_json()
    body = {"decision": "approve", "content_version": read["content_version"]}
    answer = lead.client.post(f"/api/v1/shifts/{shift_id}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200
    (receipt,) = falt2.push(joining(falt2, shift_id, falt1.user_id, falt2.user_id))
    assert receipt["status"] == "late"


def disable(app, person):
    result = app.test_cli_runner().invoke(args=["user", "disable", f"{person}@demo.example"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("written_h", [0, 2])
def test_a_pass_that_comes_late_keeps_a_colleague_who_was_disabled_meanwhile(app, phone, written_h):
    falt1, falt2 = phone("falt1"), phone("falt2")
    both = [falt1.user_id, falt2.user_id]
    shift, visit, observation = falt1.evening()
    shift["fields"]["participant_ids"] = both
    shift["made_at"] = now_iso(hours=written_h)  # before they were disabled, or after: the pass had begun
    disable(app, "falt2")
    falt1.apply(shift, visit, observation)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, handover_note="hej", participant_ids=both))
    assert falt1.pull()["shifts", shift["record_id"]]["participant_ids"] == both


def test_who_was_disabled_before_the_pass_is_refused(app, phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    disable(app, "falt2")
    people = [falt1.user_id, falt2.user_id]
    later = now_iso(minutes=1)
    (receipt,) = falt1.push(falt1.shift(participant_ids=people, started_at=later) | {"made_at": later})
    assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "invalid")
    assert set(receipt["error"]["fields"]) == {"participant_ids"}


def test_a_disabled_colleague_is_known_by_name_and_of_no_team(app, phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    before = falt1.pull()["people", falt2.user_id]
    assert before["team_ids"] == [falt1.team_id]
    disable(app, "falt2")
    after = falt1.pull()["people", falt2.user_id]
    assert (after["name"], after["team_ids"]) == (before["name"], [])
