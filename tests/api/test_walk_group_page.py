"""A group's own page: by its link alone, once for each answer, errors at the field and nothing half written."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso

Json = dict[str, Any]
Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]
ORIGIN = {"Origin": "http://localhost"}
JSON = {**ORIGIN, "Accept": "application/json"}


class Group:
    """A volunteer with the link, and no session: reads the page and sends its forms."""

    def __init__(self, app: Flask, coordinator: Phone) -> None:
        self.client, self.coordinator = app.test_client(), coordinator
        made = coordinator.walk_group(name="Demo A")
        coordinator.apply(made)
        self.id = str(made["record_id"])
        data = {"csrf_token": coordinator.session["csrf_token"]}
        answer = coordinator.client.post(f"/office/walks/groups/{self.id}/links", data=data, headers=ORIGIN)
        [found] = re.findall(r'value="http://localhost(/walk/[\w-]+)"', answer.text)
        self.path = str(found)

    def walk(self, **fields: Any) -> str:
        made = self.coordinator.walk(self.id, **fields)
        self.coordinator.apply(made)
        return str(made["record_id"])

    def page(self, status: int = 200) -> str:
        answer = self.client.get(self.path)
        assert answer.status_code == status
        return unescape(answer.text)

    def form(self, walk: str, kind: str, **fields: Any) -> Json:
        """What the page's own form sends, its hidden fields as they stand there."""
        inputs = r'<input type="hidden" name="(\w+)" value="([^"]+)">'
        for found in re.findall(r"<form.*?</form>", self.page(), re.S):
            hidden = dict(re.findall(inputs, found))
            if (hidden["walk_id"], hidden["kind"]) == (walk, kind):
                return {**hidden, **fields}
        raise AssertionError(kind)

    def send(self, form: Json, headers: Json | None = None) -> Any:
        return self.client.post(self.path, data=form, headers=headers or ORIGIN)


@pytest.fixture
def group(app: Flask, phone: Phones) -> Group:
    return Group(app, phone("nattvandring"))


def test_the_page_shows_the_groups_walks_and_nobody_elses(group: Group, phone: Phones, rows: Rows):
    place = rows("SELECT id, public_label FROM sites WHERE district = 'farsta' AND is_public ORDER BY id LIMIT 1")[0]
    group.walk(meeting_point="Demotorget", site_ids=[place["id"]], duty_phone="08-123 456 78", planned_walkers=3)
    group.walk(planned_start=now_iso(days=-13), planned_end=now_iso(days=-13, hours=3), meeting_point="Nyss")
    group.walk(planned_start=now_iso(days=-16), planned_end=now_iso(days=-16, hours=3), meeting_point="Länge sedan")
    other = group.coordinator.walk_group(name="Demo B")
    group.coordinator.apply(other, group.coordinator.walk(other["record_id"], meeting_point="Någon annans"))
    answer = group.client.get(group.path)
    page = unescape(answer.text)
    for words in (
        "Demo A",
        "Demotorget",
        place["public_label"],
        "Ring fältgruppen 08-123 456 78",
        "tel:08-12345678",
        "Nyss",
    ):
        assert words in page, words
    for words in ("Länge sedan", "Någon annans", "Demo B"):
        assert words not in page, words
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert 'href="/office' not in page


def test_X36_a_link_unknown_or_ended_leads_nowhere_and_says_nothing_else(
    group: Group, rows: Rows, sql: Callable[..., None]
):
    walk = group.walk()
    form = group.form(walk, "cannot")
    sql("UPDATE walk_links SET revoked_at = :now", now=utc_now())
    ended = group.client.get(group.path)
    unknown = group.client.get("/walk/finns-inte")
    assert ended.status_code == unknown.status_code == 404
    assert ended.text == unknown.text
    assert "/office/" not in ended.text.replace("/static/office/", "")
    assert ended.headers["Referrer-Policy"] == "no-referrer"
    assert group.send(form).status_code == 404
    refused = group.send(form, JSON)
    assert (refused.status_code, refused.get_json()["answer"]) == (404, form["id"])
    assert rows("SELECT id FROM walk_answers") == []


def test_a_group_says_it_comes_cannot_or_would_rather_another_evening(group: Group, rows: Rows):
    walk = group.walk()
    sent = group.send(group.form(walk, "coming", walkers="4", name="Åsa"))
    assert sent.status_code == 303
    assert sent.location == f"{group.path}?sent=coming#walk-{walk}"
    page = unescape(group.client.get(sent.location).text)
    for words in ("Tack, svaret är mottaget.", "Kommer: 4", "Klar"):
        assert words in page, words
    assert "Åsa" not in page
    day = str(local_date(utc_now()) + timedelta(days=3))
    assert group.send(group.form(walk, "other_evening", other_evening=day)).status_code == 303
    assert group.send(group.form(walk, "cannot")).status_code == 303
    assert rows("SELECT kind, walkers, name FROM walk_answers ORDER BY received_at") == [
        {"kind": "coming", "walkers": 4, "name": "Åsa"},
        {"kind": "other_evening", "walkers": None, "name": None},
        {"kind": "cannot", "walkers": None, "name": None},
    ]
    assert rows("SELECT status, planned_walkers FROM walks") == [{"status": "ready", "planned_walkers": 4}]


