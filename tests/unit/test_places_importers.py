"""Readers of files of places: every format, every trap, and what is refused with its row and reason."""

import json
import random
from dataclasses import asdict
from datetime import date
from math import asin, cos, hypot, radians, sin, sqrt
from time import monotonic

import numpy as np
import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.geodesy import SWEREF99_18_00, SWEREF99_TM, from_plane, read_geometry, to_plane
from fieldapp.places import facts
from fieldapp.places.importers.reading import read_file
from fieldapp.places.importers.shape import FileRefused, Read
from fieldapp.places.rules import NearnessIndex, NearnessRule, SchoolFacts, nearness
from tests.factories import place_files as files
from tests.factories.place_files import HERE

BROKEN = files.broken()
# lat, lon, N, E: Lantmäteriet, Kontrollpunkter för SWEREF 99 TM, 2007-11-20.
CONTROL_POINTS = [
    (55, 12.75, 6097106.672, 356083.438), (55, 14.25, 6095048.642, 452024.069), (57, 12.75, 6319636.937, 363331.554),
    (57, 19.5, 6326392.707, 773251.054), (59, 11.25, 6546096.724, 284626.066), (59, 19.5, 6548757.206, 758410.519),
    (61, 12.75, 6764877.311, 378323.44), (61, 18.75, 6768593.345, 702745.127), (63, 12.0, 6989134.048, 348083.148),
    (63, 19.5, 6993565.63, 727798.671), (65, 13.5, 7209293.753, 429270.201), (65, 21.75, 7225449.115, 817833.405),
    (67, 16.5, 7432168.174, 565398.458), (67, 24.0, 7459745.672, 891298.142), (69, 21.0, 7666089.698, 739639.195),
]  # fmt: skip


def reasons(read: Read) -> list[tuple[int, str]]:
    return [(line.row, line.reason) for line in read.refused]


def table(header: str, *lines: str) -> bytes:
    return "\n".join((header, *lines)).encode()


@pytest.mark.parametrize(("lat", "lon", "northing", "easting"), CONTROL_POINTS)
def test_sweref_control_points_to_the_millimetre(lat, lon, northing, easting):
    assert to_plane(lat, lon, SWEREF99_TM) == pytest.approx((easting, northing), abs=0.001)


def test_E05_there_are_forty_broken_files():
    assert len(BROKEN) == 40


@pytest.mark.parametrize("what", BROKEN)
def test_E05_a_broken_file_is_refused_whole_naming_feature_and_reason_in_five_seconds(what):
    content, reason = BROKEN[what]
    began = monotonic()
    with pytest.raises(FileRefused) as refused:
        read_file("sites", content)
    assert monotonic() - began < 5
    assert refused.value.status == 422
    [line] = refused.value.lines
    assert line.reason == reason
    assert f"import.reason.{reason}" in sentences("sv")
    if line.name:
        assert line.name in ("Demo trasig", "Demo hel")
        assert line.row == (1 if reason == "wrong_system" else line.row)


@pytest.mark.parametrize("epsg", [4326, SWEREF99_TM, SWEREF99_18_00])
def test_the_system_is_recognised_by_where_positions_land(epsg):
    east, north = (HERE[1], HERE[0]) if epsg == 4326 else to_plane(*HERE, epsg)
    [site] = read_file("sites", files.collection(files.feature({"type": "Point", "coordinates": [east, north]}))).rows
    assert site["geometry"]["coordinates"] == pytest.approx([HERE[1], HERE[0]], abs=2e-6)


def test_parts_that_touch_or_overlap_are_united_and_told_one_that_crosses_itself_is_not():
    touching = [files.square(0)["coordinates"], files.square(80)["coordinates"], files.square(120)["coordinates"]]
    read = read_file("sites", files.collection(files.feature({"type": "MultiPolygon", "coordinates": touching})))
    [site] = read.rows
    assert site["geometry"]["type"] == "Polygon"
    assert read_geometry(site["geometry"]).is_valid
    assert [(line.reason, line.detail) for line in read.notes] == [("parts_united", "3")]
    apart = [files.square(0)["coordinates"], files.square(500)["coordinates"]]
    read = read_file("sites", files.collection(files.feature({"type": "MultiPolygon", "coordinates": apart})))
    assert (read.rows[0]["geometry"]["type"], read.notes) == ("MultiPolygon", [])


