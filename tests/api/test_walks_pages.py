"""Night walks at the desk: the grid, groups and links, one walk, gaps, calendars; nothing half done."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from babel.dates import format_date

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso

Json = dict[str, Any]
Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]
GRID = "/office/walks"
FIRST = local_date(utc_now()) + timedelta(days=7 - local_date(utc_now()).weekday())  # the Monday to come
FRIDAY = FIRST + timedelta(days=4)


def post(phone: Phone, path: str = GRID, **form: Any) -> Any:
    data = {"csrf_token": phone.session["csrf_token"], **form}
    return phone.client.post(path, data=data, headers={"Origin": "http://localhost"})


def get(phone: Phone, path: str = GRID, status: int = 200, **query: Any) -> str:
    answer = phone.client.get(path, query_string=query)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def group_of(phone: Phone, **fields: Any) -> str:
    made = phone.walk_group(**fields)
    phone.apply(made)
    return str(made["record_id"])


def walk_of(phone: Phone, group: str, **fields: Any) -> str:
    made = phone.walk(group, **fields)
    phone.apply(made)
    return str(made["record_id"])


def fridays(count: int = 6) -> list[date]:
    return [FRIDAY + timedelta(weeks=n) for n in range(count)]


def ticked(shown_groups: list[str], /, **form: Any) -> Json:
    """What the grid's form sends for six Fridays from the Monday to come."""
    shown = {"shown_groups": shown_groups, "shown_evenings": [str(day) for day in fridays()]}
    return {
        "district": "farsta", "first": str(FIRST), "weekday": "4", "starts": "20:30", "ends": "00:30",
        "meeting_point": "Demotorget", "planned_walkers": "3", "duty_phone": "08-123 456 78", **shown, **form,
    }  # fmt: skip


@pytest.fixture
def coordinator(phone: Phones) -> Phone:
    return phone("nattvandring")


@pytest.fixture
def public(rows: Rows) -> list[Json]:
    """Farsta's public places."""
    query = "SELECT id, public_label FROM sites WHERE district = 'farsta' AND is_public AND merged_into_id IS NULL"
    return rows(query + " AND NOT deleted ORDER BY id")


# ---------------------------------------------------------------- the grid


def test_six_fridays_of_five_groups_are_planned_with_a_tick_for_each_group(
    coordinator: Phone, public: list[Json], phone: Phones, rows: Rows
):
    groups = [group_of(coordinator, name=f"Demo {letter}") for letter in "ABCDE"]
    page = get(coordinator, first=str(FIRST))
    assert page.count('name="cells"') == 30
    assert len(re.findall(r'name="groups" value="([0-9a-f-]+)"', page)) == 5
    assert re.findall(r'name="shown_evenings" value="([0-9-]+)"', page) == [str(day) for day in fridays()]
    assert public[0]["public_label"] in page
    made = post(coordinator, **ticked(groups, groups=groups, site_ids=[public[0]["id"]]))
    assert made.status_code == 303
    page = unescape(coordinator.client.get(made.location).text)
    assert "30 vandringar planerades, 0 fanns redan." in page
    assert (page.count("3 vandrare planerade"), page.count('name="cells"')) == (30, 0)
    again = post(coordinator, **ticked(groups, evenings=[str(FRIDAY)], cells=[f"{groups[0]}.{FRIDAY}"]))
    assert "0 vandringar planerades, 5 fanns redan." in unescape(coordinator.client.get(again.location).text)
    found = rows("SELECT meeting_point, planned_walkers, duty_phone, status FROM walks")
    assert len(found) == 30
    assert {tuple(row.values()) for row in found} == {("Demotorget", 3, "08-123 456 78", "planned")}
    worker = phone("falt1")
    worker.pull()
    assert {tuple(walk["site_ids"]) for walk in worker.held("walks")} == {(public[0]["id"],)}


