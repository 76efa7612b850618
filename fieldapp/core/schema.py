"""Field types of every schema: each has a limit, and each error is a key of the catalogue.

Shape and format only; nothing here asks the database.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from fieldapp.core.ids import readable_id
from fieldapp.core.personal_numbers import contains_personal_number

SHORT = 200  # characters of a free string (api.md, Conventions)
LONG = 2000  # characters of a note
MAX_ITEMS = 200
LONGEST_BEFORE_NFC = 4  # times the limit: a letter and its marks may come apart
UNKNOWN_FIELD = "unknown_field"
YEARS = (2000, 2200)  # of a date
DATE_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Invisible characters that could hide a number or a word from the guard and from the reader.
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_ALLOWED = {"\n", "\t", "\u200d", "\u00ad"}  # line breaks, the joiner inside emoji, the soft hyphen of pasted text


class StrictSchema(Schema):
    """A schema that refuses what it does not know, and says so by key."""

    error_messages = {"unknown": UNKNOWN_FIELD, "type": "not_an_object", "invalid_data": "not_an_object"}  # noqa: RUF012

    class Meta:
        unknown = RAISE


Messages = dict[str, str | list[Any] | dict[Any, Any]]
MESSAGES: Messages = {
    "required": "required",
    "null": "required",
    "invalid": "invalid",
    "type": "not_an_object",
    "validator_failed": "invalid",
}


class Text(fields.Field[str]):
    """A free string: at most `limit` characters, NFC, no control characters, no personal number (PU13, X34).

    `filled`: with something to read in it. `guarded=False`: not kept as it stands, so it may hold a number.
    """

    default_error_messages: Messages = {
        **MESSAGES,
        "too_long": "too_long",
        "characters": "forbidden_characters",
        "personal_number": "personal_number",
    }

    def __init__(self, limit: int = SHORT, *, filled: bool = False, guarded: bool = True, **kwargs: Any) -> None:
        self.limit, self.filled, self.guarded = limit, filled, guarded
        super().__init__(metadata={"maxLength": limit}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.limit * LONGEST_BEFORE_NFC:
            raise self.make_error("too_long")
        text: str = value.replace("\r\n", "\n")  # a form's line ends are no other text
        if not (text.isascii() and text.isprintable()):
            if any(unicodedata.category(c) in _FORBIDDEN and c not in _ALLOWED for c in text):
                raise self.make_error("characters")
            text = unicodedata.normalize("NFC", text)  # shorter afterwards, for some letters longer
        if len(text) > self.limit:
            raise self.make_error("too_long")
        if self.filled and not says_something(text):
            raise self.make_error("required")
        if self.guarded and contains_personal_number(text):
            raise self.make_error("personal_number")
        return text


def says_something(text: str) -> bool:
    """Say whether a text holds anything to read: a letter, a number, a sign."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)


class Code(fields.Field[str]):
    """One of a fixed list of codes."""

    default_error_messages: Messages = {**MESSAGES, "unknown_code": "unknown_code"}

    def __init__(self, codes: Sequence[str], **kwargs: Any) -> None:
        self.codes = frozenset(codes)
        super().__init__(metadata={"enum": list(codes)}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.codes:
            raise self.make_error("unknown_code")
        return value


class IdField(fields.Field[str]):
    """A UUID, kept in lower case."""

    default_error_messages: Messages = {**MESSAGES, "not_an_id": "not_an_id"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        found = readable_id(value)
        if found is None:
            raise self.make_error("not_an_id")
        return found


class Moment(fields.Field[datetime]):
    """An ISO 8601 time with offset, kept as an aware UTC moment."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_time", "offset": "time_without_offset"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not 10 < len(value) <= 40:
            raise self.make_error("invalid")
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise self.make_error("offset")
            if not 2000 <= moment.year <= 2200:
                raise self.make_error("invalid")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            if isinstance(error, ValidationError):
                raise
            raise self.make_error("invalid") from error


class MomentText(Moment):
    """A time inside an object that is stored as JSON: kept as it travels, so that equal times are equal values."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).isoformat().replace("+00:00", "Z")


def read_day(given: str | None) -> date | None:
    """Return a date of our years written `YYYY-MM-DD`, None for anything else."""
    if given is None or not DATE_TEXT.fullmatch(given):
        return None
    try:
        found = date.fromisoformat(given)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year <= YEARS[1] else None


class Day(fields.Date):
    """A date, `YYYY-MM-DD`."""

    default_error_messages = {**MESSAGES, "invalid": "not_a_date", "format": "not_a_date"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        found = read_day(value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return found


class Whole(fields.Field[int]):
    """A whole number within bounds; true, 1.5 and "1" are not whole numbers here."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_whole_number", "range": "out_of_range"}

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(metadata={"minimum": low, "maximum": high}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.low <= value <= self.high:
            raise self.make_error("range")
        return value


class Degrees(fields.Field[float]):
    """A finite number of degrees within bounds."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_a_number", "range": "out_of_range"}

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.make_error("invalid")
        if not self.low <= value <= self.high:
            raise self.make_error("range")
        return float(value)


class Flag(fields.Field[bool]):
    """true or false, nothing that merely looks like it."""

    default_error_messages: Messages = {**MESSAGES, "invalid": "not_true_or_false"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Items(fields.List[Any]):
    """A list with a largest length, of codes at most once each when `unique`."""

    default_error_messages: Messages = {
        **MESSAGES,
        "invalid": "not_a_list",
        "too_many": "too_many_items",
        "repeated": "repeated",
    }

    def __init__(self, inner: Any, *, limit: int = MAX_ITEMS, unique: bool = False, **kwargs: Any) -> None:
        self.limit, self.unique = limit, unique
        super().__init__(inner, metadata={"maxItems": limit}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if len(value) > self.limit:
            raise self.make_error("too_many")
        found: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        if self.unique and len(set(found)) != len(found):
            raise self.make_error("repeated")
        return found


class Part(fields.Nested):
    """An object inside a record: whole each time, with its defaults, also where only changed fields are sent."""

    default_error_messages: Messages = {**MESSAGES, "type": "not_an_object"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kwargs)


def flat_errors(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Flatten marshmallow's nested messages to field path → keys, such as `counts.0.present`."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            name = str(key).encode(errors="replace").decode()  # half a sign can be sent as a name, and not be answered
            step = path if key == "_schema" else f"{path}.{name}" if path else name
            found |= flat_errors(inner, step)
        return found
    return {path or "body": [str(message) for message in (messages if isinstance(messages, list) else [messages])]}


class PageQuery(Schema):
    """`?limit=&after=` of every list: limit is clamped to 1–1,000, never refused."""

    class Meta:
        unknown = "exclude"

    limit = fields.Integer(load_default=100, error_messages={"invalid": "not_a_whole_number"})
    after: fields.Field[Any] = IdField(load_default=None, allow_none=True)
