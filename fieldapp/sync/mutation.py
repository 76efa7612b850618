"""Reading one mutation: its shape, the hash of its content, what is removed before anything is kept (PU3, PU13).

A mutation that can't be read is still a `Mutation`, with the refusal it will get: every readable id gets its receipt.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import rfc8785

from fieldapp.core.errors import Malformed, TooLarge
from fieldapp.core.ids import readable_id
from fieldapp.core.personal_numbers import cleaned

MAX_MUTATION_BYTES = 64 * 1024
MAX_SEALED_BYTES = MAX_MUTATION_BYTES * 4 // 3 + 512  # base64, the encapsulated key, id and number
MAX_DEPTH = 20
MAX_DEVICE_SEQ = 2**53 - 1
MAX_VERSION = 2**31 - 1  # what the database's column holds
CONTENT_KEYS = ("collection", "record_id", "op", "base_version", "fields", "device_seq", "made_at", "replaces")
OPS = ("create", "update", "delete")


# Opens what the device sealed for the server (PL5); None when it does not verify.
Unseal = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Refusal:
    """Why a mutation has no effect: slug, and field path → message keys."""

    slug: str
    fields: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Mutation:
    """One change as sent, cleaned of personal numbers, with the hash of the original (PU3, PU13)."""

    id: str
    device_seq: int | None
    collection: str
    record_id: str
    op: str
    base_version: int
    fields: dict[str, Any]
    made_at: datetime
    replaces: str | None
    content_hash: str
    kept: dict[str, Any]
    refusal: Refusal | None = None


def read_mutation(
    raw: Any, index: int, key: bytes, now: datetime, correction: timedelta, unseal: Unseal | None = None
) -> Mutation:
    """Read one mutation, refused as `too_large` over 64 KiB: a request with such a one is refused whole (PU17).

    Raises `Malformed` without a readable id, `TooLarge` where it nests too deep to be kept.
    """
    if not isinstance(raw, dict) or (mutation_id := readable_id(raw.get("id"))) is None:
        raise Malformed(fields={f"mutations.{index}.id": ["not_an_id"]})
    if depth_of(raw) > MAX_DEPTH:
        raise TooLarge
    if "sealed" in raw and unseal and (opened := unseal(raw)) is not None:
        return read_mutation(opened, index, key, now, correction)
    hashed = content_hash(raw, key)
    kept, numbers_at = cleaned(raw)
    faults = _faults(raw)
    fields = kept.get("fields")
    refusal: Refusal | None = None
    largest = MAX_SEALED_BYTES if "sealed" in raw else MAX_MUTATION_BYTES
    if len(orjson.dumps(raw)) > largest:
        refusal = Refusal("too_large")
    elif numbers_at:
        paths = sorted({path.removeprefix("fields.") for path in numbers_at})
        refusal = Refusal("personal_number", {path: ["personal_number"] for path in paths})
    elif "sealed" in raw:
        refusal = Refusal("not_understood")
    elif faults:
        refusal = Refusal("malformed", {name: ["invalid"] for name in faults})
    moment = moment_of(raw.get("made_at"))
    return Mutation(
        id=mutation_id,
        device_seq=raw["device_seq"] if "device_seq" not in faults else None,
        collection=_text(kept.get("collection")),
        record_id=readable_id(raw.get("record_id")) or _text(kept.get("record_id")),
        op=_text(kept.get("op")),
        base_version=raw.get("base_version", 0) if "base_version" not in faults else 0,
        fields=fields if isinstance(fields, dict) else {},
        made_at=moment - correction if moment else now,
        replaces=readable_id(raw.get("replaces")),
        content_hash=hashed,
        kept=kept,
        refusal=refusal,
    )


def content_hash(raw: dict[str, Any], key: bytes) -> str:
    """Return the keyed hash of a mutation's content in canonical JSON (PU3, RFC 8785)."""
    content = {name: raw.get(name) for name in CONTENT_KEYS}
    try:
        canonical = rfc8785.dumps(content)
    except rfc8785.CanonicalizationError:
        # Numbers beyond what RFC 8785 can write; such a mutation is refused, but still recognised when it comes again.
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hmac.new(key, canonical, hashlib.sha256).hexdigest()


def depth_of(value: Any) -> int:
    """Return how many objects and lists nest in a JSON value; counting stops just above the limit."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level and depth <= MAX_DEPTH:
        depth += 1
        inside = (inner for item in level for inner in (item.values() if isinstance(item, dict) else item))
        level = [inner for inner in inside if isinstance(inner, dict | list)]
    return depth


def is_whole(value: Any, low: int, high: int = MAX_DEVICE_SEQ) -> bool:
    """Say whether a value is a whole number within bounds, by default what every reader of JSON can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def moment_of(value: Any) -> datetime | None:
    """Return an ISO 8601 time with offset as UTC, None for anything else."""
    if not isinstance(value, str) or not 10 < len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo and 1990 <= moment.year <= 2500 else None
    except (ValueError, OverflowError):
        return None


def _faults(raw: dict[str, Any]) -> list[str]:
    """Name the parts of a mutation that can't be read."""
    op, fields = raw.get("op"), raw.get("fields")
    checks = {
        "device_seq": is_whole(raw.get("device_seq"), 1),
        "collection": isinstance(raw.get("collection"), str),
        "record_id": readable_id(raw.get("record_id")) is not None,
        "op": op in OPS,
        "base_version": is_whole(raw.get("base_version", 0), 0, 0 if op == "create" else MAX_VERSION),
        "fields": isinstance(fields, dict) or (op == "delete" and fields is None),
        "made_at": moment_of(raw.get("made_at")) is not None,
        "replaces": raw.get("replaces") is None or readable_id(raw.get("replaces")) is not None,
    }
    return [name for name, is_good in checks.items() if not is_good]


def _text(value: Any) -> str:
    # No text column takes a NUL; a part of the mutation that can't be read is kept as sent beside it.
    return value[:200].replace("\x00", "\ufffd") if isinstance(value, str) else ""
