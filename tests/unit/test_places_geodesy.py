"""Positions and distances: control points of Lantmäteriet, GeoJSON in and out."""

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from fieldapp.core.geodesy import (
    SWEREF99_18_00,
    SWEREF99_TM,
    UnreadableGeometry,
    coarser,
    distance_m,
    from_plane,
    in_metres,
    is_area,
    read_geometry,
    to_plane,
    write_geometry,
)

# lat, lon, N, E: Lantmäteriet, Kontrollpunkter för SWEREF 99 TM, 2007-11-20.
CONTROL_POINTS = [
    (55, 12.75, 6097106.672, 356083.438),
    (57, 19.5, 6326392.707, 773251.054),
    (59, 11.25, 6546096.724, 284626.066),
    (61, 18.75, 6768593.345, 702745.127),
    (65, 21.75, 7225449.115, 817833.405),
    (67, 24.0, 7459745.672, 891298.142),
    (69, 21.0, 7666089.698, 739639.195),
]
# Computed with the projection's published parameters, not official: plausibility only.
STOCKHOLM_POINTS = [
    (59.3324, 18.0645, 6579699.558, 153671.364),
    (59.2763, 18.1312, 6573455.581, 157480.255),
    (59.36704, 17.84429, 6583567.069, 141145.956),
]


@pytest.mark.parametrize(("lat", "lon", "northing", "easting"), CONTROL_POINTS)
def test_sweref99_tm_agrees_with_control_points_within_two_millimetres(lat, lon, northing, easting):
    assert to_plane(lat, lon, SWEREF99_TM) == pytest.approx((easting, northing), abs=0.002)


@pytest.mark.parametrize(("lat", "lon", "northing", "easting"), STOCKHOLM_POINTS)
def test_sweref99_18_00_is_where_stockholm_is(lat, lon, northing, easting):
    assert to_plane(lat, lon) == pytest.approx((easting, northing), abs=1)


@pytest.mark.parametrize(("lat", "lon", "northing", "easting"), STOCKHOLM_POINTS)
def test_plane_and_globe_are_each_others_inverse(lat, lon, northing, easting):
    assert from_plane(*to_plane(lat, lon, SWEREF99_18_00)) == pytest.approx((lat, lon), abs=1e-9)


def test_distance_is_metres_on_the_ground():
    assert distance_m(Point(18.0, 59.3), Point(18.0, 59.31)) == pytest.approx(1114, abs=1)
    assert distance_m(Point(18.0, 59.3), box(17.9, 59.2, 18.1, 59.4)) == 0


def test_written_geometry_follows_the_right_hand_rule_without_crs_or_height():
    clockwise = Polygon([(18, 59, 5), (18, 59.1, 5), (18.1234567, 59.1, 5), (18, 59, 5)])
    written = write_geometry(clockwise)
    assert set(written) == {"type", "coordinates"}
    assert written["coordinates"] == [[[18.0, 59.0], [18.123457, 59.1], [18.0, 59.1], [18.0, 59.0]]]
    assert write_geometry(read_geometry(written)) == written


def test_several_areas_are_one_geometry_and_a_point_is_none():
    assert is_area(MultiPolygon([box(18, 59, 18.1, 59.1)]))
    assert not is_area(Point(18, 59))


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": "18,59"},
        {"type": "Point", "coordinates": [None, None]},
        {"type": "Point", "coordinates": [1e400, 59]},
        {"type": "Point", "coordinates": [59.3, 118.0]},
        {"type": "LineString", "coordinates": [[18, 59], [18.1, 59]]},
        {"type": "Polygon", "coordinates": [[[18, 59], [18.1, 59]]]},
        {"type": "Polygon", "coordinates": [[[18, 59], [18.1, 59.1], [18.1, 59], [18, 59.1], [18, 59]]]},
    ],
)
def test_what_is_no_point_or_valid_area_is_refused(geometry):
    with pytest.raises(UnreadableGeometry):
        read_geometry(geometry)


def test_an_outline_for_the_eye_keeps_its_shape_within_the_tolerance_and_loses_what_is_small():
    jagged = [(18 + step / 10_000, 59 + (step % 2) / 100_000) for step in range(400)]
    coast = Polygon([*jagged, (18.04, 58.99), (18, 58.99)], [box(18.01, 58.995, 18.0101, 58.9951).exterior.coords])
    islet, island = box(18.1, 59, 18.1005, 59.0005), box(18.2, 59, 18.21, 59.01)
    drawn = coarser(MultiPolygon([islet, coast, island]), 25, 20_000)
    assert [len(part.interiors) for part in drawn.geoms] == [0, 0]
    assert sum(len(part.exterior.coords) for part in drawn.geoms) == 10
    assert in_metres(drawn).hausdorff_distance(in_metres(MultiPolygon([Polygon(coast.exterior), island]))) <= 25
    assert coarser(islet, 25, 20_000).geom_type == "Polygon"
