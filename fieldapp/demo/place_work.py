"""The demo's work around places: schools that were told, proposals for the mapping, old answers, saved material."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import person_of
from fieldapp.collaboration import informing, schools
from fieldapp.collaboration.models import MappingProposal, SchoolPart
from fieldapp.collaboration.proposals import save_proposal
from fieldapp.collaboration.school_services import save_part
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from fieldapp.places.import_models import OldSurvey
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.situation_picture_models import SituationPicture
from fieldapp.summaries.situation_pictures import read_picture, save_picture

FARSTA = tuple(site_id(number) for number in (23, 24, 25, 26))
OLD_YEAR = 2021
TOLD = 1  # schools that were told; one more is set aside, the others wait
OLD_ANSWERS: tuple[dict[str, Any], ...] = (
    {"form": "place_collaboration", "meeting_frequency": "fewer", "lighting": True, "outreach_youth": True,
     "outreach_adults": None, "actors": {"police": "takes_part", "school": "not_analysed"}},
    {"form": "none", "meeting_frequency": None, "lighting": False, "outreach_youth": None, "actors": {}},
)  # fmt: skip
PROPOSALS = (
    ("keep", "Demo: besök varje vecka, läget är som förra året."),
    ("strike", "Demo: kommunen och polisen är överens om att platsen kan strykas."),
)


def seed_place_work(session: Session, people: Mapping[str, str], now: datetime) -> None:
    """Let the analyst tell schools and propose where nobody has yet. Flush, never commit."""
    actor = person_of(session, people["analys"]).at(now)
    if session.scalar(select(SchoolPart.id).limit(1)) is None:
        _tell_schools(session, actor, now)
    if session.scalar(select(MappingProposal.id).limit(1)) is None:
        for site, (proposal, reason) in zip(FARSTA[::3], PROPOSALS, strict=True):
            save_proposal(
                session, actor=actor, site_id=site, year=local_date(now).year, version=0,
                values={"proposal": proposal, "reason": reason}, now=now,
            )  # fmt: skip
    if session.scalar(select(OldSurvey.id).limit(1)) is None:
        session.add_all(
            OldSurvey(id=new_id(), site_id=site, year=OLD_YEAR, answers=answers)
            for site, answers in zip(FARSTA[:2], OLD_ANSWERS, strict=True)
        )
        session.flush()


def seed_pictures(session: Session, people: Mapping[str, str], now: datetime) -> None:
    """Save what the log shows of a place of the last two months that are over, once it is counted."""
    if session.scalar(select(SituationPicture.id).limit(1)):
        return
    actor = person_of(session, people["ledare"]).at(now)
    last = local_date(now).replace(day=1)
    last_month = Period(last, month_end(last)).previous()
    for period in (last_month.previous(), last_month):
        read = read_picture(session, actor=actor, site_id=FARSTA[0], period=period, now=now)
        save_picture(session, actor=actor, read=read, note="Demo: inför nästa möte om platsen.")


def _tell_schools(session: Session, actor: Actor, now: datetime) -> None:
    found = schools.to_inform(session, actor)
    on: date = local_date(now) - timedelta(days=10)
    for place, one in enumerate(found["items"][: TOLD + 1]):
        told = {
            "takes_part": place == 0,
            "contact_function": "head_teacher",
            "informed_on": on,
            "informed_by": "team_lead",
            "informed_of": one["event"],
            "about": "Demo: platsen finns inte längre i kartläggningen.",
        }
        aside = {"set_aside_of": one["event"], "set_aside_reason": "known_already"}
        save_part(
            session, actor=actor, site_id=one["site_id"], year=found["year"], school=one["school_unit_code"],
            version=0, values={**informing.NOTHING_SAID, **(told if place < TOLD else aside)}, now=now,
        )  # fmt: skip
