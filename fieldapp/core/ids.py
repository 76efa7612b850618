"""Identifiers: UUIDv7 as lower-case text, everywhere the same."""

import hashlib
import re
import uuid

from uuid_utils.compat import uuid7

from fieldapp.core.errors import NotFound

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """Make a new UUIDv7."""
    return str(uuid7())


def derived_id(source: str, *what: str) -> str:
    """Return the UUIDv7 that follows from another one and some words: the same for the same, with the source's time."""
    made = bytearray(hashlib.sha256("/".join((source, *what)).encode()).digest()[:16])
    made[:6] = uuid.UUID(source).bytes[:6]
    made[6], made[8] = 0x70 | made[6] & 0x0F, 0x80 | made[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(made)))


def readable_id(value: object) -> str | None:
    """Return the value as a lower-case UUID, or None when it is not one."""
    if not isinstance(value, str) or len(value) != 36:
        return None
    text = value.lower()
    return text if UUID_TEXT.fullmatch(text) else None


def known_id(given: str) -> str:
    """Read an id of an address. Raises `NotFound` for what is none: nothing has it."""
    known = readable_id(given)
    if known is None:
        raise NotFound
    return known
