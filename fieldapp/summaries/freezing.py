"""Freezes a period (*Fastställ*): what its figures are now stands, whatever is approved later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Invalid, NotAllowed
from fieldapp.core.ids import new_id
from fieldapp.places.facts import districts
from fieldapp.summaries import disclosure, frozen, queries, rights
from fieldapp.summaries.frozen_models import FrozenAtom, FrozenSummary
from fieldapp.summaries.frozen_rules import all_atoms, are_same, canonical, checksum, states_with, stored_cells
from fieldapp.summaries.periods import period_faults
from fieldapp.summaries.summary import Question, live_document

Json = dict[str, Any]


@dataclass(frozen=True)
class Frozen:
    """A frozen summary, and whether it was made now: figures that are as they were make no new version."""

    kept: FrozenSummary
    is_new: bool


def freeze(session: Session, *, actor: Actor, question: Question, below: int, now: datetime) -> Frozen:
    """Freeze the approved figures of closed whole months, as they are in this transaction, which is of one moment.

    `below` is the smallest count of persons that leaves the team. Raises `NotFound` for what is not the actor's to
    know, `NotAllowed` where they may read but not freeze, `Invalid` for a period that is not closed whole months, or
    a mapping year without a mapping.
    """
    role = _role(session, actor, question)
    period = question.period
    faults = period_faults(period.first, period.last)
    if not faults and not period.is_closed(local_date(now)):
        faults = {"to": ["not_closed_months"]}
    if faults:
        raise Invalid(fields=faults)
    made = _Made(session, question, below, now)
    before = frozen.newest(session, question.scope, period)
    if before is not None and are_same(frozen.stored(before), made.full):
        return Frozen(before, is_new=False)
    full = canonical(made.full)
    protected = None if question.team else canonical(made.protected)
    kept = FrozenSummary(
        id=new_id(),
        number=session.execute(select(func.coalesce(func.max(FrozenSummary.number), 0))).scalar_one() + 1,
        scope=question.scope.key,
        district=question.district,
        team_id=question.team,
        first_on=period.first,
        last_on=period.last,
        version=before.version + 1 if before else 1,
        mapping_year=made.full["basis"]["mapping_year"],
        full=full,
        full_sha256=checksum(full),
        protected=protected,
        protected_sha256=checksum(protected) if protected else None,
        frozen_by=actor.user_id,
        role=role,
        frozen_at=now,
    )
    # Before the rows: the log's head is one for all, so of two who freeze at once the later reads again.
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
        for (district, (year, month)), counts in made.atoms.items()
    )
    session.flush()
    return Frozen(kept, is_new=True)


def _role(session: Session, actor: Actor, question: Question) -> str:
    """Return the role that lets the actor freeze this. Raises `NotFound` and `NotAllowed`."""
    frozen.rights_in(session, actor, question.scope)  # 404 before anything is said of what they may do
    found = next((team for team in queries.teams(session) if team.id == question.team), None)
    role = rights.freezes_as(actor, question.district, found)
    if role is None:
        raise NotAllowed
    return role


class _Made:
    """What would be frozen now: the documents of both levels, and the atoms they rest on."""

    def __init__(self, session: Session, question: Question, below: int, now: datetime) -> None:
        live = live_document(session, question, now)
        period = question.period
        codes = [question.district] if question.district else [one.code for one in districts()]
        self.full = live.document(disclosure.full(live.folded.atoms), "full")
        self.atoms = live.folded.atoms if question.team else all_atoms(live.folded.atoms, codes, period)
        earlier = frozen.states(session, question.district, period)
        before = {atom: states_with(earlier.get(atom, ()), counts) for atom, counts in self.atoms.items()}
        released = disclosure.protected(self.atoms, below=below, period=period, is_closed=True, earlier=before)
        self.protected = live.document(released, "protected")
