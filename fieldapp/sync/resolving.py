"""Choosing between the values of a conflict: an edit of the record by a person, on the values they saw (PU5)."""

from collections.abc import Mapping
from typing import Any

from fieldapp.sync.collection import Collection, Refused, Row, Waits
from fieldapp.sync.judging import Sender, check, loaded
from fieldapp.sync.keeping import keep_conflict
from fieldapp.sync.models import ConflictRow
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.recording import Outcome, put_version
from fieldapp.sync.rules import NOBODY, changed_by_others, merge, others_behind
from fieldapp.sync.world import Held, World


def is_choice(collection: Collection, sent: Mapping[str, Any]) -> bool:
    """Say whether an update resolves a conflict."""
    return collection.table is ConflictRow.__table__ and "resolution" in sent


def choose(world: World, sender: Sender, mutation: Mutation, conflict: Row, sent: Mapping[str, Any]) -> Outcome | None:
    """Let the record stand as chosen; return an outcome where that met something newer again, else None.

    Raises `Refused` when a choice is missing or its value is invalid, `Waits` when the record is locked by now.
    """
    values = _chosen_values(conflict, sent["resolution"])
    held = world.records.get((conflict["collection"], conflict["record_id"]))
    if not values or held is None or held.now is None:
        return None
    parents = world.parents_of(held.collection, held.now)
    if held.collection.parent and not parents:
        raise Refused("not_found")
    leads = conflict["unit_id"] in sender.now.led_units and held.collection.may_amend(sender.now, held.now, parents)
    is_locked = held.collection.is_locked("update", held.now, {}, parents)
    if is_locked and not (sender.amends or leads):
        raise Waits("late")
    if values.get("deleted"):
        return _delete(world, sender, mutation, held, conflict)
    typed = loaded(held.collection, {name: value for name, value in values.items() if name != "deleted"}, partial=True)
    return _write(world, sender, mutation, held, conflict, typed, parents, is_amendment=is_locked)


def _chosen_values(conflict: Row, resolution: Mapping[str, Mapping[str, Any]]) -> Row:
    """Return the values to write: a choice for each field that met, none for any other."""
    missing = {f"resolution.{name}": ["required"] for name in conflict["sent"].keys() - resolution.keys()}
    stray = {f"resolution.{name}": ["unknown_field"] for name in resolution.keys() - conflict["sent"].keys()}
    if missing or stray:
        raise Refused("invalid", missing | stray)
    return {
        name: item["value"] if item["choice"] == "other" else conflict["sent"][name]
        for name, item in resolution.items()
        if item["choice"] != "server"
    }


def _write(
    world: World,
    sender: Sender,
    mutation: Mutation,
    held: Held,
    conflict: Row,
    values: Row,
    parents: tuple[Row, ...],
    *,
    is_amendment: bool,
) -> Outcome | None:
    current: Row = held.now or {}
    collection = held.collection
    if any(parent["deleted"] for parent in parents):
        raise Refused("parent_deleted")
    since = conflict["server_version"]
    by_others = changed_by_others(held.history, since, NOBODY) if held.is_live else frozenset()
    merged = merge(current, values, by_others=by_others, groups=collection.merge_groups)
    changed = dict(merged.applied) if held.is_live else {**merged.applied, "deleted": False}
    after = {**current, **changed}
    extra = check(world, sender, mutation, collection, "update", current, after, frozenset(changed), parents)
    behind = others_behind(held.history, since, NOBODY, merged.conflicting)
    if changed:
        row = {**after, **extra, "version": current["version"] + 1}
        if is_amendment:
            row["flags"] = sorted({*row["flags"], "amendment"})
        put_version(world, sender, collection, mutation, row, changed, by_device=False)
    if not merged.conflicting:
        return None
    server = {name: current[name] for name in merged.conflicting}
    return keep_conflict(
        world, sender, mutation, held, server=server, sent=merged.conflicting, behind=behind, version=None
    )


def _delete(world: World, sender: Sender, mutation: Mutation, held: Held, conflict: Row) -> Outcome | None:
    current: Row = held.now or {}
    if current["deleted"]:
        return None
    if world.has_live_children(held.collection, current["id"]):
        raise Refused("has_children")
    behind = others_behind(held.history, conflict["server_version"], NOBODY, current)
    if behind:  # changed again since: the question is put again, with what stands now
        server = {name: current[name] for name in held.collection.field_names} | {"deleted": False}
        return keep_conflict(
            world, sender, mutation, held, server=server, sent={"deleted": True}, behind=behind, version=None
        )
    row = {**current, "deleted": True, "version": current["version"] + 1}
    put_version(world, sender, held.collection, mutation, row, {"deleted": True}, by_device=False)
    return None
