"""Who is asking, and the rule every route must carry.

A rule names the roles that may ever reach the route; which rows they reach is decided in `queries.py` and
`services.py`. `check_routes` runs when the app is built: a route without a rule never starts (access.md).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Flask
from flask_login import current_user

PUBLIC = "public"  # no session needed
LEADS = frozenset({"team_lead"})  # roles that settle for their unit what was refused, came late or met another value
SIGNED_IN = "signed_in"  # any live session, whatever its grants
BY_TOKEN = "by_token"  # noqa: S105 - the view checks its own bearer token; this is the name of the rule

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Grant:
    """A role in a district (None: all) and, where the role has one, a team, for a time."""

    role: str
    district: str | None
    team_id: str | None
    valid_from: datetime
    valid_until: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        """Say whether the grant is in force at the moment."""
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True)
class Actor:
    """The person behind a request: plain data, safe to keep after the transaction that read it."""

    user_id: str
    name: str
    email: str
    session_id: str
    device_id: str | None
    grants: tuple[Grant, ...]
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id Flask-Login knows the person by."""
        return self.user_id

    def at(self, moment: datetime) -> "Actor":
        """Return the same person with the grants in force at the moment (PU16)."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.holds_at(moment)))

    @property
    def roles(self) -> frozenset[str]:
        """Every role held."""
        return frozenset(grant.role for grant in self.grants)

    def has_role(self, *roles: str) -> bool:
        """Say whether any of the roles is held."""
        return not self.roles.isdisjoint(roles)

    def teams(self, *roles: str) -> frozenset[str]:
        """Teams of the grants with one of the roles."""
        return frozenset(grant.team_id for grant in self.grants if grant.role in roles and grant.team_id)

    @property
    def reach(self) -> tuple[tuple[str, str, str], ...]:
        """What the grants let through, whatever their times: role, district, team; "" is all or none."""
        return tuple(sorted((grant.role, grant.district or "", grant.team_id or "") for grant in self.grants))

    @property
    def units(self) -> frozenset[str]:
        """Every unit of the grants, whatever the role."""
        return frozenset(grant.team_id for grant in self.grants if grant.team_id)

    @property
    def led_units(self) -> frozenset[str]:
        """The units whose lead the actor is."""
        return self.teams(*LEADS)

    def districts(self, *roles: str) -> frozenset[str] | None:
        """Districts of the grants with one of the roles; None means all of them."""
        held = [grant.district for grant in self.grants if grant.role in roles]
        return None if None in held else frozenset(code for code in held if code)

    def covers(self, district: str, *roles: str) -> bool:
        """Say whether a grant with one of the roles reaches the district."""
        held = self.districts(*roles)
        return held is None or district in held


def current_actor() -> Actor:
    """Return the person behind the present request, as plain data."""
    return cast(Actor, current_user._get_current_object())


def access(*who: str) -> Callable[[View], View]:
    """Mark a view with the roles that may reach it, or PUBLIC, SIGNED_IN, BY_TOKEN."""

    def mark(view: View) -> View:
        view.__access__ = frozenset(who)  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return mark


def open_route(app: Flask, endpoint: str) -> None:
    """Mark a route that a library registered as public; its view may be a method, which carries no attributes."""
    view = app.view_functions[endpoint]

    def opened(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    app.view_functions[endpoint] = access(PUBLIC)(opened)


def rule_of(app: Flask, endpoint: str | None) -> frozenset[str] | None:
    """Return the rule of an endpoint, or None when it has none."""
    view = app.view_functions.get(endpoint or "")
    rule: frozenset[str] | None = getattr(view, "__access__", None)
    return rule


def routes_without_rule(app: Flask) -> Iterable[str]:
    """Name every route of `url_map` whose view carries no rule."""
    for rule in app.url_map.iter_rules():
        if rule_of(app, rule.endpoint) is None:
            yield f"{rule.rule} → {rule.endpoint}"


def check_routes(app: Flask) -> None:
    """Refuse to build an app with a route that nobody decided about."""
    missing = sorted(routes_without_rule(app))
    if missing:
        raise RuntimeError(f"routes without an access rule: {', '.join(missing)}")
