"""New places from the field: who sees and decides, linked, joined, dismissed, taken back; visits stay as they are."""

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier, Thread
from typing import Any

import pytest

from fieldapp.collaboration import proposals, services
from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import utc_now
from fieldapp.demo.register import site_id
from fieldapp.outreach import place_links
from fieldapp.summaries import situation_pictures
from fieldapp.sync.disposal import dispose
from tests.api.test_collaboration import MEASURE, WHOLE
from tests.api.test_map_pages import drawn
from tests.api.test_places_import import read_in, send
from tests.api.test_site_register import mapping
from tests.api.test_site_register import send as send_json
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso
from tests.factories.review import submitted

Rows = Callable[..., list[dict[str, Any]]]
TENNPLANEN, IN_SKARHOLMEN, NOWHERE = site_id(23), site_id(30), site_id(4711)
PAGE = "/office/places/new"
SV = sentences("sv")
KIOSK = {"lat": 59.2437, "lon": 18.0931, "label": "Demo kiosken <b>"}
NEXT_TO_IT = {"lat": 59.2441, "lon": 18.0935, "label": "Demo bakom kiosken"}  # some 50 m away
FAR_OFF = {"lat": 59.2500, "lon": 18.1000, "label": "Demo bollplanen"}
SKARHOLMEN = {"lat": 59.2771, "lon": 17.9070, "label": "Demo i Skärholmen"}
TABLES = ("sites", "visits", "observations", "shifts", "site_mappings", "approved_versions")


def noted(person: Phone, *places: dict[str, Any], **fields: Any) -> list[str]:
    """Send in a pass that went to places outside the register; return its visits."""
    visits = [person.visit("", place=place, arrived_at=now_iso(hours=-3)) for place in places]
    submitted(person, *visits, **fields)
    return [str(visit["record_id"]) for visit in visits]


def shown(person: Phone, status: int = 200, **asked: str) -> str:
    answer = person.client.get(PAGE, query_string=asked)
    assert answer.status_code == status
    if status == 200:
        assert_sound(answer.text)
    return str(answer.text)


def waiting(person: Phone) -> list[list[str]]:
    """Return the visits that wait on the page, form by form."""
    forms = shown(person).split('id="decided"')[0].split("<form ")[1:]
    found = [re.findall(r'name="visit" value="([0-9a-f-]{36})"', form) for form in forms]
    return [visits for visits in found if visits]


def test_the_page_and_a_sites_page_draw_what_they_say(phone: Callable[..., Phone]):
    [visit] = noted(phone("falt1"), KIOSK)
    page = shown(phone("ledare2"))
    picture = drawn(page)
    told = {one["name"]: one for one in picture["places"]}
    assert (told[KIOSK["label"]]["look"], told[KIOSK["label"]]["href"]) == ("new", f"#place-{visit}")
    assert f'id="place-{visit}"' in page
    named = re.findall(r'<option value="[0-9a-f-]{36}">(.*?), \d+ m \((.*?)\)</option>', page)
    looks = {(one["name"], SV[f"map.look.{one['look']}"].lower()) for one in picture["places"] if one["look"] != "new"}
    assert {(unescape(name), look) for name, look in named} == looks
    assert decide(phone("ledare2"), [visit], "linked", site_id=TENNPLANEN).status_code == 303
    for who, is_told in (("ledare2", True), ("direktor", False)):
        page = phone(who).client.get(f"/office/places/sites/{TENNPLANEN}").text
        places = drawn(page)["places"]
        assert places[0]["id"] == TENNPLANEN
        assert {one["name"] for one in places if one["look"] == "school"} <= set(re.findall(r"<li>([^<]+) <span", page))
        assert (KIOSK["label"] in {one["name"] for one in places}) is is_told
        assert all(f'id="{one["href"][1:]}"' in page for one in places)
    assert drawn(shown(phone("ledare3"))) is None


