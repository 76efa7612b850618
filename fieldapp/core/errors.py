"""Errors with stable slugs. One handler turns them into HTTP; the same slugs travel in receipts.

The sentence a person reads is in `core/catalogue`, never here.
"""

from collections.abc import Mapping
from typing import Any

FieldErrors = Mapping[str, list[str]]


class DomainError(Exception):
    """Something the rules refuse. `slug` is stable, `status` its HTTP code, `fields` path → message keys.

    `more` goes into the answer beside them: what the caller needs to go on from.
    """

    slug = "invalid"
    status = 422

    def __init__(
        self,
        slug: str | None = None,
        *,
        fields: FieldErrors | None = None,
        retry_after_s: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(slug or self.slug)
        self.slug = slug or self.slug
        self.more = dict(more or {})
        self.fields = dict(fields or {})
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP says beside the status."""
        return {"Retry-After": str(self.retry_after_s)} if self.retry_after_s is not None else {}


class Invalid(DomainError):
    """A value breaks a rule (422)."""


class Malformed(DomainError):
    """The request can't be read (400)."""

    slug, status = "malformed", 400


class NotSignedIn(DomainError):
    """No live session (401)."""

    slug, status = "not_signed_in", 401


class BadCredentials(DomainError):
    """Wrong e-mail or password; which one is never said (401)."""

    slug, status = "bad_credentials", 401


class NotAllowed(DomainError):
    """Signed in, but no grant covers it (403)."""

    slug, status = "not_allowed", 403


class NotFound(DomainError):
    """Absent, or not the caller's to know (404)."""

    slug, status = "not_found", 404


class Conflict(DomainError):
    """The contents have moved (409)."""

    slug, status = "conflict", 409


class TooLarge(DomainError):
    """Over a limit of size, number or depth (413)."""

    slug, status = "too_large", 413


class UpgradeRequired(DomainError):
    """Another protocol or a build older than the lowest served (426)."""

    slug, status = "upgrade_required", 426


class TooMany(DomainError):
    """Slow down; `retry_after_s` says for how long (429)."""

    slug, status = "too_many", 429


class Unavailable(DomainError):
    """The database is busy or not writable (503)."""

    slug, status = "unavailable", 503
