"""The page of a pass as its leader reads it, without JavaScript: warnings, history, comments at lines, the decision."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from babel.dates import format_datetime
from flask import Flask

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import STOCKHOLM, local_date, utc_now
from fieldapp.demo.register import site_id
from tests.factories.pages import assert_sound
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import posted, shown, submitted

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
SV = sentences("sv")
TENNPLANEN, BERYLLTORGET, LAVAGANGEN = site_id(23), site_id(26), site_id(30)


def page_of(who: Phone, shift: str, status: int = 200, **query: Any) -> str:
    return unescape(shown(who, f"/passes/{shift}", status, **query))


def version_of(who: Phone, shift: str) -> int:
    found: int = who.client.get(f"/api/v1/shifts/{shift}").get_json()["content_version"]
    return found


def decide(who: Phone, shift: str, decision: str, version: int | None = None, **form: Any) -> Any:
    read = version_of(who, shift) if version is None else version
    return posted(who, f"/passes/{shift}", decision=decision, content_version=str(read), **form)


@pytest.fixture
def evening(phone: Phones) -> tuple[Phone, str, Json, Json]:
    """A pass of falt1's with a visit and an observation, sent in."""
    falt1 = phone("falt1")
    visit = falt1.visit("-")
    seen = falt1.observation(visit["record_id"], counts=[COUNT], note="Lampan är sönder.")
    return falt1, submitted(falt1, visit, seen), visit, seen


COUNT = {"age_band": "13-15", "gender": "female", "present": 5, "contacts": 2}


def test_the_page_says_in_brief_what_the_pass_came_to_and_approving_leads_to_the_next(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    falt1, shift, _, _ = evening
    following = submitted(falt1, started_at=now_iso(hours=-2), ended_at=now_iso(minutes=-5))
    lead = phone("ledare2")
    html = page_of(lead, shift)
    for words in ("5 noterade, kontakt med 2", "0 av 300 minuter fördelade", "Granska", "Nästa pass", "Demo Fält Ett"):
        assert words in html, words
    assert f"/office/review/passes/{following}" in html
    answer = decide(lead, shift, "approve")
    assert (answer.status_code, answer.location) == (
        303,
        f"/office/review/passes/{following}?done=approve&of={shift}",
    )
    assert SV["review.decided.approve"] in page_of(lead, following, done="approve", of=shift)
    last = decide(lead, following, "approve")
    assert last.location.startswith("/office/review?done=approve")
    assert {row["status"] for row in rows("SELECT status FROM shifts")} == {"approved"}


def test_what_is_asked_of_a_line_stands_at_its_field_on_the_phone_and_on_the_page(
    evening: tuple[Phone, str, Json, Json], phone: Phones
):
    falt1, shift, visit, seen = evening
    lead = phone("ledare2")
    due = local_date(utc_now()) + timedelta(days=2)
    answer = decide(
        lead,
        shift,
        "return",
        due_on=str(due),
        **{
            f"text-{visit['record_id']}": "Vad gjorde ni här?",
            f"field-{visit['record_id']}": "actions",
            f"text-{seen['record_id']}": "  ",
            f"field-{seen['record_id']}": "note",
        },
    )
    assert answer.status_code == 303
    assert "inte framme på någon mobil än" in page_of(lead, shift)
    falt1.pull()
    falt1.pull()  # what one contact brought is known to be there by the next
    [comment] = falt1.held("review_comments")
    assert (comment["record_id"], comment["field"], comment["text"], comment["due_on"]) == (
        visit["record_id"],
        "actions",
        "Vad gjorde ni här?",
        str(due),
    )
    assert "inte framme på någon mobil än" not in page_of(lead, shift)
    assert "Demo Fält Ett: framme" in page_of(lead, shift)
    html = page_of(lead, shift)
    assert html.count("Vad gjorde ni här?") == 2  # at the line, and with the decision it came with
    assert "Återsänd för komplettering" not in html  # nothing can be decided now


def test_the_page_says_of_each_on_the_pass_whether_a_return_has_reached_them(phone: Phones):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    shift = submitted(falt1, participant_ids=[falt1.user_id, falt2.user_id])
    assert decide(lead, shift, "return", comment="Fyll på.").status_code == 303
    assert page_of(lead, shift).count("inte framme på någon mobil än") == 2
    falt1.pull()
    falt1.pull()
    html = page_of(lead, shift)
    assert "Demo Fält Ett: framme" in html
    assert "Demo Fält Två: inte framme på någon mobil än" in html
    assert html.count("inte framme på någon mobil än") == 1
    [comment] = falt1.held("review_comments")
    falt1.post([], opened=[comment["review_id"]])
    at = format_datetime(utc_now(), "d MMM ", tzinfo=STOCKHOLM, locale="sv")
    assert f"öppnad {at}" in page_of(lead, shift)
    falt1.apply(falt1.mutation("shifts", "update", shift, 3, status="submitted"))
    html = page_of(lead, shift)
    assert "Demo Fält Två: nådde ingen mobil" in html
    assert "inte framme" not in html


def test_what_moved_meanwhile_is_shown_with_who_and_when_and_what_was_written_stays(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    falt1, shift, visit, seen = evening
    lead = phone("ledare2")
    read = version_of(lead, shift)
    falt1.apply(falt1.mutation("observations", "update", seen["record_id"], 1, note="Lampan är lagad."))
    words = {f"text-{visit['record_id']}": "Hur länge?", f"field-{visit['record_id']}": "arrived_at"}
    answer = decide(lead, shift, "return", read, comment="Fyll på.", **words)
    assert answer.status_code == 409
    html = unescape(answer.text)
    for said in (
        SV["field.pass_moved"],
        "Demo Fält Ett",
        "<del>Lampan är sönder.</del>",
        "<ins>Lampan är lagad.</ins>",
    ):
        assert said in html, said
    assert "Fyll på.</textarea>" in html
    assert 'value="Hur länge?"' in html
    assert f'name="content_version" value="{version_of(lead, shift)}"' in html
    assert rows("SELECT status FROM shifts") == [{"status": "submitted"}]
    assert decide(lead, shift, "return", comment="Fyll på.", **words).status_code == 303


def test_the_history_says_what_each_version_changed_and_versions_what_differs(
    evening: tuple[Phone, str, Json, Json], phone: Phones
):
    falt1, shift, visit, _ = evening
    lead = phone("ledare2")
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, actions=["conversation"]))
    assert f"{SV['label.actions']}: <del>inget</del> → <ins>{SV['code.action.conversation']}</ins>" in page_of(
        lead, shift
    )
    assert decide(lead, shift, "approve").status_code == 303
    assert decide(lead, shift, "reopen", comment="Minuterna saknas.").status_code == 303
    falt1.apply(falt1.mutation("shifts", "update", shift, 4, status="submitted", arena_minutes={"outdoor": 300}))
    assert decide(lead, shift, "approve").status_code == 303
    html = page_of(lead, shift)
    assert "Godkända versioner (2)" in html
    assert f"<del>inget</del> → <ins>{SV['code.arena.outdoor']} 300</ins>" in html


