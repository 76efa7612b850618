"""The decisions of the protocol, pure: merging (PU5, PU7), corrections (PU12), sequence ranges (PU14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """One version of a record: who made it, when, and what it changed. `sent`: set fields as their sender meant them.

    `device_id` is None for what no phone's own edit made: office pages, resolutions, the server itself (PU5).
    """

    number: int
    device_id: str | None
    changed: Mapping[str, Any]
    sent: Mapping[str, Any] | None = None
    user_id: str | None = None
    at: datetime | None = None
    device_seq: int | None = None


@dataclass(frozen=True)
class Side:
    """The sender of an edit: whose versions are its own (PU5).

    `before`: the edit waited, and of the device's own versions those with this number or a later one are newer than it.
    """

    device_id: str | None
    before: int | None = None

    def owns(self, version: Version) -> bool:
        """Say whether a version is the sender's own, and not newer than what is judged."""
        if self.device_id is None or version.device_id != self.device_id:
            return False
        return self.before is None or version.device_seq is None or version.device_seq < self.before


# No version is one's own: a choice between values is made on what stood when they met.
NOBODY = Side(None)


@dataclass(frozen=True)
class Merge:
    """What becomes of an update: `applied` take effect, `conflicting` are kept beside the server's values."""

    applied: Fields
    conflicting: Fields
    status: str


def changed_by_others(history: Iterable[Version], base_version: int, sender: Side) -> frozenset[str]:
    """Return the fields changed after the base version by anything but this device's own mutations (PU5)."""
    return frozenset(
        name
        for version in history
        if version.number > base_version and not sender.owns(version)
        for name in version.changed
    )


def others_behind(history: Iterable[Version], base_version: int, sender: Side, names: Iterable[str]) -> list[Version]:
    """Return the other side's versions after the base that changed one of the fields, newest first."""
    fields = set(names)
    found = [
        version
        for version in history
        if version.number > base_version and not sender.owns(version) and fields & version.changed.keys()
    ]
    return sorted(found, key=lambda version: version.number, reverse=True)


def base_value(history: Iterable[Version], name: str, base_version: int, sender: Side) -> Any:
    """Return a field's value as the device saw it when it wrote: the newest confirmed or self-made one (PU7).

    Of the device's own later mutations the list counts as *sent*: additions merged in by the server were unseen.
    """
    seen: Any = None
    for version in sorted(history, key=lambda item: item.number):
        own = sender.owns(version)
        if version.number > base_version and not own:
            continue
        if own and version.number > base_version and version.sent and name in version.sent:
            seen = version.sent[name]
        elif name in version.changed:
            seen = version.changed[name]
    return seen


def merged_set(base: Iterable[Any] | None, sent: Iterable[Any], current: Iterable[Any] | None) -> list[Any]:
    """Apply to the current list what the sent one adds to and removes from its base (PU7)."""
    before, wanted, now = list(base or []), list(sent), list(current or [])
    removed = {item for item in before if item not in wanted}
    kept = [item for item in now if item not in removed]
    return kept + [item for item in wanted if item not in before and item not in kept]


def merge(
    current: Mapping[str, Any],
    sent: Mapping[str, Any],
    *,
    by_others: frozenset[str],
    groups: Iterable[frozenset[str]] = (),
    set_bases: Mapping[str, Any] | None = None,
) -> Merge:
    """Merge an update into a record (PU5, PU7).

    `set_bases`: for each field merged as a set, its value at the sender's base. Fields of one group stand or fall
    together. Equal values never conflict.
    """
    applied: Fields = {}
    conflicting: Fields = {}
    for unit in _units(sent, groups):
        names = [name for name in sent if name in unit]
        if len(names) == 1 and set_bases is not None and names[0] in set_bases:
            value = merged_set(set_bases[names[0]], sent[names[0]], current.get(names[0]))
            if value != current.get(names[0]):
                applied[names[0]] = value
        elif all(sent[name] == current.get(name) for name in names):
            continue
        elif unit & by_others:
            conflicting |= {name: sent[name] for name in names}
        else:
            applied |= {name: sent[name] for name in names if sent[name] != current.get(name)}
    status = "conflict" if conflicting else "merged" if by_others else "applied"
    return Merge(applied, conflicting, status)


def without_newer(sent: Mapping[str, Any], newer: Iterable[str], groups: Iterable[frozenset[str]]) -> Fields:
    """Return what an older edit still says beside a correction: fields that merge as one are said as one (PU12)."""
    said = set(newer)
    return {
        name: value for unit in _units(sent, groups) if not unit & said for name, value in sent.items() if name in unit
    }


def _units(sent: Mapping[str, Any], groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Split the sent fields into what merges as one, in the order sent."""
    by_name = {name: group for group in groups for name in group}
    return list(dict.fromkeys(by_name.get(name, frozenset({name})) for name in sent))


@dataclass(frozen=True)
class Sequence:
    """What a device's numbers say: the highest that came, the ranges that never did, those used twice (PU14)."""

    last: int
    missing: list[list[int]]
    reused: frozenset[int]


def after_numbers(last: int, missing: Iterable[list[int]], numbers: Iterable[int]) -> Sequence:
    """Note newly arrived numbers. `missing` are closed ranges [from, to]."""
    gaps = [list(gap) for gap in missing]
    reused = set()
    for number in numbers:
        if number > last:
            if number > last + 1:
                gaps.append([last + 1, number - 1])
            last = number
            continue
        hit = next((gap for gap in gaps if gap[0] <= number <= gap[1]), None)
        if hit is None:
            reused.add(number)
            continue
        gaps.remove(hit)
        gaps += [part for part in ([hit[0], number - 1], [number + 1, hit[1]]) if part[0] <= part[1]]
    return Sequence(last, sorted(gaps), frozenset(reused))
