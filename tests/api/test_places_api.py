"""The routes of api.md, Places: shapes, filters, refusals, and what each role gets."""

import subprocess
from urllib.parse import urlencode

import geojson
import pytest

from fieldapp.core.access import rule_of
from fieldapp.core.geodesy import read_geometry
from fieldapp.demo.register import site_id

SITE_FIELDS = {
    "id",
    "name",
    "public_label",
    "district",
    "kind",
    "safety_level",
    "mappings",
    "priorities",
    "school_near",
    "schools",
    "geometry",
    "coordinate_uncertainty_m",
    "last_visited_on",
    "visits_28d",
}
EVERYONE = {"field_worker", "team_lead", "walk_coordinator", "analyst", "viewer", "admin"}
ROUTES = [
    "/api/v1/districts.geojson",
    "/api/v1/sites",
    "/api/v1/sites.geojson",
    "/api/v1/schools",
    "/api/v1/mappings/2023/summary",
]


def get(client, path, **query):
    return client.get(f"/api/v1/{path}?{urlencode(query)}")


def items(client, path, **query):
    answer = get(client, path, **query)
    assert answer.status_code == 200
    return answer.json["items"]


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_without_signing_in(client, route):
    assert client.get(route).status_code == 401


def test_each_view_carries_its_rule(app):
    for view in ("districts_geojson", "sites", "sites_geojson", "schools"):
        assert rule_of(app, f"places.{view}") == EVERYONE
    assert rule_of(app, "places.mapping_summary") == EVERYONE - {"walk_coordinator"}


def test_24_of_31_listed_sites_were_near_a_school_in_2023(sign_in):
    client = sign_in("analys")
    assert len(items(client, "sites", year=2023, listed="yes")) == 31
    assert len(items(client, "sites", year=2023, listed="yes", school_near="yes")) == 24
    assert len(items(client, "sites", year=2024, listed="yes")) == 26
    assert len(items(client, "sites", year=2024, listed="no")) == 5


def test_a_site_has_the_contracts_fields(sign_in):
    for item in items(sign_in("falt1"), "sites", district="farsta", year=2023):
        assert set(item) >= SITE_FIELDS
        assert [mapping["year"] for mapping in item["mappings"]] == [2023, 2024]
        assert set(item["mappings"][0]) == {
            "year",
            "status",
            "related_site_id",
            "source",
            "reported_by",
            "decided_on",
        }
        for school in item["schools"]:
            assert set(school) == {"school_unit_code", "name", "distance_m", "basis"}
            assert isinstance(school["distance_m"], int)
        assert item["visits_28d"] == 0


def test_pages_follow_each_other(sign_in):
    client, seen, after = sign_in("falt1"), [], {}
    while True:
        page = get(client, "sites", limit=16, **after).json
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [site_id(number) for number in range(1, 40)]


def test_limits_are_clamped_and_unknown_keys_ignored(sign_in):
    client = sign_in("falt1")
    assert len(items(client, "sites", limit=0, colour="red")) == 1
    assert len(items(client, "sites", limit=5000)) == 39


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("sites", {"district": "atlantis"}),
        ("sites", {"year": "last"}),
        ("sites", {"year": 10**30}),
        ("sites", {"school_near": "maybe"}),
        ("sites", {"listed": "true"}),
        ("sites", {"after": "\0"}),
        ("sites.geojson", {"district": "atlantis"}),
        ("schools", {"district": "farsta\0"}),
        ("schools", {"near_site": "here"}),
        ("schools", {"near_site": site_id(4711)}),
        ("schools", {"after": "\0"}),
    ],
)
def test_a_value_that_does_not_exist_is_refused_by_name(sign_in, path, query):
    answer = get(sign_in("analys"), path, **query)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == set(query)


def test_schools_of_a_district_and_near_a_site(sign_in):
    client = sign_in("falt1")
    assert {school["district"] for school in items(client, "schools", district="farsta")} == {"farsta"}
    assert [school["school_unit_code"] for school in items(client, "schools", near_site=site_id(1))] == ["99000001"]
    first, *_ = items(client, "schools", limit=1)
    assert set(first) >= {"school_unit_code", "name", "school_forms", "grades", "organiser", "status", "lat", "lon"}


