"""Decisions about sign-in: limits, passwords, how long a session lives. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_A_MINUTE = 5
WINDOW = timedelta(minutes=1)
# A check of a password that takes longer was cut off: its worker died.
LONGEST_CHECK = timedelta(seconds=10)
TOUCH_EVERY = timedelta(minutes=5)
PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256
COMMON_PARTS = (
    "password", "lösenord", "losenord", "qwerty", "asdfgh", "123456", "abcdef", "111111", "000000", "faltlogg",
    "fältlogg", "stockholm", "sommar", "vinter", "hemligt", "welcome", "letmein", "iloveyou", "admin",
)  # fmt: skip
FIELD_ROLES = frozenset({"field_worker", "walk_coordinator"})


@dataclass(frozen=True)
class Limits:
    """Idle and absolute limit of a session."""

    idle: timedelta
    absolute: timedelta


OFFICE = Limits(timedelta(hours=4), timedelta(hours=12))
FIELD = Limits(timedelta(hours=12), timedelta(hours=20))


def session_limits(roles: frozenset[str], *, on_phone: bool) -> Limits:
    """Return the limits of a new session: field roles on an enrolled phone may stay out a whole evening."""
    return FIELD if on_phone and roles & FIELD_ROLES else OFFICE


def is_live(
    now: datetime, *, last_seen_at: datetime, expires_at: datetime, idle_limit_s: int, ended_at: datetime | None
) -> bool:
    """Say whether a session still counts."""
    return ended_at is None and now < expires_at and now - last_seen_at < timedelta(seconds=idle_limit_s)


def retry_after_s(
    now: datetime, failures: list[datetime], *, most: int = FAILURES_A_MINUTE, window: timedelta = WINDOW
) -> int | None:
    """Return the seconds until the next try is allowed, or None when it is allowed now.

    At a sign-in `failures` are those of the last minute for the account from one kind of device; known and unknown
    devices are counted apart, so that nobody can lock out a phone that is already enrolled (X35).
    """
    recent = sorted(moment for moment in failures if now - moment < window)
    if len(recent) < most:
        return None
    wait = recent[-most] + window - now
    return max(1, int(wait.total_seconds()) + 1)


def password_faults(password: str, email: str) -> list[str]:
    """Return the message keys of what is wrong with a new password; empty when nothing is."""
    if len(password) < PASSWORD_SHORTEST:
        return ["password_too_short"]
    if len(password) > PASSWORD_LONGEST:
        return ["too_long"]
    lowered = password.casefold()
    stripped = lowered
    for part in (*COMMON_PARTS, *email.casefold().split("@")):
        stripped = stripped.replace(part, "")
    if len(set(lowered)) < 5 or len(stripped) < 6:
        return ["password_too_common"]
    return []
