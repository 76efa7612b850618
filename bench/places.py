"""Places: which schools are near 5,000 sites of 10,000 schools, beside shapely's tree alone with the points at hand."""

import random
import statistics
import time
from datetime import date

from shapely import STRtree, points

from fieldapp.core.geodesy import to_plane
from fieldapp.places.rules import NearnessIndex, NearnessRule, SchoolFacts

SCHOOLS, SITES, TIMES = 10_000, 5_000, 5
UNCERTAINTY_M = 10


def nearness() -> None:
    """Print what it takes (issue: ≤ 2 s), and the ratio."""
    rule = NearnessRule()
    register = [
        SchoolFacts(f"{10_000_000 + number}", f"Demo {number}", ("GR",), "active", *at)
        for number, at in enumerate(scattered(SCHOOLS, 3))
    ]
    there = scattered(SITES, 4)
    sites = [{"type": "Point", "coordinates": [lon, lat]} for lat, lon in there]
    schools_at = points([to_plane(school.lat, school.lon) for school in register if school.lat and school.lon])
    sites_at = points([to_plane(*at) for at in there])
    ours, beside, near = [], [], 0
    for _ in range(TIMES):
        began = time.perf_counter()
        index = NearnessIndex(register, rule=rule)
        near = sum(index.nearness(site, UNCERTAINTY_M, on=date(2024, 1, 1)).answer == "yes" for site in sites)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        STRtree(schools_at).query(sites_at, predicate="dwithin", distance=rule.radius_m)
        beside.append(time.perf_counter() - began)
    assert near > 0
    mine, raw = statistics.median(ours), statistics.median(beside)
    print(
        f"  nearness, {SCHOOLS:,} × {SITES:,} {mine:10.2f} s  {mine / raw:6.2f} × the tree alone ({raw:.2f} s)  (≤ 2 s)"
    )


def scattered(count: int, seed: int) -> list[tuple[float, float]]:
    """Return points over Stockholm, WGS 84."""
    dice = random.Random(seed)
    return [(dice.uniform(59.2, 59.45), dice.uniform(17.8, 18.2)) for _ in range(count)]


if __name__ == "__main__":
    nearness()