def test_a_row_and_single_evenings_are_planned_together_and_each_once(coordinator: Phone, rows: Rows):
    groups = [group_of(coordinator, name=name) for name in ("Demo A", "Demo B")]
    later = fridays()[3]
    form = ticked(groups, evenings=[str(FRIDAY)], cells=[f"{groups[0]}.{FRIDAY}", f"{groups[1]}.{later}"])
    assert "made=3&stood=0" in post(coordinator, **form).location
    assert len(rows("SELECT id FROM walks")) == 3


def test_the_grid_says_the_status_the_walkers_and_the_answer_in_words_and_marks_special_days(
    coordinator: Phone, sql: Callable[..., None], rows: Rows
):
    group = group_of(coordinator)
    post(coordinator, **ticked([group], cells=[f"{group}.{FRIDAY}"]))
    sql("INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', 'Demolov')", id=new_id(), day=FRIDAY)
    [walk] = rows("SELECT id FROM walks")
    link = made_link(coordinator, group)
    own = {"id": new_id(), "walk_id": walk["id"], "version": "1", "kind": "other_evening"}
    said = coordinator.client.post(
        link, data={**own, "other_evening": "2027-01-09"}, headers={"Origin": "http://localhost"}
    )
    assert said.status_code == 303
    page = get(coordinator, first=str(FIRST))
    for words in (
        "Planerad",
        "3 vandrare planerade",
        "Byt kväll till lör 9 jan",
        "Demolov",
        f"/office/walks/{walk['id']}",
    ):
        assert words in page, words
    saturdays = get(coordinator, first=str(FIRST), weekday="5")
    assert "Byt kväll till" not in saturdays
    assert saturdays.count('name="cells"') == 6


def test_a_group_is_planned_every_week_with_special_days_left_out(
    coordinator: Phone, sql: Callable[..., None], rows: Rows
):
    group = group_of(coordinator)
    sql("INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', '')", id=new_id(), day=fridays()[1])
    form = {"group": group, "on": "4", "begins": str(FIRST), "weeks": "3", "starts": "21:00", "ends": "01:00"}
    shown = {"district": "farsta", "first": str(FIRST), "weekday": "4"}
    made = post(coordinator, f"{GRID}/weekly", skip=["lov"], **form, **shown)
    assert "made=2&stood=0" in made.location
    days = [str(row["planned_start"])[:10] for row in rows("SELECT planned_start FROM walks ORDER BY planned_start")]
    assert days == [str(fridays()[0]), str(fridays()[2])]


WRONG: list[tuple[Json, str, str]] = [
    ({"cells": []}, "Kväll", "Kryssa i minst en kväll."),
    ({"cells": ["x.y"]}, "Kväll", "Inte ett giltigt datum."),
    ({"starts": "25:00"}, "Börjar", "Inte en giltig tid."),
    ({"starts": "08:00", "ends": "20:01"}, "Slutar", "Vandringen är längre än tolv timmar."),
    ({"planned_walkers": "många"}, "Vandrare som kommer", "Ska vara ett heltal."),
    ({"planned_walkers": "501"}, "Vandrare som kommer", "Värdet är utanför det tillåtna."),
    ({"duty_phone": "Eva"}, "Jourtelefon", "Ett telefonnummer har bara siffror"),
    ({"meeting_point": "811218-9876"}, "Samlingsplats", "Innehåller ett personnummer."),
    ({"meeting_point": "x" * 201}, "Samlingsplats", "Texten är för lång."),
    ({"site_ids": [new_id()]}, "Platser att gå förbi", "Platsen finns inte i registret."),
]


