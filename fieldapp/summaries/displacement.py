"""The weighted displacement difference: what changed at a place and where it may have moved, beside controls. Pure.

Source: Wheeler and Ratcliffe, Crime Science 7:11 (2018), doi 10.1186/s40163-018-0085-5. Counts are taken as Poisson,
each its own variance, and the sum as normal: too few of them, and the interval says more than is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from fieldapp.summaries.intervals import ALPHA


class Count(NamedTuple):
    """How often something was noted; `weight` is what it is divided by: time, area, visits. Above 0."""

    noted: int
    weight: float = 1.0


class Change(NamedTuple):
    """An area's counts of two periods."""

    before: Count
    after: Count


NOTHING = Change(Count(0), Count(0))


@dataclass(frozen=True)
class Difference:
    """An estimate in units of noted per weight, negative where less was noted, and its variance in their square."""

    estimate: float
    variance: float

    @property
    def standard_error(self) -> float:
        """Standard error, in the estimate's unit."""
        return sqrt(self.variance)

    def interval(self, alpha: float = ALPHA) -> tuple[float, float]:
        """Return both ends of the interval that leaves `alpha` outside, by the normal distribution."""
        reach = NormalDist().inv_cdf(1 - alpha / 2) * self.standard_error
        return self.estimate - reach, self.estimate + reach


def weighted_displacement_difference(
    treated: Change, control: Change, displaced: Change = NOTHING, displaced_control: Change = NOTHING
) -> Difference:
    """Return the change of the treated and the displaced area, less that of the control area of each.

    Areas share no count. An area that is left out adds neither change nor variance.
    """
    return Difference(
        _change(treated) - _change(control) + _change(displaced) - _change(displaced_control),
        _variance((*treated, *control, *displaced, *displaced_control)),
    )


def _change(area: Change) -> float:
    return area.after.noted / area.after.weight - area.before.noted / area.before.weight


def _variance(counts: Iterable[Count]) -> float:
    return sum(count.noted / count.weight**2 for count in counts)
