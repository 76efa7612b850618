"""Writes of platssamverkan: a site's year, measures, good examples. Flush, never commit; each is in the audit log.

Everything is written whole, against the version that was read. What is changed is to be approved anew.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.collaboration import queries, rules
from fieldapp.collaboration.models import Collaboration, GoodExample, Measure
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.places.models import Site
from fieldapp.places.queries import check_year, readable_sites
from fieldapp.sync.sequence import hold_seqs

MEASURE_FIELDS = (
    "kind", "what", "owner", "owner_function", "due_on", "status", "effective_on", "compare_weeks", "followed_up_on",
    "follow_up",
)  # fmt: skip
EXAMPLE_FIELDS = ("kind", "title", "done", "fits", "seen", "conditions", "measure_id")
Values = Mapping[str, Any]
Kept = TypeVar("Kept", Measure, GoodExample)


def save_collaboration(
    session: Session,
    *,
    actor: Actor,
    site_id: str,
    year: int,
    version: int,
    values: Values,
    now: datetime,
    copied_from: int | None = None,
) -> None:
    """Say a site's year, whole, against the version that was read (0: nothing said). The same again changes nothing.

    `values`: `rules.CONTENTS`. Raises `NotFound`, `NotAllowed` outside the actor's districts, `Invalid`, and `Conflict`
    where somebody else changed it meanwhile.
    """
    _writable_site(session, actor, site_id)
    today = local_date(now)
    faults = {**rules.year_faults(year, today), **rules.collaboration_faults(values, today)}
    if faults:
        raise Invalid(fields=faults)
    take_turn(session, f"collaboration:{site_id}")
    stored = _stored(values)
    row = _year(session, site_id, year)
    if row is not None and all(getattr(row, name) == stored[name] for name in rules.CONTENTS):
        return
    if (row.version if row else 0) != version:
        raise Conflict
    changed = [name for name in rules.CONTENTS if row is None or getattr(row, name) != stored[name]]
    before = row.form if row else None
    if row is None:
        row = Collaboration(id=new_id(), site_id=site_id, year=year, version=0, copied_from=copied_from)
        session.add(row)
    _set(row, stored, actor, now)
    session.flush()
    audit.record(
        session,
        action="collaboration.saved",
        actor_id=actor.user_id,
        subject=site_id,
        year=year,
        version=row.version,
        form=row.form,
        form_before=before,
        changed=changed,
        **({"copied_from": copied_from} if copied_from and row.version == 1 else {}),
    )


def approve_collaboration(
    session: Session, *, actor: Actor, site_id: str, year: int, version: int, now: datetime
) -> None:
    """Approve what is said of a site's year, as it was read. Raises as `save_collaboration`."""
    _writable_site(session, actor, site_id)
    check_year(year)
    take_turn(session, f"collaboration:{site_id}")
    row = _year(session, site_id, year)
    if row is None:
        raise NotFound
    if _approve(row, version):
        audit.record(
            session, action="collaboration.approved", actor_id=actor.user_id, subject=site_id, year=year,
            version=version,
        )  # fmt: skip


def copy_earlier(session: Session, *, actor: Actor, district: str, year: int, now: datetime) -> int:
    """Begin the year of each site of a district of which nothing is said with the newest earlier answer.

    Sites are those in force in the mapping the year rests on. Returns how many were begun. Raises `NotFound`,
    `NotAllowed`, `Invalid`.
    """
    if district not in queries.districts_read(actor):
        raise NotFound
    if not actor.covers(district, *queries.WRITERS):
        raise NotAllowed
    found = queries.answers(session, actor, year, district=district)
    begun = 0
    for site in found.sites:
        if site["id"] not in found.by_site:
            begun += copy_earlier_of_site(session, actor=actor, site_id=site["id"], year=year, now=now)
    return begun


def copy_earlier_of_site(session: Session, *, actor: Actor, site_id: str, year: int, now: datetime) -> bool:
    """Begin one site's year with its newest earlier answer; False where there is none, or something is said already."""
    earlier = queries.earlier_answer(session, actor, site_id, year)
    if earlier is None or _year(session, site_id, year) is not None:
        return False
    start = rules.start_from(earlier)
    start["process"] = [_read_step(step) for step in start["process"]]
    save_collaboration(
        session, actor=actor, site_id=site_id, year=year, version=0, values=start, now=now, copied_from=earlier["year"]
    )
    return True


