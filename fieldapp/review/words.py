"""A record's fields as a person reads them: what each is called, its codes, times and ids in words.

The phone's are `static/app/ui/read/values.ts`; fields that only mean something together are read as one in both. Takes
any value, also what was refused because of it; reads nothing but the locale.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from os.path import commonprefix
from typing import Any

import orjson
from flask_babel import format_datetime

from fieldapp.core.catalogue import sentences, text
from fieldapp.core.schema import YEARS

# Fields that only mean something together (PU7), under the name of the first.
TOGETHER = (
    ("site_id", "school_unit_code", "place", "neighbourhood"),
    ("outcome", "not_visited_reason"),
    ("started_at", "ended_at"),
    ("arrived_at", "left_at"),
    ("assignment", "requested_by"),
    ("counts", "people_basis"),
    ("planned_start", "planned_end"),
)
GROUPS = {
    "kind": "kind", "event": "event", "assignment": "assignment", "requested_by": "requested", "status": "status",
    "arena": "arena", "outcome": "outcome", "not_visited_reason": "not_visited", "together_with": "together",
    "audience": "audience", "actions": "action", "situation": "situation", "topics": "topic", "voices": "voice",
    "conditions": "condition", "mood": "mood", "time_precision": "precision", "people_basis": "basis",
}  # fmt: skip
FREE_TEXTS = frozenset({"note", "handover_note", "reason", "police_area", "log_note", "meeting_point"})
LONG_TEXTS = frozenset({"note", "handover_note", "log_note"})
HIDDEN = frozenset({"deleted", "shift_id", "visit_id", "team_id", "district", "plan_id"})
LONGEST = 2000
SHARED = 200  # characters that stand before what differs
Row = Mapping[str, Any]
Names = Mapping[str, str]  # people, sites, schools and districts by id or code


def grouped(fields: Iterable[str]) -> list[list[str]]:
    """Return the fields in groups that are read, and chosen, as one."""
    rest = list(dict.fromkeys(fields))
    groups = [[name for name in group if name in rest] for group in TOGETHER]
    taken = {name for group in groups for name in group}
    return [group for group in groups if group] + [[name] for name in rest if name not in taken]


def field_name(field: str) -> str:
    """Return what a field is called; one this server does not know stands under its own name, never hidden."""
    first = next((group[0] for group in TOGETHER if field in group), field)
    return _word(f"label.{first}", field)


def kind_name(collection: str | None, op: str | None = None) -> str:
    """Return what a kept mutation is of: "besök, ändring"."""
    kind = _word(f"review.kind.{collection}", text("review.kind.unknown"))
    return f"{kind}, {text(f'code.op.{op}')}" if f"code.op.{op}" in sentences("sv") else kind


def in_words(group: Sequence[str], values: Row, names: Names) -> str:
    """Return what some fields of a record say; `values` may lack those that were not sent."""
    return _in_full(group, values, names)[:LONGEST]


def told_apart(group: Sequence[str], sides: Sequence[Row], names: Names) -> list[str]:
    """Return what the same fields of several records say; where that is long, from shortly before it differs."""
    said = [_in_full(group, values, names) for values in sides]
    shared = len(commonprefix(said)) if len(set(said)) > 1 else 0
    is_long = any(len(one) > LONGEST for one in said)
    return [_cut(one, max(0, shared - SHARED) if is_long else 0) for one in said]


def _in_full(group: Sequence[str], values: Row, names: Names) -> str:
    said = [_said(field, values.get(field), names) for field in group]
    return ", ".join(word for word in said if word) or text("review.says_nothing")


def _cut(said: str, start: int) -> str:
    shown = said[start : start + LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if len(said) > start + LONGEST else ''}"


def in_every_word(values: Row, names: Names, op: str | None = "create") -> list[tuple[str, str]]:
    """Return every field that says something, with what it says; of a change each field, for it may be taken back."""
    nothing: tuple[Any, ...] = (None, "", False, [], {}) if op == "create" else ()
    said = [field for field, value in values.items() if field not in HIDDEN and value not in nothing]
    return [(field_name(group[0]), in_words(group, values, names)) for group in grouped(said)]


def moment_of(value: Any) -> datetime | None:
    """Return a time as it travels, None for anything else; a date alone is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) > len("2026-11-23") else None
    except ValueError:
        return None
    return found if found and found.tzinfo and YEARS[0] <= found.year < YEARS[1] else None


def as_sent(value: Any) -> str:
    """Return what was sent as it stands, where it is no record's fields."""
    return _dumped(value)[:LONGEST]


def _dumped(value: Any) -> str:
    return orjson.dumps(value).decode()


def _said(field: str, value: Any, names: Names) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return text("office.yes" if value else "office.no")
    if isinstance(value, list):
        return ", ".join(_said(field, one, names) for one in value)
    if isinstance(value, dict):
        return _object(value, names)
    if isinstance(value, str):
        return _text(field, value, names)
    return str(value)


def _text(field: str, value: str, names: Names) -> str:
    if field in GROUPS:
        return names.get(value) or _word(f"code.{GROUPS[field]}.{value}", value)
    if field in FREE_TEXTS:
        return value
    if moment := moment_of(value):
        said: str = format_datetime(moment, "d MMM yyyy HH:mm")
        return said
    return names.get(value, value)


def _object(value: Row, names: Names) -> str:
    """Say an object inside a record: a part with words of its own, else its keys and values."""
    for keys, say in PARTS:
        if keys <= value.keys():
            return say(value, names)
    if all(isinstance(one, int) for one in value.values()):
        return ", ".join(f"{_of_any(key, names)} {count}" for key, count in value.items() if count)
    return _dumped(value)


def _of_any(code: Any, names: Names) -> str:
    """Say a code whose list is told by nothing but itself."""
    known = sentences("sv")
    groups = ("arena", "incident", "delegated", "referral", "actor", "band")
    group = next((one for one in groups if f"code.{one}.{code}" in known), None)
    return text(f"code.{group}.{code}") if group else names.get(str(code), str(code))


def _count(value: Row, names: Names) -> str:
    words = {
        "band": _word(f"code.band.{value['age_band']}", str(value["age_band"])),
        "gender": _word(f"code.gender.{value['gender']}", str(value["gender"])).lower(),
    }
    key = "shift.count" if value["contacts"] else "shift.count_seen"
    return text(key, present=value["present"], contacts=value["contacts"], **words)


def _item(value: Row, names: Names) -> str:
    state = _word(f"code.item.{value['state']}", str(value["state"])).lower()
    return f"{value['text']} ({state})"


def _amount(of: str, how_many: str) -> "Say":
    return lambda value, names: f"{_of_any(value[of], names)} {value[how_many]}"


def _priority(value: Row, names: Names) -> str:
    return f"{value['rank']} {names.get(str(value['site_id']), text('office.unknown_place'))}"


Say = Callable[[Row, Names], str]
PARTS: tuple[tuple[frozenset[str], Say], ...] = (
    (frozenset({"age_band", "gender", "present", "contacts"}), _count),
    (frozenset({"text", "state"}), _item),
    (frozenset({"lat", "lon", "label"}), lambda value, names: str(value["label"])),
    (frozenset({"delegated_by", "count"}), _amount("delegated_by", "count")),
    (frozenset({"to", "count"}), _amount("to", "count")),
    (frozenset({"actor", "people"}), _amount("actor", "people")),
    (frozenset({"site_id", "rank", "reason"}), _priority),
)


def _word(key: str, otherwise: str) -> str:
    return text(key) if key in sentences("sv") else otherwise
