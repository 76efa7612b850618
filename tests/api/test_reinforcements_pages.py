"""Asking Ungdomsjouren for an evening: who asks, who answers, who reads; nothing half written."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from tests.factories.jour import accept, add_person, add_team, ask, form_of, post, withdraw
from tests.factories.phone import Phone

PhoneOf = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
ONE = "SELECT state, version, answer_words, requested_by FROM reinforcements"


def test_a_district_asks_the_jour_accepts_with_its_team_and_all_three_read_it(phone: PhoneOf, rows: Rows):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    key = ask(ledare, event="lucia", place_words="Kring torget")
    assert rows(ONE) == [{"state": "requested", "version": 1, "answer_words": "", "requested_by": "farsta"}]
    assert phone("jour1").client.get(f"/office/reinforcements/{key}").status_code == 404  # no team chosen yet
    assert accept(jourledare, key, words="Vi kommer klockan sex").status_code == 303
    for who in ("ledare", "ledare2", "jourledare", "jour1"):
        page = phone(who).client.get(f"/office/reinforcements/{key}").text
        for words in ("Antaget", "Ungdomsjouren", "Kring torget", "Vi kommer klockan sex", "Lucia"):
            assert words in page, (who, words)
        assert key in phone(who).client.get("/office/reinforcements").text
    said = rows("SELECT action, actor_id FROM audit_log WHERE action LIKE 'reinforcement.%' ORDER BY number")
    assert [(row["action"], row["actor_id"]) for row in said] == [
        ("reinforcement.ask", ledare.user_id),
        ("reinforcement.accept", jourledare.user_id),
    ]


def test_a_form_that_is_sent_twice_asks_once_and_its_key_is_nobody_elses(phone: PhoneOf, rows: Rows):
    ledare = phone("ledare")
    found = re.search(r'name="id" value="([0-9a-f-]{36})"', ledare.client.get("/office/reinforcements").text)
    assert found
    form = form_of(id=found[1])
    assert {ask(ledare, **form), ask(ledare, **form)} == {found[1]}
    assert rows("SELECT count(*) AS n FROM reinforcements") == [{"n": 1}]
    assert post(phone("ledare2"), **form).status_code == 409


def test_what_the_police_asked_is_the_citys_to_register_and_to_read(phone: PhoneOf):
    jourledare = phone("jourledare")
    for asker in ("police", "own"):
        key = ask(jourledare, requested_by=asker)
        assert jourledare.client.get(f"/office/reinforcements/{key}").status_code == 200
        assert phone("ledare").client.get(f"/office/reinforcements/{key}").status_code == 404
    refused = post(phone("ledare"), **form_of(requested_by="police"))
    assert refused.status_code == 403
    assert post(jourledare, **form_of()).status_code == 403  # a district asks for itself
    assert post(phone("ledare"), **form_of(district="bromma")).status_code == 403


# Who may do what with one that Farsta asked for, by whether the jour's team is chosen. 200 shown or 303 done.
RIGHTS = {
    # who: (list, read, read once chosen, ask in Farsta, answer, withdraw)
    "falt1": (200, 404, 404, 403, 403, 403),
    "falt3": (200, 404, 404, 403, 403, 403),
    "ledare": (200, 200, 200, 303, 403, 303),
    "ledare2": (200, 200, 200, 303, 403, 303),
    "bromma": (200, 404, 404, 403, 404, 404),
    "jour1": (200, 404, 200, 403, 403, 403),
    "jourledare": (200, 200, 200, 403, 303, 403),
    "nattvandring": (403, 403, 403, 403, 403, 403),
    "analys": (403, 403, 403, 403, 403, 403),
    "direktor": (403, 403, 403, 403, 403, 403),
    "admin": (403, 403, 403, 403, 403, 403),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_role_by_route_in_ones_own_district_and_in_another(who: str, phone: PhoneOf, app: Flask, rows: Rows):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    tomorrow = (local_date(utc_now()) + timedelta(days=1)).isoformat()
    key, accepted = ask(ledare), ask(ledare, date=tomorrow)
    accept(jourledare, accepted)
    if who == "bromma":
        add_person(app, "bromma", "team_lead", "bromma", add_team(app, "Demo Bromma", "bromma"))
    one = phone(who)
    answers = (
        one.client.get("/office/reinforcements").status_code,
        one.client.get(f"/office/reinforcements/{key}").status_code,
        one.client.get(f"/office/reinforcements/{accepted}").status_code,
        post(one, **form_of()).status_code,
        accept(one, key, teams=jourledare.team_id).status_code,
    )
    version = rows("SELECT version FROM reinforcements WHERE id = :id", id=key)[0]["version"]
    assert (*answers, withdraw(one, key, version=str(version)).status_code) == RIGHTS[who]


def test_bad_input_is_named_in_swedish_and_nothing_is_written(phone: PhoneOf, rows: Rows):
    ledare, today = phone("ledare"), local_date(utc_now())
    bad = {
        "date": [
            ("2026-02-30", "Datum: Inte ett giltigt datum."),
            ((today + timedelta(days=400)).isoformat(), "Datum: Värdet är utanför det tillåtna."),
            ("", "Datum: Måste anges."),
        ],
        "starts": [("25:00", "Börjar: Inte en giltig tid.")],
        "ends": [("", "Slutar: Måste anges."), ("18:00", "Slutar: Slutet ligger före början.")],
        "district": [("<b>", "Stadsdelsområde: Okänt värde.")],
        "event": [("fest", "Särskild dag: Okänt värde.")],
        "requested_by": [("farsta", "Uppdragsgivare: Okänt värde.")],
        "place_words": [
            ("x" * 201, "Var, med ord: Texten är för lång."),
            ("811218-9876", "Var, med ord: Innehåller ett personnummer."),
        ],
        "reason": [
            ("", "Varför: Måste anges."),
            ("dolt\u200b", "Varför: Texten innehåller osynliga tecken som inte kan sparas."),
            ("811218-9876", "Varför: Innehåller ett personnummer."),
        ],
    }
    for name, values in bad.items():
        for value, message in values:
            answer = post(ledare, **form_of(**{name: value}))
            assert answer.status_code == 422, (name, value)
            assert message in answer.text, (name, value)
    assert rows("SELECT count(*) AS n FROM reinforcements") == [{"n": 0}]
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action LIKE 'reinforcement.%'") == [{"n": 0}]


def test_a_bad_answer_is_named_and_nothing_of_it_is_written(phone: PhoneOf, rows: Rows):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    key = ask(ledare)
    for form, message in (
        ({"teams": []}, "Fältgrupper: Måste anges."),
        ({"teams": ledare.team_id}, "Fältgrupper: Fältgruppen finns inte."),  # not of the whole city
        ({"teams": "x"}, "Inte ett giltigt id."),
        ({"words": "811218-9876"}, "Några ord till svaret: Innehåller ett personnummer."),
        ({"words": "x" * 201}, "Några ord till svaret: Texten är för lång."),
        ({"version": "ett"}, "Uppdraget: Ska vara ett heltal."),
        ({"action": "delete"}, "Svar: Okänt värde."),
    ):
        answer = accept(jourledare, key, **form)
        assert answer.status_code == 422, form
        assert message in answer.text, form
    assert rows(ONE) == [{"state": "requested", "version": 1, "answer_words": "", "requested_by": "farsta"}]
    assert rows("SELECT count(*) AS n FROM reinforcement_teams") == [{"n": 0}]
    assert accept(jourledare, "finns-inte").status_code == 404


def test_who_answers_what_was_changed_meanwhile_gets_409_and_sees_how_it_stands(phone: PhoneOf, rows: Rows):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    key = ask(ledare)
    assert withdraw(ledare, key).status_code == 303
    late = accept(jourledare, key)
    assert late.status_code == 409
    assert sentences("sv")["field.reinforcement_moved"] in late.text
    assert "Återtaget" in late.text
    assert accept(jourledare, key, version="2").status_code == 409  # withdrawn: nothing to answer
    assert rows(ONE)[0]["state"] == "withdrawn"
    assert rows("SELECT count(*) AS n FROM reinforcement_teams") == [{"n": 0}]


def test_a_declined_one_can_be_accepted_after_all_and_teams_be_changed(phone: PhoneOf, app: Flask, rows: Rows):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    second = add_team(app, "Ungdomsjouren Två")
    key = ask(ledare)
    assert accept(jourledare, key, action="decline", words="Ingen ledig").status_code == 303
    assert "Avböjt" in ledare.client.get(f"/office/reinforcements/{key}").text
    assert accept(jourledare, key, version="2").status_code == 303
    assert accept(jourledare, key, version="3", teams=[jourledare.team_id, second]).status_code == 303
    assert "Ungdomsjouren, Ungdomsjouren Två" in ledare.client.get(f"/office/reinforcements/{key}").text
    assert rows("SELECT count(*) AS n FROM reinforcement_teams") == [{"n": 2}]


def test_a_team_is_on_one_reinforcement_an_evening_for_the_same_asker(phone: PhoneOf):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    first, second = ask(ledare), ask(ledare)
    assert accept(jourledare, first).status_code == 303
    refused = accept(jourledare, second)
    assert refused.status_code == 422
    assert sentences("sv")["field.team_busy"] in refused.text
    assert withdraw(ledare, first, version="2").status_code == 303
    assert accept(jourledare, second).status_code == 303


def test_two_answers_at_the_same_moment_have_one_outcome(phone: PhoneOf, app: Flask, rows: Rows):
    add_person(app, "jourledare2", "team_lead", None, add_team(app, "Ungdomsjouren Två"))
    ledare, both = phone("ledare"), [phone("jourledare"), phone("jourledare2")]
    for _ in range(4):
        key = ask(ledare)
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda lead, key=key: accept(lead, key).status_code, both))
        assert sorted(found) == [303, 409]
        version = rows("SELECT version FROM reinforcements WHERE id = :id", id=key)[0]["version"]
        assert version == 2
        assert rows("SELECT count(*) AS n FROM reinforcement_teams WHERE reinforcement_id = :id", id=key) == [{"n": 1}]
        assert withdraw(ledare, key, version="2").status_code == 303


def test_one_team_chosen_for_two_at_the_same_moment_is_on_one(phone: PhoneOf, app: Flask, rows: Rows):
    team = phone("jourledare").team_id
    add_person(app, "jourledare2", "team_lead", None, team)
    ledare, both = phone("ledare"), [phone("jourledare"), phone("jourledare2")]
    for _ in range(4):
        keys = [ask(ledare), ask(ledare)]
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda lead, key: accept(lead, key).status_code, both, keys))
        assert sorted(found) == [303, 422]
        assert withdraw(ledare, keys[found.index(303)], version="2").status_code == 303


def test_markup_in_words_is_text_X12(phone: PhoneOf):
    ledare, jourledare = phone("ledare"), phone("jourledare")
    bad = "<script>alert(1)</script>"
    key = ask(ledare, place_words=bad, reason=bad)
    assert accept(jourledare, key, words=bad).status_code == 303
    refused = post(ledare, **form_of(place_words=bad, reason=bad, date="x"))
    for page in (ledare.client.get(f"/office/reinforcements/{key}"), refused):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


def test_the_pages_speak_english_too(phone: PhoneOf):
    ledare = phone("ledare")
    key = ask(ledare)
    english = {"Accept-Language": "en"}
    assert "Ask for reinforcement" in ledare.client.get("/office/reinforcements", headers=english).text
    assert "Asked for, not answered" in ledare.client.get(f"/office/reinforcements/{key}", headers=english).text