def add_measure(
    session: Session, *, actor: Actor, site_id: str, values: Values, now: datetime, key: str | None = None
) -> str:
    """Note a measure at a site; return its id. `key` becomes its id: noted again under the same one, it is the same.

    Raises `Invalid` for a site that is not the actor's to know or was merged, `NotAllowed`; `Conflict` where the key is
    another's.
    """
    _known_site(session, actor, site_id)
    if key is not None and _is_there(session, Measure, key, site_id):
        return key
    _check_measure(values, now)
    row = Measure(id=key or new_id(), site_id=site_id, version=0, deleted=False, created_at=now)
    session.add(row)
    _set_measure(row, {name: values[name] for name in MEASURE_FIELDS}, actor, now)
    session.flush()
    _note(session, actor, "measure.added", row, site_id=site_id, status=row.status)
    return row.id


def change_measure(
    session: Session, *, actor: Actor, measure_id: str, version: int, values: Values, now: datetime
) -> None:
    """Change a measure, whole, against the version that was read. Raises `NotFound`, `NotAllowed`, `Invalid`,
    `Conflict`."""
    row = _writable_measure(session, actor, measure_id)
    _check_measure(values, now)
    given = {name: values[name] for name in MEASURE_FIELDS}
    if all(getattr(row, name) == value for name, value in given.items()):
        return
    if row.version != version:
        raise Conflict
    before = row.status
    _set_measure(row, given, actor, now)
    session.flush()
    _note(session, actor, "measure.changed", row, status=row.status, status_before=before)


def approve_measure(session: Session, *, actor: Actor, measure_id: str, version: int) -> None:
    """Approve a measure as it was read. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    row = _writable_measure(session, actor, measure_id)
    if _approve(row, version):
        _note(session, actor, "measure.approved", row)


def remove_measure(session: Session, *, actor: Actor, measure_id: str, version: int, now: datetime) -> None:
    """Take away a measure that was noted by mistake; one that is not to be done is *dropped*. Raises as above."""
    row = _writable_measure(session, actor, measure_id)
    _remove(row, version, actor, now)
    session.flush()
    _note(session, actor, "measure.removed", row)


def add_example(
    session: Session, *, actor: Actor, site_id: str, values: Values, now: datetime, key: str | None = None
) -> str:
    """Mark a good example; return its id. Raises as `add_measure`, and `Invalid` for a measure of another site."""
    _known_site(session, actor, site_id)
    if key is not None and _is_there(session, GoodExample, key, site_id):
        return key
    _check_measure_of(session, values["measure_id"], site_id)
    row = GoodExample(id=key or new_id(), site_id=site_id, version=0, deleted=False, created_at=now)
    session.add(row)
    _set(row, {name: values[name] for name in EXAMPLE_FIELDS}, actor, now)
    session.flush()
    _note(session, actor, "example.added", row, site_id=site_id)
    return row.id


def change_example(
    session: Session, *, actor: Actor, example_id: str, version: int, values: Values, now: datetime
) -> None:
    """Change a good example, whole, against the version that was read. Raises `NotFound`, `NotAllowed`, `Invalid`,
    `Conflict`."""
    row = _writable_example(session, actor, example_id)
    _check_measure_of(session, values["measure_id"], row.site_id)
    given = {name: values[name] for name in EXAMPLE_FIELDS}
    if all(getattr(row, name) == value for name, value in given.items()):
        return
    if row.version != version:
        raise Conflict
    _set(row, given, actor, now)
    session.flush()
    _note(session, actor, "example.changed", row)


def approve_example(session: Session, *, actor: Actor, example_id: str, version: int) -> None:
    """Approve a good example as it was read. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    row = _writable_example(session, actor, example_id)
    if _approve(row, version):
        _note(session, actor, "example.approved", row)


def remove_example(session: Session, *, actor: Actor, example_id: str, version: int, now: datetime) -> None:
    """Take away a good example. Raises as above."""
    row = _writable_example(session, actor, example_id)
    _remove(row, version, actor, now)
    session.flush()
    _note(session, actor, "example.removed", row)


