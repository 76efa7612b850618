"""Reading a request of protocol 1: the envelope and its limits (PU17); each mutation is read by `mutation.py`.

Nothing here asks the database; it all runs before the write lock is taken.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from fieldapp.core.errors import Malformed, TooLarge, UpgradeRequired
from fieldapp.core.ids import readable_id
from fieldapp.core.personal_numbers import cleaned
from fieldapp.sync.mutation import Mutation, Unseal, is_whole, moment_of, read_mutation

PROTOCOL = 1
MIN_BUILD = "2026.11.0"
MAX_MUTATIONS = 200
MAX_REQUEST_BYTES = 1024 * 1024
MAX_PAGE = 1000
BUILD_LENGTH = 40
MAX_OPENED = 50
# Only an offset the user is told of is corrected for; smaller ones are noise (PU15).
TOLD_OFFSET_S = 600


@dataclass(frozen=True)
class Envelope:
    """A readable request."""

    mutations: tuple[Mutation, ...]
    epoch: str | None
    cursor: str | None
    limit: int
    clock_offset_s: float | None
    app_build: str | None
    queue: dict[str, Any]
    opened: tuple[str, ...] = ()


def envelope_of(mutations: tuple[Mutation, ...], clock_offset_s: float | None) -> Envelope:
    """Return mutations that no phone says anything beside (CL11); the offset is the last it was known by."""
    return Envelope(
        mutations, epoch=None, cursor=None, limit=0, clock_offset_s=clock_offset_s, app_build=None, queue={}
    )


def correction_of(clock_offset_s: float | None) -> timedelta:
    """Return what is taken off a device's times: an offset the user is told of, else nothing (PU15)."""
    is_told = clock_offset_s is not None and abs(clock_offset_s) > TOLD_OFFSET_S
    return timedelta(seconds=clock_offset_s or 0.0) if is_told else timedelta(0)


def read_envelope(body: bytes, *, now: datetime, key: bytes, unseal: Unseal | None = None) -> Envelope:
    """Read a request body. Raises `Malformed` (400), `TooLarge` (413), `UpgradeRequired` (426)."""
    if len(body) > MAX_REQUEST_BYTES:
        raise TooLarge
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if str(error).startswith("depth limit"):  # deeper than any reader goes (PU17)
            raise TooLarge from error
        raise Malformed from error
    if not isinstance(raw, dict):
        raise Malformed
    protocol = raw.get("protocol")
    if isinstance(protocol, bool) or not isinstance(protocol, int):
        raise Malformed(fields={"protocol": ["required" if protocol is None else "not_a_whole_number"]})
    if protocol != PROTOCOL:
        raise UpgradeRequired
    listed = raw.get("mutations")
    if not isinstance(listed, list):
        raise Malformed(fields={"mutations": ["required" if listed is None else "not_a_list"]})
    if len(listed) > MAX_MUTATIONS:
        raise TooLarge
    build = _build(raw.get("app_build"))
    if build and _is_older(build):
        raise UpgradeRequired
    offset = _clock_offset_s(raw, now)
    correction = correction_of(offset)
    mutations = tuple(read_mutation(item, index, key, now, correction, unseal) for index, item in enumerate(listed))
    if any(mutation.refusal and mutation.refusal.slug == "too_large" for mutation in mutations):
        raise TooLarge
    return Envelope(
        mutations=mutations,
        epoch=_short_text(raw, "epoch"),
        cursor=_short_text(raw, "cursor"),
        limit=_limit(raw.get("limit")),
        clock_offset_s=offset,
        app_build=build,
        queue=_queue(raw.get("queue")),
        opened=_opened(raw.get("opened")),
    )


def _short_text(raw: dict[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 200:
        raise Malformed(fields={name: ["invalid"]})
    text: str = cleaned(value)[0].replace("\x00", "")
    return text


def _build(value: Any) -> str | None:
    """Return what the phone says of its build as it is stored, whatever it says."""
    if value is None:
        return None
    text: str = cleaned(value if isinstance(value, str) else orjson.dumps(value).decode())[0]
    return text.replace("\x00", "")[:BUILD_LENGTH]


def _is_older(build: str) -> bool:
    """Say whether a build of the form YYYY.M.N is below the lowest served; any other form never is."""
    parts = build.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        return False
    return tuple(map(int, parts)) < tuple(map(int, MIN_BUILD.split(".")))


def _clock_offset_s(raw: dict[str, Any], now: datetime) -> float | None:
    """Return device minus server in seconds, None when the device did not say (PU15)."""
    sent = raw.get("sent_at")
    if sent is None:
        return None
    moment = moment_of(sent)
    if moment is None:
        raise Malformed(fields={"sent_at": ["not_a_time"]})
    return (moment - now).total_seconds()


def _limit(value: Any) -> int:
    if value is None:
        return 500
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(fields={"limit": ["not_a_whole_number"]})
    return int(max(1, min(MAX_PAGE, value)))


def _queue(value: Any) -> dict[str, Any]:
    """Keep what the phone says of its queue; a queue it describes oddly is no reason to refuse its records."""
    if not isinstance(value, dict):
        return {}
    oldest = moment_of(value.get("oldest_made_at"))
    return {
        "count": value["count"] if is_whole(value.get("count"), 0) else None,
        "oldest_made_at": oldest.isoformat() if oldest else None,
        "last_device_seq": value["last_device_seq"] if is_whole(value.get("last_device_seq"), 0) else None,
    }


def _opened(value: Any) -> tuple[str, ...]:
    """Keep the first ids of what was opened on the phone; as with its queue, nothing odd is a reason to refuse."""
    listed = value[:MAX_OPENED] if isinstance(value, list) else []
    ids = (readable_id(one) for one in listed if isinstance(one, str))
    return tuple(dict.fromkeys(one for one in ids if one is not None))
