"""Posts as they are written and added up (figures.md, *Staffing*). Pure; posts are hundredths of full-time posts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MOST_POSTS = 99_99  # hundredths; a unit has 2 to 18 people
WRITTEN = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
EARLIEST = date(2000, 1, 1)
LATEST = date(2200, 12, 1)


@dataclass(frozen=True)
class Posts:
    """Posts of a unit in a month."""

    team_id: str
    month: date
    posts: int
    filled: int


@dataclass(frozen=True)
class Tally:
    """Posts of several units, each the mean of the months it has entered; `lacking`: months that a unit has not.

    `units_lacking`: how many units have entered none, whose posts are not among these.
    """

    posts: int
    filled: int
    lacking: int
    units_lacking: int = 0


def read_posts(written: str) -> int | None:
    """Return posts such as 3,75 or 3.75 in hundredths; None for what is no such number."""
    if not WRITTEN.fullmatch(written):
        return None
    whole, _, part = written.replace(",", ".").partition(".")
    found = int(whole) * 100 + int(part.ljust(2, "0"))
    return found if found <= MOST_POSTS else None


def posts_faults(posts: int, filled: int) -> dict[str, list[str]]:
    """Judge a month: no more filled than there are. Field → message keys."""
    return {"filled": ["more_filled_than_posts"]} if filled > posts else {}


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of the calendar months that lie wholly between two dates, both included."""
    found = []
    month = first if first.day == 1 else next_month(first)
    while (after := next_month(month)).toordinal() - 1 <= last.toordinal():
        found.append(month)
        month = after
    return found


def next_month(day: date) -> date:
    """Return the first day of the month after a date's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def tally(entered: Iterable[Posts], units: int, months: int) -> Tally | None:
    """Add up units, each by the mean of its months; None when nothing is entered."""
    by_unit: dict[str, list[Posts]] = {}
    for one in entered:
        by_unit.setdefault(one.team_id, []).append(one)
    if not by_unit:
        return None
    return Tally(
        posts=round(sum(sum(one.posts for one in some) / len(some) for some in by_unit.values())),
        filled=round(sum(sum(one.filled for one in some) / len(some) for some in by_unit.values())),
        lacking=units * months - sum(map(len, by_unit.values())),
        units_lacking=units - len(by_unit),
    )