def test_a_page_names_the_places_it_speaks_of_without_reading_the_register(phone: Phones, plans_of: Callable[..., Any]):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", site_id=TENNPLANEN)
    shift = submitted(falt1, visit, falt1.observation(visit["record_id"], moved_from=LAVAGANGEN, moved_to=BERYLLTORGET))
    falt1.push(falt1.visit(shift, site_id=LAVAGANGEN, outcome="moln"))
    page_of(lead, shift)
    with plans_of() as found:
        html, refused = page_of(lead, shift), shown(lead, "/rejections")
    for name in ("Demo Tennplanen", "Demo Lavagången", "Demo Berylltorget"):
        assert name in html, name
    assert "Demo Lavagången" in refused
    named = [statement for statement, _ in found if "sites.name" in statement]
    assert named
    assert [statement for statement in named if "sites.id IN" not in statement] == []


def test_a_page_asks_the_database_no_more_often_for_many_versions_than_for_one(
    evening: tuple[Phone, str, Json, Json], phone: Phones, plans_of: Callable[..., Any]
):
    falt1, shift, _, _ = evening
    lead = phone("ledare2")
    asked = []
    for number in range(1, 9):
        assert decide(lead, shift, "approve").status_code == 303
        page_of(lead, shift)  # is noted as read
        with plans_of() as statements:
            html = page_of(lead, shift)
        assert f"Godkända versioner ({number})" in html
        asked.append(len(statements))
        version = falt1.client.get(f"/api/v1/shifts/{shift}").get_json()["version"]
        assert decide(lead, shift, "reopen", comment="Minuterna.").status_code == 303
        again = falt1.mutation("shifts", "update", shift, version + 1, status="submitted", handover_note=f"{number}")
        falt1.apply(again)
    assert asked[7] == asked[0] > 0