@pytest.mark.parametrize(("wrong", "field", "words"), WRONG)
def test_bad_input_is_named_at_its_field_and_nothing_is_planned(
    coordinator: Phone, rows: Rows, wrong: Json, field: str, words: str
):
    group = group_of(coordinator)
    cells = [f"{group}.{day}" for day in fridays(2)]
    answer = post(coordinator, **ticked([group], **{"cells": cells, **wrong}))
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert f"{field}: {words}" in page
    if wrong.get("cells") is None:
        assert all(f'value="{cell}" checked' in page for cell in cells)  # nothing is to be ticked again
    assert rows("SELECT id FROM walks") == []


def test_a_hidden_place_is_no_place_for_a_walk_and_nothing_is_planned(coordinator: Phone, rows: Rows):
    group = group_of(coordinator)
    hidden = rows("SELECT id FROM sites WHERE NOT is_public AND merged_into_id IS NULL")[0]["id"]
    answer = post(coordinator, **ticked([group], groups=[group], site_ids=[hidden]))
    assert answer.status_code == 422
    assert answer.text.count("Platsen finns inte i registret.") == 2  # above, and at the field, once for six walks
    assert rows("SELECT id FROM walks") == []


def test_every_week_names_its_faults_and_keeps_what_was_typed(coordinator: Phone, rows: Rows):
    group = group_of(coordinator)
    form = {
        "group": group,
        "on": "4",
        "begins": "2026-02-30",
        "weeks": "27",
        "starts": "",
        "ends": "x",
        "skip": ["fest"],
    }
    answer = post(coordinator, f"{GRID}/weekly", meeting_point="Demotorget", **form)
    page = unescape(answer.text)
    assert answer.status_code == 422
    for words in ("Från och med: Inte ett giltigt datum.", "Antal veckor: ", "Börjar: ", "Slutar: ", "Hoppa över: "):
        assert words in page
    assert 'value="Demotorget"' in page
    assert rows("SELECT id FROM walks") == []


# ---------------------------------------------------------------- who

# Who is shown the grid of Farsta, with the forms or without; who has no such page at all.
SHOWN: dict[str, tuple[int, bool]] = {
    "nattvandring": (200, True), "ledare": (200, True), "ledare2": (200, True), "jourledare": (200, True),
    "falt1": (200, False), "analys": (200, False), "falt3": (404, False), "direktor": (403, False),
    "admin": (403, False),
}  # fmt: skip


@pytest.mark.parametrize(("who", "expected"), SHOWN.items())
def test_X14_who_may_not_write_sees_the_pages_without_forms(
    phone: Phones, coordinator: Phone, rows: Rows, who: str, expected: tuple[int, bool]
):
    status, writes = expected
    group = group_of(coordinator)
    walk = walk_of(coordinator, group)
    link = made_link(coordinator, group)
    person = phone(who)
    for path in ("/office/walks", "/office/walks/groups", f"/office/walks/{walk}", "/office/walks/gaps"):
        page = get(person, path, status, district="farsta")
        if status == 200 and not path.endswith("gaps"):
            assert ('action="/office/walks' in page.replace('method="get" action', "")) == writes, path
            assert "Återkalla" not in page or writes
    if writes:
        return
    [kept] = rows("SELECT id FROM walk_links")
    refused = 403 if who != "falt3" else 404
    for path, form in (
        (GRID, ticked([group], groups=[group])),
        (f"{GRID}/weekly", {}),
        (f"{GRID}/groups", {"district": "farsta", "name": "Demo", "kind": "other"}),
        (f"{GRID}/groups/{group}", {"version": "1", "name": "Demo", "kind": "other"}),
        (f"{GRID}/groups/{group}/links", {}),
        (f"{GRID}/links/{kept['id']}", {}),
        (f"{GRID}/{walk}", {"action": "cancel", "version": "1"}),
    ):
        answer = post(person, path, **form)
        assert answer.status_code in (403, refused), (path, answer.status_code)
    assert len(rows("SELECT id FROM walks")) == 1
    assert coordinator.client.get(link).status_code == 200