def decide(person: Phone, visits: list[str], action: str, **form: Any) -> Any:
    data = {"csrf_token": person.session["csrf_token"], "visit": visits, "of": visits[:1], "action": action, **form}
    return person.client.post(PAGE, data=data, headers={"Origin": "http://localhost"})


def take_back(person: Phone, link: str) -> Any:
    data = {"csrf_token": person.session["csrf_token"]}
    return person.client.post(f"{PAGE}/{link}/take-back", data=data, headers={"Origin": "http://localhost"})


def links(rows: Rows, **where: Any) -> list[dict[str, Any]]:
    return rows("SELECT * FROM place_links WHERE taken_back_at IS NULL ORDER BY id", **where)


def state(rows: Rows) -> dict[str, Any]:
    return {table: sorted(map(str, rows(f"SELECT * FROM {table}"))) for table in TABLES}


def test_those_close_together_stand_as_one_with_the_nearest_site(phone: Callable[..., Phone]):
    one, other, far = noted(phone("falt1"), KIOSK, NEXT_TO_IT, FAR_OFF)
    page, lead = shown(phone("ledare")), phone("ledare")
    assert sorted(sorted(group) for group in waiting(lead)) == sorted([sorted([one, other]), [far]])
    assert "Demo kiosken &lt;b&gt;" in page
    assert SV["new_places.together"].format(n=2) in page
    assert re.search(r"närmast i registret: Demo [^<]+, \d+ m", page)


def test_who_decides_where_and_on_which_passes(phone: Callable[..., Phone], sql: Any):
    falt1, falt3 = phone("falt1"), phone("falt3")
    [here] = noted(falt1, KIOSK)
    [there] = noted(falt3, SKARHOLMEN)
    draft = falt1.shift(started_at=now_iso(hours=-2))
    falt1.apply(draft, falt1.visit(draft["record_id"], place=FAR_OFF))
    missed = {"outcome": "not_visited", "not_visited_reason": "time"}
    submitted(
        falt1, falt1.visit("", place=FAR_OFF, **missed), started_at=now_iso(hours=-30), ended_at=now_iso(hours=-29)
    )
    assert waiting(phone("ledare")) == waiting(phone("ledare2")) == [[here]]
    assert sorted(waiting(phone("jourledare"))) == sorted([[here], [there]])
    assert waiting(phone("analys")) == []
    sql("UPDATE shifts SET status = 'approved' WHERE status = 'submitted'")
    assert sorted(waiting(phone("analys"))) == sorted([[here], [there]])
    for who in ("falt1", "nattvandring", "direktor", "admin"):
        shown(phone(who), 403)
    assert waiting(phone("jourledare"))[0] in ([here], [there])
    assert shown(phone("ledare"), 404, district="skarholmen")
    assert here not in shown(phone("analys"), district="skarholmen")


def test_another_districts_places_and_sites_are_refused_like_unknown_ones(phone: Callable[..., Phone], rows: Rows):
    [here], [there] = noted(phone("falt1"), KIOSK), noted(phone("falt3"), SKARHOLMEN)
    lead, before = phone("ledare"), state(rows)
    for visits in ([there], [NOWHERE], [here, there]):
        for action, form in (
            ("linked", {"site_id": TENNPLANEN}), ("joined", {"name": "Demo Ny"}), ("dismissed", {"reason": "x"}),
        ):  # fmt: skip
            assert decide(lead, visits, action, **form).status_code == 404
    told = [decide(lead, [here], "linked", site_id=site) for site in (IN_SKARHOLMEN, NOWHERE)]
    assert {answer.status_code for answer in told} == {422}
    assert all(SV["field.unknown_id"] in answer.text for answer in told)
    decide(phone("jourledare"), [there], "linked", site_id=IN_SKARHOLMEN)
    [link] = links(rows)
    assert take_back(lead, link["id"]).status_code == take_back(lead, NOWHERE).status_code == 404
    assert len(links(rows)) == 1
    assert state(rows) == before


