"""Every synced collection × every role: what comes down, what may be written (access.md); a new one needs a line."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from fieldapp import registry
from fieldapp.core.clock import local_date, to_wire, utc_now
from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso

AUTHOR, FIELD, OTHER, CENTRAL, LEAD, WALKS, ANALYST, VIEWER, ADMIN = PEOPLE = (
    "falt1", "falt2", "falt3", "jour1", "ledare2", "nattvandring", "analys", "direktor", "admin",
)  # fmt: skip
EVERYONE = set(PEOPLE)
ON_SHIFT = {AUTHOR, FIELD}
TEAM = {*ON_SHIFT, LEAD}
NOBODY: set[str] = set()
# Whose phone gets what falt1 of Farsta wrote, and the register; falt2 is on the pass, the others are not.
READ: dict[str, set[str]] = {
    "districts": EVERYONE,
    "sites": EVERYONE,
    "schools": EVERYONE,
    "teams": {*TEAM, OTHER, CENTRAL, ADMIN},
    "people": {*TEAM, OTHER, CENTRAL, ADMIN},  # colleagues of one's own team
    "briefings": {*TEAM, CENTRAL, ANALYST},
    "shift_plans": {*TEAM, WALKS},  # an analyst reads them at a desk
    "walk_groups": {*TEAM, CENTRAL, WALKS},  # an analyst too
    "walks": {*TEAM, CENTRAL, WALKS},
    "shifts": TEAM,
    "visits": TEAM,
    "observations": TEAM,
    "review_comments": TEAM,
    "rejections": {AUTHOR, LEAD},
    "held": {AUTHOR, LEAD},
    "late": {AUTHOR, LEAD},
    "conflicts": TEAM,
}
# Who may create one of their own. What nobody may create comes about on the server or is the register's.
CREATE: dict[str, set[str]] = {
    "districts": NOBODY,
    "sites": NOBODY,
    "schools": NOBODY,
    "teams": NOBODY,
    "people": NOBODY,
    "briefings": {*TEAM, OTHER, CENTRAL},
    "shift_plans": TEAM,
    "walk_groups": {LEAD, WALKS},
    "walks": {LEAD, WALKS},
    "shifts": {*TEAM, OTHER, CENTRAL},
    "visits": ON_SHIFT,
    "observations": ON_SHIFT,
    "review_comments": NOBODY,
    "rejections": NOBODY,
    "held": NOBODY,
    "late": NOBODY,
    "conflicts": NOBODY,
}
# Who may change what falt1 wrote; a lead replays, takes in and reviews on pages, never through a phone's mutation.
UPDATE: dict[str, set[str]] = {
    **CREATE,
    "briefings": {AUTHOR, LEAD},
    "shifts": ON_SHIFT,
    "rejections": {AUTHOR},
    "conflicts": TEAM,
}
# How it is said that something is not one's to write; what is refused for its content says nothing of access.
NOT_ONES_OWN = {"not_allowed", "not_found"}


@pytest.fixture
def engine_name() -> str:
    """Who may read or write a collection does not depend on the database engine."""
    return "sqlite"


@pytest.fixture
def evening(phone) -> tuple[Phone, str, str]:
    """A row of every collection that people write, all of falt1's team."""
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    team = [falt1.user_id, falt2.user_id]
    shift = falt1.shift(participant_ids=team)
    visit = falt1.visit(shift["record_id"])
    observation = falt1.observation(visit["record_id"])
    falt1.apply(shift, visit, observation, falt1.briefing(), plan(lead))
    group = lead.walk_group()
    lead.apply(group, lead.walk(group["record_id"]))
    falt2.pull()
    falt1.apply(falt1.mutation("observations", "update", observation["record_id"], 1, note="ett"))
    statuses = [
        falt2.push(falt2.mutation("observations", "update", observation["record_id"], 1, note="två")),
        falt1.push(falt1.shift(kind="okänd")),
        falt1.push(falt1.visit(new_id())),
    ]
    reviewed = falt1.shift(participant_ids=team, ended_at=now_iso())
    falt1.apply(reviewed, falt1.mutation("shifts", "update", reviewed["record_id"], 1, status="submitted"))
    review(lead, reviewed["record_id"], "return", comment="Se över.")
    falt1.apply(falt1.mutation("shifts", "update", reviewed["record_id"], 3, status="submitted"))
    review(lead, reviewed["record_id"], "approve")
    statuses.append(falt1.push(falt1.mutation("shifts", "update", reviewed["record_id"], 5, reason="regn")))
    assert [receipt["status"] for (receipt,) in statuses] == ["conflict", "rejected", "held", "late"]
    return falt1, shift["record_id"], visit["record_id"]