def test_X36_another_districts_groups_walks_and_links_do_not_exist(phone: Phones, coordinator: Phone, rows: Rows):
    everywhere = phone("jourledare")
    group = group_of(everywhere, district="bromma")
    walk = walk_of(everywhere, group, district="bromma")
    link = made_link(everywhere, group)
    [kept] = rows("SELECT id FROM walk_links")
    for path in (
        f"{GRID}?district=bromma",
        f"{GRID}/groups?district=bromma",
        f"{GRID}/gaps?district=bromma",
        f"{GRID}/{walk}",
    ):
        assert coordinator.client.get(path).status_code == 404, path
    assert coordinator.client.get(f"{GRID}?district=atlantis").status_code == 404
    for path, form in (
        (GRID, ticked([group], groups=[group])),
        (f"{GRID}/groups/{group}", {"version": "1", "name": "Demo", "kind": "other"}),
        (f"{GRID}/groups/{group}/links", {}),
        (f"{GRID}/links/{kept['id']}", {}),
        (f"{GRID}/{walk}", {"action": "cancel", "version": "1"}),
    ):
        assert post(coordinator, path, **form).status_code == 404, path
    new = post(coordinator, f"{GRID}/groups", district="bromma", name="Demo", kind="other")
    assert new.status_code == 403
    assert len(rows("SELECT id FROM walk_groups")) == 1
    assert everywhere.client.get(link).status_code == 200


# ---------------------------------------------------------------- groups and links


def made_link(phone: Phone, group: str) -> str:
    """Make a link on the groups' page; return its path."""
    answer = post(phone, f"{GRID}/groups/{group}/links")
    assert answer.status_code == 201
    [address] = re.findall(r'value="http://localhost(/walk/[\w-]+)"', answer.text)
    return str(address)


def test_a_group_is_made_changed_and_told_when_somebody_was_there_first(coordinator: Phone, phone: Phones, rows: Rows):
    form = {
        "name": "Demo Föräldrar",
        "kind": "association",
        "area": "Farsta strand",
        "usual_weekday": "5",
        "expected": "6",
    }
    assert post(coordinator, f"{GRID}/groups", district="farsta", **form).status_code == 303
    [group] = rows("SELECT id, version, name, kind, area, usual_weekday, expected FROM walk_groups")
    assert (group["usual_weekday"], group["expected"]) == (5, 6)
    page = get(coordinator, f"{GRID}/groups")
    assert "Förening · Farsta strand · Fredag · brukar vara 6" in page
    path = f"{GRID}/groups/{group['id']}"
    assert post(coordinator, path, **{**form, "version": "1", "usual_weekday": "", "expected": "9"}).status_code == 303
    assert rows("SELECT version, usual_weekday, expected FROM walk_groups") == [
        {"version": 2, "usual_weekday": None, "expected": 9}
    ]
    late = post(phone("ledare"), path, **{**form, "version": "1", "expected": "2"})
    assert late.status_code == 409
    assert sentences("sv")["field.group_moved"] in late.text
    for field, value, words in (
        ("name", " ", "Måste anges."),
        ("kind", "x", "Okänt värde."),
        ("expected", "-1", "utanför"),
    ):
        bad = post(coordinator, path, **{**form, "version": "2", field: value})
        assert bad.status_code == 422, field
        assert words in bad.text, field
        new = post(coordinator, f"{GRID}/groups", district="farsta", **{**form, field: value})
        assert new.status_code == 422, field
        assert words in new.text, field
    assert rows("SELECT version, expected FROM walk_groups") == [{"version": 2, "expected": 9}]


def test_a_link_is_shown_once_and_ends_with_a_tap(coordinator: Phone, rows: Rows):
    group = group_of(coordinator)
    link = made_link(coordinator, group)
    token = link.rsplit("/", 1)[1]
    assert coordinator.client.get(link).status_code == 200
    page = get(coordinator, f"{GRID}/groups")
    assert token not in page
    [path] = re.findall(rf'action="({GRID}/links/[0-9a-f-]+)"', page)
    assert post(coordinator, path).status_code == 303
    assert coordinator.client.get(link).status_code == 404
    assert post(coordinator, path).status_code == 404
    assert "Gruppen har ingen länk." in get(coordinator, f"{GRID}/groups")


