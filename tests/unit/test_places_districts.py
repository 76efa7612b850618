"""The districts as facts: codes, names, neighbourhoods, schematic outlines."""

from itertools import combinations

import pytest
from shapely import union_all
from shapely.geometry import Point, Polygon

from fieldapp.core.geodesy import from_plane, in_metres, read_geometry, to_plane
from fieldapp.places import facts
from fieldapp.places.outlines import MARGIN_M, Outlines

CODES = {
    "jarva": "Järva",
    "hasselby-vallingby": "Hässelby-Vällingby",
    "bromma": "Bromma",
    "kungsholmen": "Kungsholmen",
    "norra-innerstaden": "Norra innerstaden",
    "sodermalm": "Södermalm",
    "enskede-arsta-vantor": "Enskede-Årsta-Vantör",
    "skarpnack": "Skarpnäck",
    "farsta": "Farsta",
    "hagersten-alvsjo": "Hägersten-Älvsjö",
    "skarholmen": "Skärholmen",
}
CARRIED = Outlines((code, outline, True) for code, outline in facts.outlines().items())
NEIGHBOURHOODS = [(place, district.code) for district in facts.districts() for place in district.neighbourhoods]


def rings(geometry):
    parts = geometry.geoms if hasattr(geometry, "geoms") else [geometry]
    return [(part.exterior, part.interiors) for part in parts]


def test_the_eleven_districts_have_the_contracts_codes_and_swedish_names():
    assert {district.code: district.name for district in facts.districts()} == CODES
    assert facts.district_codes() == set(CODES)


def test_117_neighbourhoods_have_names_of_their_own():
    assert len(NEIGHBOURHOODS) == len(facts.neighbourhood_districts()) == 117
    assert facts.neighbourhood_districts()["Hökarängen"] == "farsta"
    assert facts.neighbourhood_districts()["Akalla"] == "jarva"


def test_police_areas_of_neighbourhoods_are_among_their_districts():
    for district in facts.districts():
        assert {place.police_area for place in district.neighbourhoods} <= set(district.police_areas)


def district_of_point(lat, lon):
    """Return the district by the outlines that the product carries."""
    return CARRIED.at(lat, lon, MARGIN_M)


@pytest.mark.parametrize(("place", "code"), NEIGHBOURHOODS, ids=lambda value: getattr(value, "name", value))
def test_every_neighbourhoods_centre_lies_in_its_own_district(place, code):
    assert read_geometry(facts.outlines()[code]).contains(Point(place.lon, place.lat))
    assert district_of_point(place.lat, place.lon) == code


@pytest.mark.parametrize("code", CODES)
def test_outline_is_a_valid_area_by_the_right_hand_rule(code):
    outline = read_geometry(facts.outlines()[code])
    assert outline.is_valid
    for exterior, interiors in rings(outline):
        assert exterior.is_ccw
        assert not any(ring.is_ccw for ring in interiors)


def test_no_two_districts_overlap_and_no_gap_is_left_between_them():
    outlines = [in_metres(read_geometry(outline)) for outline in facts.outlines().values()]
    assert max(one.intersection(other).area for one, other in combinations(outlines, 2)) == 0
    city = union_all(outlines)
    assert isinstance(city, Polygon)
    assert not city.interiors


def test_a_place_within_a_kilometre_outside_the_city_gets_the_nearest_district():
    lon, lat = max(read_geometry(facts.outlines()["skarpnack"]).exterior.coords)
    easting, northing = to_plane(lat, lon)
    assert district_of_point(*from_plane(easting + 900, northing)) == "skarpnack"
    assert district_of_point(*from_plane(easting + 1100, northing)) is None


@pytest.mark.parametrize(("lat", "lon"), [(57.7, 11.97), (0, 0), (90, 0), (-90, 180), (59.434915, 18.076650)])
def test_a_place_far_from_the_city_has_no_district(lat, lon):
    assert district_of_point(lat, lon) is None