def plan(author: Phone) -> dict[str, Any]:
    """A plan of the author's team, which anybody may send."""
    starts_at = utc_now() + timedelta(hours=1)
    times = {"date": str(local_date(starts_at)), "starts_at": to_wire(starts_at), "ends_at": now_iso(hours=5)}
    return author.mutation("shift_plans", "create", team_id=author.team_id, district="farsta", **times)


def review(lead: Phone, shift_id: str, decision: str, **more: Any) -> None:
    """Decide on what stands now."""
    path = f"/api/v1/shifts/{shift_id}"
    body = {"decision": decision, "content_version": lead.client.get(path).get_json()["content_version"], **more}
    answer = lead.client.post(f"{path}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def outcome(receipt: dict[str, Any]) -> str:
    """Return a receipt's status, or the slug of what was refused."""
    return receipt["error"]["slug"] if receipt["error"] else receipt["status"]


def test_X14_every_collection_has_its_line():
    names = {collection.name for collection in registry()}
    assert names == READ.keys() == CREATE.keys() == UPDATE.keys()
    writable = {collection.name for collection in registry() if collection.schema}
    assert {name for name in names if CREATE[name] | UPDATE[name]} == writable


def test_X14_every_collection_comes_down_to_the_roles_of_the_table_and_to_no_other(app: Flask, phone, evening):
    found: dict[str, set[str]] = {name: set() for name in READ}
    for who in PEOPLE:
        person = phone(who)
        for name, record_id in person.pull():
            if record_id != person.user_id:  # everybody knows their own name
                found[name].add(who)
    assert found == READ


def test_X14_every_collection_is_created_by_the_roles_of_the_table_and_by_no_other(app: Flask, phone, evening):
    falt1, shift_id, visit_id = evening
    found: dict[str, set[str]] = {name: set() for name in CREATE}
    group_id = next(record_id for name, record_id in falt1.pull() if name == "walk_groups")
    for who in PEOPLE:
        person = phone(who)
        own_team = next((grant["team_id"] for grant in person.session["grants"] if grant["team_id"]), falt1.team_id)
        district = "skarholmen" if who == OTHER else "farsta"
        fields = {
            "briefings": falt1.briefing(districts=[district])["fields"],
            "shift_plans": plan(falt1)["fields"],
            "walk_groups": falt1.walk_group()["fields"],
            "walks": falt1.walk(group_id)["fields"],
            "shifts": falt1.shift(team_id=own_team, district=district, participant_ids=[person.user_id])["fields"],
            "visits": falt1.visit(shift_id)["fields"],
            "observations": falt1.observation(visit_id)["fields"],
            "conflicts": {"resolution": {}},
        }
        for name in CREATE:
            (receipt,) = person.push(person.mutation(name, "create", **fields.get(name, {})))
            if outcome(receipt) == "applied":
                found[name].add(who)
            else:  # a child of what one may not know waits, as one of what does not exist does
                assert outcome(receipt) in {*NOT_ONES_OWN, "held"}, (who, name, receipt)
    assert found == CREATE


def test_X14_every_collection_is_changed_by_the_roles_of_the_table_and_by_no_other(app: Flask, phone, evening):
    falt1, shift_id, visit_id = evening
    lead = phone(LEAD)
    ids = {name: record_id for name, record_id in (lead.pull() | falt1.pull())} | {
        "shifts": shift_id,
        "visits": visit_id,
    }
    found: dict[str, set[str]] = {name: set() for name in UPDATE}
    for who in PEOPLE:
        person = phone(who)
        versions = lead.pull() | falt1.pull()
        fields: dict[str, dict[str, Any]] = {
            "briefings": {"note": who},
            "shift_plans": {"planned_people": 3 + PEOPLE.index(who)},
            "walk_groups": {"area": who},
            "walks": {"meeting_point": who},
            "shifts": {"reason": who},
            "visits": {"audience": ["youth"] if PEOPLE.index(who) % 2 else ["adults"]},
            "observations": {"topics": ["other"] if PEOPLE.index(who) % 2 else ["alcohol"]},
            "rejections": {"reason": who},
            "conflicts": {"resolution": {"note": {"choice": "sent"}}},
        }
        for name in UPDATE:
            base = versions[(name, ids[name])]["version"]
            (receipt,) = person.push(person.mutation(name, "update", ids[name], base, **fields.get(name, {})))
            if outcome(receipt) in {"applied", "already_resolved"}:  # one resolves a conflict, the next comes too late
                found[name].add(who)
            else:
                assert outcome(receipt) in NOT_ONES_OWN, (who, name, receipt)
    assert found == UPDATE