def test_the_log_of_a_walk_that_has_begun_closes_it(group: Group, rows: Rows):
    ahead = group.walk()
    assert re.search(r'data-kind="log"[^>]* hidden>', group.page())
    begun = group.walk(planned_start=now_iso(hours=-2), planned_end=now_iso(hours=1))
    log = group.form(begun, "log", walkers="1", mood="lively", note="Mörkt vid gången")
    assert group.send(log).status_code == 303
    found = rows("SELECT id, status, actual_walkers, mood, log_note FROM walks ORDER BY planned_start")
    assert found[0] == {
        "id": begun, "status": "done", "actual_walkers": 1, "mood": "lively", "log_note": "Mörkt vid gången"
    }  # fmt: skip
    early = group.send(group.form(ahead, "log", walkers="2"))
    assert early.status_code == 422
    assert "Vandringen har inte börjat än." in early.text


def test_a_form_sent_twice_counts_once_also_by_script(group: Group, rows: Rows):
    walk = group.walk()
    form = group.form(walk, "coming", walkers="4")
    assert [group.send(form).status_code for _ in range(2)] == [303, 303]
    by_script = group.send(form, JSON)
    assert by_script.get_json() == {"received": form["id"], "version": 2, "repeated": True}
    assert len(rows("SELECT id FROM walk_answers")) == 1
    other = group.send({**form, "walkers": "5"})
    assert other.status_code == 409
    assert "Svaret har redan skickats med annat innehåll." in other.text
    assert form["id"] not in other.text  # the form that is shown again makes an answer of its own
    assert rows("SELECT version, planned_walkers FROM walks") == [{"version": 2, "planned_walkers": 4}]


WRONG: list[tuple[str, Json, str]] = [
    ("coming", {"walkers": ""}, "Måste anges."),
    ("coming", {"walkers": "många"}, "Ska vara ett heltal."),
    ("coming", {"walkers": "501"}, "Värdet är utanför det tillåtna."),
    ("coming", {"walkers": "2", "name": "Åsa Ek"}, "Skriv ett förnamn eller initialer: ett ord, bara bokstäver."),
    ("other_evening", {"other_evening": ""}, "Måste anges."),
    ("other_evening", {"other_evening": "2026-02-30"}, "Inte ett giltigt datum."),
    ("log", {"walkers": "2", "note": "811218-9876"}, "Innehåller ett personnummer."),
    ("log", {"walkers": "2", "note": "x" * 2001}, "Texten är för lång."),
    ("log", {"walkers": "2", "mood": "arg"}, "Okänt värde."),
    ("log", {"walkers": ""}, "Måste anges."),
    ("coming", {"walkers": "2", "id": "x"}, "Inte ett giltigt id."),
    ("coming", {"walkers": "2", "version": "x"}, "Ska vara ett heltal."),
]


@pytest.mark.parametrize(("kind", "fields", "words"), WRONG)
def test_bad_input_is_said_in_swedish_at_its_field_and_nothing_is_written(
    group: Group, rows: Rows, kind: str, fields: Json, words: str
):
    walk = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2))
    form = group.form(walk, kind, **fields)
    answer = group.send(form)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    [name] = [name for name in fields if name != "walkers"] or ["walkers"]
    if name not in ("id", "version"):
        assert f'id="{name.split("_")[0]}-{kind}-{walk}-fault"' in answer.text
    by_script = group.send(form, JSON)
    body = by_script.get_json()
    assert by_script.status_code == 422
    assert body.keys() == {"error", "message", "fields", "request_id", "answer"}
    assert body["fields"] == {name: [words]}
    assert rows("SELECT id FROM walk_answers") == []
    assert rows("SELECT version FROM walks") == [{"version": 1}]


def test_what_moved_meanwhile_is_said_and_what_was_typed_stays(group: Group, rows: Rows):
    walk = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2))
    form = group.form(walk, "log", walkers="3", note="Lampan är trasig")
    coordinator = group.coordinator
    coordinator.apply(coordinator.mutation("walks", "update", walk, 1, actual_walkers=6, status="done"))
    answer = group.send(form)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Vandringen har ändrats sedan du öppnade sidan." in page
    assert "Lampan är trasig" in page
    assert rows("SELECT id FROM walk_answers") == []
    assert group.send({**form, "id": new_id(), "version": "2"}).status_code == 303


