"""Puts a summary together for a reader: what they may have, the period, what it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.places.facts import district_codes
from fieldapp.staffing.queries import staffing_figures
from fieldapp.staffing.rules import months_between
from fieldapp.summaries import comparing, disclosure, frozen, queries, rights, rules, shape
from fieldapp.summaries.completeness import completeness
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.frozen_models import FrozenSummary
from fieldapp.summaries.frozen_rules import Scope, are_same
from fieldapp.summaries.periods import Period, period_faults, same_special_day, special_day_of
from fieldapp.summaries.queries import Wanted
from fieldapp.walks.queries import walk_figures

DEFAULT_STATUS = "approved"  # what a leader has read; counts of persons leave the team at this status alone
_HEAD = frozenset({"district", "team", "from", "to", "status", "disclosure"})  # the asker's own words
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

    @property
    def scope(self) -> Scope:
        """Whose figures they are."""
        return Scope(self.district, self.team)

    def wanted(self, period: Period) -> Wanted:
        """Return the records that a period's figures rest on."""
        return Wanted(period, self.district, self.status == "approved", self.team)


def whose(session: Session, actor: Actor, question: Question) -> tuple[rights.Disclosure, Json]:
    """Return how much of the summary the actor gets, and how the answer names whose it is. Raises `NotFound`."""
    if question.team is not None:
        found = next((team for team in queries.teams(session) if team.id == question.team), None)
        if found is None:
            raise NotFound
        return rights.team_disclosure(actor, found.id, found.district), _named(question, found)
    if question.district is not None and question.district not in district_codes():
        raise NotFound
    return rights.disclosure(actor, question.district), _named(question, None)


def summary(session: Session, actor: Actor, question: Question, *, below: int, now: datetime) -> Json:
    """Return the answer of api.md, Summaries, as far as the reader may have it: all of it of one moment.

    `below` is the smallest count of persons that leaves the team. Raises `NotFound` for a district or team that does
    not exist or is not the reader's to know, `Invalid` for a period or mapping year that can't be.
    """
    with one_view():  # what is said to be missing is missing from these very figures
        return _summary(session, actor, question, below, now)


def live_document(session: Session, question: Question, now: datetime) -> "Live":
    """Return what the figures of a question are now, with the names of all sites: for what is to be frozen."""
    period, team = question.period, next((one for one in queries.teams(session) if one.id == question.team), None)
    basis = queries.mapping_basis(session, question.mapping_year, period.last)
    head = {
        **_named(question, team),
        **_of_period(period),
        "status": question.status,
        "basis": basis,
        "complete": completeness(session, question.wanted(period), now),
    }
    folded = figures_of(session, question.wanted(period), basis["mapping_year"])
    return Live(head, folded, period, queries.all_names(session), _beside(session, question, period, folded))


@dataclass(frozen=True)
class Live:
    """A period's figures before it is decided how much of the counts of persons is given."""

    head: Json
    folded: rules.Figures
    period: Period
    names: Mapping[str, str]
    beside: Json

    def document(self, released: disclosure.Released, level: frozen.Level) -> Json:
        """Return the figures as a summary gives them, without a comparison."""
        figures = shape.shape(self.folded, released, self.period, self.names)
        return {**self.head, "disclosure": level, **figures, **self.beside}


def _summary(session: Session, actor: Actor, question: Question, below: int, now: datetime) -> Json:
    reading, named = whose(session, actor, question)
    rights.check_status(actor, approved_only=question.status == DEFAULT_STATUS)
    faults = period_faults(question.period.first, question.period.last)
    if faults:
        raise Invalid(fields=faults)
    basis = queries.mapping_basis(session, question.mapping_year, question.period.last)
    asking = _Asking(session, actor, question, reading == "full", basis["mapping_year"], below, now)
    answer: Json = {
        **named,
        **_of_period(question.period),
        "status": question.status,
        "disclosure": asking.level,
        "basis": basis,
        **asking.told(question.period, only_walks=reading == "walks"),
    }
    if reading == "walks":
        return answer
    if question.compare:
        then = compared_period(session, question)
        compared = asking.told(then)
        answer["sites"] = shape.with_trend(answer["sites"], compared["sites"])
        if rights.analyses(actor, question.district):
            answer["sites"] = comparing.with_prompts(answer["sites"], compared["sites"])
        answer["compare"] = {**_of_period(then), **compared}
    else:
        answer["compare"] = None
    return answer