# ---------------------------------------------------------------- one walk


def changed(**form: Any) -> Json:
    return {
        "version": "1", "day": str(FRIDAY), "starts": "20:30", "ends": "00:30", "meeting_point": "Demotorget",
        "duty_phone": "08-1", "planned_walkers": "3", "actual_walkers": "", "vests_lent": "3", "status": "ready",
        "mood": "", "log_note": "", **form,
    }  # fmt: skip


def test_a_walk_is_changed_logged_and_called_off(coordinator: Phone, public: list[Json], rows: Rows):
    group = group_of(coordinator)
    path = f"{GRID}/{walk_of(coordinator, group)}"
    assert post(coordinator, path, **changed(site_ids=[public[0]["id"]])).status_code == 303
    page = get(coordinator, path)
    message = re.search(r"<textarea id=\"message\"[^>]*>([^<]*)</textarea>", page)
    assert message
    assert message[1].split("\n") == [
        f"Nattvandring {spelled(FRIDAY)} 20:30–00:30",
        "Samling: Demotorget",
        f"Vi går förbi: {public[0]['public_label']}",
        "Jourtelefon: 08-1",
    ]
    log = changed(
        version="2", site_ids=[public[0]["id"]], actual_walkers="1", mood="lively", log_note="Mörkt vid gången"
    )
    assert (
        post(
            coordinator,
            path,
            **log,
        ).status_code
        == 303
    )
    found = rows("SELECT version, status, actual_walkers, mood, log_note, vests_lent FROM walks")
    assert found == [
        {"version": 3, "status": "ready", "actual_walkers": 1, "mood": "lively", "log_note": "Mörkt vid gången",
         "vests_lent": 3}
    ]  # fmt: skip
    assert post(coordinator, path, action="cancel", version="3").status_code == 303
    page = get(coordinator, path)
    assert "Inställd" in page
    assert 'id="message"' not in page


def spelled(day: date) -> str:
    return f"fredag {format_date(day, 'd MMMM', locale='sv')}"


def test_a_walk_that_moved_meanwhile_is_said_and_stays(coordinator: Phone, phone: Phones, rows: Rows):
    path = f"{GRID}/{walk_of(coordinator, group_of(coordinator))}"
    post(coordinator, path, **changed())
    for form in (changed(planned_walkers="9", log_note="Mörkt vid gången"), {"action": "cancel", "version": "1"}):
        late = post(phone("ledare"), path, **form)
        assert late.status_code == 409
        assert sentences("sv")["field.walk_moved"] in late.text
        assert 'name="version" value="2"' in late.text
        assert ("Mörkt vid gången" in late.text) == ("log_note" in form)  # what was written is not lost
    assert rows("SELECT version, status, planned_walkers FROM walks") == [
        {"version": 2, "status": "ready", "planned_walkers": 3}
    ]


WRONG_WALK: list[tuple[Json, str]] = [
    ({"day": "2026-02-30"}, "Datum: Inte ett giltigt datum."),
    ({"starts": "x"}, "Börjar: Inte en giltig tid."),
    ({"starts": "08:00", "ends": "20:01"}, "Slutar: Vandringen är längre än tolv timmar."),
    ({"planned_walkers": "1"}, "Vandrare som kommer: En vandring är klar först med minst två vandrare."),
    ({"actual_walkers": "x"}, "Vandrare som gick: Ska vara ett heltal."),
    ({"vests_lent": "-1"}, "Utlånade västar: Värdet är utanför det tillåtna."),
    ({"status": "maybe"}, "Läge: Okänt värde."),
    ({"mood": "x"}, "Stämning: Okänt värde."),
    ({"log_note": "811218-9876"}, "Att föra vidare: Innehåller ett personnummer."),
    ({"log_note": "x" * 2001}, "Att föra vidare: Texten är för lång."),
    ({"site_ids": ["x"]}, "Platser att gå förbi: Inte ett giltigt id."),
]


