"""The demo's teams and sign-ins (api.md, Running). Their password is published; the demo answers loopback only."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.models import Team, User
from fieldapp.accounts.services import create_team, create_user, grant_role

PASSWORD = "demo-lösenord-2026"  # noqa: S105 - published in the README; demo environment only
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
TEAMS = {"Farsta": "farsta", "Skärholmen": "skarholmen", "Ungdomsjouren": None}
# e-mail name → (shown name, [(role, district, team)])
PEOPLE: dict[str, tuple[str, list[tuple[str, str | None, str | None]]]] = {
    "falt1": ("Demo Fält Ett", [("field_worker", "farsta", "Farsta")]),
    "falt2": ("Demo Fält Två", [("field_worker", "farsta", "Farsta")]),
    "ledare": ("Demo Ledare", [("team_lead", "farsta", "Farsta"), ("field_worker", "farsta", "Farsta")]),
    "ledare2": ("Demo Ledare Två", [("team_lead", "farsta", "Farsta")]),
    "ledare3": ("Demo Ledare Tre", [("team_lead", "skarholmen", "Skärholmen")]),
    "falt3": ("Demo Fält Tre", [("field_worker", "skarholmen", "Skärholmen")]),
    "jour1": ("Demo Jour Ett", [("field_worker", None, "Ungdomsjouren")]),
    "jour2": ("Demo Jour Två", [("field_worker", None, "Ungdomsjouren")]),
    "jourledare": ("Demo Jourledare", [("team_lead", None, "Ungdomsjouren")]),
    "ledare4": (
        "Demo Ledare Fyra",
        [("team_lead", "skarholmen", "Skärholmen"), ("team_lead", None, "Ungdomsjouren")],
    ),
    "nattvandring": ("Demo Nattvandring", [("walk_coordinator", "farsta", None)]),
    "analys": ("Demo Analys", [("analyst", None, None)]),
    "direktor": ("Demo Direktör", [("viewer", "farsta", None)]),
    "admin": ("Demo Admin", [("admin", None, None)]),
}


def seed_accounts(session: Session, *, password_hash: str) -> dict[str, str]:
    """Create the teams and people that are missing; return user id by the name before the @. Flush, never commit."""
    teams = {team.name: team.id for team in session.scalars(select(Team))}
    for name, district in TEAMS.items():
        if name not in teams:
            teams[name] = create_team(session, name=name, district=district).id
    users = {user.email: user.id for user in session.scalars(select(User))}
    for short, (name, grants) in PEOPLE.items():
        email = f"{short}@demo.example"
        if email in users:
            continue
        users[email] = create_user(session, email=email, name=name, password_hash=password_hash).id
        for role, district, team in grants:
            grant_role(
                session,
                user_id=users[email],
                role=role,
                district=district,
                team_id=teams[team] if team else None,
                valid_from=SINCE,
            )
    return {short: users[f"{short}@demo.example"] for short in PEOPLE}
