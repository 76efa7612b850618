"""Areas before and after a date: counted per visit, and given only where enough is known."""

import pytest

from fieldapp.summaries.areas import FEWEST_NOTED, Area, differences, shape_areas, why_not
from fieldapp.summaries.comparing import FEWEST_VISITS
from fieldapp.summaries.rules import SiteTally
from tests.factories.summary_rows import a_site

STILL = ((10, 2), (10, 2))


def area(*sites):
    """An area of sites, each ((visits, noted) before, (visits, noted) after)."""
    pairs = []
    for number, periods in enumerate(sites):
        site = a_site(f"d{number}")
        pairs.append(tuple(SiteTally(site, visits, topics={"alcohol": noted}) for visits, noted in periods))
    return Area.of(pairs, "alcohol")


def estimates(**areas):
    found = differences(areas)
    return {name: found[name] and found[name]["estimate"] for name in ("place", "displacement", "together")}


def test_the_difference_is_counted_per_visit_so_more_visits_alone_change_nothing():
    often = area(((10, 4), (50, 20)))
    assert estimates(site=often, control=area(STILL))["place"] == 0
    assert estimates(site=area(((10, 4), (10, 1))), control=area(STILL))["place"] == -3


def test_a_control_area_counts_as_one_place_however_many_sites_it_has():
    falling = ((10, 4), (10, 2))
    assert estimates(site=area(falling), control=area(falling))["place"] == 0
    assert estimates(site=area(falling), control=area(falling, falling, falling))["place"] == 0


def test_what_left_for_two_places_is_found_at_them_in_all():
    left = area(((20, 10), (20, 2)))
    arrived = area(((20, 2), (20, 6)), ((20, 2), (20, 6)))
    found = estimates(site=left, control=area(STILL), displacement=arrived)
    assert found == {"place": -4, "displacement": 4, "together": 0}


def test_the_displaced_areas_control_counts_as_many_places_as_that_area():
    rising, more = ((20, 2), (20, 6)), ((10, 1), (10, 3))
    moved = {"displacement": area(rising, rising), "displacement_control": area(more, more, more)}
    found = estimates(site=area(STILL), control=area(STILL), **moved)
    assert found == {"place": 0, "displacement": 0, "together": 0}


def test_without_places_it_may_have_moved_to_there_is_only_the_place():
    assert estimates(site=area(STILL), control=area(STILL)) == {"place": 0, "displacement": None, "together": None}


@pytest.mark.parametrize("place", ["site", "control", "displacement", "displacement_control"])
@pytest.mark.parametrize("few", [((7, 2), (10, 2)), ((10, 2), (7, 2)), ((0, 0), (10, 2))])
def test_fewer_than_eight_visits_anywhere_give_no_difference(place, few):
    areas = {name: area(STILL) for name in ("site", "control", "displacement", "displacement_control")}
    assert why_not(areas.values()) is None
    areas[place] = area(few)
    assert FEWEST_VISITS == 8
    assert why_not(areas.values()) == "too_few_visits"
    assert differences(areas) == {"place": None, "displacement": None, "together": None}


def test_fewer_than_five_noted_in_all_give_no_difference():
    assert FEWEST_NOTED == 5
    few, enough = area(((20, 2), (20, 0))), area(((20, 3), (20, 0)))
    other = area(((20, 1), (20, 1)))
    assert why_not([few, other]) == "too_few_noted"
    assert why_not([enough, other]) is None


def test_an_area_travels_with_its_share_and_interval_and_without_visits_with_neither():
    shaped = shape_areas({"site": area(((0, 0), (10, 2))), "control": area(STILL, STILL)})
    first, second = shaped["areas"]
    nothing = {"visits": 0, "visits_with_topic": 0, "share_with_topic": None, "interval": None}
    assert (first["role"], first["before"]) == ("site", nothing)
    assert first["after"] == {
        "visits": 10,
        "visits_with_topic": 2,
        "share_with_topic": 0.2,
        "interval": [0.0252, 0.5561],
    }
    assert second["after"]["visits"] == 20
    assert [site["id"] for site in second["sites"]] == ["d0", "d1"]
    assert (shaped["per_visits"], shaped["why_not"], shaped["place"]) == (10, "too_few_visits", None)


def test_a_difference_has_its_variance_and_interval():
    found = differences({"site": area(((10, 4), (10, 1))), "control": area(((20, 4), (20, 4)))})["place"]
    variance = 4 + 1 + 4 / 4 + 4 / 4  # each count by the square of its weight: visits in tens
    assert found["estimate"] == -3
    assert (found["variance"], found["standard_error"]) == (variance, round(variance**0.5, 4))
    assert found["interval"] == pytest.approx([-3 - 1.96 * variance**0.5, -3 + 1.96 * variance**0.5], abs=1e-3)