def test_bad_input_about_a_walk_is_named_and_nothing_changes(coordinator: Phone, rows: Rows):
    path = f"{GRID}/{walk_of(coordinator, group_of(coordinator))}"
    for wrong, words in WRONG_WALK:
        answer = post(coordinator, path, **changed(**wrong))
        assert answer.status_code == 422, wrong
        assert words in unescape(answer.text), wrong
    assert rows("SELECT version, planned_walkers FROM walks") == [{"version": 1, "planned_walkers": 0}]
    assert post(coordinator, f"{GRID}/finns-inte", **changed()).status_code == 404
    assert post(coordinator, f"{GRID}/{new_id()}", **changed()).status_code == 404


def test_a_place_that_stopped_being_public_stands_until_the_places_are_changed(
    coordinator: Phone, public: list[Json], rows: Rows, sql: Callable[..., None]
):
    first, second = public[0]["id"], public[1]["id"]
    walk = walk_of(coordinator, group_of(coordinator), site_ids=[first, second])
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=second)
    path = f"{GRID}/{walk}"
    assert public[1]["public_label"] not in get(coordinator, path)
    post(coordinator, path, **changed(site_ids=[first]))
    assert second in str(rows("SELECT site_ids FROM walks"))
    post(coordinator, path, **changed(version="2"))
    assert rows("SELECT site_ids FROM walks")[0]["site_ids"] in ("[]", [])


def test_names_are_shown_with_answers_to_who_coordinates_and_for_90_days(
    coordinator: Phone, phone: Phones, sql: Callable[..., None]
):
    group = group_of(coordinator)
    walk = walk_of(coordinator, group)
    link = made_link(coordinator, group)
    own = {"id": new_id(), "walk_id": walk, "version": "1", "kind": "cannot", "name": "Åsa"}
    coordinator.client.post(link, data=own, headers={"Origin": "http://localhost"})
    assert "Åsa: Kan inte" in get(coordinator, f"{GRID}/{walk}")
    assert "Åsa: Kan inte" in get(phone("ledare"), f"{GRID}/{walk}")
    for reader in ("falt1", "analys"):
        page = get(phone(reader), f"{GRID}/{walk}")
        assert "Kan inte" in page
        assert "Åsa" not in page
    long_ago = utc_now() - timedelta(days=91)
    sql("UPDATE walks SET planned_start = :start, planned_end = :start", start=long_ago)
    page = get(coordinator, f"{GRID}/{walk}")
    assert "Kan inte" in page
    assert "Åsa" not in page


# ---------------------------------------------------------------- gaps and calendars


def test_evenings_that_nobody_covers_stand_in_a_table_by_public_labels_with_special_days(
    coordinator: Phone, rows: Rows, sql: Callable[..., None]
):
    near = rows(
        "SELECT id, public_label FROM sites WHERE district = 'farsta' AND is_public AND merged_into_id IS NULL"
        " AND school_near IN ('yes', 'uncertain') AND NOT deleted"
    )
    sql("INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', 'Demolov')", id=new_id(), day=FRIDAY)
    before = get(coordinator, f"{GRID}/gaps", first=str(FIRST))
    assert before.count("Ingen ute") == 28 * len(near)
    assert "Demolov" in before
    assert all(place["public_label"] in before for place in near)
    group = group_of(coordinator)
    post(coordinator, **ticked([group], cells=[f"{group}.{FRIDAY}"], site_ids=[near[0]["id"]]))
    after = get(coordinator, f"{GRID}/gaps", first=str(FIRST))
    assert (after.count("Ingen ute"), after.count("Täckt")) == (28 * len(near) - 1, 1)


