"""Ungdomsjouren in tests: asking for an evening, answering, and more teams and people than the demo has."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from fieldapp.accounts.models import User
from fieldapp.accounts.services import create_team, create_user, grant_role
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import SINCE
from tests.factories.phone import Phone

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
