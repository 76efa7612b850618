"""The map at the desk: its list says all that is drawn, and nobody is drawn more than they may read."""

import json
import re
from functools import partial
from html import unescape

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.demo.register import site_id
from tests.factories.phone import now_iso
from tests.factories.review import submitted

SV = sentences("sv")
MAP = "/office/places/map"
CORNER = {"lat": 59.2437, "lon": 18.0931, "label": 'Demo <hörnet>\'s "kiosk"'}


def drawn(page):
    """Return what a page gives to be drawn, None of nothing."""
    found = re.search(r"data-map='([^']*)'", page)
    return json.loads(unescape(found[1])) if found else None


@pytest.mark.parametrize("who", ["falt1", "nattvandring", "analys", "direktor", "admin"])
def test_the_list_says_every_place_that_is_drawn_in_its_own_words(phone, who):
    worker = phone("falt1")
    submitted(worker, worker.visit("", site_id=site_id(23)), worker.visit("", site_id=None, place=CORNER))
    page = phone(who).client.get(MAP).text
    picture = drawn(page)
    listed = re.sub(r"<div class=\"office-map\".*?</div>", "", page, flags=re.S)
    for place in picture["places"]:
        row = re.search(rf'id="{place["href"].removeprefix("#")}">(.*?)</(?:tr|li)>', listed, re.S)[1]
        assert place["name"] in unescape(row)
        if place["look"] != "school":
            assert SV[f"map.look.{place['look']}"] in row
        for sign in place["signs"]:
            assert SV["map.visited_today" if sign == "visited" else f"map.sign.{sign}"] in row
    rows = re.findall(r'id="(?:place|new)-', listed)
    assert len(rows) == len([one for one in picture["places"] if one["look"] != "school"]) > 0
    assert picture["radius_m"] == 500


def test_who_may_not_know_what_a_place_is_or_how_safe_is_drawn_no_more_than_the_list_says(phone):
    everything = drawn(phone("falt1").client.get(MAP).text)["places"]
    assert {"listed", "struck", "emerging", "other", "school"} == {one["look"] for one in everything}
    assert "extra_care" in {sign for one in everything for sign in one["signs"]}
    for who, looks in (("nattvandring", {"other", "school"}), ("direktor", {"listed", "school"})):
        places = drawn(phone(who).client.get(MAP).text)["places"]
        assert {one["look"] for one in places} == looks
        assert [one for one in places if one["signs"]] == []
        assert len(places) < len(everything)
    assert [one for one in drawn(phone("admin").client.get(MAP).text)["places"] if one["signs"]] == []


def test_new_places_and_todays_visits_stand_there_for_who_may_read_of_them(phone, sql):
    worker = phone("falt1")
    school = worker.client.get("/api/v1/schools?limit=1").get_json()["items"][0]["school_unit_code"]
    visit = partial(worker.visit, "", arrived_at=now_iso())
    submitted(
        worker, visit(site_id=site_id(23)),
        visit(site_id=site_id(24), outcome="not_visited", not_visited_reason="time"),
        visit(site_id=None, school_unit_code=school, arena="school"), visit(site_id=None, place=CORNER),
        visit(site_id=None, place=CORNER),
    )  # fmt: skip
    sql("UPDATE sites SET merged_into_id = :into WHERE id = :id", into=site_id(25), id=site_id(23))

    def seen(who, **asked):
        places = drawn(phone(who).client.get(MAP, query_string=asked).text)["places"]
        new = [(one["name"], one["signs"]) for one in places if one["look"] == "new"]
        return new, {one["id"] for one in places if "visited" in one["signs"] and one["look"] != "new"}

    corner, everywhere = [(CORNER["label"], ["visited"])], {site_id(25), school}
    assert seen("falt1") == seen("ledare2") == (corner, everywhere)
    assert seen("falt3") == seen("admin") == seen("analys") == ([], everywhere)
    assert seen("direktor") == seen("nattvandring") == ([], set())
    assert seen("ledare2", district="skarholmen") == ([], set())
    sql("UPDATE shifts SET status = 'approved'")
    assert seen("analys") == (corner, everywhere)
    assert seen("direktor") == ([], everywhere)
    assert seen("nattvandring") == ([], set())


def test_a_district_alone_and_one_that_is_none(phone):
    client = phone("falt1").client
    page = client.get(f"{MAP}?district=farsta")
    assert {re.search(r"Demo", one["name"]) is not None for one in drawn(page.text)["places"]} == {True}
    assert len(drawn(page.text)["places"]) < len(drawn(client.get(MAP).text)["places"])
    assert client.get(f"{MAP}?district=atlantis").status_code == 404


def test_a_pass_draws_its_visits_and_moves_each_leading_to_its_line(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    visits = [
        falt1.visit(shift["record_id"], site_id=site_id(23)),
        falt1.visit(shift["record_id"], site_id=None, place=CORNER),
    ]
    seen = falt1.observation(visits[0]["record_id"], moved_from=site_id(24))
    falt1.apply(shift, *visits, seen)
    for address in (f"/office/shifts/{shift['record_id']}", f"/office/review/passes/{shift['record_id']}"):
        page = phone("ledare2").client.get(address).text
        picture = drawn(page)
        assert {one["name"] for one in picture["places"]} >= {CORNER["label"]}
        assert [one["signs"] for one in picture["places"]] == [["visited"], ["visited"], []]
        assert len(picture["moves"]) == 1
        hrefs = [one["href"] for one in picture["places"]]
        assert hrefs[2] is None
        assert all(f'id="{href[1:]}"' in page for href in hrefs[:2])
    empty = falt1.shift(started_at=now_iso(hours=-40), ended_at=now_iso(hours=-38))
    falt1.apply(empty)
    assert drawn(falt1.client.get(f"/office/shifts/{empty['record_id']}").text) is None


def test_a_summary_draws_its_rows_and_only_those_its_reader_may_know(phone, sql):
    sql("UPDATE sites SET is_public = FALSE WHERE id = :id", id=site_id(25))
    falt1 = phone("falt1")
    shift = falt1.shift()
    visit = falt1.visit(shift["record_id"], site_id=site_id(23))
    falt1.apply(shift, visit, falt1.observation(visit["record_id"], moved_from=site_id(24)))
    period = f"from={now_iso()[:8]}01&to={now_iso()[:10]}"
    whole = drawn(phone("ledare2").client.get(f"/office/summaries/farsta?{period}&status=all").text)
    assert {tuple(one["signs"]) for one in whole["places"]} == {("visited",), ()}
    assert len(whole["moves"]) == 1
    protected = drawn(phone("direktor").client.get(f"/office/summaries/farsta?{period}").text)
    assert {one["id"] for one in whole["places"]} - {one["id"] for one in protected["places"]} == {site_id(25)}
    known = {one["id"] for one in phone("direktor").client.get("/api/v1/sites?limit=1000").get_json()["items"]}
    assert {one["id"] for one in protected["places"]} <= known
    assert drawn(phone("nattvandring").client.get(f"/office/summaries/farsta?{period}").text) is None