def test_a_calendar_is_subscribed_to_shown_once_and_ended(coordinator: Phone, phone: Phones):
    made = post(coordinator, f"{GRID}/calendar")
    assert made.status_code == 201
    [address] = re.findall(r'value="http://localhost(/calendar/[\w-]+\.ics)"', made.text)
    assert coordinator.client.get(address).status_code == 200
    page = get(coordinator, f"{GRID}/calendar")
    assert address not in page
    [path] = re.findall(rf'action="({GRID}/calendar/[0-9a-f-]+)"', page)
    assert post(phone("ledare"), path).status_code == 404
    assert post(coordinator, path).status_code == 303
    assert coordinator.client.get(address).status_code == 404


# ---------------------------------------------------------------- what volunteers and coordinators never see


def test_X14_no_page_of_walks_holds_an_observation_a_safety_level_or_a_hidden_place(
    phone: Phones, coordinator: Phone, public: list[Json], sql: Callable[..., None]
):
    shown, dark = public[0]["id"], public[1]["id"]
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=dark)
    sql("UPDATE sites SET name = 'KANARIENAMN' || id")
    sql("UPDATE sites SET public_label = 'KANARIEDOLD' || id WHERE NOT is_public")
    sql("UPDATE sites SET safety_level = 'do_not_go', priorities = :json", json='[{"reason": "KANARIEPRIO"}]')
    falt1, start = phone("falt1"), now_iso(hours=-2)
    shift = falt1.shift(started_at=start, handover_note="KANARIEÖVERLÄMNING")
    visit = falt1.visit(shift["record_id"], site_id=dark, arrived_at=start)
    seen = falt1.observation(visit["record_id"], observed_at=start, note="KANARIEIAKTTAGELSE", topics=["weapon"])
    falt1.apply(shift, visit, seen, falt1.briefing(note="KANARIEUTSÄTTNING"))
    group = group_of(coordinator)
    walk = walk_of(coordinator, group, site_ids=[shown], meeting_point="Demotorget", log_note="Logg för kontoret")
    sql("UPDATE walks SET site_ids = :json", json=f'["{shown}", "{dark}"]')
    link = made_link(coordinator, group)
    pages = {path: get(coordinator, path) for path in (GRID, f"{GRID}/groups", f"{GRID}/{walk}", f"{GRID}/gaps", link)}
    canaries = ("KANARIE", "do_not_go", "Gå inte dit", "weapon", dark, seen["record_id"])
    assert {(path, word) for path, page in pages.items() for word in canaries if word in page} == set()
    for path in (f"{GRID}/{walk}", link):
        assert public[0]["public_label"] in pages[path]
        assert "Demotorget" in pages[path]
    assert "Logg för kontoret" not in pages[link]
    assert "/office" not in pages[link].replace("/static/office/office.css", "")


def test_the_start_of_the_week_is_shown_whatever_day_is_asked_for_and_nonsense_is_today(coordinator: Phone):
    group_of(coordinator)
    shown = [get(coordinator, first=str(FIRST + timedelta(days=n))) for n in (0, 6)]
    assert all(f'name="first" value="{FIRST}"' in page for page in shown)
    for nonsense in ("x", "2026-02-30", "9999-12-31"):
        get(coordinator, first=nonsense, weekday="9", made="9" * 5000, stood="x")
        get(coordinator, f"{GRID}/gaps", first=nonsense)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "i fredags", ""])
def test_an_evening_that_is_no_date_of_our_years_is_a_fault_and_plans_nothing(coordinator: Phone, rows: Rows, day: str):
    group = coordinator.walk_group(name="Demo A")
    coordinator.apply(group)
    assert post(coordinator, **ticked([group["record_id"]], cells=[f"{group['record_id']}.{day}"])).status_code == 422
    assert rows("SELECT id FROM walks") == []
