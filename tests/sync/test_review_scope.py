"""PL3 for who reviews: a lead who loses a district loses all of it, with the work that was under way there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from fieldapp.accounts.services import grant_role
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import SINCE
from tests.factories.jour import add_person
from tests.factories.phone import Phone, now_iso
from tests.factories.review import posted, submitted

Phones = Callable[..., Phone]
TABLES = {"rejections": "sync_rejections", "late": "sync_waiting", "conflicts": "sync_conflicts"}
COLLECTIONS = ("shifts", "visits", "observations", "conflicts", "rejections", "held", "late", "review_comments")


def lead_of_both(app: Flask, phone: Phones) -> tuple[Phone, str]:
    """Sign in somebody who leads Farsta's team and Skärholmen's; return them with the second team's id."""
    farsta, skarholmen = phone("falt1").team_id, phone("falt3").team_id
    user_id = add_person(app, "bada", "team_lead", "farsta", farsta)
    with app.app_context(), write_transaction():
        grant = {"role": "team_lead", "district": "skarholmen", "team_id": skarholmen, "valid_from": SINCE}
        grant_role(db.session(), user_id=user_id, **grant)
    return phone("bada"), skarholmen


def leave_work(lead: Phone, worker: Phone, other: Phone, where: str) -> tuple[str, str]:
    """Leave one of each thing a lead settles; return a submitted pass and what came late."""
    visit = worker.visit("-", neighbourhood=where)
    seen = worker.observation(visit["record_id"])
    waiting = submitted(worker, visit, seen)
    worker.apply(worker.mutation("observations", "update", seen["record_id"], 1, note="ett"))
    assert other.push(other.mutation("observations", "update", seen["record_id"], 1, note="två"))[0]["conflict_id"]
    assert worker.push(worker.visit(waiting, neighbourhood=where, outcome="not_visited"))[0]["status"] == "rejected"
    assert worker.push(worker.visit(new_id(), neighbourhood=where))[0]["status"] == "held"
    approved = submitted(worker, started_at=now_iso(hours=-9), ended_at=now_iso(hours=-7))
    returned = submitted(worker, started_at=now_iso(hours=-12), ended_at=now_iso(hours=-10))
    for shift, decision in ((approved, "approve"), (returned, "return")):
        whole = lead.client.get(f"/api/v1/shifts/{shift}").get_json()
        body = {"decision": decision, "content_version": whole["content_version"], "comment": "Se över."}
        answer = lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers)
        assert answer.status_code == 200, answer.get_json()
    late = worker.visit(approved, neighbourhood=where)
    assert worker.push(late)[0]["status"] == "late"
    return waiting, late["record_id"]


def test_PL3_a_lead_who_loses_a_district_has_nothing_of_it_left_and_can_settle_nothing_there(
    app: Flask, phone: Phones, sql: Callable[..., None], rows: Callable[..., list[dict[str, Any]]]
):
    lead, skarholmen = lead_of_both(app, phone)
    kept, _ = leave_work(lead, phone("falt1"), phone("falt1"), "Hökarängen")
    lost, _ = leave_work(lead, phone("falt3"), phone("falt3"), "Bredäng")
    lead.pull()
    before = {name: len(lead.held(name)) for name in COLLECTIONS}
    assert all(before.values()), before
    read = lead.client.get(f"/api/v1/shifts/{lost}").get_json()["content_version"]
    theirs = {
        name: rows(f"SELECT id FROM {table} WHERE unit_id = :unit", unit=skarholmen)[0]["id"]
        for name, table in (
            ("rejections", "sync_rejections"),
            ("late", "sync_waiting"),
            ("conflicts", "sync_conflicts"),
        )
    }
    sql(
        "UPDATE grants SET valid_until = :at WHERE user_id = :user AND team_id = :team",
        at=utc_now() - timedelta(seconds=1),
        user=lead.user_id,
        team=skarholmen,
    )
    lead.pull()
    after = {name: len(lead.held(name)) for name in COLLECTIONS}
    assert {name: 2 * count for name, count in after.items()} == before
    fresh = Phone(lead.client, lead.session)
    fresh.pull()
    assert lead.records == fresh.records

    body = {"decision": "approve", "content_version": read}
    api = {
        f"shifts/{lost}/reviews": body,
        f"shifts/{lost}/late": {"reason": "x"},
        f"rejections/{theirs['rejections']}": {"action": "replay", "reason": "x"},
        f"late/{theirs['late']}": {"action": "take_in", "reason": "x"},
    }
    for path, asked in api.items():
        answer = lead.client.post(f"/api/v1/{path}", json=asked, headers=lead.headers)
        assert answer.status_code == 404, (path, answer.get_json())
    assert lead.client.get(f"/office/review/passes/{lost}").status_code == 404
    assert lead.client.get(f"/office/review/conflicts/{theirs['conflicts']}").status_code == 404
    assert posted(lead, f"/passes/{lost}", decision="approve", content_version=str(read)).status_code == 404
    posted(lead, "/approve", **{"pass": f"{lost}.{read}"})
    for path in ("", "/returned", "/rejections", "/late", "/conflicts", "/held"):
        page = lead.client.get(f"/office/review{path}").text
        assert lost not in page, path
        assert all(key not in page for key in theirs.values()), path
    assert rows("SELECT status FROM shifts WHERE id = :id", id=lost) == [{"status": "submitted"}]
    assert lead.client.get(f"/office/review/passes/{kept}").status_code == 200