def test_decided_and_taken_back_everything_is_as_before(phone: Callable[..., Phone], rows: Rows):
    visits = noted(phone("falt1"), KIOSK, NEXT_TO_IT)
    lead, analyst, falt1 = phone("ledare"), phone("analys"), phone("falt1")
    summary = f"/api/v1/summaries/districts/farsta?from={now_iso(days=-9)[:10]}&to={now_iso(days=9)[:10]}&status=all"
    before, figures, open_before = state(rows), analyst.client.get(summary).get_json(), waiting(lead)
    held = falt1.pull()
    for action, form in (("linked", {"site_id": TENNPLANEN}), ("dismissed", {"reason": "Ett bråk, en gång"})):
        assert decide(lead, visits, action, **form).status_code == 303
        assert (waiting(lead), state(rows)) == ([], before)
        assert analyst.client.get(summary).get_json() == figures  # a linked place counts nowhere else
        assert falt1.pull() == held
        stands = links(rows)
        assert {link["visit_id"] for link in stands} == set(visits)
        for link in stands:
            assert take_back(lead, link["id"]).status_code == 303
            assert take_back(lead, link["id"]).status_code == 409
        assert (waiting(lead), state(rows), links(rows)) == (open_before, before, [])
    assert len(rows("SELECT id FROM place_links WHERE taken_back_by = :who", who=lead.user_id)) == 4


def test_a_link_stands_on_the_sites_page_and_in_its_history_without_words_in_the_log(
    phone: Callable[..., Phone], rows: Rows
):
    [visit] = noted(phone("falt1"), KIOSK)
    lead = phone("ledare")
    decide(lead, [visit], "linked", site_id=TENNPLANEN, reason="Samma trappa")
    pages = {who: phone(who).client.get(f"/office/places/sites/{TENNPLANEN}").text for who in ("ledare", "admin")}
    for words in (SV["site.new_places"], "Demo kiosken", "Samma trappa", SV["code.site_change.place_linked"]):
        assert words in pages["ledare"]
    assert SV["site.new_places_count"].format(n=1) in pages["admin"]
    assert "Demo kiosken" not in pages["admin"]  # reads no visits
    logged = str(rows("SELECT * FROM audit_log"))
    assert "place.linked" in logged
    assert "kiosken" not in logged
    assert "trappa" not in logged


def test_joined_places_become_a_site_in_their_middle_that_goes_again_with_the_last_of_them(
    phone: Callable[..., Phone], rows: Rows
):
    visits, lead, falt1 = noted(phone("falt1"), KIOSK, NEXT_TO_IT), phone("ledare"), phone("falt1")
    before = state(rows)
    assert decide(lead, visits, "joined", name="Demo Kioskgången").status_code == 303
    [made] = rows("SELECT * FROM sites WHERE name = 'Demo Kioskgången'")
    assert (made["kind"], made["district"], made["created_by"]) == ("emerging", "farsta", lead.user_id)
    site = falt1.pull()["sites", made["id"]]
    assert site["geometry"]["coordinates"] == [18.0933, 59.2439]
    assert 25 <= site["coordinate_uncertainty_m"] <= 50
    assert state(rows)["visits"] == before["visits"]
    first, last = links(rows)
    take_back(lead, first["id"])
    assert ("sites", made["id"]) in falt1.pull()
    take_back(lead, last["id"])
    assert ("sites", made["id"]) not in falt1.pull()
    assert [row for row in state(rows)["sites"] if made["id"] not in row] == before["sites"]
    assert len(waiting(lead)[0]) == 2
    assert decide(lead, visits, "joined", name="Demo Kioskgången").status_code == 303


