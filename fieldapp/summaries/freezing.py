"""Freezes a period (*Fastställ*): what its figures are now stands, whatever is approved later.

First all is read, of one moment, then it is written: folding a year takes seconds, in which nobody waits to write. Only
other freezings matter in between, for what they make known; after one, all is read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Invalid, NotAllowed
from fieldapp.core.ids import new_id
from fieldapp.places.facts import districts
from fieldapp.summaries import disclosure, frozen, queries, rights
from fieldapp.summaries.disclosure import Atom, PersonCounts
from fieldapp.summaries.frozen_models import FrozenAtom, FrozenSummary
from fieldapp.summaries.frozen_rules import all_atoms, are_same, canonical, checksum, states_with, stored_cells
from fieldapp.summaries.periods import period_faults
from fieldapp.summaries.summary import Live, Question, live_document


@dataclass(frozen=True)
class ToFreeze:
    """What was read: the documents, the counts they rest on, and after which freezing of all.

    `same_as`: the id of the newest version, where its figures are these.
    """

    question: Question
    role: str
    read_at: datetime
    after: int
    version: int
    same_as: str | None
    mapping_year: int | None
    full: str
    protected: str | None
    atoms: Mapping[Atom, PersonCounts]


@dataclass(frozen=True)
class Frozen:
    """A frozen summary, and whether it is new: figures that are as they were make no new version."""

    kept: FrozenSummary
    is_new: bool


def read_to_freeze(session: Session, *, actor: Actor, question: Question, below: int, now: datetime) -> ToFreeze:
    """Read the approved figures of closed whole months in one view of the database, and what they were frozen as.

    `below` is the smallest count of persons that leaves the team. Raises `NotFound` for what is not the actor's to
    know, `NotAllowed` where they may read but not freeze, `Invalid` for a period that is not closed whole months, or a
    mapping year without a mapping.
    """
    role = _role(session, actor, question)
    period = question.period
    faults = period_faults(period.first, period.last)
    if not faults and not period.is_closed(local_date(now)):
        faults = {"to": ["not_closed_months"]}
    if faults:
        raise Invalid(fields=faults)
    live = live_document(session, question, now)
    full = live.document(disclosure.full(live.folded.atoms), "full")
    codes = [question.district] if question.district else [one.code for one in districts()]
    atoms = live.folded.atoms if question.team else all_atoms(live.folded.atoms, codes, period)
    before = frozen.newest(session, question.scope, period)
    return ToFreeze(
        question,
        role,
        read_at=now,
        after=_newest_number(session),
        version=before.version + 1 if before else 1,
        same_as=before.id if before and are_same(frozen.stored(before), full) else None,
        mapping_year=full["basis"]["mapping_year"],
        full=canonical(full),
        protected=None if question.team else canonical(_protected(session, question, live, atoms, below)),
        atoms=atoms,
    )


def freeze(session: Session, *, actor: Actor, read: ToFreeze) -> Frozen | None:
    """Write down what was read; None where something was frozen since then: it is to be read again."""
    take_turn(session, FrozenSummary.__tablename__)
    if _newest_number(session) != read.after:
        return None
    if read.same_as is not None:
        return Frozen(session.get_one(FrozenSummary, read.same_as), is_new=False)
    period = read.question.period
    kept = FrozenSummary(
        id=new_id(),
        number=read.after + 1,
        scope=read.question.scope.key,
        district=read.question.district,
        team_id=read.question.team,
        first_on=period.first,
        last_on=period.last,
        version=read.version,
        mapping_year=read.mapping_year,
        full=read.full,
        full_sha256=checksum(read.full),
        protected=read.protected,
        protected_sha256=checksum(read.protected) if read.protected else None,
        frozen_by=actor.user_id,
        role=read.role,
        frozen_at=read.read_at,
    )
    session.add(kept)
    session.flush()
    session.add_all(
        FrozenAtom(
            frozen_id=kept.id,
            district=district,
            year=year,
            month=month,
            observed_visits=counts.observed_visits,
            cells=stored_cells(counts),
        )
        for (district, (year, month)), counts in read.atoms.items()
    )
    session.flush()
    audit.record(
        session,
        action="summary.frozen",
        actor_id=actor.user_id,
        subject=kept.id,
        scope=kept.scope,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        version=kept.version,
        sha256=kept.full_sha256,
    )
    return Frozen(kept, is_new=True)


def _protected(
    session: Session, question: Question, live: Live, atoms: Mapping[Atom, PersonCounts], below: int
) -> dict[str, object]:
    states = frozen.states(session, question.district, question.period)
    earlier = {atom: states_with(states.get(atom, ()), counts) for atom, counts in atoms.items()}
    released = disclosure.protected(atoms, below=below, period=question.period, is_closed=True, earlier=earlier)
    return live.document(released, "protected")


def _newest_number(session: Session) -> int:
    return session.execute(select(func.coalesce(func.max(FrozenSummary.number), 0))).scalar_one()


def _role(session: Session, actor: Actor, question: Question) -> str:
    """Return the role that lets the actor freeze this. Raises `NotFound` and `NotAllowed`."""
    frozen.rights_in(session, actor, question.scope)  # 404 before anything is said of what they may do
    found = next((team for team in queries.teams(session) if team.id == question.team), None)
    role = rights.freezes_as(actor, question.district, found)
    if role is None:
        raise NotAllowed
    return role