@pytest.mark.parametrize("was_opened", [False, True])
def test_a_pass_that_is_disposed_of_while_its_page_is_made_is_not_found(
    evening: tuple[Phone, str, Json, Json],
    phone: Phones,
    app: Flask,
    meanwhile: Callable[..., Any],
    engine_name: str,
    was_opened: bool,
):
    """SQLite reads on as of the moment when the pass still stood, until something is written."""
    _, shift, _, _ = evening
    lead = phone("ledare2")
    if was_opened:
        page_of(lead, shift)

    def dispose() -> None:
        assert app.test_cli_runner().invoke(args=["sync", "dispose", "shifts", shift]).exit_code == 0

    with meanwhile("review_reads", dispose):
        status = lead.client.get(f"/office/review/passes/{shift}").status_code
    assert status == (200 if was_opened and engine_name == "sqlite" else 404)
    page_of(lead, shift, 404)


def test_a_pass_whose_page_was_only_asked_about_was_not_opened(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    """HEAD is what a browser or a proxy asks before it shows anything: nobody has read the pass."""
    _, shift, _, _ = evening
    lead = phone("ledare2")
    answer = lead.client.head(f"/office/review/passes/{shift}")
    assert (answer.status_code, answer.data) == (200, b"")
    assert rows("SELECT * FROM review_reads") == []
    ticked = posted(lead, "/approve", **{"pass": f"{shift}.{version_of(lead, shift)}"})
    assert rows("SELECT status FROM shifts") == [{"status": "submitted"}], ticked.text
    page_of(lead, shift)
    assert [row["shift_id"] for row in rows("SELECT shift_id FROM review_reads")] == [shift]


def test_before_deciding_the_leader_hears_of_phones_that_may_hold_more_and_of_what_is_not_in_effect(
    evening: tuple[Phone, str, Json, Json], phone: Phones, sql: Callable[..., None]
):
    falt1, shift, visit, seen = evening
    other = phone("falt1")
    falt1.apply(falt1.mutation("observations", "update", seen["record_id"], 1, note="ett"))
    assert other.push(other.mutation("observations", "update", seen["record_id"], 1, note="två"))[0]["conflict_id"]
    other.push(other.visit(shift, outcome="not_visited"))
    lead = phone("ledare2")
    html = page_of(lead, shift)
    assert "Ändrat på två håll: 1" in html
    assert "Kunde inte tas emot: 1" in html
    assert "Innan du beslutar" in html
    sql("UPDATE sync_devices SET last_sync_at = :at", at=utc_now() - timedelta(hours=3))
    assert "mobilen har inte hörts sedan passet slutade" in page_of(lead, shift)
    sql("UPDATE sync_devices SET missing_ranges = '[[2,3]]', last_sync_at = :at", at=utc_now())
    html = page_of(lead, shift)
    assert "nummer saknas från en mobil" in html
    assert "inte hörts sedan" not in html
    sql("DELETE FROM sync_devices")
    assert "ingen mobil har skickat något" in page_of(lead, shift)
    assert decide(lead, shift, "approve").status_code == 303  # a warning never stands in the way


def test_a_phone_that_was_revoked_with_numbers_missing_is_said_once_of_the_passes_it_was_on(
    evening: tuple[Phone, str, Json, Json], phone: Phones, app: Flask, sql: Callable[..., None]
):
    """What it still held never comes by itself: nothing to wait for, but something to ask about."""
    falt1, shift, _, _ = evening
    falt1.pull()  # its queue is empty
    lost, lead = phone("falt1"), phone("ledare2")
    lost.device_seq = 1
    lost.push(lost.shift(), queue={"count": 2, "oldest_made_at": now_iso(hours=-3), "last_device_seq": 4})
    html = page_of(lead, shift)
    assert "nummer saknas från en mobil" in html
    assert "poster kvar att skicka" in html
    device = lost.session["device_id"]
    assert app.test_cli_runner().invoke(args=["device", "revoke", device]).exit_code == 0
    html = page_of(lead, shift)
    assert html.count("en mobil som spärrades") == 1
    for waiting in ("nummer saknas från en mobil", "poster kvar att skicka"):
        assert waiting not in html
    sql("UPDATE devices SET revoked_at = :at WHERE id = :id", at=utc_now() - timedelta(hours=7), id=device)
    html = page_of(lead, shift)
    assert "spärrades" not in html
    assert "Innan du beslutar" not in html


def test_what_is_not_in_effect_is_counted_however_much_waits_of_other_passes(
    evening: tuple[Phone, str, Json, Json], phone: Phones
):
    falt1, shift, visit, seen = evening
    elsewhere = submitted(falt1)
    for _ in range(3):
        falt1.push(*(falt1.visit(elsewhere, outcome="not_visited", note="x\u0000") for _ in range(70)))
    other, lead = phone("falt1"), phone("ledare2")
    falt1.apply(falt1.mutation("observations", "update", seen["record_id"], 1, note="ett"))
    assert other.push(other.mutation("observations", "update", seen["record_id"], 1, note="två"))[0]["conflict_id"]
    other.push(other.visit(shift, outcome="not_visited"), other.observation(visit["record_id"], topics=["moln"]))
    other.push(other.mutation("visits", "update", visit["record_id"], 1, outcome="moln"))
    html = page_of(lead, shift)
    assert "Ändrat på två håll: 1" in html
    assert "Kunde inte tas emot: 3" in html
    assert "Kunde inte tas emot: 210" in page_of(lead, elsewhere)


def test_ones_own_pass_and_another_teams_are_read_and_not_decided(phone: Phones):
    falt1, ledare = phone("falt1"), phone("ledare")
    shift = submitted(falt1, participant_ids=[falt1.user_id, ledare.user_id])
    html = page_of(ledare, shift)
    assert SV["review.not_yours"] in html
    assert 'id="decide"' not in html
    assert decide(ledare, shift, "approve").status_code == 403
    city = phone("jourledare")  # leads a unit of the whole city, and reads what it may have met
    assert SV["review.not_led"] in page_of(city, shift)
    assert decide(city, shift, "approve").status_code == 403
    assert falt1.client.get(f"/office/review/passes/{shift}").status_code == 403


def test_all_that_came_late_is_taken_in_at_once_as_one_version_with_its_reason(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    falt1, shift, visit, seen = evening
    lead = phone("ledare2")
    assert decide(lead, shift, "approve").status_code == 303
    added = falt1.visit(shift)
    edit = falt1.mutation("observations", "update", seen["record_id"], 1, note="Lagad.")
    late = [added, falt1.observation(added["record_id"]), edit]
    assert [receipt["status"] for receipt in falt1.push(*late)] == ["late"] * 3
    html = page_of(lead, shift)
    assert "Ta in allt som kom sent (3)" in html
    refused = posted(lead, f"/passes/{shift}/late", amend_reason=" ")
    assert refused.status_code == 422
    assert rows("SELECT DISTINCT state FROM sync_waiting") == [{"state": "waiting"}]
    assert posted(lead, f"/passes/{shift}/late", amend_reason="Mobilen låg i en låda.").status_code == 303
    assert rows("SELECT DISTINCT state FROM sync_waiting") == [{"state": "applied"}]
    versions = rows("SELECT number, reason FROM approved_versions ORDER BY number")
    assert versions == [{"number": 1, "reason": ""}, {"number": 2, "reason": "Mobilen låg i en låda."}]
    html = page_of(lead, shift)
    assert "Mobilen låg i en låda." in html
    assert "<ins>Lagad.</ins>" in html
    again = lead.client.post(f"/api/v1/shifts/{shift}/late", json={"reason": "x"}, headers=lead.headers)
    assert (again.status_code, again.get_json()["error"]) == (409, "already_resolved")
    ledare = phone("ledare")
    assert ledare.client.post(f"/api/v1/shifts/{shift}/late", json={}, headers=ledare.headers).status_code == 422
    falt3 = phone("falt3")
    assert falt3.client.post(f"/api/v1/shifts/{shift}/late", json={}, headers=falt3.headers).status_code == 403


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"decision": "return"}, "Måste anges."),
        ({"decision": "return", "comment": "811218-9876 var där"}, "Innehåller ett personnummer."),
        ({"decision": "return", "comment": "x", "due_on": "2020-01-01"}, "Värdet är utanför det tillåtna."),
        ({"decision": "stäng"}, "Okänt värde."),
        ({"decision": "approve", "content_version": "nej"}, "Ska vara ett heltal."),
    ],
)
def test_bad_input_is_said_in_swedish_and_nothing_is_decided(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows, form: Json, words: str
):
    _, shift, _, _ = evening
    lead = phone("ledare2")
    answer = posted(lead, f"/passes/{shift}", **{"content_version": str(version_of(lead, shift)), **form})
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert rows("SELECT status FROM shifts") == [{"status": "submitted"}]
    assert rows("SELECT id FROM reviews") == []


