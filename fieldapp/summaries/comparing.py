"""Compares two periods site by site, and says which sites an analyst may want to look at more closely. Pure.

Nothing here ranks: a site is one to look at or it is not, and how many were tried is known.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.summaries.intervals import ALPHA

Json = dict[str, Any]
FEWEST_VISITS = 8  # earlier ones, below which a site is not tried (figures.md)


def conditional_p(now: tuple[int, int], then: tuple[int, int]) -> float | None:
    """Return the two-sided p-value that two periods have the same rate; each is (events, visits).

    The conditional binomial test of two Poisson rates: of all events, those of now are binomial with now's share of
    all visits. Two-sided is twice the smaller tail, at most 1, so it agrees with the Clopper–Pearson interval of that
    share. None without events, or without visits in either period: then nothing can be told.
    Source: Przyborowski and Wilenski, Biometrika 31 (1940); for two-sided, Fay, R Journal 2 (2010), *central*.
    """
    from scipy.special import betainc  # noqa: PLC0415 - scipy is slow to load, and most requests need none

    (events, visits), (earlier_events, earlier_visits) = now, then
    every = events + earlier_events
    if every == 0 or visits == 0 or earlier_visits == 0:
        return None
    # Either tail by its own share, never as 1 minus the other: the small one keeps its digits.
    share, rest = visits / (visits + earlier_visits), earlier_visits / (visits + earlier_visits)
    at_least = betainc(events, every - events + 1, share) if events else 1.0
    at_most = betainc(every - events, events + 1, rest) if events < every else 1.0
    return min(1.0, 2 * float(min(at_least, at_most)))


def discoveries(p_values: Sequence[float], level: float = ALPHA) -> list[bool]:
    """Say of each p-value whether it is kept when at most `level` of the kept may be false on average.

    Source: Benjamini and Hochberg, JRSS B 57 (1995): the largest k whose k-th smallest p-value is at most k/m of the
    level, and all that are no larger.
    """
    ordered = sorted(p_values)
    kept = [p for rank, p in enumerate(ordered, 1) if p <= level * rank / len(ordered)]
    return [bool(kept) and p <= kept[-1] for p in p_values]


def with_prompts(sites: Sequence[Json], then: Sequence[Json]) -> list[Json]:
    """Return the sites' rows, each with `look_closer`: whether to look more closely, null where it was not tried.

    Tried are sites with at least eight visits in the compared period, one now, and the main topic noted at any.
    """
    before = {row["site"]["id"]: row for row in then}
    p_values = [_p_value(row, before.get(row["site"]["id"])) for row in sites]
    found = iter(discoveries([p for p in p_values if p is not None]))
    return [{**row, "look_closer": None if p is None else next(found)} for row, p in zip(sites, p_values, strict=True)]


def _p_value(row: Json, then: Mapping[str, Any] | None) -> float | None:
    if then is None or then["visits"] < FEWEST_VISITS:
        return None
    return conditional_p(*((one["visits_with_topic"], one["visits"]) for one in (row, then)))