def test_a_joined_site_that_something_stands_on_stays(phone: Callable[..., Phone], rows: Rows):
    lead, falt1 = phone("ledare"), phone("falt1")
    used, changed = noted(falt1, KIOSK, FAR_OFF)
    for visit, name in ((used, "Demo Besökt"), (changed, "Demo Ändrad")):
        decide(lead, [visit], "joined", name=name)
    made = {row["name"]: row["id"] for row in rows("SELECT id, name FROM sites WHERE kind = 'emerging'")}
    shift = falt1.shift()
    falt1.apply(shift, falt1.visit(shift["record_id"], site_id=made["Demo Besökt"]))
    body = {"version": 1, "public_label": "Vid bollplanen"}
    patched = lead.client.patch(f"/api/v1/sites/{made['Demo Ändrad']}", json=body, headers=lead.headers)
    assert patched.status_code == 200
    for link in links(rows):
        assert take_back(lead, link["id"]).status_code == 303
    stays = rows("SELECT name FROM sites WHERE deleted = :no AND name IN ('Demo Besökt', 'Demo Ändrad')", no=False)
    assert len(stays) == 2


def test_what_lacks_is_said_at_its_field_and_what_was_typed_is_kept(phone: Callable[..., Phone], rows: Rows):
    [visit], lead = noted(phone("falt1"), KIOSK), phone("ledare")
    bad: list[tuple[list[str], str, dict[str, str], str]] = [
        ([visit], "linked", {}, "s1-fault"), ([visit], "joined", {"name": " "}, "n1-fault"),
        ([visit], "joined", {"name": "Demo Tennplanen norra sidan"}, "n1-fault"),
        ([visit], "dismissed", {"reason": ""}, "r1-fault"), ([visit], "dismissed", {"reason": "x" * 201}, "r1-fault"),
        ([visit], "dismissed", {"reason": "Hos 811218-9876"}, "r1-fault"),
        ([], "dismissed", {"reason": "inget valt"}, 'role="alert"'), ([visit], "sold", {}, 'role="alert"'),
        (["nej"], "dismissed", {"reason": "x"}, 'role="alert"'),
    ]  # fmt: skip
    for visits, action, form, words in bad:
        answer = decide(lead, visits, action, **form)
        assert (answer.status_code, words in answer.text) == (422, True), (action, form)
    kept = decide(lead, [visit], "linked", reason="Skäl &amp; annat", name="Demo Skrivet").text
    assert 'value="Demo Skrivet"' in kept
    unticked = decide(lead, [], "dismissed", of=[visit], reason="Skrivet förgäves").text
    assert 'value="Skrivet förgäves"' in unticked
    assert 'id="v1-fault"' in unticked
    assert links(rows) == []


def test_of_two_who_decide_at_the_same_moment_one_is_told(phone: Callable[..., Phone], rows: Rows):
    [visit] = noted(phone("falt1"), KIOSK)
    people, start = [phone("ledare"), phone("ledare2")], Barrier(2)

    def save(person: Phone) -> int:
        start.wait()
        status: int = decide(person, [visit], "joined", name=f"Demo Kapplöpning {person.user_id[-4:]}").status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, people)) == [303, 409]
    assert len(links(rows)) == 1
    assert len(rows("SELECT id FROM sites WHERE name LIKE 'Demo Kappl%'")) == 1
    [link] = links(rows)

    def undo(person: Phone) -> int:
        start.wait()
        status: int = take_back(person, link["id"]).status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(undo, people)) == [303, 409]


