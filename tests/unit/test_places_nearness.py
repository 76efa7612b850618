"""School-near (figures.md): shortest distance from point or edge, forms, dates, uncertainty."""

from dataclasses import replace
from datetime import date

import pytest
from shapely.geometry import Point, box

from fieldapp.core.geodesy import from_plane, in_degrees, to_plane, write_geometry
from fieldapp.places.rules import NearnessRule, SchoolFacts, nearness, within

DAY = date(2023, 12, 15)
EAST, NORTH = to_plane(59.2438, 18.0917)


def school_at(metres_east, **changes):
    lat, lon = from_plane(EAST + metres_east, NORTH)
    return replace(SchoolFacts("99000001", "Demo skola", ("GR",), "active", lat, lon), **changes)


def point():
    lat, lon = from_plane(EAST, NORTH)
    return {"type": "Point", "coordinates": [lon, lat]}


def square(half_m):
    return write_geometry(in_degrees(box(EAST - half_m, NORTH - half_m, EAST + half_m, NORTH + half_m)))


def near(geometry, *schools, uncertainty_m=0, on=DAY, rule=NearnessRule()):  # noqa: B008 - frozen
    return nearness(geometry, uncertainty_m, schools, on=on, rule=rule)


def test_a_point_is_measured_from_itself():
    found = near(point(), school_at(300))
    assert found.answer == "yes"
    assert found.schools == [
        {"school_unit_code": "99000001", "name": "Demo skola", "distance_m": 300, "basis": "point"}
    ]


def test_an_area_is_measured_from_its_edge():
    assert near(point(), school_at(540)).answer == "no"
    found = near(square(100), school_at(540))
    assert found.answer == "yes"
    assert found.schools[0]["distance_m"] == 440
    assert found.schools[0]["basis"] == "edge"


def test_a_school_inside_an_area_is_at_no_distance():
    assert near(square(100), school_at(20)).schools[0]["distance_m"] == 0


def test_several_areas_are_measured_from_the_nearest_edge():
    two = box(EAST - 50, NORTH - 50, EAST, NORTH + 50).union(box(EAST + 1000, NORTH, EAST + 1100, NORTH + 50))
    assert near(write_geometry(in_degrees(two)), school_at(1300)).schools[0]["distance_m"] == 200


@pytest.mark.parametrize(
    ("metres", "uncertainty_m", "answer"),
    [
        (499.9, 0, "yes"),
        (500, 0, "yes"),
        (500.1, 0, "no"),
        (474, 25, "yes"),
        (475, 25, "uncertain"),
        (500, 25, "uncertain"),
        (525, 25, "uncertain"),
        (525.1, 25, "no"),
        (0, 600, "uncertain"),
    ],
)
def test_the_radius_within_the_uncertainty_is_uncertain(metres, uncertainty_m, answer):
    assert within(metres, uncertainty_m, 500) == answer


def test_one_school_certainly_near_outweighs_an_uncertain_one():
    found = near(point(), school_at(505, school_unit_code="99000002"), school_at(200), uncertainty_m=20)
    assert found.answer == "yes"
    assert [school["distance_m"] for school in found.schools] == [200, 505]


def test_only_uncertain_schools_make_the_site_uncertain():
    assert near(point(), school_at(505), school_at(900), uncertainty_m=20).answer == "uncertain"


def test_only_forms_in_the_setting_count():
    upper_secondary = school_at(100, school_forms=("GY",))
    assert near(point(), upper_secondary).answer == "no"
    assert near(point(), upper_secondary, rule=NearnessRule(school_forms=("GR", "GY"))).answer == "yes"
    assert near(point(), school_at(100, school_forms=("GR", "GY"))).answer == "yes"


def test_the_radius_is_a_setting():
    assert near(point(), school_at(300), rule=NearnessRule(radius_m=250)).answer == "no"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"status": "ceased", "active_to": date(2022, 6, 30)}, "no"),
        ({"status": "ceased", "active_to": date(2023, 12, 15)}, "yes"),
        ({"status": "ceased", "active_to": date(2024, 6, 30)}, "yes"),
        ({"active_from": date(2023, 12, 16)}, "no"),
        ({"active_from": date(2023, 12, 15)}, "yes"),
        ({"status": "planned"}, "no"),
        ({"status": "dormant"}, "no"),
        ({"status": "ceased"}, "no"),
    ],
)
def test_a_school_counts_only_when_active_on_the_mappings_date(changes, answer):
    assert near(point(), school_at(100, **changes)).answer == answer


def test_a_school_without_position_is_near_nothing():
    assert near(point(), school_at(0, lat=None, lon=None)).answer == "no"


def test_no_school_at_all_is_no():
    found = near(write_geometry(Point(18.09, 59.24)))
    assert (found.answer, found.schools) == ("no", [])
