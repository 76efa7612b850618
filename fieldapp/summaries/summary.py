"""Puts a summary together for a reader: what they may have, the period, what it is compared with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.places.facts import district_codes
from fieldapp.summaries import comparing, disclosure, queries, rights, rules, shape
from fieldapp.summaries.completeness import completeness
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.periods import Period, period_faults
from fieldapp.summaries.queries import Wanted
from fieldapp.walks.queries import walk_figures

DEFAULT_STATUS = "approved"  # what a leader has read; counts of persons leave the team at this status alone
Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What a reader asks for: of a district, the city (None) or one team."""

    district: str | None
    period: Period
    status: str = DEFAULT_STATUS
    compare: str | None = None
    mapping_year: int | None = None
    team: str | None = None

    def wanted(self, period: Period) -> Wanted:
        """Return the records that a period's figures rest on."""
        return Wanted(period, self.district, self.status == "approved", self.team)


def whose(session: Session, actor: Actor, question: Question) -> tuple[rights.Disclosure, Json]:
    """Return how much of the summary the actor gets, and how the answer names whose it is. Raises `NotFound`."""
    if question.team is not None:
        found = next((team for team in queries.teams(session) if team.id == question.team), None)
        if found is None:
            raise NotFound
        named = {"district": None, "team": {"id": found.id, "name": found.name}}
        return rights.team_disclosure(actor, found.id, found.district), named
    if question.district is not None and question.district not in district_codes():
        raise NotFound
    return rights.disclosure(actor, question.district), {"district": question.district}


def summary(session: Session, actor: Actor, question: Question, *, below: int, now: datetime) -> Json:
    """Return the answer of api.md, Summaries, as far as the reader may have it: all of it of one moment.

    `below` is the smallest count of persons that leaves the team. Raises `NotFound` for a district or team that does
    not exist or is not the reader's to know, `Invalid` for a period or mapping year that can't be.
    """
    with one_view():  # what is said to be missing is missing from these very figures
        return _summary(session, actor, question, below, now)


def _summary(session: Session, actor: Actor, question: Question, below: int, now: datetime) -> Json:
    reading, named = whose(session, actor, question)
    faults = period_faults(question.period.first, question.period.last)
    if faults:
        raise Invalid(fields=faults)
    basis = queries.mapping_basis(session, question.mapping_year, question.period.last)
    answer: Json = {
        **named,
        "from": question.period.first.isoformat(),
        "to": question.period.last.isoformat(),
        "status": question.status,
        "disclosure": "full" if reading == "full" else "protected",
        "basis": basis,
        "complete": completeness(session, question.wanted(question.period), now),
    }
    if reading == "walks":
        return {**answer, "walks": _walks(session, question.period, question.district)}
    asking = _Asking(session, actor, question, reading == "full", basis["mapping_year"], below, now)
    figures = asking.figures(question.period)
    if question.compare:
        then = asking.then()
        compared = asking.figures(then)
        figures["sites"] = shape.with_trend(figures["sites"], compared["sites"])
        if rights.analyses(actor, question.district):
            figures["sites"] = comparing.with_prompts(figures["sites"], compared["sites"])
        figures["compare"] = {
            "from": then.first.isoformat(),
            "to": then.last.isoformat(),
            "complete": completeness(session, question.wanted(then), now),
            **compared,
        }
    else:
        figures["compare"] = None
    return answer | figures


@dataclass(frozen=True)
class _Asking:
    session: Session
    actor: Actor
    question: Question
    is_full: bool
    mapping_year: int | None
    below: int
    now: datetime

    def then(self) -> Period:
        """Return the period to compare with."""
        period = self.question.period
        return period.year_ago() if self.question.compare == "year_ago" else period.previous()

    def figures(self, period: Period) -> Json:
        """Return a period's figures as this reader gets them."""
        folded = figures_of(self.session, self.question.wanted(period), self.mapping_year)
        names = queries.readable_names(self.session, self.actor)
        walks = _walks(self.session, period, self.question.district)
        return shape.shape(folded, self._released(folded, period), period, names) | {"walks": walks}

    def _released(self, folded: rules.Figures, period: Period) -> disclosure.Released:
        if self.is_full:
            return disclosure.full(folded.atoms)
        # Persons leave the team at one status only: what lies between two statuses would be a small group again.
        is_closed = period.is_closed(local_date(self.now)) and self.question.status == DEFAULT_STATUS
        return disclosure.protected(folded.atoms, below=self.below, is_closed=is_closed)


def _walks(session: Session, period: Period, district: str | None) -> Json:
    """Volunteers are no protected persons: nothing is hidden."""
    return dict(walk_figures(session, district, period.first, period.last))
