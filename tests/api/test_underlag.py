"""Underlag till utsättning: what may leave the team and nothing else; shown and handed over, it stands in the log."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.errors import Unavailable
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from fieldapp.followup import material
from fieldapp.summaries.disclosure import PERSON_TOPICS
from tests.api.test_audit import faults
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
TENNPLANEN, BERYLLTORGET, LAVAGANGEN = site_id(23), site_id(26), site_id(30)
CANARY = "kanariefågel"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SV = sentences("sv")
ADDRESS = "/office/briefings/underlag"


def page(person: Phone, district: str = "farsta") -> str:
    answer = person.client.get(f"{ADDRESS}?district={district}")
    assert answer.status_code == 200
    assert_sound(answer.text)
    return answer.text


def place(html: str, name: str) -> str:
    [row] = [row for row in html.split("<tr>") if f'<th scope="row">{name}' in row]
    return row.split("</tr>")[0]


def post(person: Phone, **form: Any) -> Any:
    today = local_date(utc_now()).isoformat()
    data = {
        "csrf_token": person.session["csrf_token"],
        "district": "farsta",
        "authority": "police",
        "last": today,
        **form,
    }
    return person.client.post(ADDRESS, data=data, headers={"Origin": "http://localhost"})


def send(author: Phone, *places: str, days: int = -2, status: str | None = None, **observation: Any) -> str:
    """A pass with a visit and an observation at each place; return its id."""
    shift = author.shift(started_at=now_iso(days=days), ended_at=now_iso(days=days, hours=4), handover_note=CANARY)
    sent = [shift]
    for where in places:
        visit = author.visit(shift["record_id"], site_id=where, arrived_at=now_iso(days=days, hours=1))
        sent += [visit, author.observation(visit["record_id"], observed_at=now_iso(days=days, hours=1), **observation)]
    author.apply(*sent)
    return str(shift["record_id"])


def logged(rows: Rows, action: str) -> list[dict[str, Any]]:
    return rows(
        "SELECT actor_id, subject, details FROM audit_log WHERE action = :action ORDER BY number", action=action
    )


def test_it_shows_visits_topics_conditions_and_movements_by_place_and_no_person_no_word_no_id(phone: Phones):
    falt1, jour1 = phone("falt1"), phone("jour1")
    falt1.apply(
        falt1.briefing(
            note=f"{CANARY} polisen",
            police_area=CANARY,
            priorities=[{"site_id": TENNPLANEN, "rank": 1, "reason": "violence"}],
        )
    )
    send(
        falt1,
        TENNPLANEN,
        topics=["alcohol", "weapon", "suspected_recruitment"],
        conditions=["lighting_out", "litter"],
        counts=[{"age_band": "13-15", "gender": "female", "present": 47, "contacts": 43}],
        referrals=[{"to": "concern_report", "count": 41}],
        moved_from=LAVAGANGEN,
        moved_to=BERYLLTORGET,
        note=CANARY,
    )
    send(jour1, TENNPLANEN, days=-1, topics=["alcohol"], conditions=["none"])
    html = page(phone("falt2"))
    tenn, beryll = place(html, "Demo Tennplanen"), place(html, "Demo Berylltorget")
    assert re.findall(r'<td class="number">(\d+)</td>', tenn) == ["2", "2"]
    for words in ("Alkohol 2", "Trasig belysning 1", "Skräp 1", "skolnära", "hit från Demo Lavagången norra sidan (1)"):
        assert words in tenn, words
    assert "härifrån till Demo Berylltorget bakom huset (1)" in tenn
    assert "hit från Demo Tennplanen norra sidan (1)" in beryll
    assert re.findall(r'<td class="number">(\d+)</td>', beryll) == ["0", "0"]
    for code in PERSON_TOPICS:
        assert SV[f"code.topic.{code}"] not in tenn
    # what the page says of its own; the clock time it was made at may well be 08:41
    written = re.sub(r"<input[^>]*>|\b\d\d:\d\d\b", "", html.split("<main")[1])
    for leaked in (CANARY, "47", "43", "41", "Demo Fält", "Ungdomsjouren", SV["code.condition.none"]):
        assert leaked not in written, leaked
    assert not UUID.search(re.sub(r'<input[^>]* name="id"[^>]*>', "", html))  # but the form's own
    assert SV["summary.not_cause"] in html
    assert "skyddad uppgift" in tenn


def test_every_count_of_people_is_a_protected_cell_whether_or_not_there_was_anybody(phone: Phones):
    lead = phone("ledare")
    before = page(lead)
    send(phone("falt1"), TENNPLANEN, topics=[*PERSON_TOPICS], counts=[])
    after = page(lead)
    section = re.compile(r'aria-labelledby="people">.*?</section>', re.S)
    assert section.findall(before) == section.findall(after)
    [people] = section.findall(after)
    assert people.count(">skyddad uppgift<") == 5 + len(PERSON_TOPICS)
    assert not re.search(r"<dd[^>]*>\s*\d", people)
    changed = place(after, "Demo Tennplanen")
    assert re.findall(r'<td class="number">(\d+)</td>', changed) == ["1", "0"]
    assert place(before, "Demo Tennplanen").count("skyddad uppgift") == changed.count("skyddad uppgift") == 1


def test_fourteen_days_and_every_unit_count_and_what_lies_before_or_elsewhere_does_not(phone: Phones):
    falt1, falt3 = phone("falt1"), phone("falt3")
    for days in (-20, -14):
        send(falt1, TENNPLANEN, days=days, topics=["vandalism"])
    send(falt1, BERYLLTORGET, days=-12, topics=["vandalism"])
    send(falt3, BERYLLTORGET, days=-3, topics=["vandalism"])
    shift = falt1.shift()
    falt1.apply(shift, falt1.visit(shift["record_id"]), falt1.visit(shift["record_id"], site_id=LAVAGANGEN))
    falt1.apply(falt1.visit(shift["record_id"], site_id=TENNPLANEN, outcome="not_visited", not_visited_reason="safety"))
    html = page(falt1)
    assert "Skadegörelse 2" in place(html, "Demo Berylltorget")
    assert re.findall(r'<td class="number">(\d+)</td>', place(html, "Demo Tennplanen")) == ["0", "0"]
    assert SV["underlag.elsewhere"].format(n=1) in html
    assert '<th scope="row">Demo Lavagången' not in html


def test_what_a_merged_place_had_counts_at_the_one_that_took_it_over(phone: Phones, sql: Callable[..., None]):
    analyst, jour1 = phone("analys"), phone("jour1")
    send(jour1, site_id(5), site_id(3), topics=["alcohol"])
    sql("UPDATE sites SET merged_into_id = :taken_over_by WHERE id = :id", taken_over_by=site_id(3), id=site_id(5))
    html = page(analyst, "jarva")
    assert "Alkohol 2" in place(html, "Demo Granatplanen under bron")
    assert "Demo Topasgången" not in html


@pytest.mark.parametrize(
    ("who", "district", "status"),
    [
        ("falt1", "farsta", 200), ("ledare2", "farsta", 200), ("analys", "farsta", 200), ("analys", "bromma", 200),
        ("jour1", "bromma", 200), ("jourledare", "farsta", 200), ("falt3", "farsta", 404), ("falt1", "skarholmen", 404),
        ("ledare", "bromma", 404), ("falt1", "atlantis", 404), ("nattvandring", "farsta", 403),
        ("direktor", "farsta", 403), ("admin", "farsta", 403),
    ],
)  # fmt: skip
def test_who_reads_it_and_hands_it_over(phone: Phones, rows: Rows, who: str, district: str, status: int):
    person = phone(who)
    assert person.client.get(f"{ADDRESS}?district={district}").status_code == status
    assert post(person, district=district).status_code == (303 if status == 200 else status)
    assert [row["subject"] for row in logged(rows, "underlag.shown")] == [district] * (status == 200)
    assert [row["subject"] for row in logged(rows, "underlag.handed_over")] == [district] * (status == 200)


def test_the_choice_of_district_offers_ones_own_and_is_no_showing(phone: Phones, rows: Rows):
    for who, names in (("falt1", ["farsta"]), ("analys", None)):
        html = phone(who).client.get(ADDRESS).text
        assert_sound(html)
        found = re.findall(r'<option value="([a-z-]+)"', html)
        assert found == names if names else len(found) == 11
    assert logged(rows, "underlag.shown") == []


def test_shown_and_handed_over_stand_in_the_log_as_codes_and_on_the_page_in_words(app, phone: Phones, rows: Rows):
    lead = phone("ledare")
    send(phone("falt1"), TENNPLANEN, topics=["alcohol"], note=CANARY)
    page(lead)
    answer = post(lead)
    assert answer.status_code == 303
    shown = lead.client.get(answer.location).text
    assert re.search(r"Lämnad till Polisen \d+ \w+\.? \d\d:\d\d", shown)
    assert "Lämnad till" not in phone("analys").client.get(f"{ADDRESS}?district=bromma").text
    form_id = new_id()
    for _ in range(2):
        assert post(lead, authority="traffic_office", id=form_id).status_code == 303
    today = local_date(utc_now())
    days = {"district": "farsta", "from": str(today - timedelta(days=13)), "to": str(today)}
    assert [row["details"] for row in read(rows, "underlag.handed_over")] == [
        {**days, "authority": "police"},
        {**days, "authority": "traffic_office", "form_id": form_id},
    ]
    assert read(rows, "underlag.shown")[0] == {"actor_id": lead.user_id, "subject": "farsta", "details": days}
    assert CANARY not in str(rows("SELECT * FROM audit_log"))
    assert faults(app) == []


def test_nothing_is_shown_that_could_not_be_logged(phone: Phones, rows: Rows, monkeypatch: pytest.MonkeyPatch):
    lead = phone("ledare")

    def full(*_: Any, **__: Any) -> None:
        raise Unavailable(retry_after_s=2)

    monkeypatch.setattr(material.audit, "record", full)
    answer = lead.client.get(f"{ADDRESS}?district=farsta")
    assert answer.status_code == 503
    assert "Demo Tennplanen" not in answer.text
    assert logged(rows, "underlag.shown") == []


def read(rows: Rows, action: str) -> list[dict[str, Any]]:
    found = logged(rows, action)
    return [
        {**row, "details": json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]}
        for row in found
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"authority": ""}, "field.required"),
        ({"authority": "<b>"}, "field.unknown_code"),
        ({"authority": "night_walkers"}, "field.unknown_code"),
        ({"last": "i går"}, "field.not_a_date"),
        ({"last": "2020-01-01"}, "field.other_period"),
        ({"last": (local_date(utc_now()) + timedelta(days=2)).isoformat()}, "field.other_period"),
    ],
    ids=["nothing", "nonsense", "volunteers", "no date", "long ago", "ahead"],
)
def test_what_is_wrong_is_said_and_nothing_is_noted_as_handed_over(
    phone: Phones, rows: Rows, form: dict[str, str], words: str
):
    answer = post(phone("ledare"), **form)
    assert answer.status_code == 422
    assert SV[words] in answer.text
    assert_sound(answer.text)
    assert logged(rows, "underlag.handed_over") == []


def test_a_handing_over_older_than_the_days_shown_is_no_longer_listed(phone: Phones):
    lead = phone("ledare")
    with time_machine.travel(utc_now() - timedelta(days=14), tick=True):
        assert post(phone("ledare2")).status_code == 303
    assert "Lämnad till" not in page(lead)