def test_districts_come_whole_or_as_all_their_neighbourhoods():
    read = read_file("districts", files.outlines())
    assert {row["code"] for row in read.rows} == facts.district_codes()
    assert {line.reason for line in read.notes} == {"parts_united"}
    places = [
        place for district in facts.districts() if district.code == "skarholmen" for place in district.neighbourhoods
    ]
    squares = [files.feature(files.square(80 * number), place.name) for number, place in enumerate(places)]
    [row] = read_file("districts", files.collection(*squares)).rows
    assert (row["code"], row["geometry"]["type"]) == ("skarholmen", "Polygon")
    with pytest.raises(FileRefused) as refused:
        read_file("districts", files.collection(*squares[:-1]))
    assert [(line.reason, line.detail) for line in refused.value.lines] == [("neighbourhoods_lacking", "1")]
    with pytest.raises(FileRefused) as refused:
        read_file("districts", files.collection(files.feature(files.square(), "Atlantis")))
    assert [line.reason for line in refused.value.lines] == ["unknown_district"]


def test_a_head_teacher_and_other_contacts_are_never_read():
    for answer in (files.v2_answer(), files.v1_answer(), files.v4_answer()):
        assert "anarie" in json.dumps(answer)
        read = read_file("schools", json.dumps(answer).encode())
        assert len(read.rows) == 1
        assert "anarie" not in json.dumps(asdict(read))


def test_each_format_of_the_registers_gives_the_same_kind_of_row():
    answers = [files.v2_answer(), files.v1_answer(), files.v4_answer()]
    read = read_file("schools", json.dumps(answers).encode())
    v2, v1, v4 = read.rows
    for row in (v2, v1, v4):
        assert (row["lat"], row["lon"]) == pytest.approx(HERE, abs=1e-5)
    assert (v2["forms"], v2["grades"], v2["status"], v2["active_from"]) == (
        ["FTH", "GR"],
        ["1", "2"],
        "active",
        "2020-08-01",
    )
    assert (v1["forms"], v1["grades"], v1["status"], v1["organiser"]) == (["GR"], ["1"], "dormant", "DEMO KOMMUN")
    assert (v4["forms"], v4["grades"], v4["status"]) == (["FKLASS", "GR"], ["0", "1"], None)
    assert not read.whole
    units = [{"schoolUnitCode": "88000001", "name": "Demo skola ny", "status": "VILANDE"}]
    read = read_file(
        "schools",
        json.dumps({"meta": {"extractDate": "2026-05-08T00:06:10+02:00"}, "data": {"attributes": units}}).encode(),
    )
    assert (read.whole, read.on, read.rows[0]["forms"], read.rows[0]["status"]) == (True, "2026-05-08", None, "dormant")
    read = read_file("schools", json.dumps({"Uttagsdatum": "2026-09-15T00:00:01+02:00", "Skolenheter": [
        {"Skolenhetskod": "88000001", "Kommunkod": "0180", "Skolenhetsnamn": "Demo", "Status": "Aktiv"},
        {"Skolenhetskod": "88000009", "Kommunkod": "1480", "Skolenhetsnamn": "Demo", "Status": "Aktiv"},
    ]}).encode())  # fmt: skip
    assert (read.whole, read.on, len(read.rows), read.left_out) == (True, "2026-09-15", 1, {"other_municipality": 1})


def test_administrative_units_and_other_municipalities_are_no_schools_of_ours():
    answers = [
        files.v2_answer(schoolUnitType="ADMINISTRATIV_ENHET"),
        files.v2_answer("88000004", municipalityCode="1480"),
    ]
    read = read_file("schools", json.dumps(answers).encode())
    assert (read.rows, read.left_out) == ([], {"administrative_unit": 1, "other_municipality": 1})


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        ({"latitude": None, "longitude": None}, None),
        ({"latitude": "", "longitude": ""}, None),
        ({"latitude": None, "longitude": None, "coordinateSweRefN": "6570000,097", "coordinateSweRefE": "676000,062"},
         from_plane(676000.062, 6570000.097, SWEREF99_TM)),
        ({"latitude": HERE[0], "longitude": HERE[1]}, HERE),
        ({"latitude": "59,2438", "longitude": "18,0917"}, HERE),
    ],
)  # fmt: skip
def test_coordinates_are_text_numbers_decimal_commas_or_null(coordinates, expected):
    [row] = read_file("schools", json.dumps(files.v2_answer(coordinates=coordinates)).encode()).rows
    found = None if row["lat"] is None else (row["lat"], row["lon"])
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-6))


@pytest.mark.parametrize(
    ("coordinates", "reason"),
    [
        ({"latitude": str(HERE[1]), "longitude": str(HERE[0])}, "axes_swapped"),
        ({"longitude": None}, "half_a_position"),
        ({"latitude": "57.7", "longitude": "11.97"}, "outside_county"),
        ({"latitude": "norr"}, "not_a_number"),
    ],
)
def test_coordinates_that_can_not_be_right_are_refused(coordinates, reason):
    assert reasons(read_file("schools", json.dumps(files.v2_answer(coordinates=coordinates)).encode())) == [(1, reason)]