def _writable_site(session: Session, actor: Actor, site_id: str) -> None:
    hold_seqs(session)  # the place stays what it is while something is said of it
    site = queries.site(session, actor, site_id)
    if not site["may_write"]:
        raise NotAllowed
    if site["merged_into_id"]:
        raise Invalid(fields={"site_id": ["merged_site"]})


def _known_site(session: Session, actor: Actor, site_id: str) -> None:
    """As `_writable_site`, for a site named in a body."""
    try:
        _writable_site(session, actor, site_id)
    except NotFound as error:
        raise Invalid(fields={"site_id": ["unknown_site"]}) from error


def _year(session: Session, site_id: str, year: int) -> Collaboration | None:
    query = select(Collaboration).where(Collaboration.site_id == site_id, Collaboration.year == year)
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _writable_measure(session: Session, actor: Actor, measure_id: str) -> Measure:
    """Return a measure, its place and its row kept from others until commit."""
    hold_seqs(session)
    query = (
        select(Measure)
        .join(Site, Site.id == Measure.site_id)
        .where(Measure.id == measure_id, ~Measure.deleted, queries.readable(actor, Measure))
        .with_for_update(of=Measure)
    )
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    return _of_writer(session, actor, row)


def _writable_example(session: Session, actor: Actor, example_id: str) -> GoodExample:
    hold_seqs(session)
    query = (
        select(GoodExample)
        .where(GoodExample.id == example_id, ~GoodExample.deleted, queries.readable_examples(actor))
        .with_for_update()
    )
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    return _of_writer(session, actor, row)


def _of_writer(session: Session, actor: Actor, row: Kept | None) -> Kept:
    if row is None:
        raise NotFound
    known = select(Site.district).where(Site.id == row.site_id, readable_sites(actor))
    if not actor.covers(str(session.scalar(known)), *queries.WRITERS):
        raise NotAllowed
    return row


def _is_there(session: Session, table: type[Measure] | type[GoodExample], key: str, site_id: str) -> bool:
    take_turn(session, f"{table.__tablename__}:{key}")
    of_site = session.scalar(select(table.site_id).where(table.id == key))
    if of_site not in (None, site_id):
        raise Conflict
    return of_site is not None


def _check_measure(values: Values, now: datetime) -> None:
    faults = rules.measure_faults(values, local_date(now))
    if faults:
        raise Invalid(fields=faults)


def _check_measure_of(session: Session, measure_id: str | None, site_id: str) -> None:
    if measure_id is None:
        return
    query = select(Measure.id).where(Measure.id == measure_id, Measure.site_id == site_id, ~Measure.deleted)
    if session.scalar(query) is None:
        raise Invalid(fields={"measure_id": ["unknown_id"]})


def _set_measure(row: Measure, given: Values, actor: Actor, now: datetime) -> None:
    if given["status"] != row.status:
        row.dropped_on = local_date(now) if given["status"] == "dropped" else None
    _set(row, given, actor, now)


def _set(row: Any, values: Values, actor: Actor, now: datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.changed_at, row.changed_by = row.version + 1, now, actor.user_id


def _approve(row: Any, version: int) -> bool:
    """Say whether anything changed. Raises `Conflict`."""
    if row.version != version:
        raise Conflict
    was_approved = row.approved_version == version
    row.approved_version = version
    return not was_approved


def _remove(row: Any, version: int, actor: Actor, now: datetime) -> None:
    if row.version != version:
        raise Conflict
    _set(row, {"deleted": True}, actor, now)


def _note(session: Session, actor: Actor, action: str, row: Any, **more: Any) -> None:
    session.flush()
    audit.record(
        session, action=action, actor_id=actor.user_id, subject=row.id, kind=row.kind, version=row.version, **more
    )


def _stored(values: Values) -> dict[str, Any]:
    """Return a year's contents as they are stored: dates inside lists as text."""
    process = [
        {**step, **{name: _written(step[name]) for name in ("done_on", "next_due_on")}} for step in values["process"]
    ]
    return {**{name: values[name] for name in rules.CONTENTS}, "process": process}


def _read_step(step: Values) -> dict[str, Any]:
    dates = {name: rules.as_date(step[name]) if step[name] else None for name in ("done_on", "next_due_on")}
    return {**step, **dates}


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None
