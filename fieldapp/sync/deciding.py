"""What becomes of one mutation, judged against the world (PU2–PU12, PU16, PU18).

Every decision of the protocol is made here, in `resolving.py` and in `rules.py`: pure, over a world read before. It
changes the world in memory and writes nothing; `push.py` and `settling.py` write what came of it.
"""

from collections.abc import Iterable

import structlog

from fieldapp.sync.collection import Collection, Refused, Row, Waits
from fieldapp.sync.judging import Sender, admit, check, loaded
from fieldapp.sync.keeping import keep_conflict, keep_rejection, keep_waiting
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.recording import Outcome, flags_of, put_version
from fieldapp.sync.resolving import choose, is_choice
from fieldapp.sync.rules import NOBODY, Merge, Side, base_value, changed_by_others, merge, others_behind
from fieldapp.sync.world import OPEN_STATES, Held, World

log = structlog.get_logger()


def answer_to(world: World, sender: Sender, mutation: Mutation, *, poison: bool = False) -> Outcome:
    """Decide a mutation; what has no effect, or none yet, is kept whole (PU6)."""
    try:
        outcome = decide_or_refuse(world, sender, mutation, poison=poison)
    except Refused as refused:
        return keep_rejection(world, sender, mutation, refused)
    except Waits as waits:
        outcome = keep_waiting(world, sender, mutation, waits)
    if mutation.replaces:
        world.settle_replaced(mutation.replaces)
    return outcome


def decide_or_refuse(world: World, sender: Sender, mutation: Mutation, *, poison: bool) -> Outcome:
    """Decide a mutation; a fault of ours must not block the others: it is refused, replayable (PU2, PU18).

    `poison`: the database refused it already. Raises as `decide`.
    """
    world.grants_then = sender.ever.at(mutation.made_at).grants
    if poison:
        raise Refused("not_understood")
    try:
        return decide(world, sender, mutation)
    except (Refused, Waits):
        raise
    except Exception as error:
        log.exception("mutation_failed", kind=type(error).__name__, mutation_id=mutation.id)
        raise Refused("not_understood") from error


def decide(world: World, sender: Sender, mutation: Mutation) -> Outcome:
    """Judge one mutation and let the world stand as it says.

    Raises `Refused` where it has no effect, `Waits` where it can't have one yet; the world is then as it was.
    """
    if mutation.refusal:
        raise Refused(mutation.refusal.slug, mutation.refusal.fields)
    collection = world.registry.get(mutation.collection)
    if collection is None:
        raise Refused("not_understood")
    if mutation.replaces:
        check_replaced(world, mutation.replaces, mutation.record_id)
    if collection.schema is None:
        raise Refused("not_allowed")
    if mutation.op == "create":
        return _create(world, sender, collection, mutation)
    if mutation.op == "update":
        return _update(world, sender, collection, mutation)
    return _delete(world, sender, collection, mutation)


def check_replaced(world: World, rejection_id: str, record_id: str) -> None:
    """A correction stands on an open rejection of the same record, the author's own (PU12)."""
    rejection = world.replaced.get(rejection_id)
    if rejection is None or rejection["record_id"] != record_id:
        raise Refused("not_found", {"replaces": ["not_found"]})
    touched = world.find("rejections", rejection["id"])  # put away earlier in the same batch
    states = {rejection["state"], touched.now["state"] if touched and touched.now else rejection["state"]}
    if not states <= set(OPEN_STATES):
        raise Refused("already_resolved")


def _create(world: World, sender: Sender, collection: Collection, mutation: Mutation) -> Outcome:
    key = (collection.name, mutation.record_id)
    if key in world.records:
        raise Refused("record_exists" if world.find(*key) else "not_found")
    if key in world.absent.disposed:
        raise Refused("not_found")  # PL4: what was disposed of does not come back
    after = loaded(collection, mutation.fields, partial=False)
    parents = _require_parents(world, collection, after)
    admit(sender, mutation, collection, "create", after, parents)
    if not sender.amends and collection.is_locked("create", after, after, parents):
        raise Waits("late")
    extra = check(world, sender, mutation, collection, "create", None, after, frozenset(after), parents)
    row = {
        "deleted": False,
        **after,
        **extra,
        "id": mutation.record_id,
        "version": 1,
        "seq": 0,
        "created_by": sender.now.user_id,
        "created_at": mutation.made_at,
        "received_at": sender.received_at,
        "flags": flags_of(sender, mutation, collection, after),
    }
    put_version(world, sender, collection, mutation, row, after)
    return Outcome("applied", 1)


