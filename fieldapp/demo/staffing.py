"""The demo's staffing: posts of every team, two years back, some of them vacant for a while."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import person_of
from fieldapp.core.clock import local_date
from fieldapp.staffing.models import Staffing
from fieldapp.staffing.services import enter

MONTHS = 24
POSTS = 4_00
VACANT = {2: 50, 3: 1_00, 7: 1_00, 8: 1_00, 9: 25}  # hundredths, by month of the year


def seed_staffing(session: Session, people: Mapping[str, str], now: datetime) -> int:
    """Let each team's lead enter its months where nobody has entered any; return how many. Flush, never commit."""
    if session.scalar(select(Staffing.team_id).limit(1)):
        return 0
    this_month, entered = local_date(now).replace(day=1), 0
    leads = {lead: person_of(session, lead).at(now) for lead in people.values()}
    teams = {team: lead for lead in leads.values() for team in sorted(lead.teams("team_lead"))}
    for place, (team, lead) in enumerate(sorted(teams.items(), key=lambda pair: pair[0])):
        posts = POSTS + 1_00 * (place % 3)
        for back in range(MONTHS):
            number = this_month.year * 12 + this_month.month - 1 - back
            month = date(number // 12, number % 12 + 1, 1)
            filled = posts - VACANT.get((month.month + place) % 12, 0)
            enter(session, actor=lead, team_id=team, month=month, posts=posts, filled=filled, version=0, now=now)
            entered += 1
    return entered