def test_whatever_is_decided_and_taken_back_in_any_order_leaves_everything_as_it_was(
    phone: Callable[..., Phone], rows: Rows
):
    chance, lead = random.Random(1), phone("ledare")
    visits = noted(phone("falt1"), KIOSK, NEXT_TO_IT, FAR_OFF, KIOSK)
    before, open_before = state(rows), waiting(lead)
    own = "SELECT id FROM sites WHERE created_by = :who AND deleted = :no ORDER BY id"
    for move in range(14):
        standing = links(rows)
        left = [one for one in visits if one not in {link["visit_id"] for link in standing}]
        if standing and (not left or chance.random() < 0.4):
            assert take_back(lead, chance.choice(standing)["id"]).status_code == 303
            continue
        some = chance.sample(left, chance.randint(1, len(left)))
        action = chance.choice(["linked", "joined", "dismissed"])
        made = rows(own, who=lead.user_id, no=False)
        site = chance.choice([TENNPLANEN, *(row["id"] for row in made)])
        form = {"site_id": site, "name": f"Demo {move}", "reason": "Demo skäl"}
        assert decide(lead, some, action, **form).status_code == 303
    for link in sorted(links(rows), key=lambda link: chance.random()):
        assert take_back(lead, link["id"]).status_code == 303
    gone = {row["id"] for row in rows("SELECT id FROM sites WHERE created_by = :who", who=lead.user_id)}
    after = state(rows)
    assert (before | {"sites": []}) == (after | {"sites": []})
    assert before["sites"] == [row for row in after["sites"] if not any(one in row for one in gone)]
    assert rows(own, who=lead.user_id, no=False) == []
    assert sorted(map(sorted, waiting(lead))) == sorted(map(sorted, open_before))


def test_an_import_is_not_undone_under_a_linked_place_and_stands_in_the_history(
    phone: Callable[..., Phone], rows: Rows
):
    lead, [visit] = phone("ledare"), noted(phone("falt1"), KIOSK)
    table = "namn;stadsdelsområde;lat;lon\nDemo Inläst plats;farsta;59,2440;18,0940\n".encode()
    read = read_in(lead, "sites", table)
    [made] = rows("SELECT id FROM sites WHERE name = 'Demo Inläst plats'")
    assert decide(lead, [visit], "linked", site_id=made["id"]).status_code == 303
    refused = send(lead, f"{read}/undo")
    assert refused.status_code == 409
    assert SV["import.in_the_way.place_links"] in refused.text
    page = lead.client.get(f"/office/places/sites/{made['id']}").text
    for words in (SV["code.site_change.imported"], "Demo Ledare", SV["code.site_change.place_linked"]):
        assert words in page
    [link] = links(rows)
    assert take_back(lead, link["id"]).status_code == 303
    assert rows("SELECT id FROM sites WHERE id = :id AND deleted = :no", id=made["id"], no=False)  # linked, not made
    assert send(lead, f"{read}/undo").status_code == 303


def test_a_disposed_pass_takes_its_links_along(app: Any, phone: Callable[..., Phone], rows: Rows):
    [visit] = noted(phone("falt1"), KIOSK)
    decide(phone("ledare"), [visit], "linked", site_id=TENNPLANEN)
    [shift] = rows("SELECT shift_id FROM visits WHERE id = :id", id=visit)
    with app.app_context():
        gone = dispose(
            app.extensions["fieldapp.registry"],
            collection="shifts",
            record_ids=[shift["shift_id"]],
            by=None,
            folder=app.config["SETTINGS"].data_dir,
            now=utc_now(),
        )
    assert gone == 2
    assert rows("SELECT id FROM place_links") == []
    assert "Demo kiosken" not in shown(phone("ledare"))


def test_a_place_that_was_mended_away_waits_no_more(phone: Callable[..., Phone], sql: Any):
    [visit], lead = noted(phone("falt1"), KIOSK), phone("ledare")
    assert waiting(lead) == [[visit]]
    sql("UPDATE visits SET deleted = :yes WHERE id = :id", yes=True, id=visit)
    assert waiting(lead) == []
    assert decide(lead, [visit], "dismissed", reason="x").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "not_visited", "not_visited_reason": "time"},
        {"place": {"lat": 59.27, "lon": 17.9, "label": "Demo annan plats"}},
        {"place": None, "site_id": TENNPLANEN},
        None,
    ],
)
def test_a_decision_ends_when_its_visit_notes_another_place(phone, rows, change):
    falt1 = phone("falt1")
    [visit] = noted(falt1, KIOSK)
    decide(phone("ledare"), [visit], "linked", site_id=TENNPLANEN)
    shift = next(row["shift_id"] for row in rows(f"SELECT shift_id FROM visits WHERE id = '{visit}'"))
    lead = phone("ledare2")
    seen = lead.client.get(f"/api/v1/shifts/{shift}").get_json()
    body = {"decision": "return", "content_version": seen["content_version"], "comment": "Se över platsen."}
    assert lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers).status_code == 200
    falt1.pull()
    base = falt1.records["visits", visit]["version"]
    edit = falt1.mutation("visits", "delete" if change is None else "update", visit, base, **(change or {}))
    falt1.apply(edit)
    assert links(rows) == []
    [link] = rows("SELECT taken_back_by FROM place_links")
    assert link["taken_back_by"] is None


