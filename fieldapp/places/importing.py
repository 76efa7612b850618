"""Reading files of places in: tried first, then read in, undone while nothing stands on it.

A dry run is the import itself inside a savepoint that is taken back, so its report is the import's. Flushes, never
commits: a file is one transaction of whoever calls.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.places.import_models import PlaceImport
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import FileRefused, Read
from fieldapp.places.importers.write_districts import write_districts
from fieldapp.places.importers.write_schools import write_schools
from fieldapp.places.importers.write_sites import write_sites
from fieldapp.places.importers.write_surveys import write_survey
from fieldapp.places.near import Progress, recompute
from fieldapp.places.records import EDITORS, REGISTER_EDITORS
from fieldapp.places.rules import NearnessRule
from fieldapp.sync.sequence import hold_seqs

WRITERS = {"districts": write_districts, "sites": write_sites, "schools": write_schools, "survey": write_survey}
TRIED_FOR = timedelta(days=1)
Report = dict[str, Any]


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file, by which a person knows it again."""
    return hashlib.sha256(content).hexdigest()


def may_import(actor: Actor, kind: str) -> bool:
    """Say whether an actor may read a kind in at all; which rows, their grants' districts say."""
    return actor.has_role(*(EDITORS if kind == "sites" else REGISTER_EDITORS))


def read_in(
    session: Session,
    *,
    read: Read,
    sha256: str,
    year: int | None,
    actor: Actor | None,
    rule: NearnessRule,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = lambda done, of: None,
) -> Report:
    """Write what a file says and return the report; with `dry_run` the same, and nothing is written.

    Raises `NotAllowed`, and `FileRefused` where one refused row refuses the file.
    """
    if actor is not None and not may_import(actor, read.kind):
        raise NotAllowed
    hold_seqs(session)  # nobody changes a place between what is read here and what is written
    savepoint = session.begin_nested() if dry_run else None
    try:
        ledger = Ledger(session, actor, rule, now, local_date(now), read, progress)
        WRITERS[read.kind](ledger)
        if read.strict and read.refused:
            raise FileRefused(*sorted(read.refused, key=lambda line: line.row))
        if read.kind in ("sites", "schools"):
            ledger.moved = recompute(session, rule=rule, today=ledger.today)
        session.flush()
        report = ledger.report(sha256, year)
        ledger.progress(read.count, read.count)
    finally:
        if savepoint is not None:
            savepoint.rollback()
            session.expire_all()
    if dry_run:
        return report
    done = PlaceImport(
        id=new_id(),
        kind=read.kind,
        state="done",
        year=year,
        sha256=sha256,
        by=actor.user_id if actor else None,
        at=now,
        report=report,
    )
    session.add(done)
    session.flush()
    for change in ledger.changes.values():
        change.import_id = done.id
        session.add(change)
    session.flush()
    audit.record(
        session,
        action="places.imported",
        actor_id=done.by,
        subject=done.id,
        kind=read.kind,
        sha256=sha256,
        **{name: report[name] for name in ("read", "created", "changed", "unchanged", "refused_count")},
        queued=len(report["queued"]),
    )
    return {**report, "id": done.id}


def try_out(
    session: Session, *, read: Read, sha256: str, year: int | None, actor: Actor, rule: NearnessRule, now: datetime
) -> str:
    """Try a file and keep what was read of it for a day; return the id to read it in by. Raises as `read_in`."""
    session.execute(delete(PlaceImport).where(PlaceImport.state == "tried", PlaceImport.at < now - TRIED_FOR))
    kept = read.to_json()
    report = read_in(session, read=read, sha256=sha256, year=year, actor=actor, rule=rule, now=now, dry_run=True)
    tried = PlaceImport(
        id=new_id(),
        kind=read.kind,
        state="tried",
        year=year,
        sha256=sha256,
        by=actor.user_id,
        at=now,
        report=report,
        read=kept,
    )
    session.add(tried)
    session.flush()
    return tried.id


def read_in_tried(
    session: Session, *, import_id: str, sha256: str, actor: Actor, rule: NearnessRule, now: datetime
) -> str:
    """Read in the file that the actor tried, known by its checksum; return the id of what was read in.

    Raises `NotFound` for one that is not theirs or too old, `Conflict` for another checksum, and as `read_in`.
    """
    tried = session.get(PlaceImport, import_id)
    if tried is None or tried.state != "tried" or tried.by != actor.user_id or tried.at < now - TRIED_FOR:
        raise NotFound
    if tried.sha256 != sha256 or tried.read is None:
        raise Conflict
    read, year = Read.from_json(tried.read), tried.year
    session.delete(tried)
    session.flush()
    report = read_in(session, read=read, sha256=sha256, year=year, actor=actor, rule=rule, now=now)
    return str(report["id"])


def readable_import(session: Session, actor: Actor | None, import_id: str) -> PlaceImport:
    """Return an import whose report the actor may read: one's own, or any of a kind for who writes it all over.

    What somebody tried is theirs alone, and not the command line's (None). Raises `NotFound`.
    """
    found = session.get(PlaceImport, import_id)
    everywhere = actor is None or actor.districts(*REGISTER_EDITORS) is None
    is_own = actor is not None and found is not None and found.by == actor.user_id
    if found is None or not (is_own or (everywhere and found.state != "tried")):
        raise NotFound
    return found


def latest_imports(session: Session, actor: Actor, limit: int = 20) -> list[PlaceImport]:
    """Return the latest files that were read in, newest first, of those the actor may read the report of."""
    query = select(PlaceImport).where(PlaceImport.state != "tried").order_by(PlaceImport.at.desc()).limit(limit)
    if actor.districts(*REGISTER_EDITORS) is not None:
        query = query.where(PlaceImport.by == actor.user_id)
    return list(session.scalars(query))