def test_two_positions_of_one_unit_that_differ_are_told():
    easting, northing = to_plane(*HERE, SWEREF99_TM)
    near = {"coordinateSweRefN": f"{northing:.0f}", "coordinateSweRefE": f"{easting:.0f}"}
    far = {"coordinateSweRefN": f"{northing + 60:.0f}", "coordinateSweRefE": f"{easting:.0f}"}
    for coordinates, told in ((near, []), (far, ["positions_differ"])):
        read = read_file("schools", json.dumps(files.v2_answer(coordinates=coordinates)).encode())
        assert [line.reason for line in read.notes] == told


def test_rows_of_a_table_are_refused_one_by_one_with_their_line():
    read = read_file("schools", files.schools_csv(
        ("88000001", "Demo ett", *HERE), ("8800", "Demo två", *HERE), ("88000003", "811218-9876", *HERE),
        ("88000004", "", *HERE), ("88000005", "Demo fem", HERE[0], ""), ("88000001", "Demo ett", *HERE),
        ("88000007", "Demo sju", *HERE), ("88000007", "Demo sjutton", *HERE),
    ))  # fmt: skip
    assert sorted(reasons(read)) == [
        (3, "no_school_unit_code"), (4, "personal_number"), (5, "missing"), (6, "half_a_position"), (8, "repeated"),
        (9, "repeated"),
    ]  # fmt: skip
    assert "811218" not in json.dumps(asdict(read))
    assert [(line.row, line.reason) for line in read.notes] == [(7, "said_twice")]
    assert [row["code"] for row in read.rows] == ["88000001"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"skolenhetskod;namn\n", "empty"),
        ("skolenhetskod;namn\n1;Å".encode("cp1252"), "not_utf8"),
        (b"namn;lat\nDemo;59", "column_missing"),
        (b"skolenhetskod;namn;Namn\n1;a;b", "column_repeated"),
        (b'skolenhetskod;namn\n1;"a', "not_a_table"),
        (b"skolenhetskod;namn\n1;a\x00", "not_a_table"),
        (b"skolenhetskod;namn\n" + b"1;a\n" * 20_001, "too_many_rows"),
        (b"{", "not_json"),
        (b"[]", "empty"),
        (b'[{"a": 1}]', "unknown_format"),
        (b'{"data": {"attributes": [7]}}', "unknown_format"),
        (b"[" * 100_000, "not_json"),
        (b"a" * (16 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_what_is_no_file_of_schools_is_refused_with_a_reason(content, reason):
    with pytest.raises(FileRefused) as refused:
        read_file("schools", content)
    assert [line.reason for line in refused.value.lines] == [reason]
    assert f"import.reason.{reason}" in sentences("sv")


def test_x_and_y_are_taken_in_either_order_named_axes_are_not():
    easting, northing = to_plane(*HERE)
    for header, first, second in (("x;y", easting, northing), ("x;y", northing, easting), ("lat;lon", *HERE)):
        [site] = read_file("sites", table(f"namn;{header}", f"Demo A;{first};{second}")).rows
        assert site["geometry"]["coordinates"] == pytest.approx([HERE[1], HERE[0]], abs=2e-6)
    assert reasons(read_file("sites", table("namn;lat;lon", f"Demo A;{HERE[1]};{HERE[0]}"))) == [(2, "axes_swapped")]


def test_a_site_says_only_what_its_row_says_and_its_label_never_what_it_is():
    header = "namn;lat;lon;publik benämning;typ;publik;osäkerhet m;status;år"
    read = read_file("sites", table(
        header, f"Demo A;{HERE[0]};{HERE[1]};;;;;;", f"Demo B;{HERE[0]};{HERE[1]};Torget;ÖDS;ja;25;ny;2024",
        f"Demo C;{HERE[0]};{HERE[1]};Drogtorget;;;;;", f"Demo D;{HERE[0]};{HERE[1]};;;;;listad;",
        f"Demo E;{HERE[0]};{HERE[1]};;något;;;;", f"Demo F;{HERE[0]};{HERE[1]};;;;-1;;",
    ))  # fmt: skip
    bare, full = read.rows
    assert {name for name, value in bare.items() if value is not None} == {"row", "name", "geometry"}
    assert (full["kind"], full["is_public"], full["coordinate_uncertainty_m"], full["status"], full["year"]) == (
        "open_drug_scene",
        True,
        25,
        "new",
        2024,
    )
    assert reasons(read) == [(4, "label_says_scene"), (5, "no_year"), (6, "unknown_word"), (7, "out_of_range")]


def test_what_an_old_survey_does_not_answer_is_missing_and_never_no_or_0():
    read = read_file(
        "survey",
        table(
            "plats;belysning;åtgärdsplan;fasta kameror;polis;skola",
            "Demo A;nej;;uppgift saknas;deltar;",
            "Demo B;0;1;delvis;ej analyserat;null",
        ),
        2022,
    )
    first, second = (row["answers"] for row in read.rows)
    assert first == {
        "lighting": False,
        "action_plan": None,
        "fixed_cameras": None,
        "actors": {"police": "takes_part", "school": None},
    }
    assert second == {
        "lighting": False,
        "action_plan": True,
        "fixed_cameras": "part",
        "actors": {"police": "not_analysed", "school": None},
    }
    assert reasons(read_file("survey", table("plats;belysning", "Demo A;nej"))) == [(2, "no_year")]


def test_what_was_read_is_kept_and_comes_back_the_same():
    read = read_file("schools", files.schools_csv(("88000001", "Demo ett", *HERE), ("x", "Demo två", *HERE)))
    assert Read.from_json(json.loads(json.dumps(read.to_json()))) == read


# --- nearness ---


def haversine_m(one, other):
    (lat1, lon1), (lat2, lon2) = ([radians(value) for value in place] for place in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(half))


@pytest.mark.parametrize(("uncertainty_m", "answer"), [(0, "no"), (10, "uncertain")])
def test_498_9_m_by_haversine_and_500_2_m_in_the_plane_is_no_and_with_10_m_uncertainty_uncertain(uncertainty_m, answer):
    east, north = to_plane(*HERE)
    ways = [(500.2 * sin(radians(degree)), 500.2 * cos(radians(degree))) for degree in range(91)]
    school = min(
        (from_plane(east + dx, north + dy) for dx, dy in ways), key=lambda at: abs(haversine_m(HERE, at) - 498.9)
    )
    assert haversine_m(HERE, school) == pytest.approx(498.9, abs=0.05)
    there = to_plane(*school)
    assert hypot(there[0] - east, there[1] - north) == pytest.approx(500.2, abs=0.001)
    units = [SchoolFacts("88000001", "Demo", ("GR",), "active", *school)]
    site = {"type": "Point", "coordinates": [HERE[1], HERE[0]]}
    assert nearness(site, uncertainty_m, units, on=date(2024, 1, 1), rule=NearnessRule()).answer == answer


def scattered(count, seed):
    chance = random.Random(seed)
    return [(chance.uniform(59.2, 59.45), chance.uniform(17.8, 18.2)) for _ in range(count)]


def test_the_index_answers_as_measuring_each_school_does():
    schools = [
        SchoolFacts(f"{88000000 + n}", f"Demo {n}", ("GR",) if n % 5 else ("GY",), "active", *at)
        for n, at in enumerate(scattered(400, 1))
    ]
    index = NearnessIndex(schools, rule=NearnessRule(radius_m=900))
    seen = set()
    for number, (lat, lon) in enumerate(scattered(60, 2)):
        site, uncertainty = {"type": "Point", "coordinates": [lon, lat]}, 40 * (number % 3)
        here = to_plane(lat, lon)
        measured = {
            school.school_unit_code: hypot(here[0] - there[0], here[1] - there[1])
            for school in schools
            if "GR" in school.school_forms
            for there in [to_plane(school.lat, school.lon)]
        }
        found = index.nearness(site, uncertainty, on=date(2024, 1, 1))
        reach = 900 + uncertainty
        assert [one["school_unit_code"] for one in found.schools] == sorted(
            (code for code, metres in measured.items() if metres <= reach), key=measured.__getitem__
        )
        seen.add(found.answer)
    assert seen == {"yes", "uncertain", "no"}


def test_ten_thousand_schools_by_five_thousand_sites_are_answered_one_by_one_from_the_index():
    schools = [
        SchoolFacts(f"{10000000 + n}", f"Demo {n}", ("GR",), "active", *at) for n, at in enumerate(scattered(10_000, 3))
    ]
    index = NearnessIndex(schools, rule=NearnessRule())
    east, north = zip(*(to_plane(school.lat, school.lon) for school in schools), strict=True)
    for lat, lon in scattered(5_000, 4)[::50]:
        here = to_plane(lat, lon)
        metres = np.hypot(np.array(east) - here[0], np.array(north) - here[1])
        found = index.nearness({"type": "Point", "coordinates": [lon, lat]}, 0, on=date(2024, 1, 1))
        assert (found.answer, len(found.schools)) == ("yes" if metres.min() <= 500 else "no", (metres <= 500).sum())
