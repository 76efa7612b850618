"""Shifts over HTTP: the list, one whole shift, and whose they are."""

import pytest

from fieldapp.core.ids import new_id
from tests.factories.evening import month_query, send_evening

SHIFTS = "/api/v1/shifts"


def items(client, **query):
    answer = client.get(SHIFTS, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def test_a_list_carries_totals_and_names_of_ones_team(phone, sign_in):
    sender = phone("falt1")
    evening = send_evening(sender, [phone("falt2").user_id])
    [item] = items(sign_in("ledare"))
    assert (item["id"], item["team"], item["status"]) == (evening.shift, "Farsta", "submitted")
    assert item["totals"] == {"visits": 3, "not_visited": 1, "observations": 2, "arena_minutes": 240}
    assert [person["name"] for person in item["participants"]] == ["Demo Fält Ett", "Demo Fält Två"]


def test_a_whole_shift_has_everything_that_hangs_on_it(phone, sign_in):
    sender = phone("falt1")
    evening = send_evening(sender, note="Demo: lugnt")
    answer = sign_in("ledare").get(f"{SHIFTS}/{evening.shift}").json
    assert len(answer["visits"]) == 4
    assert {row["id"] for row in answer["observations"]} >= {evening.observation}
    assert (answer["late"], answer["comments"]) == ([], [])
    assert answer["handover_note"] == "Demo: lugnt"
    assert {row["op"] for row in answer["history"]} == {"create", "update"}
    assert {row["status"] for row in answer["receipts"]} == {"applied"}
    [device] = answer["devices"]
    assert device["missing_ranges"] == []
    assert answer["started_at"].endswith("Z")


def test_the_content_version_moves_with_any_change_in_the_tree(phone, sign_in):
    sender, lead = phone("falt1"), sign_in("ledare")
    evening = send_evening(sender)
    before = lead.get(f"{SHIFTS}/{evening.shift}").json["content_version"]
    sender.apply(sender.mutation("observations", "delete", evening.observation, base=1))
    after = lead.get(f"{SHIFTS}/{evening.shift}").json
    assert after["content_version"] > before
    assert evening.observation not in {row["id"] for row in after["observations"]}


def test_numbers_that_never_came_are_shown_to_the_teams_lead(phone, sign_in):
    sender = phone("falt1")
    sender.device_seq = 3
    evening = send_evening(sender)
    [device] = sign_in("ledare").get(f"{SHIFTS}/{evening.shift}").json["devices"]
    assert device["missing_ranges"] == [[1, 3]]
    assert sign_in("jourledare").get(f"{SHIFTS}/{evening.shift}").json["devices"] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("falt1", 200),
        ("ledare", 200),
        ("ledare2", 200),
        ("jourledare", 200),
        ("falt3", 404),
        ("jour1", 404),
        ("analys", 404),
        ("direktor", 403),
        ("nattvandring", 403),
        ("admin", 403),
    ],
)
def test_a_shift_is_not_everyones_to_know(phone, sign_in, who, status):
    evening = send_evening(phone("falt1"))
    client = sign_in(who)
    assert client.get(f"{SHIFTS}/{evening.shift}").status_code == status
    listed = client.get(SHIFTS)
    found = [item["id"] for item in listed.json["items"]] if listed.status_code == 200 else []
    assert (evening.shift in found) is (status == 200)


def test_a_foreign_id_is_answered_like_one_that_does_not_exist(phone, sign_in):
    evening = send_evening(phone("falt1"))
    client = sign_in("falt3")
    foreign, absent, odd = (client.get(f"{SHIFTS}/{key}") for key in (evening.shift, new_id(), "x"))
    assert {answer.status_code for answer in (foreign, absent, odd)} == {404}
    assert foreign.json["message"] == absent.json["message"]


def test_a_lead_where_a_visit_was_made_reads_the_shift_without_the_other_teams_names(phone, sign_in):
    sender = phone("jour1")
    shift = sender.shift(district="norra-innerstaden")
    sender.apply(shift, sender.visit(shift["record_id"], neighbourhood="Hökarängen"))
    answer = sign_in("ledare").get(f"{SHIFTS}/{shift['record_id']}")
    assert answer.status_code == 200
    assert [person["name"] for person in answer.json["participants"]] == [None]
    assert answer.json["team"] == "Ungdomsjouren"


def test_filters(phone, sign_in):
    sender, lead = phone("falt1"), sign_in("jourledare")
    send_evening(sender)
    period = month_query()
    assert len(items(lead, district="farsta", team=sender.team_id, status="submitted", **period)) == 1
    assert items(lead, district="bromma") == []
    assert items(lead, status="draft") == []
    assert items(lead, team=new_id()) == []
    assert items(lead, to=period["from"]) == []


def test_pages_follow_each_other_newest_first(phone, sign_in):
    sender, lead = phone("falt1"), sign_in("ledare")
    sent = [sender.shift(started_at=f"2026-0{month}-01T18:00:00+01:00") for month in (3, 1, 2)]
    sender.apply(*sent)
    seen, after = [], {}
    while True:
        page = lead.get(SHIFTS, query_string={"limit": 1, **after}).json
        seen += [item["started_at"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [moment[:7] for moment in seen] == ["2026-03", "2026-02", "2026-01"]


@pytest.mark.parametrize(
    "query",
    [
        {"district": "atlantis"},
        {"status": "lost"},
        {"team": "ours"},
        {"from": "soon"},
        {"to": "9999-12-31"},
        {"after": "\0"},
        {"after": "018bcfe5-6800-7000-8000-000000000001"},
    ],
)
def test_a_filter_that_can_not_be_is_refused_by_name(sign_in, query):
    answer = sign_in("ledare").get(SHIFTS, query_string=query)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == set(query)


def test_a_wrong_limit_is_said_in_swedish(sign_in):
    answer = sign_in("ledare").get(SHIFTS, query_string={"limit": "abc"})
    assert (answer.status_code, answer.json["fields"]) == (422, {"limit": ["Ska vara ett heltal."]})