def test_a_joined_site_stays_where_another_is_merged_into_it(phone, rows):
    lead = phone("ledare")
    [visit] = noted(phone("falt1"), FAR_OFF)
    decide(lead, [visit], "joined", name="Demo Sammanslagen")
    [link] = links(rows)
    said = mapping(year=2026, status="merged", related_site_id=link["site_id"], decided_on="2026-02-01")
    assert send_json(phone("analys"), "POST", f"/{TENNPLANEN}/mappings", **said).status_code == 201
    assert take_back(lead, link["id"]).status_code == 303
    assert not rows(f"SELECT deleted FROM sites WHERE id = '{link['site_id']}'")[0]["deleted"]


IMPORTED = "namn;stadsdelsområde;lat;lon\nDemo Inläst plats;farsta;59,2440;18,0940\n".encode()


@pytest.mark.parametrize(
    ("paused", "name"),
    [
        (place_links, "_decide"),
        (proposals, "_is_listed"),
        (situation_pictures, "_newest"),
        (services, "_check_measure"),
        (services, "_year"),
    ],
    ids=["link", "proposal", "picture", "measure", "year"],
)
def test_an_import_is_not_undone_under_what_is_just_being_written_of_its_place(phone, rows, monkeypatch, paused, name):
    lead, other = phone("ledare"), phone("ledare")
    [visit] = noted(phone("falt1"), KIOSK)
    done = read_in(other, "sites", IMPORTED)
    [place] = [row["id"] for row in rows("SELECT id FROM sites WHERE name = 'Demo Inläst plats'")]
    known, answers = getattr(paused, name), []

    def undo() -> None:
        answers.append(send(other, f"{done}/undo").status_code)

    hand = Thread(target=undo)

    def in_the_middle(*args: Any) -> Any:
        if not hand.ident:
            hand.start()
            hand.join(0.7)
            answers.append("written")
        return known(*args)

    monkeypatch.setattr(paused, name, in_the_middle)
    year = utc_now().year
    if paused is place_links:
        assert decide(lead, [visit], "linked", site_id=place).status_code == 303
    elif paused is proposals:
        said = {"proposal": "list", "reason": "Demo skäl", "version": 0}
        at = f"/api/v1/collaboration/{year}/sites/{place}/proposal"
        assert lead.client.put(at, json=said, headers=lead.headers).status_code == 200
    elif name == "_check_measure":
        said = {**MEASURE, "site_id": place}
        assert lead.client.post("/api/v1/measures", json=said, headers=lead.headers).status_code == 201
    elif name == "_year":
        at = f"/api/v1/collaboration/{year}/sites/{place}"
        assert lead.client.put(at, json={**WHOLE, "version": 0}, headers=lead.headers).status_code == 200
    else:
        said = {"from": f"{year}-01-01", "to": f"{year}-01-31", "note": ""}
        at = f"/api/v1/collaboration/sites/{place}/situation-pictures"
        assert lead.client.post(at, json=said, headers=lead.headers).status_code == 201
    hand.join(20)
    assert answers == ["written", 409]
    assert not rows(f"SELECT deleted FROM sites WHERE id = '{place}'")[0]["deleted"]