def compared_period(session: Session, question: Question) -> Period:
    """Return the period that a question's figures are compared with.

    Raises `Invalid` where the period touches no special day, or where none such is known a year before.
    """
    period = question.period
    if question.compare != "special_day":
        return period.year_ago() if question.compare == "year_ago" else period.previous()
    special = queries.special_days_around(session, period)
    if special_day_of(period, special) is None:
        raise Invalid(fields={"compare": ["no_special_day"]})
    then = same_special_day(period, special)
    if then is None:
        raise Invalid(fields={"compare": ["no_earlier_special_day"]})
    return then


@dataclass(frozen=True)
class _Asking:
    session: Session
    actor: Actor
    question: Question
    is_full: bool
    mapping_year: int | None
    below: int
    now: datetime

    @property
    def level(self) -> frozen.Level:
        return "full" if self.is_full else "protected"

    def told(self, period: Period, *, only_walks: bool = False) -> Json:
        """Return a period's figures as this reader gets them, what they may lack, and what they were frozen as."""
        kept = self._frozen(period)
        if kept is not None:
            whole = frozen.document(self.session, self.actor, kept, self.level)
            names = ("basis", "complete", "walks") if only_walks else whole.keys() - _HEAD
            marks = {**frozen.marks(kept, self.level), "differs": self._differs(kept, period)}
            return {**{name: whole[name] for name in names}, "frozen": marks}
        complete = completeness(self.session, self.question.wanted(period), self.now)
        if only_walks:
            figures: Json = {"walks": _walks(self.session, period, self.question.district)}
        else:
            figures = self._figures(period)
        return {"complete": complete, **figures, "frozen": None}

    def _frozen(self, period: Period) -> FrozenSummary | None:
        """Return the frozen figures of just this scope and period, where approved ones of their year are asked for."""
        if self.question.status != DEFAULT_STATUS:
            return None
        return frozen.newest(self.session, self.question.scope, period, self.question.mapping_year)

    def _differs(self, kept: FrozenSummary, period: Period) -> bool | None:
        """Say whether the figures are others now than they were frozen; not told to readers of protected ones."""
        if not self.is_full:
            return None
        question = replace(self.question, period=period, mapping_year=kept.mapping_year)
        live = live_document(self.session, question, self.now)
        return not are_same(frozen.stored(kept), live.document(disclosure.full(live.folded.atoms), "full"))

    def _figures(self, period: Period) -> Json:
        folded = figures_of(self.session, self.question.wanted(period), self.mapping_year)
        names = queries.readable_names(self.session, self.actor)
        figures = shape.shape(folded, self._released(folded, period), period, names)
        return figures | _beside(self.session, self.question, period, folded)

    def _released(self, folded: rules.Figures, period: Period) -> disclosure.Released:
        if self.is_full:
            return disclosure.full(folded.atoms)
        # Persons leave the team at one status only: what lies between two statuses would be a small group again.
        is_closed = period.is_closed(local_date(self.now)) and self.question.status == DEFAULT_STATUS
        states = frozen.states(self.session, self.question.district, period) if is_closed else {}
        return disclosure.protected(
            {**folded.atoms, **{atom: some[-1] for atom, some in states.items()}},
            below=self.below,
            period=period,
            is_closed=is_closed,
            earlier={atom: some[:-1] for atom, some in states.items()},
        )


def _named(question: Question, team: queries.TeamFacts | None) -> Json:
    of_team = {"team": {"id": team.id, "name": team.name}} if team else {}
    return {"district": question.district, **of_team}


def _of_period(period: Period) -> Json:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _beside(session: Session, question: Question, period: Period, folded: rules.Figures) -> Json:
    """Return what stands beside the figures of shifts: walks, and the posts of the units."""
    first, last, district = period.first, period.last, question.district
    posts = staffing_figures(session, district, first, last, team_id=question.team)
    months, is_whole = len(months_between(first, last)), district is None and period.is_whole_months
    staffing = shape.shape_staffing(posts, folded.effort.person_hours, months, is_whole=is_whole)
    return {"walks": _walks(session, period, district), "staffing": staffing}


def _walks(session: Session, period: Period, district: str | None) -> Json:
    """Volunteers are no protected persons: nothing is hidden."""
    return dict(walk_figures(session, district, period.first, period.last))