def test_summary_of_a_mapping_year(sign_in):
    summary = get(sign_in("analys"), "mappings/2024/summary").json
    assert (summary["year"], summary["listed"], summary["struck"]) == (2024, 26, 5)
    assert (summary["school_near"], summary["school_near_uncertain"]) == (21, 1)
    assert summary["basis"] == {"radius_m": 500, "school_forms": ["GR"], "register_date": "2023-10-15"}
    for count in ("listed", "struck", "school_near", "school_near_uncertain"):
        assert sum(row[count] for row in summary["by_district"]) == summary[count]


@pytest.mark.parametrize("year", [1999, 10**30])
def test_a_year_without_mapping_is_not_found(sign_in, year):
    assert get(sign_in("analys"), f"mappings/{year}/summary").status_code == 404


@pytest.mark.parametrize("path", ["sites.geojson", "districts.geojson"])
def test_geojson_is_rfc_7946(sign_in, path):
    answer = get(sign_in("falt1"), path)
    assert answer.content_type == "application/geo+json"
    collection = geojson.loads(answer.text)
    assert collection.is_valid
    assert "crs" not in collection
    for feature in collection["features"]:
        geometry = read_geometry(feature["geometry"])
        assert geometry.geom_type == "Point" or geometry.exterior.is_ccw


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (
            "sites.geojson",
            ("name: String", "district: String", "school_near: String", "coordinate_uncertainty_m: Integer"),
        ),
        ("districts.geojson", ("code: String", "name: String", "schematic: Integer(Boolean)")),
    ],
)
def test_E06_an_outside_reader_takes_the_places(sign_in, tmp_path, path, fields):
    answer = get(sign_in("analys"), path)
    file = tmp_path / "places.geojson"
    file.write_bytes(answer.data)
    told = subprocess.run(["ogrinfo", "-ro", "-al", "-so", file], capture_output=True, text=True, check=True)
    assert f"Feature Count: {len(answer.json['features'])}" in told.stdout
    assert not told.stderr
    for field in fields:
        assert field in told.stdout


def test_outlines_carry_code_name_police_areas_and_that_they_are_schematic(sign_in):
    features = geojson.loads(get(sign_in("direktor"), "districts.geojson").text)["features"]
    assert len(features) == 11
    farsta = next(feature["properties"] for feature in features if feature["id"] == "farsta")
    assert farsta == {"code": "farsta", "name": "Farsta", "police_areas": ["Farsta"], "schematic": True}


def test_sites_as_geojson_are_the_sites_of_the_list(sign_in):
    client = sign_in("falt1")
    features = geojson.loads(get(client, "sites.geojson", year=2024, school_near="uncertain").text)["features"]
    listed = items(client, "sites", year=2024, school_near="uncertain")
    assert [dict(feature["properties"], geometry=feature["geometry"]) for feature in features] == listed


@pytest.mark.parametrize(
    ("who", "count", "sees_safety"),
    [
        ("falt1", 39, True),
        ("ledare", 39, True),
        ("analys", 39, True),
        ("admin", 39, False),
        ("direktor", 24, False),
        ("nattvandring", 35, False),
    ],
)
def test_each_role_reads_its_share(sign_in, who, count, sees_safety):
    found = items(sign_in(who), "sites")
    assert len(found) == count
    assert all(("safety_level" in item) is sees_safety for item in found)


def test_volunteers_coordinator_never_learns_what_a_place_is(sign_in):
    client = sign_in("nattvandring")
    for answer in (get(client, "sites"), get(client, "sites.geojson")):
        assert "open_drug_scene" not in answer.text
        assert "listed" not in answer.text
        assert "struck" not in answer.text
    for item in items(client, "sites"):
        assert item["name"] == item["public_label"]
    assert items(client, "sites", year=2023) == []
    assert items(client, "sites", listed="yes") == []
    assert get(client, "mappings/2023/summary").status_code == 403