def _update(world: World, sender: Sender, collection: Collection, mutation: Mutation) -> Outcome:
    held = _require_record(world, mutation)
    current: Row = held.now or {}
    sent = loaded(collection, mutation.fields, partial=True)
    parents = world.parents_of(collection, current)
    admit(sender, mutation, collection, "update", current, parents)
    if not held.is_live:
        behind = others_behind(held.history, current["version"] - 1, NOBODY, ["deleted"])
        server = {"deleted": True}
        return keep_conflict(world, sender, mutation, held, server=server, sent=sent, behind=behind, version=None)
    for name in collection.fixed & sent.keys():
        if sent[name] != current[name]:
            raise Refused("invalid", {name: ["fixed"]})
    if sender.amends:
        sent = {name: value for name, value in sent.items() if name not in collection.not_amended}
    elif collection.is_locked("update", current, sent, parents):
        raise Waits("late")
    base = min(mutation.base_version, current["version"])
    side = sender.side(mutation)
    by_others = changed_by_others(held.history, base, side)
    merged = _merged(collection, held, sent, base, by_others, side)
    try:
        after = {**current, **merged.applied}
        extra = check(world, sender, mutation, collection, "update", current, after, frozenset(merged.applied), parents)
    except Refused as refused:
        if refused.slug != "invalid" or not by_others:
            raise
        _check_alone(world, sender, mutation, held, sent, base, by_others)
        behind = others_behind(held.history, base, side, by_others)
        server = _values(current, [*sent, *sorted(by_others - sent.keys())])
        return keep_conflict(world, sender, mutation, held, server=server, sent=sent, behind=behind, version=None)
    chosen = choose(world, sender, mutation, current, sent) if is_choice(collection, sent) else None
    version = current["version"]
    if merged.applied:
        version += 1
        flags = sorted({*current["flags"], *flags_of(sender, mutation, collection, merged.applied, held)})
        row = {**after, **extra, "version": version, "flags": flags}
        as_sent = {name: sent[name] for name in collection.set_fields & merged.applied.keys()} if by_others else None
        put_version(world, sender, collection, mutation, row, merged.applied, as_sent)
    if merged.conflicting:
        shown = version if merged.applied else None
        behind = others_behind(held.history, base, side, merged.conflicting)
        server = _values(current, merged.conflicting)
        return keep_conflict(
            world, sender, mutation, held, server=server, sent=merged.conflicting, behind=behind, version=shown
        )
    return chosen or Outcome(merged.status, version)


def _delete(world: World, sender: Sender, collection: Collection, mutation: Mutation) -> Outcome:
    held = _require_record(world, mutation)
    current: Row = held.now or {}
    if not held.is_live:
        return Outcome("applied", current["version"])
    parents = world.parents_of(collection, current)
    admit(sender, mutation, collection, "delete", current, parents)
    if not sender.amends and collection.is_locked("delete", current, {}, parents):
        raise Waits("late")
    if world.has_live_children(collection, mutation.record_id):
        raise Refused("has_children")
    base = min(mutation.base_version, current["version"])
    behind = others_behind(held.history, base, sender.side(mutation), current)
    if behind:
        server = {**_values(current, collection.field_names), "deleted": False}
        return keep_conflict(
            world, sender, mutation, held, server=server, sent={"deleted": True}, behind=behind, version=None
        )
    check(world, sender, mutation, collection, "delete", current, current, frozenset(), parents)
    row = {**current, "deleted": True, "version": current["version"] + 1}
    put_version(world, sender, collection, mutation, row, {"deleted": True})
    return Outcome("applied", row["version"])


def _require_record(world: World, mutation: Mutation) -> Held:
    """Return the record a change is of. Unknown and foreign ones are answered alike (X36)."""
    key = (mutation.collection, mutation.record_id)
    held = world.find(*key)
    if held is not None:
        return held
    if key in world.absent.disposed:
        raise Refused("not_found")  # PL4: it does not come back, so nothing waits for it
    if key in world.absent.waiting:
        raise Waits(world.absent.waiting[key], mutation.record_id)
    if world.absent.after_restore and not world.absent.is_refused(key):
        raise Waits("held", mutation.record_id)  # PL5
    raise Refused("not_found", waits_for=mutation.record_id)


def _require_parents(world: World, collection: Collection, row: Row) -> tuple[Row, ...]:
    if collection.parent is None:
        return ()
    name, field = collection.parent
    key = (name, row[field])
    if world.find(*key) is None:
        if key in world.absent.disposed:
            raise Refused("parent_missing", {field: ["parent_missing"]})
        if world.absent.is_refused(key):
            raise Refused("parent_missing", {field: ["parent_missing"]}, waits_for=row[field])
        raise Waits(world.absent.waiting.get(key, "held"), row[field])  # PU9
    parents = world.parents_of(collection, row)
    if not parents:
        raise Waits("held", row[field])  # what the parent hangs on is not known: then neither is the parent
    if any(parent["deleted"] for parent in parents):
        raise Refused("parent_deleted", {field: ["parent_deleted"]})
    return parents


def _merged(collection: Collection, held: Held, sent: Row, base: int, by_others: frozenset[str], side: Side) -> Merge:
    current: Row = held.now or {}
    return merge(
        current,
        sent,
        by_others=by_others,
        groups=collection.merge_groups,
        set_bases={
            name: base_value(held.history, name, base, side) if by_others else current[name]
            for name in collection.set_fields & sent.keys()
        },
    )


def _check_alone(
    world: World, sender: Sender, mutation: Mutation, held: Held, sent: Row, base: int, by_others: frozenset[str]
) -> None:
    """PU7: what was invalid where it was written is no conflict but a refusal. Raises `Refused`."""
    current: Row = held.now or {}
    seen = {name: base_value(held.history, name, base, sender.side(mutation)) for name in by_others & current.keys()}
    before = {**current, **seen}
    parents = world.parents_of(held.collection, current)
    check(world, sender, mutation, held.collection, "update", before, {**before, **sent}, frozenset(sent), parents)


def _values(row: Row, names: Iterable[str]) -> Row:
    return {name: row[name] for name in names if name in row}
