"""Ungdomsjouren in tests: asking for an evening, answering, and more teams and people than the demo has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from fieldapp.accounts.models import User
from fieldapp.accounts.services import create_team, create_user, grant_role
from fieldapp.core.clock import STOCKHOLM, local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import SINCE
from tests.factories.evening import LISTED_NEAR
from tests.factories.phone import Json, Phone

PAGE = "/office/reinforcements"


def post(phone: Phone, path: str = PAGE, **form: Any) -> Any:
    """Send a form of the office."""
    data = {"csrf_token": phone.session["csrf_token"], **form}
    return phone.client.post(path, data=data, headers={"Origin": "http://localhost"})


def form_of(**form: Any) -> dict[str, Any]:
    """What Farsta asks for this evening, unless told otherwise."""
    today = local_date(utc_now()).isoformat()
    defaults = {"district": "farsta", "date": today, "starts": "18:00", "ends": "02:00", "reason": "Oroligt på torget"}
    return {**defaults, **form}


def ask(phone: Phone, **form: Any) -> str:
    """Ask for a reinforcement; return its id."""
    answer = post(phone, **form_of(**form))
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[1])


def accept(phone: Phone, key: str, **form: Any) -> Any:
    """Accept with one's own team; return the raw answer."""
    own = [grant["team_id"] for grant in phone.session["grants"] if grant["team_id"]]
    return post(phone, f"{PAGE}/{key}", **{"action": "accept", "version": "1", "teams": own, **form})


def withdraw(phone: Phone, key: str, version: str = "1") -> Any:
    """Take it back; return the raw answer."""
    return post(phone, f"{PAGE}/{key}", action="withdraw", version=version)


def add_team(app: Flask, name: str, district: str | None = None) -> str:
    """Add a team; return its id."""
    with app.app_context(), write_transaction():
        return str(create_team(db.session(), name=name, district=district).id)


def add_person(app: Flask, short: str, role: str, district: str | None, team_id: str) -> str:
    """Add a person with the demo's password and one grant; return the id."""
    with app.app_context(), write_transaction():
        session = db.session()
        known = session.scalar(select(User.password_hash).where(User.email == "falt1@demo.example"))
        made = create_user(session, email=f"{short}@demo.example", name=f"Demo {short}", password_hash=str(known))
        grant_role(session, user_id=made.id, role=role, district=district, team_id=team_id, valid_from=SINCE)
        return str(made.id)


def days_ago(day: int) -> date:
    """Return the local date so many days back."""
    return local_date(utc_now()) - timedelta(days=day)


def clock(hour: int, minute: int = 0, *, day: int = 7) -> str:
    """Return a Stockholm time of a day back, as phones write it; hours from 24 on lie on the night after."""
    date_of = days_ago(day) + timedelta(days=hour // 24)
    return datetime(date_of.year, date_of.month, date_of.day, hour % 24, minute, tzinfo=STOCKHOLM).isoformat()


def submit(phone: Phone, shift: Json, *rest: Json) -> str:
    """Send a shift with all that hangs on it and submit it; return its id."""
    phone.apply(shift, *rest)
    phone.apply(phone.mutation("shifts", "update", shift["record_id"], base=1, status="submitted"))
    return str(shift["record_id"])


def approve(phone: Phone, shift_id: str) -> Any:
    """Approve a shift as it stands; return the raw answer."""
    seen = phone.client.get(f"/api/v1/shifts/{shift_id}").get_json()
    decision = {"decision": "approve", "content_version": seen.get("content_version", 0)}
    return phone.client.post(f"/api/v1/shifts/{shift_id}/reviews", json=decision, headers=phone.headers)


@dataclass
class JourEvening:
    """What the evening with three districts came to: ids and the people who sent it."""

    asked: str
    jour: str
    second: str
    farsta: str
    second_team: str
    jour1: Phone
    jourledare: Phone
    jourledare2: Phone
    ledare: Phone

    def approve_all(self) -> None:
        """Let each unit's own lead approve its shift."""
        assert approve(self.jourledare, self.jour).status_code == 200
        assert approve(self.jourledare2, self.second).status_code == 200


def send_jour_evening(app: Flask, phone: Callable[..., Phone], note: str = "") -> JourEvening:
    """Ask, accept with two teams, and log the evening.

    The jour 18–02 with two people: Farsta 19–21, Skarpnäck 21.30–22.30, Södermalm 23–24; the second team 20–24 with one
    person and one more of other staff, of Skarpnäck, an hour in Farsta; Farsta's own 17–20 with one of the jour's two.
    """
    second_team = add_team(app, "Ungdomsjouren Två")
    add_person(app, "jour3", "field_worker", None, second_team)
    add_person(app, "jourledare2", "team_lead", None, second_team)
    ledare, jourledare, jour1, falt1 = phone("ledare"), phone("jourledare"), phone("jour1"), phone("falt1")
    jour2, jour3 = phone("jour2"), phone("jour3")
    asked = ask(ledare, date=days_ago(7).isoformat(), event="lucia", reason=note or "Oroligt på torget")
    assert accept(jourledare, asked, teams=[jourledare.team_id, second_team]).status_code == 303
    worked = {"assignment": "reinforcement", "requested_by": "farsta", "event": "lucia"}
    farsta = falt1.shift(
        started_at=clock(17), ended_at=clock(20), participant_ids=[falt1.user_id, jour1.user_id], handover_note=note
    )
    submit(falt1, farsta)
    jour = jour1.shift(
        **worked,
        district="farsta",
        started_at=clock(18),
        ended_at=clock(26),
        participant_ids=[jour1.user_id, jour2.user_id],
        mumin=[{"delegated_by": "socialjour", "count": 2}, {"delegated_by": "farsta", "count": 7}],
        handover_note=note,
        reason=note,
    )
    key = jour["record_id"]
    near = jour1.visit(
        key,
        site_id=LISTED_NEAR,
        arrived_at=clock(19),
        left_at=clock(21),
        together_with=["police"],
        actions=["presence"],
    )
    seen = jour1.observation(
        near["record_id"],
        observed_at=clock(19, 10),
        topics=["alcohol", "weapon"],
        conditions=["litter"],
        counts=[{"age_band": "16-17", "gender": "male", "present": 917, "contacts": 713}],
        referrals=[{"to": "guardian", "count": 611}],
        note=note,
    )
    skarpnack = jour1.visit(key, neighbourhood="Bagarmossen", arrived_at=clock(21, 30), left_at=clock(22, 30))
    sodermalm = jour1.visit(key, neighbourhood="Gamla stan", arrived_at=clock(23), left_at=clock(24))
    missed = jour1.visit(
        key, neighbourhood="Hökarängen", arrived_at=clock(25), outcome="not_visited", not_visited_reason="time"
    )
    submit(jour1, jour, near, seen, skarpnack, sodermalm, missed)
    second = jour3.shift(**worked, district="skarpnack", started_at=clock(20), ended_at=clock(24), other_participants=1)
    there = jour3.visit(
        second["record_id"],
        neighbourhood="Hökarängen",
        outcome="nothing_noted",
        arrived_at=clock(21),
        left_at=clock(22),
    )
    submit(jour3, second, there)
    keys = (key, second["record_id"], farsta["record_id"])
    return JourEvening(asked, *keys, second_team, jour1, jourledare, phone("jourledare2"), ledare)