def test_what_is_wrong_with_words_at_a_line_stands_at_that_line_and_is_linked_from_the_top(
    evening: tuple[Phone, str, Json, Json], phone: Phones, rows: Rows
):
    _, shift, visit, seen = evening
    lead = phone("ledare2")
    lines = {"visits": visit["record_id"], "observations": seen["record_id"]}
    words = {f"text-{lines['visits']}": "Hur länge?", f"text-{lines['observations']}": "811218-9876 var där"}
    fields = {f"field-{lines['visits']}": "moln", f"field-{lines['observations']}": "note"}

    def faulty(**form: str) -> str:
        answer = decide(lead, shift, "return", **words, **{**fields, **form})
        assert answer.status_code == 422
        assert_sound(answer.text)
        return unescape(answer.text)

    html = faulty(**{f"field-{lines['visits']}": "arrived_at"})
    at = f"text-{lines['observations']}"
    summary = html.split('role="alert"')[1].split("</div>")[0]
    assert f'<a href="#{at}">{SV["review.ask"]} {SV["review.ask_of.observations"]} ' in summary
    assert "Innehåller ett personnummer." in summary
    field = html.split(f'<input id="{at}"')[1].split("</div>")[0]
    assert f'aria-invalid="true" aria-describedby="{at}-fault"' in field
    assert f'id="{at}-fault">Innehåller ett personnummer.' in field
    assert html.count('aria-invalid="true"') == 1
    words[at] = "Vad menas?"
    html = faulty()
    at = f"field-{lines['visits']}"
    assert f'<a href="#{at}">' in html
    assert 'aria-invalid="true"' in html.split(f'<select id="{at}"')[1].split(">")[0]
    assert html.count('aria-invalid="true"') == 1
    assert rows("SELECT id FROM reviews") == []


