"""Places noted in the field that may be one and the same: pins close together. Pure.

DBSCAN (Ester et al., 1996) where one point is enough for a cluster: every pin is a core point, none is noise, and what
is left is single linkage cut at a distance. The clusters then follow from the pins alone, in whatever order they come.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

PIN_M = 10  # a pin is rounded to so much (api.md, visits)
Position = tuple[float, float]


def clusters(positions: Sequence[Position], eps_m: float) -> list[list[int]]:
    """Return the numbers of the positions (east, north in metres) by cluster, each in order, by their first number.

    Two are in one cluster when a chain of positions leads from one to the other with no step longer than `eps_m`.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - scipy is slow to load, and most requests need none
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    if not positions:
        return []
    points = shapely.points(np.array(positions, dtype=float))
    one, other = STRtree(points).query(points, predicate="dwithin", distance=eps_m)
    close = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(points), len(points)))
    _, labels = connected_components(close, directed=False)
    found: dict[int, list[int]] = {}
    for number, label in enumerate(labels):
        found.setdefault(int(label), []).append(number)
    return list(found.values())


@dataclass(frozen=True)
class Middle:
    """Where several pins are as one place: their mean, east and north in metres, and how far it may be off."""

    position: Position
    uncertainty_m: int


def middle(positions: Sequence[Position]) -> Middle:
    """Return the mean of positions, and as uncertainty the farthest of them plus what a pin is rounded to."""
    ordered = np.array(sorted(positions), dtype=float)  # the order of adding shows in the last digit
    mean = ordered.mean(axis=0)
    farthest = float(np.hypot(*(ordered - mean).T).max())
    return Middle((float(mean[0]), float(mean[1])), int(np.ceil(farthest)) + PIN_M)
