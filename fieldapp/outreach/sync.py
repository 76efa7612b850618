"""How shifts, visits and observations travel: who gets them, who may write them, what the server sets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import utc_now
from fieldapp.core.ids import readable_id
from fieldapp.core.ports import port
from fieldapp.outreach import queries, rules, services
from fieldapp.outreach.approved import forget_versions
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.outreach.place_links import forget_links, lapse_links
from fieldapp.outreach.schemas import ObservationSchema, ShiftSchema, VisitSchema
from fieldapp.sync.collection import Change, Collection, Refused, Row, Written


class Shifts(Collection):
    """Shifts: written by those on them until approved."""

    name = "shifts"
    table = Shift.__table__
    disposable = True
    verbatim = True
    schema = ShiftSchema
    set_fields = frozenset({"participant_ids"})
    merge_groups = (frozenset({"started_at", "ended_at"}), frozenset({"assignment", "requested_by"}))
    fixed = frozenset({"team_id", "district"})
    not_amended = frozenset({"status"})
    can_leave = True

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Own ones and the team's recent ones."""
        return queries.shifts_on_phone(actor, now)

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Whatever the grants let through."""
        return queries.visible_shifts(actor, utc_now())

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> services.ShiftFacts:
        """Which participants are people who may be on a shift, and the sites that open items name."""
        return services.shift_facts(session, records)

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """One's own team's to start, then theirs who are on it; a colleague of the team may join (`check`)."""
        if op == "create":
            if not services.may_start_shift(actor, team_id=row["team_id"], district=row["district"]):
                is_own_team = row["team_id"] in actor.teams(*services.STAFF_ROLES)
                raise Refused("not_allowed", {"district" if is_own_team else "team_id": ["not_allowed"]})
        elif not services.takes_part(actor, row) and not (op == "update" and services.may_join(actor, row)):
            raise Refused("not_allowed")

    def is_locked(
        self, op: str, row: Mapping[str, Any], sent: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Approved is locked (PU10); what is no amendment is refused, whenever it was written."""
        if row["status"] != "approved" or op == "create":
            return False
        if op == "delete" or sent.get("status", "submitted") != "submitted":
            raise Refused("not_allowed", {} if op == "delete" else {"status": ["not_allowed"]})
        return True

    def may_amend(self, actor: Actor, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> bool:
        """Nobody amends a shift they are on (access.md)."""
        return not services.takes_part(actor, row)

    def check(self, change: Change) -> Row:
        """Judge a shift (PU10)."""
        after, before = change.after, change.before
        if before is None:
            if after["status"] != "draft":
                raise Refused("not_allowed", {"status": ["not_allowed"]})
        elif change.op == "delete":
            if before["status"] != "draft":
                raise Refused("not_allowed")
            return {}
        elif not (
            change.is_for_others
            or services.takes_part(change.actor, before)
            or rules.joins(before, after, change.actor.user_id)
        ):
            raise Refused("not_allowed")
        elif not rules.may_change_status(before["status"], after["status"]):
            raise Refused("not_allowed", {"status": ["not_allowed"]})
        errors = rules.shift_faults(after)
        added = set(after["participant_ids"]) - set(before["participant_ids"] if before else ())
        moments = (change.made_at, after["started_at"])  # a pass that comes late names who worked it
        if not all(rules.may_be_added(change.facts.staff, person, *moments) for person in added):
            errors["participant_ids"] = ["unknown_person"]
        if before is None or "open_items" in change.changed:
            errors |= services.item_errors(change.facts, before, after)
        if after["status"] in ("submitted", "approved") and change.changed & {
            "status",
            "arena_minutes",
            "started_at",
            "ended_at",
        }:
            errors |= rules.submission_faults(after)
        if errors:
            raise Refused("invalid", errors)
        return {}

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """The shift's team."""
        return readable_id(row.get("team_id"))

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Those on the shift, and its team."""
        return services.audiences_of_shift(row)

    def disposed(self, session: Session, record_ids: Sequence[str]) -> None:
        """The mirrored participants, the approved versions, and what review keeps beside the shifts."""
        services.clear_participants(session, record_ids)
        forget_versions(session, record_ids)
        port("forget_reviews")(session, record_ids)
        port("clear_marks")(session, record_ids)
        port("count_again")(session, record_ids)

    def written(self, session: Session, rows: Sequence[Written]) -> None:
        """Mirror the participants; review looks at what is sent in."""
        services.set_participants(session, rows)
        services.look_again(session, {row.after["id"] for row in rows})


class OfShift(Collection):
    """What hangs on a shift: its access is the shift's."""

    can_leave = True

    def admit(self, actor: Actor, op: str, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> None:
        """Only those on the shift."""
        if not parents or not services.takes_part(actor, parents[-1]):
            raise Refused("not_allowed")

    def is_locked(
        self, op: str, row: Mapping[str, Any], sent: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]
    ) -> bool:
        """What hangs on an approved shift is locked with it (PU11)."""
        return bool(parents) and parents[-1]["status"] == "approved"

    def may_amend(self, actor: Actor, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> bool:
        """Nobody amends what hangs on a shift they are on (access.md)."""
        return bool(parents) and not services.takes_part(actor, parents[-1])

    def unit_of(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> str | None:
        """The shift's team."""
        return parents[-1]["team_id"] if parents else None

    def audiences(self, row: Mapping[str, Any], parents: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """The shift's."""
        return services.audiences_of_shift(parents[-1]) if parents else ()


class Visits(OfShift):
    """Visits."""

    name = "visits"
    table = Visit.__table__
    verbatim = True
    schema = VisitSchema
    parent = ("shifts", "shift_id")
    fixed = frozenset({"shift_id"})
    minds_children = frozenset({"outcome"})
    merge_groups = (
        frozenset({"site_id", "school_unit_code", "place", "neighbourhood"}),
        frozenset({"outcome", "not_visited_reason"}),
        frozenset({"arrived_at", "left_at"}),
    )

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Those of the shifts on the phone."""
        return Visit.shift_id.in_(queries.of_shifts(queries.shifts_on_phone(actor, now)))

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Those of the shifts one may know of."""
        return Visit.shift_id.in_(queries.of_shifts(queries.visible_shifts(actor, utc_now())))

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> services.PlaceFacts:
        """The sites and schools named."""
        return services.place_facts(session, records)

    def check(self, change: Change) -> Row:
        """Judge a visit and set its district."""
        if change.op == "delete":
            return {}
        errors = rules.visit_faults(change.after)
        if change.has_children and change.after["outcome"] == "not_visited":
            errors["outcome"] = ["has_observations"]
        if errors:
            raise Refused("invalid", errors)
        if change.before is not None and change.changed.isdisjoint(rules.PLACE_FIELDS):
            return {}
        extra, errors = services.placed_visit(change.facts, change.after, change.parents[-1]["district"])
        if errors:
            raise Refused("invalid", errors)
        return extra

    def present(self, row: RowMapping, actor: Actor) -> Row:
        """Return the visit with the district the server set."""
        return {**super().present(row, actor), "district": row["district"]}

    def disposed(self, session: Session, record_ids: Sequence[str]) -> None:
        """What was decided on places outside the register that the visits noted."""
        forget_links(session, record_ids)

    def written(self, session: Session, rows: Sequence[Written]) -> None:
        """Let the sites know, and review where the shift is sent in; a decision on a place ends with the place."""
        moved = [row.after["id"] for row in rows if row.before and rules.is_another_place(row.before, row.after)]
        if moved:
            lapse_links(session, moved, utc_now())
        sites = {state["site_id"] for row in rows for state in (row.before, row.after) if state}
        services.note_visited_sites(session, sites - {None})
        services.look_again(session, {row.after["shift_id"] for row in rows})


class Observations(OfShift):
    """Observations."""

    name = "observations"
    table = Observation.__table__
    verbatim = True
    schema = ObservationSchema
    parent = ("visits", "visit_id")
    fixed = frozenset({"visit_id"})

    def readable(self, actor: Actor, now: datetime) -> ColumnElement[bool]:
        """Those of the shifts on the phone."""
        return Observation.visit_id.in_(queries.of_visits(queries.shifts_on_phone(actor, now)))

    def knowable(self, actor: Actor) -> ColumnElement[bool]:
        """Those of the shifts one may know of."""
        return Observation.visit_id.in_(queries.of_visits(queries.visible_shifts(actor, utc_now())))

    def facts(self, session: Session, actor: Actor, records: Sequence[Mapping[str, Any]]) -> services.PlaceFacts:
        """The sites named as where people came from or went."""
        return services.place_facts(session, records)

    def check(self, change: Change) -> Row:
        """Judge an observation and say how people were counted."""
        if change.op == "delete":
            return {}
        after = dict(change.after)
        if change.before is None or ("counts" in change.changed and "people_basis" not in change.changed):
            kept = after["people_basis"] if change.before is None or after["people_basis"] == "estimated" else None
            if change.before is not None and not after["counts"]:
                kept = None  # counts taken back are missing again, never zero
            after["people_basis"] = rules.people_basis({**after, "people_basis": kept})
        after["people_basis"] = after["people_basis"] or rules.people_basis(after)
        errors = rules.observation_faults(after)
        if change.parents[0]["outcome"] == "not_visited":
            errors["visit_id"] = ["not_visited"]
        for name in ("moved_from", "moved_to"):
            if change.before is None or name in change.changed:
                errors |= services.site_errors(change.facts, name, after[name])
        if errors:
            raise Refused("invalid", errors)
        return {"people_basis": after["people_basis"]}

    def written(self, session: Session, rows: Sequence[Written]) -> None:
        """Let review know where the shift is sent in."""
        services.look_again(session, queries.shifts_of_visits(session, {row.after["visit_id"] for row in rows}))


COLLECTIONS = (Shifts(), Visits(), Observations())