@pytest.mark.parametrize(("name", "form"), [("comment", {}), ("due_on", {"comment": "x", "due_on": "2020-01-01"})])
def test_what_is_wrong_with_the_decision_stands_at_its_field(
    evening: tuple[Phone, str, Json, Json], phone: Phones, name: str, form: Json
):
    _, shift, _, _ = evening
    html = decide(phone("ledare2"), shift, "return", **form).text
    assert f'<a href="#{name}">{SV[f"review.{name}"]}</a>: ' in html
    field = html.split(f' id="{name}" ')[1].split("</div>")[0]
    assert 'aria-invalid="true"' in field
    assert f'{name}-fault"' in field.split(">")[0]
    assert f'id="{name}-fault">' in field


def test_opening_the_page_lets_the_pass_be_approved_with_others(evening: tuple[Phone, str, Json, Json], phone: Phones):
    falt1, shift, visit, _ = evening
    lead = phone("ledare2")
    assert 'name="pass"' not in shown(lead)
    page_of(lead, shift)
    assert f'value="{shift}.{version_of(lead, shift)}"' in shown(lead)
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"]))
    assert 'name="pass"' not in shown(lead)  # what was opened is not what stands


def test_what_was_not_counted_is_missing_in_the_totals_and_never_zero(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-")
    counts = {"counted": [COUNT], "estimated": [COUNT], "not_counted": []}
    seen = {
        basis: falt1.observation(visit["record_id"], people_basis=basis, counts=some) for basis, some in counts.items()
    }
    nobody = submitted(falt1, visit, seen["not_counted"])
    totals = page_of(lead, nobody).split('id="totals"')[1].split("</section>")[0]
    assert "Vid 1 iakttagelser räknades ingen." in totals
    assert "noterade" not in totals
    other = falt1.visit("-")
    for one in seen.values():
        one["fields"]["visit_id"] = other["record_id"]
    both = [falt1.mutation("observations", "create", **one["fields"]) for one in seen.values()]
    totals = page_of(lead, submitted(falt1, other, *both)).split('id="totals"')[1].split("</section>")[0]
    assert "ungefär 10 noterade, kontakt med 4." in totals
    assert "Vid 1 iakttagelser räknades ingen." in totals
