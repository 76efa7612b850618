"""Who gets which summary, and how much of it (access.md, *summaries*). Pure."""

from typing import Literal, Protocol

from fieldapp.core.access import Actor
from fieldapp.core.errors import Invalid, NotFound

Disclosure = Literal["full", "protected", "walks"]
DISTRICT_READERS = ("field_worker", "team_lead", "walk_coordinator", "analyst", "viewer")
CITY_READERS = ("field_worker", "team_lead", "analyst", "viewer")
SITUATION_READERS = ("field_worker", "team_lead", "analyst", "viewer")  # of a week, place by place
FULL = ("team_lead", "analyst")
EVERYWHERE = ("analyst", "viewer")  # these read protected figures of every district
VIEWERS = frozenset({"viewer"})  # directors and committee staff: approved figures only
OWN_DISTRICT = ("field_worker", "team_lead")
TEAM_READERS = ("field_worker", "team_lead", "analyst")
ANALYSTS = ("analyst",)
FREEZERS = ("team_lead", "analyst")


class TeamOf(Protocol):
    """A team as far as rights need to know it."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def district(self) -> str | None:
        """The district it works in, None being the whole city."""


def disclosure(actor: Actor, district: str | None) -> Disclosure:
    """Return how much of a district's summary, or the city's (None), the actor gets.

    `walks`: only the part about night walks. Raises `NotFound` for a district that is not the actor's to know.
    """
    if any(held is None or district in held for held in (actor.districts(role) for role in FULL)):
        return "full"
    if actor.has_role(*EVERYWHERE) or (district is None and actor.has_role(*OWN_DISTRICT)):
        return "protected"
    if district is not None and actor.covers(district, *OWN_DISTRICT):
        return "protected"
    if district is not None and actor.covers(district, "walk_coordinator"):
        return "walks"
    raise NotFound


def analyses(actor: Actor, district: str | None) -> bool:
    """Say whether the actor is an analyst of a district, or of the whole city (None)."""
    held = actor.districts("analyst")
    return held is None or district in held


def is_viewer_alone(actor: Actor) -> bool:
    """Say whether somebody reads as a viewer and in no other role."""
    return actor.roles <= VIEWERS


def check_status(actor: Actor, *, approved_only: bool) -> None:
    """Refuse figures of passes that nobody has read to who is a viewer alone (access.md). Raises `Invalid`."""
    if not approved_only and is_viewer_alone(actor):
        raise Invalid(fields={"status": ["approved_for_viewers"]})


def team_disclosure(actor: Actor, team_id: str, district: str | None) -> Disclosure:
    """Return how much of a team's own summary the actor gets: all, its own people and analysts, else nothing.

    `district` is the team's, None being the whole city. Raises `NotFound` for a team that is not the actor's to know.
    """
    if team_id in actor.teams(*OWN_DISTRICT) or analyses(actor, district):
        return "full"
    raise NotFound


def freezes_as(actor: Actor, district: str | None, team: TeamOf | None = None) -> str | None:
    """Return the role that lets the actor freeze the figures of a district, a team or the city; None where none does.

    The city is its analysts' to freeze; a district and a team are so too, and those of who leads there.
    """
    if analyses(actor, team.district if team else district):
        return "analyst"
    if team is not None:
        return "team_lead" if team.id in actor.teams("team_lead") else None
    return "team_lead" if district is not None and actor.covers(district, "team_lead") else None