def test_X36_another_groups_walk_is_no_walk(group: Group, rows: Rows):
    walk = group.walk()
    form = group.form(walk, "cannot")
    other = group.coordinator.walk_group(name="Demo B")
    theirs = group.coordinator.walk(other["record_id"])
    group.coordinator.apply(other, theirs)
    for walk_id in (theirs["record_id"], new_id()):
        assert group.send({**form, "walk_id": walk_id}).status_code == 404
    assert rows("SELECT id FROM walk_answers") == []


def test_X11_another_sites_form_is_refused_and_a_page_that_tells_nobody_its_address_is_not(group: Group):
    form = group.form(group.walk(), "cannot")
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = group.send(form, headers)
        assert refused.status_code == 403
        assert 'href="/office' not in refused.text
    assert group.send(form, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_called_off_walk_is_said_to_be_and_asks_nothing(group: Group):
    group.walk(status="cancelled", meeting_point="Demotorget")
    page = group.page()
    assert "Inställd" in page
    assert "<form" not in page


def test_PU5_a_log_from_a_page_that_was_kept_before_the_groups_own_answer_is_taken_in(group: Group, rows: Rows):
    walk = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2))
    kept = group.form(walk, "log", walkers="4", note="Lugnt.")
    assert group.send(group.form(walk, "coming", walkers="4")).status_code == 303
    assert group.send(kept, JSON).status_code == 200
    [stored] = rows("SELECT status, actual_walkers, log_note FROM walks WHERE id = :id", id=walk)
    assert stored == {"status": "done", "actual_walkers": 4, "log_note": "Lugnt."}


def test_PU5_what_somebody_else_changed_meanwhile_is_met_only_where_the_answer_changes_it_too(group: Group):
    walk = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2))
    kept = group.form(walk, "log", walkers="4")
    desk = group.coordinator
    desk.apply(desk.mutation("walks", "update", walk, 1, meeting_point="Vid klockan"))
    other = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2))
    status = group.form(other, "log", walkers="4")
    desk.apply(desk.mutation("walks", "update", other, 1, status="under_way"))
    assert (group.send(kept, JSON).status_code, group.send(status, JSON).status_code) == (200, 409)


def test_a_log_is_added_to_the_walks_note_and_writes_over_none(group: Group, rows: Rows):
    walk = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2), log_note="Ring skolan.")
    for note in ("Lugnt.", "Lugnt.", "Lampan är trasig."):
        assert group.send(group.form(walk, "log", walkers="4", note=note)).status_code == 303
    [stored] = rows("SELECT log_note FROM walks WHERE id = :id", id=walk)
    assert stored["log_note"] == "Ring skolan.\n\nLugnt.\n\nLampan är trasig."
    for note in ("Bilen stod kvar.\r\n\r\nVi ringde.", "Bilen stod kvar.\n\nVi ringde."):
        assert group.send(group.form(walk, "log", walkers="4", note=note)).status_code == 303
    [stored] = rows("SELECT log_note FROM walks WHERE id = :id", id=walk)
    assert stored["log_note"] == "Ring skolan.\n\nLugnt.\n\nLampan är trasig.\n\nBilen stod kvar.\n\nVi ringde."
    full = group.walk(planned_start=now_iso(hours=-1), planned_end=now_iso(hours=2), log_note="x" * 2000)
    assert group.send(group.form(full, "log", walkers="4", note="Ingen plats.")).status_code == 303
    assert rows("SELECT log_note FROM walks WHERE id = :id", id=full) == [{"log_note": "x" * 2000}]
    assert rows("SELECT note FROM walk_answers WHERE walk_id = :id", id=full) == [{"note": "Ingen plats."}]


def test_a_walk_of_long_ago_takes_no_log(group: Group, rows: Rows):
    recent = group.walk(planned_start=now_iso(hours=-2), planned_end=now_iso(hours=-1))
    old = group.walk(planned_start=now_iso(days=-30), planned_end=now_iso(days=-30, hours=3))
    sent = {**group.form(recent, "log", walkers="9"), "walk_id": old}
    assert group.send(sent, JSON).status_code == 422
    assert rows("SELECT status FROM walks WHERE id = :id", id=old) == [{"status": "planned"}]


def test_an_answer_that_was_received_is_said_to_be_also_when_the_link_or_the_walk_is_gone(
    group: Group, rows: Rows, sql: Callable[..., None]
):
    walk = group.walk()
    form = group.form(walk, "coming", walkers="4")
    assert group.send(form, JSON).get_json()["repeated"] is False
    group.coordinator.apply(group.coordinator.mutation("walks", "delete", walk, 2))
    assert group.send(form, JSON).get_json()["repeated"] is True
    sql("UPDATE walk_links SET revoked_at = :now", now=utc_now())
    again = group.send(form, JSON)
    assert (again.status_code, again.get_json()["received"], again.get_json()["repeated"]) == (200, form["id"], True)
    other = {**form, "walkers": "5"}
    assert group.send(other, JSON).status_code == 404
    assert len(rows("SELECT id FROM walk_answers")) == 1
