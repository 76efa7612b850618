"""What was agreed on changes during the evening, and every phone hears when."""

from datetime import datetime

from fieldapp.demo.register import site_id
from tests.factories.phone import now_iso


def test_an_edit_carries_its_moment_to_every_phone_and_an_empty_one_none(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    briefing = falt1.briefing(priorities=[{"site_id": site_id(23), "rank": 1, "reason": "violence"}])
    key = ("briefings", briefing["record_id"])
    falt1.apply(briefing)
    assert falt2.pull()[key]["changed_at"] is None
    falt1.apply(falt1.mutation("briefings", "update", briefing["record_id"], 1, note=""))
    assert falt2.pull()[key]["changed_at"] is None
    edit = falt1.mutation("briefings", "update", briefing["record_id"], 1, note="Mer folk vid torget.")
    edit["made_at"] = now_iso(minutes=-40)  # written without coverage: it changed then, not when it came
    falt1.apply(edit)
    changed_at = falt2.pull()[key]["changed_at"]
    assert changed_at.endswith("Z")
    assert datetime.fromisoformat(changed_at) == datetime.fromisoformat(edit["made_at"])


def test_when_it_changed_is_the_servers_to_say(phone):
    falt1 = phone("falt1")
    (receipt,) = falt1.push(falt1.briefing(changed_at=now_iso()))
    assert receipt["error"]["slug"] == "not_understood"


def test_a_briefing_for_two_districts_is_no_single_districts_leads_to_change(phone):
    jour, lead = phone("jourledare"), phone("ledare")
    briefing = jour.briefing(districts=["farsta", "skarpnack"])
    jour.apply(briefing)
    attempts = (("update", {"priorities": []}), ("update", {"districts": ["farsta"]}), ("delete", {}))
    for op, fields in attempts:
        (receipt,) = lead.push(lead.mutation("briefings", op, briefing["record_id"], 1, **fields))
        assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "not_allowed"), op
    jour.apply(jour.mutation("briefings", "update", briefing["record_id"], 1, note="Ändrad"))


def test_what_a_colleague_made_is_the_leads_to_change_and_no_other_colleagues(phone):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    briefing = falt1.briefing()
    falt1.apply(briefing)
    for person, status in ((falt2, "rejected"), (lead, "applied")):
        (receipt,) = person.push(person.mutation("briefings", "update", briefing["record_id"], 1, note=status))
        assert receipt["status"] == status


def test_PL6_of_each_district_the_newest_stays_to_begin_the_next_one_from(phone):
    falt1, lead, jour = phone("falt1"), phone("ledare"), phone("jour1")

    def held(days: int):
        times = {
            "held_at": now_iso(days=-days),
            "valid_from": now_iso(days=-days),
            "valid_until": now_iso(days=-days, hours=9),
        }
        return falt1.briefing(**times)

    older, friday = held(30), held(5)
    falt1.apply(older, friday)
    for person in (falt1, lead, jour):
        person.pull()
        assert {one["id"] for one in person.held("briefings")} == {friday["record_id"]}
    monday = falt1.briefing()
    falt1.apply(monday)
    other = phone("ledare2")
    other.pull()
    assert {one["id"] for one in other.held("briefings")} == {monday["record_id"]}
    falt1.apply(falt1.mutation("briefings", "delete", monday["record_id"], 1))
    last = phone("falt2")
    last.pull()
    assert {one["id"] for one in last.held("briefings")} == {friday["record_id"]}
