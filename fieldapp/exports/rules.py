"""Decisions about exports: how many, how long, who may still have one. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

FORMS = ("csv", "xlsx", "geojson", "pdf")
SHEET = "sheet"  # *Läget i korthet* on paper: a form of its own, of a summary compared with a year ago
AT_ONCE = ("csv", "geojson")  # sent while they are made; the others are made by a process of their own
KEPT_FOR = timedelta(days=1)
LEASE = timedelta(seconds=120)  # a maker that says nothing for so long is gone
WAKE_AGAIN = timedelta(seconds=10)
MOST_TRIES = 3
MOST_MAKERS = 2
MOST_WAITING = 5  # of one person
MOST_A_DAY = 200  # of one person
MOST_BYTES = 50 * 1024 * 1024


def still_reaches(asked_with: Iterable[Sequence[str]], now: Iterable[Sequence[str]]) -> bool:
    """Say whether every grant an export was asked with is still held: it was made for all of them."""
    return {tuple(one) for one in asked_with} <= {tuple(one) for one in now}


def is_free(state: str, lease_until: datetime | None, now: datetime) -> bool:
    """Say whether a maker may take an export: nobody makes it, or whoever did is gone."""
    return state == "waiting" or (state == "running" and lease_until is not None and lease_until <= now)


def wakes(state: str, lease_until: datetime | None, woken_at: datetime | None, makers: int, now: datetime) -> bool:
    """Say whether a maker is to be started for an export, when so many are at work."""
    rested = woken_at is None or woken_at + WAKE_AGAIN <= now
    return is_free(state, lease_until, now) and rested and makers < MOST_MAKERS
