"""Which system coordinates are in: recognised by where they land, never by what somebody says of them.

The three systems in use lie so far apart that a position of Stockholm county in one is nowhere near it in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fieldapp.core.geodesy import SWEREF99_18_00, SWEREF99_TM, WGS84, positions_in_degrees
from fieldapp.places.importers.shape import BadValue

SYSTEMS = (WGS84, SWEREF99_TM, SWEREF99_18_00)
COUNTY = (17.15, 58.65, 19.95, 60.35)  # a box around Stockholm county, islands included: west, south, east, north
SAME_PLACE_M = 50.0  # two positions of one row farther apart than this are told
METRES_A_DEGREE = 111_000.0
Positions = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Landing:
    """The system in which positions lie in the county, and whether the second number stood first."""

    epsg: int
    swapped: bool


def landing(positions: Positions) -> Landing | None:
    """Return how positions, shape (n, 2), east first, are to be read; None where no way puts all into the county."""
    for swapped in (False, True):
        ordered = positions[:, ::-1] if swapped else positions
        for epsg in SYSTEMS:
            if in_county(positions_in_degrees(ordered, epsg)):
                return Landing(epsg, swapped)
    return None


def in_county(degrees: Positions) -> bool:
    """Say whether all positions, longitude first, lie within the box around the county."""
    west, south, east, north = COUNTY
    lon, lat = degrees[:, 0], degrees[:, 1]
    return bool(np.all((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)))


@dataclass(frozen=True)
class Pair:
    """Two numbers of a row: `north` and `east` as their columns call them; `named` is false for plain x and y."""

    north: float | None
    east: float | None
    named: bool = True


def position(pairs: Sequence[Pair]) -> tuple[tuple[float, float] | None, bool]:
    """Return (lat, lon) of the first whole pair, rounded to six decimals, and whether a second one lies elsewhere.

    None where no pair has a number. Raises `BadValue`: half a position, the two swapped, nowhere in the county.
    """
    found: list[tuple[float, float]] = []
    for pair in pairs:
        if pair.north is None and pair.east is None:
            continue
        if pair.north is None or pair.east is None:
            raise BadValue("half_a_position")
        found.append(_resolved(pair.north, pair.east, pair.named))
    if not found:
        return None, False
    (lat, lon), *others = found
    apart = any(
        np.hypot(lat - other[0], (lon - other[1]) * np.cos(np.radians(lat))) * METRES_A_DEGREE > SAME_PLACE_M
        for other in others
    )
    return (lat, lon), apart


def _resolved(north: float, east: float, named: bool) -> tuple[float, float]:
    here = np.array([[east, north]])
    landed = landing(here)
    if landed is None:
        raise BadValue("outside_county")
    if landed.swapped and named:
        raise BadValue("axes_swapped")
    lon, lat = positions_in_degrees(here[:, ::-1] if landed.swapped else here, landed.epsg)[0]
    return round(float(lat), 6), round(float(lon), 6)
