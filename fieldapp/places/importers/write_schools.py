"""School units into the register: made, changed, or their position put to a person where it can't be right.

A position outside the municipality is judged only by official outlines: schematic ones put a few schools outside.
What a person has decided about a position stands until the register gives another one.
"""

from datetime import date
from typing import Any

from sqlalchemy import select

from fieldapp.core.ids import new_id
from fieldapp.places.import_models import SchoolPosition
from fieldapp.places.importers.ledger import Ledger
from fieldapp.places.importers.shape import FileRefused, Line, Row
from fieldapp.places.models import School
from fieldapp.places.outlines import Outlines, outlines
from fieldapp.places.services import create_school

FIELDS = ("name", "status", "forms", "grades", "organiser", "active_from", "active_to")
ENDED = ("ceased", "dormant")
STEP = 100  # rows between two words of how far it has come


def write_schools(ledger: Ledger) -> None:
    """Write what the rows say; a field that a row does not name stays. Raises `FileRefused` for a day ahead."""
    if ledger.read.on and date.fromisoformat(ledger.read.on) > ledger.today:
        raise FileRefused(Line(1, "", "in_the_future", ledger.read.on))
    session = ledger.session
    stored = {school.school_unit_code: school for school in session.scalars(select(School))}
    decided: dict[str, list[SchoolPosition]] = {}
    for item in session.scalars(select(SchoolPosition).order_by(SchoolPosition.id)):
        decided.setdefault(item.school_unit_code, []).append(item)
    official = outlines(session)
    rows = sorted(ledger.read.rows, key=lambda row: row["code"])
    for number, row in enumerate(rows):
        if number % STEP == 0:
            ledger.progress(number, len(rows))
        _take(ledger, row, stored.get(row["code"]), decided.get(row["code"], []), official)
    if ledger.read.whole:
        named = {row["code"] for row in rows} | {line.detail for line in ledger.read.refused}
        ledger.disappeared += [
            f"{school.name} ({code})"
            for code, school in stored.items()
            if code not in named and not school.deleted and school.status != "ceased"
            if ledger.may_write(school.district)
        ]


def _take(ledger: Ledger, row: Row, school: School | None, asked: list[SchoolPosition], official: Outlines) -> None:
    living = school if school is not None and not school.deleted else None
    if row["forms"] is None and living is None:  # a list names units; what they are, their own answer says
        ledger.read.leave_out("only_in_a_list")
        return
    has_position = row["lat"] is not None
    district = official.at(row["lat"], row["lon"]) if has_position else None
    where: dict[str, Any] = {}
    reason = None
    if district is not None:
        where = {"lat": row["lat"], "lon": row["lon"], "district": district}
    elif has_position and not official.official:
        known = row["district"] or (living.district if living else None)
        if known is None:
            ledger.refuse(row, "no_district")
            return
        where = {"lat": row["lat"], "lon": row["lon"], "district": known}
    elif has_position:
        reason = "outside_municipality"
    elif living is None and row["district"]:
        where = {"lat": None, "lon": None, "district": row["district"]}
    elif living is None:
        reason = "no_position"
    named: set[str | None] = {where.get("district"), living.district if living else row["district"]}
    districts = [code for code in named if code]
    if not (all(ledger.may_write(code) for code in districts) if districts else ledger.may_write_all()):
        ledger.refuse(row, "not_your_district")
        return
    is_asked = _ask(ledger, row, reason, asked) if reason else False
    if living is None and not where:
        ledger.unchanged += 0 if is_asked else 1
        return
    if living is None:
        _make(ledger, row, school, where)
    else:
        _change(ledger, row, living, where)


def _ask(ledger: Ledger, row: Row, reason: str, asked: list[SchoolPosition]) -> bool:
    """Put the position to a person unless that was done before; say whether it was now."""
    if any((item.lat, item.lon, item.reason) == (row["lat"], row["lon"], reason) for item in asked):
        return False
    item = SchoolPosition(
        id=new_id(),
        school_unit_code=row["code"],
        name=row["name"],
        lat=row["lat"],
        lon=row["lon"],
        reason=reason,
        fields={name: row[name] for name in (*FIELDS, "district")} | {"on": ledger.read.on},
        state="open",
        version=1,
    )
    ledger.session.add(item)
    ledger.made("queue", item.id, {"state": "open", "version": 1})
    ledger.queued.append(Line(row["row"], row["name"], reason, row["code"]))
    return True


def _make(ledger: Ledger, row: Row, buried: School | None, where: dict[str, Any]) -> None:
    fields = school_fields(row, ledger.read.on)
    if buried is not None:  # an import that was undone: phones have its tombstone, so it comes back as a new version
        ledger.write("schools", buried, {**fields, **where, "deleted": False})
        change = ledger.changes["schools", buried.id]
        change.before, change.after = None, {**where, "name": fields["name"]}
    else:
        made = create_school(ledger.session, school_unit_code=row["code"], **fields, **where)
        ledger.made("schools", made.id, {**where, "name": made.name})
    ledger.created += 1


def _change(ledger: Ledger, row: Row, school: School, where: dict[str, Any]) -> None:
    said = {name: value for name, value in school_fields(row, None).items() if row_says(row, name)}
    if ledger.write("schools", school, {**said, **_end(ledger, row, school), **where}):
        ledger.changed += 1
    else:
        ledger.unchanged += 1
    if ledger.read.on:  # which register it was last seen in is no news for a phone
        school.registered_on = max(filter(None, (school.registered_on, date.fromisoformat(ledger.read.on))))


def _end(ledger: Ledger, row: Row, school: School) -> dict[str, date | None]:
    """Return the last day of a unit of which the row says only that it is at work no more; none where it is again.

    Earlier mappings are judged by who was active on their day: today's status would reach back over all of them.
    """
    if row["active_to"]:
        return {}
    if school.status == "active" and row["status"] in ENDED and school.active_to is None:
        return {"active_to": date.fromisoformat(ledger.read.on) if ledger.read.on else ledger.today}
    return {"active_to": None} if school.status in ENDED and row["status"] == "active" else {}


def row_says(row: Row, column: str) -> bool:
    """Say whether a row has a value for a column of a school; forms that nobody knows say nothing."""
    return bool(row.get({"school_forms": "forms"}.get(column, column)))


def school_fields(row: Row, on: str | None) -> dict[str, Any]:
    """Return a new unit's columns but for where it lies, with the defaults for what the row does not say."""
    return {
        "name": row["name"],
        "school_forms": row["forms"] or [],
        "grades": row["grades"] or [],
        "organiser": row["organiser"] or "",
        "status": row["status"] or "active",
        "active_from": date.fromisoformat(row["active_from"]) if row["active_from"] else None,
        "active_to": date.fromisoformat(row["active_to"]) if row["active_to"] else None,
        "registered_on": date.fromisoformat(on) if on else None,
    }
