"""What a map draws: looks by kind and mapping, each place once, moves between what is drawn, no more than is known."""

import pytest

from fieldapp.core.catalogue import LOCALES, sentences
from fieldapp.outreach.pass_map import picture_of_pass, places_of
from fieldapp.places.on_map import look_of, picture, school_mark, site_mark
from fieldapp.summaries import sites_on_map

POINT = {"type": "Point", "coordinates": [18.09, 59.24]}
SQUARE = {"type": "Polygon", "coordinates": [[[18, 59], [18.02, 59], [18.02, 59.02], [18, 59.02], [18, 59]]]}

LOOKS = ("listed", "struck", "emerging", "other", "new", "school")  # static/app/map/looks.ts


def site(id_="a", **more):
    return {"id": id_, "name": f"Demo {id_}", "kind": "other", "mappings": [], "geometry": POINT, **more}


def mapped(*statuses):
    years = [{"year": 2023 + at, "status": status} for at, status in enumerate(statuses)]
    return site(kind="open_drug_scene", mappings=years)


@pytest.mark.parametrize(
    ("record", "look"),
    [
        (mapped("listed"), "listed"),
        (mapped("new"), "listed"),
        (mapped("struck", "split"), "listed"),
        (mapped("listed", "struck"), "struck"),
        (mapped("listed", "merged"), "struck"),
        (mapped(), "other"),
        (site(kind="emerging"), "emerging"),
        (site(), "other"),
    ],
)
def test_a_site_looks_as_its_kind_and_its_latest_mapping_say(record, look):
    assert look_of(record) == look
    assert look in LOOKS


def test_an_area_stands_at_its_middle_and_what_is_said_of_safety_is_a_sign():
    mark = site_mark(site(geometry=SQUARE, safety_level="do_not_go"), visited=True)
    assert mark["at"] == {"lat": pytest.approx(59.01), "lon": pytest.approx(18.01)}
    assert (mark["area"], mark["signs"]) == (SQUARE, ["visited", "do_not_go"])
    assert site_mark(site(safety_level="normal"))["signs"] == []
    # A page that says less than the record draws less: a summary says nothing of safety.
    assert site_mark(site(safety_level="do_not_go"), look="listed")["signs"] == []


def test_a_place_is_drawn_once_and_moves_only_between_two_that_are():
    marks = [site_mark(site()), site_mark(site(), visited=True, href="#x"), site_mark(site("b"))]
    drawn = picture(marks, [("a", "b"), ("a", "b"), ("a", "unknown"), (None, "b"), ("b", "b")], 500)
    assert [(one["id"], one["signs"]) for one in drawn["places"]] == [("a", ["visited"]), ("b", [])]
    assert len(drawn["moves"]) == 1
    assert {one["look"] for one in drawn["places"]} == {"other"}
    school = {"school_unit_code": "1", "name": "Demo skola", "lat": 59, "lon": 18}
    [drawn_school] = picture([school_mark(school)], [], 500)["places"]
    assert (drawn_school["look"], drawn_school["signs"]) == ("school", [])


def visit(id_, **more):
    return {"id": id_, "site_id": None, "school_unit_code": None, "place": None, "outcome": "observed", **more}


def test_a_pass_shows_where_it_was_and_nothing_its_reader_may_not_know():
    visits = [
        visit("1", site_id="a"),
        visit("2", site_id="a", outcome="not_visited"),
        visit("3", site_id="hidden"),
        visit("4", place={"lat": 59.1, "lon": 18.1, "label": "Demo hörnet"}, outcome="not_visited"),
        visit("5"),
    ]
    observations = [
        {"visit_id": "1", "moved_from": "b", "moved_to": "hidden"},
        {"visit_id": "3", "moved_from": "b", "moved_to": None},
    ]
    assert places_of(visits, observations) == ({"a", "b", "hidden"}, set())
    drawn = picture_of_pass(visits, observations, {"a": site(), "b": site("b")}, 500)
    told = [(one["id"], one["look"], one["signs"], one["href"]) for one in drawn["places"]]
    assert told == [
        ("a", "other", ["visited"], "#visit-1"),
        ("new-59.1,18.1", "new", [], "#visit-4"),
        ("b", "other", [], None),
    ]
    assert len(drawn["moves"]) == 1


def test_a_summary_shows_its_own_rows_by_their_names_visited_or_not_and_moves():
    def row(id_, *, is_listed=True):
        return {"id": id_, "name": f"Då {id_}", "district": "farsta", "is_listed": is_listed, "school_near": "no"}

    summary = {
        "sites": [{"site": row("a"), "visits": 3}, {"site": row("c", is_listed=False), "visits": 0}],
        "coverage": {"not_visited_sites": [{"site": row("b"), "reasons": {}}]},
        "movements": [{"from": "a", "to": "d", "observations": 1}, {"from": None, "to": "a", "observations": 2}],
    }
    known = {one: {**mapped("struck"), "id": one, "name": f"Nu {one}"} for one in ("a", "b", "d", "e")}
    assert sites_on_map.places_of(summary) == {"a", "b", "c", "d"}
    drawn = sites_on_map.picture_of_summary(summary, known, 500)
    assert [(one["id"], one["name"], one["look"], one["signs"]) for one in drawn["places"]] == [
        ("b", "Då b", "listed", []),
        ("a", "Då a", "listed", ["visited"]),
        ("d", "Nu d", "other", []),
    ]
    assert len(drawn["moves"]) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_a_new_place_is_a_pin_outside_the_register_and_an_emerging_one_a_kind_of_site(locale):
    words = sentences(locale)
    assert words["code.site_kind.emerging"] == words["map.look.emerging"].lower()
    new = {"sv": "ny plats", "en": "new place"}[locale]
    of_sites = [key for key in words if key.startswith(("code.site_kind.", "import.in_the_way.")) or key == "sites.new"]
    assert [key for key in of_sites if new in words[key].lower().replace(f"{new}s", "")] == []
