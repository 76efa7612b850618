"""Column types shared by all tables, so that both databases store and return the same thing."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# `json`, not `jsonb`: a rejected record is kept whole, also when it holds "\u0000", which jsonb refuses.
Json = JSON(none_as_null=True)
Id = String(36)


def one_of(column: str, codes: tuple[str, ...]) -> CheckConstraint:
    """Return the constraint that a column holds one of some codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; SQLite would otherwise hand it back naive (trap 2)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive values; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone reached the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def aware_moment(stored: object) -> datetime | None:
    """Return a moment as a database hands it over by itself, None where it is none: for rows that may be broken."""
    try:
        found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    except ValueError:
        return None
    if not isinstance(found, datetime):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
