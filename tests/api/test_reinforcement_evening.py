"""A reinforcement evening with three districts: district, unit and city hours agree as figures.md defines them."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from fieldapp.core.clock import STOCKHOLM
from fieldapp.summaries.disclosure import HIDDEN
from tests.factories.jour import JourEvening, add_person, add_team, approve, clock, days_ago, send_jour_evening, submit
from tests.factories.phone import Phone

PhoneOf = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
CANARY = "Kanariefågeln"
THAT_DAY = {"from": days_ago(7).isoformat(), "to": days_ago(7).isoformat(), "status": "all"}


@pytest.fixture
def evening(app: Flask, phone: PhoneOf) -> JourEvening:
    return send_jour_evening(app, phone, CANARY)


def summary(phone: Phone, path: str, **query: str) -> dict[str, Any]:
    answer = phone.client.get(f"/api/v1/summaries/{path}", query_string={**THAT_DAY, **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def hours(phone: Phone, path: str, **query: str) -> float:
    found: float = summary(phone, path, **query)["effort"]["person_hours"]
    return found


def test_district_unit_and_city_hours_agree(evening: JourEvening, phone: PhoneOf):
    analys = phone("analys")
    # Farsta's own pass 17–20, two people: 2 × 3 = 6. One of them is on the jour's pass from 18: those two hours are
    # counted here, where they began, and so the jour's pass 18–02 is 8 + (8 − 2) = 14, the second team's 20–24 with
    # one and one other 2 × 4 = 8. The city: 6 + 14 + 8 = 28.
    assert hours(analys, "city") == 28
    # The jour's 480 minutes: 120 in Farsta, 60 in Skarpnäck, 60 on Södermalm, the rest, 240, to its district Farsta:
    # 360/480 of 14 = 10.5; 60/480 of 14 = 1.75, twice. The second's 240: 60 in Farsta = 2, the rest to Skarpnäck = 6.
    shares = {"farsta": 6 + 10.5 + 2, "skarpnack": 1.75 + 6, "sodermalm": 1.75}
    found = {code: hours(analys, f"districts/{code}") for code in (*shares, "bromma", "skarholmen")}
    assert found == {**shares, "bromma": 0, "skarholmen": 0}
    assert sum(found.values()) == 28
    # Each unit counts its whole pass: 2 × 8, 2 × 4, 2 × 3. The two shared hours stand in two units' own figures.
    teams = {"jour": evening.jour1.team_id, "second": evening.second_team, "farsta": evening.ledare.team_id}
    assert {name: hours(analys, f"teams/{team}") for name, team in teams.items()} == {
        "jour": 16,
        "second": 8,
        "farsta": 6,
    }


def test_the_units_own_summary_is_its_passes_wherever_they_were(evening: JourEvening, phone: PhoneOf):
    found = summary(evening.jourledare, f"teams/{evening.jour1.team_id}")
    assert (found["district"], found["team"]["name"], found["disclosure"]) == (None, "Ungdomsjouren", "full")
    assert found["visits"] == {"total": 3, "observed": 3, "nothing_noted": 0, "not_visited": {"time": 1}}
    assert (found["effort"]["shifts"], found["effort"]["reinforcements"]) == (1, 1)
    assert found["complete"]["shifts_submitted"] == 1
    assert found["people"]["totals"] == {"present": 917, "contacts": 713}
    assert found["effort"]["mumin"] == 9
    by = {row["delegated_by"]: row["value"] for row in found["effort"]["mumin_by"] if row["value"]}
    assert by == {"socialjour": 2, "farsta": 7}
    page = evening.jourledare.client.get(f"/office/summaries/teams/{evening.jour1.team_id}", query_string=THAT_DAY)
    for words in (
        "Fältgruppen Ungdomsjouren",
        "inte delade mellan områden",
        "MUMIN-förhör på uppdrag av Socialjouren",
        "MUMIN-förhör på uppdrag av Farsta",
    ):
        assert words in page.text
    assert "MUMIN-förhör på uppdrag av Bromma" not in page.text


def test_who_reads_a_units_own_summary(evening: JourEvening, phone: PhoneOf):
    jour, farsta = evening.jour1.team_id, evening.ledare.team_id
    may = {
        "jour1": (200, 404),
        "jourledare": (200, 404),
        "jourledare2": (404, 404),
        "falt1": (404, 200),
        "ledare2": (404, 200),
        "falt3": (404, 404),
        "analys": (200, 200),
        "direktor": (403, 403),
        "nattvandring": (403, 403),
        "admin": (403, 403),
    }
    for who, expected in may.items():
        one = phone(who)
        for start in ("/api/v1/summaries/teams", "/office/summaries/teams"):
            found = tuple(
                one.client.get(f"{start}/{team}", query_string=THAT_DAY).status_code for team in (jour, farsta)
            )
            assert found == expected, (who, start)
    assert phone("analys").client.get("/api/v1/summaries/teams/finns-inte", query_string=THAT_DAY).status_code == 404
    assert summary_page(phone("jourledare")).count("Fältgruppen") == 1
    assert summary_page(phone("analys")).count("Fältgruppen") == 4


def summary_page(phone: Phone) -> str:
    text: str = phone.client.get("/office/summaries").text
    return text


def test_the_form_leads_to_the_units_page_and_names_a_bad_period(evening: JourEvening):
    jourledare, team = evening.jourledare, evening.jourledare.team_id
    sent = jourledare.client.get("/office/summaries", query_string={**THAT_DAY, "district": f"team:{team}"})
    assert sent.status_code == 302
    assert sent.location.startswith(f"/office/summaries/teams/{team}?")
    refused = jourledare.client.get(f"/office/summaries/teams/{team}?from=2026-13-01&to=2026-01-01")
    assert refused.status_code == 422
    assert "Inte ett giltigt datum." in refused.text


def test_outside_the_unit_who_delegated_is_protected(evening: JourEvening, phone: PhoneOf):
    evening.approve_all()  # of a viewer others are refused
    for who, path in (("direktor", "city"), ("falt3", "districts/skarholmen"), ("direktor", "districts/farsta")):
        effort = summary(phone(who), path, status="approved")["effort"]
        assert [row["value"] for row in effort["mumin_by"]] == [HIDDEN] * 12, who
        assert effort["mumin"] == HIDDEN
    assert evening.jour1.client.get(f"/office/shifts/{evening.jour}").text.count("Socialjouren 2, Farsta 7") == 1


def test_a_lead_of_each_visited_district_reads_the_pass_without_the_units_names_and_reviews_none_of_it(
    evening: JourEvening, phone: PhoneOf, app: Flask
):
    for code in ("skarpnack", "sodermalm", "bromma"):
        add_person(app, code, "team_lead", code, add_team(app, f"Demo {code}", code))
    for who, status in (("ledare2", 200), ("skarpnack", 200), ("sodermalm", 200), ("bromma", 404)):
        lead = phone(who)
        read = lead.client.get(f"/api/v1/shifts/{evening.jour}")
        assert read.status_code == status, who
        assert approve(lead, evening.jour).status_code == (403 if status == 200 else 404), who
        if status == 200:
            names = [person["name"] for person in read.get_json()["participants"]]
            assert names == [None, None], who
            page = lead.client.get(f"/office/shifts/{evening.jour}").text
            assert "Demo Jour" not in page, who
    assert approve(evening.jourledare2, evening.jour).status_code in (403, 404)
    assert approve(evening.jourledare, evening.jour).status_code == 200


def test_the_report_comes_when_every_pass_is_approved_and_its_reading_is_written_down(
    evening: JourEvening, phone: PhoneOf, rows: Rows
):
    address = f"/office/reinforcements/{evening.asked}"
    assert approve(evening.jourledare, evening.jour).status_code == 200
    assert evening.ledare.client.get(f"{address}/report").status_code == 404  # the second team's is not approved
    assert "Antaget" in evening.ledare.client.get(address).text
    assert approve(evening.jourledare2, evening.second).status_code == 200
    assert "Utfört och godkänt" in evening.ledare.client.get(address).text
    assert approve(phone("ledare2"), evening.farsta).status_code == 200  # from 18 its hours are the jour's too
    page = evening.ledare.client.get(f"{address}/report")
    assert page.status_code == 200
    text = " ".join(page.text.split())
    for words in (
        "Återrapport: förstärkning i Farsta",
        "Ungdomsjouren 18:00–02:00, Ungdomsjouren Två 20:00–00:00",
        "<dt>Personaltimmar i Farsta</dt><dd>12,5</dd>",  # 10.5 + 2, as in the district's own summary
        "<dt>Besök med polis eller ordningsvakt</dt><dd>1</dd>",
        # in Farsta: the site observed; Hökarängen once nothing noted, once not visited
        row_of("Plats i registret", 1, 0, 0),
        row_of("Stadsdel", 0, 1, 1),
        "<li>Alkohol: 1</li>",
        "<li>Skräp: 1</li>",
        "<li>Närvaro: 1</li>",
        'Vapen: <span class="protected">skyddad uppgift</span>',
    ):
        assert words in text, words
    for key in ("Noterade personer", "Kontakter", "Hänvisningar", "MUMIN-förhör", "Hot, våld och tillbud"):
        assert f'<dt>{key}</dt><dd><span class="protected">skyddad uppgift</span></dd>' in text, key
    sheet = page.text[page.text.index("<main") :].replace(evening.asked, "")
    for never in (CANARY, "Demo Jour", "Demo Fält", "Demo Ledare", "917", "713", "611"):
        assert never not in sheet, never
    read = rows("SELECT actor_id, subject FROM audit_log WHERE action = 'reinforcement.report_read'")
    assert read == [{"actor_id": evening.ledare.user_id, "subject": evening.asked}]


def test_the_report_counts_hours_as_the_districts_summary_of_approved_passes(evening: JourEvening, phone: PhoneOf):
    def told() -> list[str]:
        sheet = evening.ledare.client.get(f"/office/reinforcements/{evening.asked}/report").text
        return re.findall(r"<dt>Personaltimmar i Farsta</dt><dd>(.+?)</dd>", sheet)

    evening.approve_all()
    # Farsta's own pass is not approved, so the jour's two shared hours are not counted anywhere else: 12 + 2.
    assert (told(), hours(phone("analys"), "districts/farsta", status="approved")) == (["14,0"], 14)
    assert approve(phone("ledare2"), evening.farsta).status_code == 200
    assert (told(), hours(phone("analys"), "districts/farsta", status="approved")) == (["12,5"], 6 + 12.5)


def row_of(name: str, *counts: int) -> str:
    cells = "".join(f'<td class="number">{count}</td>' for count in counts)
    return f'<th scope="row">{name}</th>{cells}'


def test_the_report_is_of_one_moment_and_keeps_nobody_from_writing(
    evening: JourEvening, meanwhile: Callable[..., Any], sql: Callable[..., None]
):
    evening.approve_all()
    address = f"/office/reinforcements/{evening.asked}/report"
    as_it_was = evening.ledare.client.get(address)
    assert as_it_was.status_code == 200
    with meanwhile("visits", lambda: sql("UPDATE visits SET deleted = :gone", gone=True)):
        assert evening.ledare.client.get(address).text == as_it_was.text
    assert evening.ledare.client.get(address).text != as_it_was.text


def test_who_reads_the_report(evening: JourEvening, phone: PhoneOf, app: Flask):
    evening.approve_all()
    add_person(app, "bromma", "team_lead", "bromma", add_team(app, "Demo Bromma", "bromma"))
    for who, status in {
        "ledare": 200, "ledare2": 200, "jour1": 200, "jour3": 200, "jourledare": 200, "jourledare2": 200,
        "falt1": 404, "falt3": 404, "bromma": 404, "analys": 403, "direktor": 403, "nattvandring": 403, "admin": 403,
    }.items():  # fmt: skip
        answer = phone(who).client.get(f"/office/reinforcements/{evening.asked}/report")
        assert answer.status_code == status, who


def test_a_pass_given_back_is_no_longer_done(evening: JourEvening):
    evening.approve_all()
    lead = evening.jourledare
    seen = lead.client.get(f"/api/v1/shifts/{evening.jour}").get_json()
    back = {"decision": "reopen", "content_version": seen["content_version"], "comment": "Tiden stämmer inte"}
    assert (
        lead.client.post(f"/api/v1/shifts/{evening.jour}/reviews", json=back, headers=lead.headers).status_code == 200
    )
    assert evening.ledare.client.get(f"/office/reinforcements/{evening.asked}/report").status_code == 404


def test_a_pass_over_the_october_night_has_its_fourteen_hours(phone: PhoneOf):
    def at(day: int, hour: int) -> str:
        return datetime(2026, 10, day, hour, tzinfo=STOCKHOLM).isoformat()

    jour1 = phone("jour1")
    submit(jour1, jour1.shift(district="farsta", kind="night", started_at=at(24, 16), ended_at=at(25, 5)))
    query = {"from": "2026-10-24", "to": "2026-10-24"}
    for path in ("city", "districts/farsta", f"teams/{jour1.team_id}"):
        assert hours(phone("analys"), path, **query) == 14, path
    assert hours(phone("analys"), "city", **{"from": "2026-10-25", "to": "2026-10-25"}) == 0


def test_an_hour_on_two_passes_of_ones_own_team_is_one_hour_in_its_summary(phone: PhoneOf):
    jour1, jour2 = phone("jour1"), phone("jour2")
    submit(jour1, jour1.shift(district="farsta", started_at=clock(18), ended_at=clock(22)))
    both = [jour1.user_id, jour2.user_id]
    submit(jour2, jour2.shift(district="bromma", started_at=clock(20), ended_at=clock(24), participant_ids=both))
    # jour1 18–24 = 6, jour2 20–24 = 4, in the team's own as in the city's.
    assert hours(phone("analys"), f"teams/{jour1.team_id}") == hours(phone("analys"), "city") == 10
