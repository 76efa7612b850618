"""What each version of a shift's records changed: the field, what stood before, what stands after. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Row = dict[str, Any]


def differences(history: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Fold the histories of records into what each version changed; returned in the order given.

    `history`: `record_id, collection, version, op, changed, …`, each record's from its first version on, in any order:
    what came first was not always numbered first. Whatever else a row holds goes along. Each gets `fields`:
    `{field, before, after}`, none for a create, which changes nothing.
    """
    rows = list(history)
    stands: dict[tuple[str, str], Row] = {}
    fields: dict[int, list[Row]] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place]["version"]):
        row = rows[place]
        before = stands.setdefault((row["collection"], row["record_id"]), {})
        fields[place] = [
            {"field": name, "before": before.get(name), "after": value}
            for name, value in row["changed"].items()
            if row["op"] != "create" and before.get(name) != value
        ]
        before.update(row["changed"])
    return [
        {**{name: value for name, value in row.items() if name != "changed"}, "fields": fields[place]}
        for place, row in enumerate(rows)
    ]


def between(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Row]:
    """Return what differs from one approved version to another: `{collection, record_id, op, fields}`.

    Both are `{shift, visits, observations}` of whole records. What the server sets on every record is no difference.
    """
    found = []
    for collection, before, after in _pairs(one, other):
        record = after or before or {}
        op = "update" if before and after else "create" if after else "delete"
        fields = [
            {"field": name, "before": before[name], "after": after[name]}
            for name in (before or {})
            if before and after and name not in SERVER_SET and before[name] != after.get(name)
        ]
        if op != "update" or fields:
            found.append({"collection": collection, "record_id": record["id"], "op": op, "fields": fields})
    return found


SERVER_SET = frozenset({"version", "created_by", "created_at", "received_at", "flags", "status"})


def _pairs(
    one: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterable[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    yield "shifts", one["shift"], other["shift"]
    for collection in ("visits", "observations"):
        before, after = ({row["id"]: row for row in version[collection]} for version in (one, other))
        for record_id in dict.fromkeys((*before, *after)):
            yield collection, before.get(record_id), after.get(record_id)
