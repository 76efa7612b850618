"""The register at the desk: search, a site's page for each reader, forms without JavaScript, history."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from tests.api.test_overview import approved_evening
from tests.factories.evening import LISTED_NEAR, month_query
from tests.factories.forms import values_of
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Rows = Callable[..., list[dict[str, Any]]]
TENNPLANEN, STAIRS, IN_SKARHOLMEN, NOWHERE = site_id(23), site_id(24), site_id(30), site_id(4711)
SV = sentences("sv")
BASE = "/office/places/sites"
ROW = re.compile(r'<th scope="row"><a href="/office/places/sites/([0-9a-f-]{36})">')
TODAY = local_date(utc_now())


def found(person: Phone, **asked: Any) -> list[str]:
    answer = person.client.get(f"{BASE}?{urlencode(asked)}")
    assert answer.status_code == 200
    return ROW.findall(answer.text)


def form_of(person: Phone, path: str) -> dict[str, Any]:
    answer = person.client.get(f"{BASE}/{path}")
    assert answer.status_code == 200
    assert_sound(answer.text)
    return values_of(answer.text.split("</nav>")[-1])


def submit(person: Phone, path: str, **form: Any) -> Any:
    data = {"csrf_token": person.session["csrf_token"], **form}
    return person.client.post(f"{BASE}/{path}", data=data, headers={"Origin": "http://localhost"})


def test_the_register_is_searched_by_name_district_kind_year_list_and_school(phone: Callable[..., Phone], sql: Any):
    analyst = phone("analys")
    assert found(analyst, q="TENNPLANEN") == [TENNPLANEN]
    assert found(analyst, q="norra tenn") == [TENNPLANEN]
    sql("UPDATE sites SET name = 'Demo Ångbåtsplatsen' WHERE id = :id", id=STAIRS)
    assert found(analyst, q="ångbåt") == found(analyst, q="ANGBÅTS") == [STAIRS]
    assert found(analyst, q="100%_") == []
    assert set(found(analyst, district="farsta")) >= {TENNPLANEN, STAIRS}
    assert IN_SKARHOLMEN not in found(analyst, district="farsta")
    assert len(found(analyst, year=2023, listed="yes")) == 31
    assert len(found(analyst, year=2023, listed="yes", school_near="yes")) == 24
    assert (len(found(analyst, year=2024, listed="yes")), len(found(analyst, year=2024, listed="no"))) == (26, 5)
    assert len(found(analyst, kind="emerging")) + len(found(analyst, kind="other")) < len(found(analyst))
    for asked in ({"district": "atlantis"}, {"year": "nej"}, {"kind": "x"}, {"after": "x"}, {"q": "x" * 201}):
        assert analyst.client.get(f"{BASE}?{urlencode(asked)}").status_code == 422


def test_pages_follow_each_other_by_name_and_miss_none(phone: Callable[..., Phone], rows: Rows, monkeypatch: Any):
    monkeypatch.setattr("fieldapp.places.register_reads.PAGE", 7)
    analyst, seen, address = phone("analys"), [], BASE
    while address:
        page = analyst.client.get(address).text
        seen += ROW.findall(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""
    names = {row["id"]: row["name"] for row in rows("SELECT id, name FROM sites WHERE deleted = :no", no=False)}
    assert len(seen) == len(set(seen)) == len(names)
    assert [names[one].casefold() for one in seen] == sorted(name.casefold() for name in names.values())


def test_names_are_listed_as_swedish_orders_them_everywhere(phone: Callable[..., Phone], sql: Any):
    names = {site_id(25): "Demo Zonen", TENNPLANEN: "Demo Ån", STAIRS: "Demo Ärtan", site_id(26): "demo Ön"}
    for key, name in names.items():
        sql("UPDATE sites SET name = :name, school_near = 'yes', district = 'farsta' WHERE id = :id", name=name, id=key)
    analyst = phone("analys")
    for path in (
        f"{BASE}?q=demo&district=farsta", "/office/places/map?district=farsta", f"{BASE}/{site_id(22)}/mappings/new",
        "/office/collaboration?year=2023&district=farsta&school_near=all",
        "/office/collaboration/2026/mapping-basis?district=farsta",
    ):  # fmt: skip
        text = analyst.client.get(path).text.split("<h1")[1]
        places = [text.index(f"{name}<") if f"{name}<" in text else -1 for name in names.values()]
        assert places == sorted(places), path
        assert min(places) > 0, path


def test_a_page_after_a_site_one_may_not_know_is_as_after_one_that_is_not(
    phone: Callable[..., Phone], rows: Rows, sql: Any
):
    viewer, analyst = phone("direktor"), phone("analys")
    hidden = [one for one in found(analyst) if one not in found(viewer)][-1]
    sql("UPDATE sites SET name = 'Demo Öst' WHERE id = :id", id=hidden)
    assert found(viewer, after=hidden) == found(viewer, after=NOWHERE) == found(viewer)
    assert found(analyst, after=hidden) == []
    sql("UPDATE sites SET deleted = :yes WHERE id = :id", yes=True, id=hidden)
    assert found(analyst, after=hidden) == found(analyst, after=NOWHERE)


def test_what_each_reader_sees_of_a_site(phone: Callable[..., Phone], sql: Any):
    sql("UPDATE sites SET safety_level = 'extra_care', safety_reason = 'kanariefågel' WHERE id = :id", id=TENNPLANEN)
    sql("UPDATE sites SET is_public = :yes, is_listed = :yes WHERE id = :id", id=TENNPLANEN, yes=True)
    sql("UPDATE sites SET is_public = :no WHERE id = :id", id=STAIRS, no=False)
    for who, reads_hidden, knows_safety, may_edit in (
        ("falt1", True, True, False), ("ledare", True, True, True), ("analys", True, True, True),
        ("admin", True, False, True), ("direktor", False, False, False),
    ):  # fmt: skip
        person = phone(who)
        page = person.client.get(f"{BASE}/{TENNPLANEN}")
        assert page.status_code == 200
        assert_sound(page.text)
        told = re.sub(r"data-words='[^']*'", "", page.text)
        assert (SV["code.safety.extra_care"] in told) is knows_safety, who
        assert ("extra_care" in told) is knows_safety, who
        assert (f"/{TENNPLANEN}/edit" in page.text) is may_edit, who
        assert (SV["site.history"] in page.text) is reads_hidden, who
        assert "kanariefågel" not in page.text  # stands on the page of its own
        assert person.client.get(f"{BASE}/{STAIRS}").status_code == (200 if reads_hidden else 404)
        assert (STAIRS in found(person)) is reads_hidden, who
        assert person.client.get(f"{BASE}/{NOWHERE}").status_code == 404


def test_volunteers_coordinators_have_no_register(phone: Callable[..., Phone]):
    walks = phone("nattvandring").client
    assert {walks.get(path).status_code for path in (BASE, f"{BASE}/{TENNPLANEN}")} == {403}


def test_a_viewer_who_coordinates_walks_reads_no_more_in_the_register(
    phone: Callable[..., Phone], sql: Any, rows: Rows
):
    [unlisted] = rows("SELECT id FROM sites WHERE is_public AND NOT is_listed AND NOT deleted ORDER BY id LIMIT 1")
    before = found(phone("direktor"))
    sql(
        "UPDATE grants SET user_id = (SELECT id FROM users WHERE email = 'direktor@demo.example')"
        " WHERE role = 'walk_coordinator'"
    )
    both = phone("direktor")
    assert both.client.get(f"/api/v1/sites/{unlisted['id']}").status_code == 200
    assert both.client.get(f"{BASE}/{unlisted['id']}").status_code == 404
    assert found(both) == before


def test_a_sites_page_shows_years_schools_validity_and_what_is_done_there(phone: Callable[..., Phone]):
    analyst = phone("analys")
    body = {"kind": "lighting", "what": "Demo ny lampa", "owner": "traffic_office", "owner_function": "Demo drift"}
    more = {"due_on": (TODAY + timedelta(days=9)).isoformat(), "status": "planned", "site_id": TENNPLANEN}
    made = analyst.client.post("/api/v1/measures", json={**body, **more}, headers=analyst.headers)
    assert made.status_code == 201
    page = analyst.client.get(f"{BASE}/{TENNPLANEN}").text
    nearest = analyst.client.get(f"/api/v1/sites/{TENNPLANEN}").get_json()["schools"][0]
    assert f"{nearest['distance_m']} m {SV['overview.basis.' + nearest['basis']]}" in page
    for words in (
        "2023",
        "2024",
        nearest["name"],
        SV["site.since_ever"],
        "Demo ny lampa",
        "SWEREF 99 18 00",
    ):
        assert words in page
    assert f"/office/sites/{TENNPLANEN}/safety" in page
    assert "Demo ny lampa" not in phone("admin").client.get(f"{BASE}/{TENNPLANEN}").text


def test_saved_material_and_the_schools_part_stand_there_for_who_reads_them_in_the_district(
    phone: Callable[..., Phone], sql: Any
):
    lead, people = phone("ledare"), "/api/v1/collaboration"
    sql("UPDATE sites SET is_public = :yes, is_listed = :yes WHERE id = :id", id=TENNPLANEN, yes=True)
    saved = [
        lead.client.post(
            f"{people}/sites/{TENNPLANEN}/situation-pictures", json={**month_query(), "note": f"Demo {number}"},
            headers=lead.headers,
        ).json["id"]
        for number in range(2)
    ]  # fmt: skip
    year = 2024  # the newest that was mapped
    [nearest, *_] = lead.client.get(f"{people}/{year}/sites/{TENNPLANEN}/schools").json["items"]
    part = {"takes_part": True, "contact_function": "head_teacher"}
    school = f"/{year}/sites/{TENNPLANEN}/schools/{nearest['school_unit_code']}"
    assert lead.client.put(f"{people}{school}", json=part, headers=lead.headers).status_code == 200
    new = f'<a href="/office/collaboration/sites/{TENNPLANEN}/situation-pictures">'
    for who, reads, writes in (
        ("ledare", True, True), ("analys", True, True), ("falt1", True, False),
        ("ledare3", False, False), ("admin", False, False), ("direktor", False, False),
    ):  # fmt: skip
        person = phone(who)
        page = person.client.get(f"{BASE}/{TENNPLANEN}").text
        assert_sound(page)
        links = re.findall(r'href="/office/collaboration/situation-pictures/([0-9a-f-]{36})"', page)
        assert links == (saved[::-1] if reads else []), who
        assert ((f'href="/office/collaboration{school}"' in page), new in page) == (reads, writes), who
        assert (SV["code.school_function.head_teacher"] in page) is reads, who
    assert {lead.client.get(f"/office/collaboration/situation-pictures/{one}").status_code for one in saved} == {200}
    later = school.replace("/2024/", f"/{TODAY.year}/")
    assert lead.client.put(f"{people}{later}", json={"takes_part": False}, headers=lead.headers).status_code == 200
    assert f'href="/office/collaboration{later}"' in lead.client.get(f"{BASE}/{TENNPLANEN}").text
    sql("UPDATE sites SET merged_into_id = :into WHERE id = :id", into=STAIRS, id=TENNPLANEN)
    assert new not in lead.client.get(f"{BASE}/{TENNPLANEN}").text


def test_visits_are_counted_by_month_all_units_and_only_approved_ones_for_viewers(
    phone: Callable[..., Phone], sql: Any
):
    sql("UPDATE sites SET is_public = :yes, is_listed = :yes WHERE id = :id", id=TENNPLANEN, yes=True)
    for who, times in (("falt1", 2), ("falt3", 1)):
        person = phone(who)
        shift = person.shift()
        visits = [person.visit(shift["record_id"], site_id=TENNPLANEN) for _ in range(times)]
        missed = {"outcome": "not_visited", "not_visited_reason": "time"}
        person.apply(shift, *visits, person.visit(shift["record_id"], site_id=TENNPLANEN, **missed))
        old = person.shift(started_at=now_iso(days=-500), ended_at=now_iso(days=-500, hours=3))
        person.apply(old, person.visit(old["record_id"], site_id=TENNPLANEN, arrived_at=now_iso(days=-500)))

    def counted(who: str) -> list[int]:
        page = phone(who).client.get(f"{BASE}/{TENNPLANEN}").text
        section = page.split('id="visits"')[1].split("</section>")[0]
        return [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', section)]

    assert (len(counted("analys")), sum(counted("analys"))) == (13, 3)
    assert counted("falt1") == counted("admin") == counted("analys")
    assert sum(counted("direktor")) == 0
    sql(
        "UPDATE grants SET user_id = (SELECT id FROM users WHERE email = 'direktor@demo.example')"
        " WHERE role = 'walk_coordinator'"
    )
    assert sum(counted("direktor")) == 0
    sql("UPDATE shifts SET status = 'approved' WHERE team_id = :team", team=phone("falt1").team_id)
    assert sum(counted("direktor")) == 2


def test_a_site_is_made_from_a_form_in_either_system_and_refused_outside_the_county(
    phone: Callable[..., Phone], rows: Rows
):
    lead = phone("ledare")
    given = form_of(lead, "new")
    assert "farsta" in lead.client.get(f"{BASE}/new").text
    assert 'value="skarholmen"' not in lead.client.get(f"{BASE}/new").text
    points = [("59,2437", "18,0931"), ("6569893", "155292"), ("6 569 893", "155 292")]
    for number, (north, east) in enumerate(points):
        said = given | {"id": "", "name": f"Demo Formgången {number}", "kind": "other", "north": north, "east": east}
        answer = submit(lead, "new", **said)
        assert answer.status_code == 303, answer.text
        assert SV["site.done.created"] in lead.client.get(answer.location).text
    where = [row["geometry"] for row in rows("SELECT geometry FROM sites WHERE name LIKE 'Demo Formg%' ORDER BY name")]
    assert len(where) == 3
    for north, east, field in (("57,7", "11,97", "north"), ("18,09", "59,24", "north"), ("59,24", "", "north"),
                               ("nej", "18", "north")):  # fmt: skip
        refused = submit(lead, "new", **(given | {"name": "Demo Utanför", "north": north, "east": east}))
        assert refused.status_code == 422
        assert f'id="{field}-fault"' in refused.text
        assert 'value="Demo Utanför"' in refused.text
        assert f'value="{north}"' in refused.text
    assert submit(lead, "new", **(given | {"name": "Demo Utan läge"})).status_code == 422
    assert rows("SELECT id FROM sites WHERE name LIKE 'Demo Ut%'") == []


def test_an_area_is_pasted_as_geometry_feature_or_collection(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    ring = "[[18.09,59.24],[18.092,59.24],[18.092,59.241],[18.09,59.241],[18.09,59.24]]"
    area = f'{{"type":"Polygon","coordinates":[{ring}]}}'
    feature = f'{{"type":"Feature","properties":null,"geometry":{area}}}'
    collection = f'{{"type":"FeatureCollection","features":[{feature}]}}'
    for number, pasted in enumerate((area, feature, collection)):
        said = {"name": f"Demo Ytan {number}", "kind": "other", "area": pasted, "district": "farsta"}
        assert submit(lead, "new", **said).status_code == 303
    crossing = area.replace("[18.092,59.241],[18.09,59.241]", "[18.09,59.241],[18.092,59.241]")
    point, two = '{"type":"Point","coordinates":[18.09,59.24]}', collection.replace("[{", "[{},{")
    bad = ("nej", point, two, "[" * 9000, crossing, area.replace(",[18.09,59.24]]", "]"), "null", "{}")
    for pasted in bad:
        answer = submit(lead, "new", name="Demo Trasig", kind="other", area=pasted)
        assert answer.status_code == 422, pasted[:60]
        assert 'id="area-fault"' in answer.text
    both = submit(lead, "new", name="Demo Trasig", kind="other", area=area, north="59.24", east="18.09")
    assert SV["field.one_position_only"] in both.text
    assert len(rows("SELECT id FROM sites WHERE name LIKE 'Demo Ytan%'")) == 3
    assert rows("SELECT id FROM sites WHERE name = 'Demo Trasig'") == []


def test_a_form_saved_as_it_opened_changes_nothing_and_one_that_changes_keeps_the_rest(
    phone: Callable[..., Phone], rows: Rows
):
    lead, before = phone("ledare"), rows("SELECT * FROM sites ORDER BY id")
    opened = form_of(lead, f"{TENNPLANEN}/edit")
    assert submit(lead, f"{TENNPLANEN}/edit", **opened).status_code == 303
    assert rows("SELECT * FROM sites ORDER BY id") == before
    changed = opened | {"name": "Demo Tennplanen <b>", "reason": "Ny skylt"}
    assert submit(lead, f"{TENNPLANEN}/edit", **changed).status_code == 303
    [was] = [row for row in before if row["id"] == TENNPLANEN]
    [after] = rows("SELECT * FROM sites WHERE id = :id", id=TENNPLANEN)
    assert {name for name in after if after[name] != was[name]} == {"name", "version", "seq"}
    page = lead.client.get(f"{BASE}/{TENNPLANEN}").text
    for words in (f"{was['name']} → Demo Tennplanen &lt;b&gt;", "Ny skylt", SV["code.site_change.changed"]):
        assert words in page
    late = submit(lead, f"{TENNPLANEN}/edit", **(opened | {"name": "Demo Sen"}))
    assert late.status_code == 409
    for words in (SV["field.site_moved"], 'value="Demo Sen"', f'name="version" value="{after["version"]}"'):
        assert words in late.text


def test_periods_of_priority_are_kept_refused_at_their_field_and_emptied(phone: Callable[..., Phone], rows: Rows):
    lead, path = phone("ledare"), f"{TENNPLANEN}/priorities"
    before = rows("SELECT version, priorities FROM sites WHERE id = :id", id=TENNPLANEN)
    assert "suspected_dealing" in str(before)
    opened = form_of(lead, path)
    assert SV["code.priority.suspected_dealing"] in opened.values()
    assert submit(lead, path, **opened).status_code == 303  # what opened in words is the same code again
    assert rows("SELECT version, priorities FROM sites WHERE id = :id", id=TENNPLANEN) == before
    assert submit(lead, path, **opened, **{"level-²": "regional"}).status_code == 303  # no row
    number = sum(name.startswith("level-") for name in opened) - 2
    said = opened | {f"level-{number}": "regional", f"why-{number}": "Demo lista", f"from-{number}": "2026-05-01"}
    bad = submit(lead, path, **(said | {f"to-{number}": "2026-04-01"}))
    assert bad.status_code == 422
    assert f'id="to-{number}-fault"' in bad.text
    assert 'value="Demo lista"' in bad.text
    lacking = submit(lead, path, **(said | {f"why-{number}": "", f"level-{number}": ""}))
    assert {f'id="why-{number}-fault"' in lacking.text, f'id="level-{number}-fault"' in lacking.text} == {True}
    assert submit(lead, path, **said).status_code == 303
    page = lead.client.get(f"{BASE}/{TENNPLANEN}").text
    assert "Demo lista" in page
    assert SV["site.until_further"] in page
    empty = {name: "" for name in said if name.split("-")[0] in ("level", "why", "from", "to")}
    assert submit(lead, path, **(form_of(lead, path) | empty)).status_code == 303
    assert SV["site.no_priorities"] in lead.client.get(f"{BASE}/{TENNPLANEN}").text


def test_a_mapping_year_is_added_and_corrected_with_both_values_in_the_history(phone: Callable[..., Phone], rows: Rows):
    analyst, falt1 = phone("analys"), phone("falt1")
    said = form_of(analyst, f"{TENNPLANEN}/mappings/new") | {
        "year": "2025", "status": "merged", "related_site_id": STAIRS, "source": "Demo protokoll",
        "decided_on": "2025-12-01",
    }  # fmt: skip
    lacking = submit(analyst, f"{TENNPLANEN}/mappings/new", **(said | {"related_site_id": ""}))
    assert lacking.status_code == 422
    assert 'id="related_site_id-fault"' in lacking.text
    assert 'value="Demo protokoll"' in lacking.text
    assert submit(analyst, f"{TENNPLANEN}/mappings/new", **said).status_code == 303
    page = analyst.client.get(f"{BASE}/{TENNPLANEN}").text
    assert SV["site.is_merged"] in page
    assert "Demo Silvertrappan" in page
    assert SV["site.merged_here"] in analyst.client.get(f"{BASE}/{STAIRS}").text
    path = f"{TENNPLANEN}/mappings/2025"
    right = form_of(analyst, path) | {"status": "struck", "related_site_id": "", "reason": "Fel rad i protokollet"}
    assert submit(analyst, path, **right).status_code == 303
    site = falt1.pull()["sites", TENNPLANEN]
    assert (site["merged_into_id"], site["mappings"][-1]["status"]) == (None, "struck")
    page = analyst.client.get(f"{BASE}/{TENNPLANEN}").text
    for words in ("sammanslagen → struken", "Fel rad i protokollet", SV["code.site_change.mapping_corrected"]):
        assert words in page
    assert "2025 → 2025" not in page
    again = form_of(analyst, path)
    kept = rows("SELECT id FROM site_changes")
    assert submit(analyst, path, **again).status_code == 303
    assert rows("SELECT id FROM site_changes") == kept
    assert analyst.client.get(f"{BASE}/{TENNPLANEN}/mappings/2019").status_code == 404
    assert submit(analyst, f"{TENNPLANEN}/mappings/2019", **again).status_code == 404


def test_a_year_added_by_mistake_is_taken_away_at_its_form(phone: Callable[..., Phone]):
    analyst, path = phone("analys"), f"{TENNPLANEN}/mappings/2025"
    said = {"year": "2025", "status": "struck", "source": "Demo fel rad", "decided_on": "2025-12-01"}
    opened = form_of(analyst, f"{TENNPLANEN}/mappings/new")
    assert submit(analyst, f"{TENNPLANEN}/mappings/new", **(opened | said)).status_code == 303
    form = form_of(analyst, path) | {"removal_reason": "Demo: fel plats"}
    late = submit(analyst, f"{path}/remove", **(form | {"version": opened["version"]}))
    assert (late.status_code, SV["field.site_moved"] in late.text, 'value="Demo: fel plats"' in late.text) == (
        409, True, True,
    )  # fmt: skip
    gone = submit(analyst, f"{path}/remove", **form)
    assert gone.status_code == 303
    page = analyst.client.get(gone.location).text
    for words in (SV["site.done.unmapped"], "Demo: fel plats", "Demo fel rad → –", "struken → –"):
        assert words in page
    assert analyst.client.get(f"{BASE}/{path}").status_code == 404
    read = int(form["version"][0])
    for version in (str(read), str(read + 1)):  # sent twice, and by who has read the site since
        again = submit(analyst, f"{path}/remove", **(form | {"version": version}))
        assert (again.status_code, SV["site.done.not_mapped"] in analyst.client.get(again.location).text) == (303, True)


def test_another_districts_forms_are_not_found_like_those_of_no_site(phone: Callable[..., Phone], rows: Rows):
    lead, before = phone("ledare"), rows("SELECT * FROM sites ORDER BY id")
    for path in ("edit", "priorities", "mappings/new", "mappings/2023"):
        for site in (IN_SKARHOLMEN, NOWHERE):
            assert lead.client.get(f"{BASE}/{site}/{path}").status_code == 404
            whole = {"version": "2", "name": "Demo Tagen", "kind": "other", "status": "struck", "source": "x",
                     "reported_by": "both", "decided_on": "2025-01-01", "year": "2025"}  # fmt: skip
            assert submit(lead, f"{site}/{path}", **whole).status_code == 404
            assert submit(lead, f"{site}/mappings/2023/remove", version="2").status_code == 404
    assert rows("SELECT * FROM sites ORDER BY id") == before


def test_who_did_it_is_named_to_those_who_may_know_and_safety_is_no_administrators(
    phone: Callable[..., Phone], rows: Rows, sql: Any
):
    lead = phone("ledare")
    [site] = rows("SELECT version FROM sites WHERE id = :id", id=TENNPLANEN)
    level = {"safety_level": "extra_care", "safety_reason": "kanariefågel", "version": site["version"]}
    answer = lead.client.patch(f"/api/v1/sites/{TENNPLANEN}", json=level, headers=lead.headers)
    assert answer.status_code == 200
    shown = {who: phone(who).client.get(f"{BASE}/{TENNPLANEN}").text for who in ("ledare2", "analys", "admin")}
    assert SV["code.site_change.safety_set"] in shown["ledare2"]
    assert "kanariefågel" in shown["ledare2"]
    assert "Demo Ledare" in shown["ledare2"]
    assert SV["code.site_role.team_lead"] in shown["analys"]
    assert SV["code.site_change.safety_set"] not in shown["admin"]
    assert "kanariefågel" not in shown["admin"]


def test_a_reason_given_with_a_level_is_kept_for_those_who_may_know_the_level(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    for body in ({"reason": "Demo siskan"}, {"reason": "Demo talgoxen", "public_label": "Demo annan"}):
        [site] = rows("SELECT version FROM sites WHERE id = :id", id=TENNPLANEN)
        level = {"safety_level": "extra_care", "safety_reason": "kanariefågel", "version": site["version"]}
        answer = lead.client.patch(f"/api/v1/sites/{TENNPLANEN}", json={**level, **body}, headers=lead.headers)
        assert answer.status_code == 200
    shown = {who: phone(who).client.get(f"{BASE}/{TENNPLANEN}").text for who in ("ledare2", "analys", "admin")}
    for words in ("Demo siskan", "Demo talgoxen"):
        assert [words in shown[who] for who in shown] == [True, True, False]
    assert SV["code.site_change.changed"] in shown["admin"]


def test_a_viewers_count_of_a_sites_visits_keeps_a_pass_that_is_open_again(phone):
    lead = phone("ledare2")
    shift = approved_evening(phone)["id"]

    def counted():
        page = phone("direktor").client.get(f"{BASE}/{LISTED_NEAR}").text
        section = page.split('id="visits"')[1].split("</section>")[0]
        return sum(int(one) for one in re.findall(r'<td class="number">(\d+)</td>', section))

    assert counted() == 1
    version = lead.client.get(f"/api/v1/shifts/{shift}").json["content_version"]
    body = {"decision": "reopen", "content_version": version, "comment": "Demo: se över", "field_comments": []}
    answer = lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.json
    assert counted() == 1
