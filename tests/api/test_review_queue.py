"""The review queue: what waits for a leader, each group counted and listed, of the teams one leads alone."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from babel.dates import format_date
from flask import Flask

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date
from fieldapp.core.database import db, write_transaction
from fieldapp.outreach.queries import content_versions
from fieldapp.review import absent, paging
from fieldapp.review.codes import RESULTS
from fieldapp.review.reads import note_read
from tests.factories.long_queue import fill_queue
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import count_of, following, passes_in, posted, section, shown, submitted

Phones = Callable[..., Phone]
SV = sentences("sv")
WHY = {code: SV[f"code.review_reason.{code}"] for code in ("serious", "guard", "incident", "overlap", "gap")}


def opened(app: Flask, who: Phone, *shift_ids: str) -> dict[str, int]:
    """Open passes as a leader does on their pages; return the contents that were read."""
    with app.app_context(), write_transaction():
        actor: Any = who
        versions = content_versions(db.session(), shift_ids)
        for key, version in versions.items():
            note_read(db.session(), actor, key, version, datetime.now(UTC))
    return versions


def ticks(versions: dict[str, int]) -> list[str]:
    return [f"{key}.{version}" for key, version in versions.items()]


# ---------------------------------------------------------------- submitted


def test_what_is_sent_in_is_listed_oldest_first_in_two_parts_with_the_reason_in_words(phone: Phones):
    falt1 = phone("falt1")
    visit = falt1.visit("-")
    serious = submitted(
        falt1, visit, falt1.observation(visit["record_id"], situation="serious"), started_at=now_iso(hours=-8)
    )
    quiet = submitted(falt1, started_at=now_iso(hours=-7))
    threat = submitted(falt1, incidents={"threat": 1})
    written = submitted(falt1, handover_note="Ring 070-000 00 00", started_at=now_iso(hours=-9))
    falt1.apply(falt1.shift())
    html = shown(phone("ledare2"))
    assert passes_in(section(html, "closer")) == [written, serious, threat]
    assert passes_in(section(html, "others")) == [quiet]
    for key, code in ((written, "guard"), (serious, "serious"), (threat, "incident")):
        row = section(html, "closer").split(key)[1].split("</tr>")[0]
        assert [one for one, words in WHY.items() if words in row] == [code]
    assert "070" not in re.sub("<[^>]*>", "", html)
    assert count_of(html, "") == "4"
    assert count_of(html, "/missing") == "0"


def test_two_phones_at_two_places_at_one_time_are_a_reason_until_one_of_them_is_put_right(phone: Phones):
    falt1, falt2 = phone("falt1"), phone("falt2")
    times = {"arrived_at": now_iso(hours=-4), "left_at": now_iso(hours=-3)}
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id], ended_at=now_iso(hours=-1))
    key = shift["record_id"]
    falt1.apply(shift, falt1.visit(key, **times))
    other = falt2.visit(key, neighbourhood="Sköndal", **times)
    falt2.apply(other)
    falt1.apply(falt1.mutation("shifts", "update", key, 1, status="submitted"))
    lead = phone("ledare2")
    assert WHY["overlap"] in section(shown(lead), "closer")
    falt2.apply(falt2.mutation("visits", "update", other["record_id"], 1, neighbourhood="Hökarängen"))
    assert passes_in(section(shown(lead), "others")) == [key]
    falt2.apply(falt2.mutation("visits", "update", other["record_id"], 2, neighbourhood="Sköndal"))
    falt2.apply(falt2.mutation("visits", "delete", other["record_id"], 3))
    assert passes_in(section(shown(lead), "others")) == [key]


def test_a_reason_comes_and_goes_with_what_was_written(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    visit = falt1.visit("-", place={"lat": 59.24, "lon": 18.09, "label": "hos Demo Demosson"})
    noted = falt1.observation(visit["record_id"])
    key = submitted(falt1, visit, noted)
    assert WHY["guard"] in section(shown(lead), "closer")
    place = {"lat": 59.24, "lon": 18.09, "label": "grillplatsen"}
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, place=place))
    assert passes_in(section(shown(lead), "others")) == [key]
    falt1.apply(falt1.mutation("observations", "update", noted["record_id"], 1, situation="serious"))
    assert WHY["serious"] in section(shown(lead), "closer")
    falt1.apply(falt1.mutation("observations", "delete", noted["record_id"], 2))
    assert passes_in(section(shown(lead), "others")) == [key]


def test_a_phone_with_numbers_that_never_came_is_a_reason_for_as_long_as_they_lack(phone: Phones):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    key = submitted(falt1, participant_ids=[falt1.user_id, falt2.user_id])
    alone = submitted(falt1)
    kept_back, sent = falt2.shift(), falt2.shift()
    falt2.push(sent)
    html = shown(lead)
    assert passes_in(section(html, "closer")) == [key]
    assert WHY["gap"] in section(html, "closer")
    assert passes_in(section(html, "others")) == [alone]
    assert passes_in(section(shown(lead, reason="gap"), "closer")) == [key]
    falt2.push(kept_back)
    assert passes_in(section(shown(lead), "others")) == [key, alone]


def test_a_phone_that_was_revoked_with_numbers_missing_is_no_reason_any_more(phone: Phones, app: Flask):
    falt1, lead = phone("falt1"), phone("ledare2")
    lost = phone("falt1")
    lost.device_seq = 1
    lost.push(lost.shift())
    key = submitted(falt1)
    assert passes_in(section(shown(lead), "closer")) == [key]
    revoked = app.test_cli_runner().invoke(args=["device", "revoke", lost.session["device_id"]])
    assert revoked.exit_code == 0
    html = shown(lead)
    assert passes_in(section(html, "others")) == [key]
    assert passes_in(section(shown(lead, reason="gap"), "closer")) == []


def test_the_queue_and_the_page_of_a_pass_agree_on_what_may_lack_of_it(phone: Phones, sql: Callable[..., None]):
    """A phone laid aside before the pass says nothing of it when its owner was heard of with another since."""
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    lost = phone("falt1")
    lost.device_seq = 1
    lost.push(lost.shift())
    before, after = (
        submitted(falt1, started_at=now_iso(hours=-hours), ended_at=now_iso(hours=1 - hours)) for hours in (9, 3)
    )
    made = submitted(falt1, participant_ids=[falt2.user_id], started_at=now_iso(hours=-8), ended_at=now_iso(hours=-7))
    other = submitted(falt2, participant_ids=[falt2.user_id])
    laid_aside = datetime.now(UTC) - timedelta(hours=6)
    sql(
        "UPDATE sync_devices SET last_sync_at = :at WHERE device_id = :device",
        at=_stored(laid_aside),
        device=lost.session["device_id"],
    )
    html = shown(lead)
    assert passes_in(section(html, "closer")) == [before, made]
    assert passes_in(section(html, "others")) == [other, after]
    assert passes_in(section(shown(lead, reason="gap"), "closer")) == [before, made]
    assert count_of(html, "") == "4"
    warned = SV["review.warning.gap"].split(": ")[1]
    pages = {key: shown(lead, f"/passes/{key}") for key in (before, made, other, after)}
    assert [key for key, page in pages.items() if warned in page] == [before, made]


def test_who_was_on_a_pass_sees_it_and_that_someone_else_must_review_it(phone: Phones):
    falt1, ledare = phone("falt1"), phone("ledare")
    key = submitted(falt1, participant_ids=[falt1.user_id, ledare.user_id])
    mine = shown(ledare)
    assert passes_in(section(mine, "others")) == [key]
    assert SV["review.someone_else"] in mine
    assert SV["review.someone_else"] not in shown(phone("ledare2"))


def test_a_pass_that_every_lead_was_on_says_that_nobody_can_review_it(phone: Phones):
    ledare, ledare2 = phone("ledare"), phone("ledare2")
    both = submitted(ledare, participant_ids=[ledare.user_id, ledare2.user_id])
    one = submitted(ledare)
    html = shown(ledare2)
    rows = {key: section(html, "others").split(key)[1].split("</tr>")[0] for key in (both, one)}
    assert SV["review.nobody_can"] in rows[both]
    assert SV["review.nobody_can"] not in rows[one]


def test_each_team_has_a_deputy_and_who_leads_alone_is_told(phone: Phones, app: Flask):
    alone = SV["review.without_deputy"].split("{")[0]
    assert alone not in shown(phone("jourledare"))
    run = app.test_cli_runner().invoke
    assert "färre än två" not in run(args=["doctor"]).output
    deputy = ["ledare4@demo.example", "team_lead", "--team", "Ungdomsjouren"]
    assert run(args=["user", "end-grant", *deputy]).exit_code == 0
    assert "Ungdomsjouren" in shown(phone("jourledare")).split("notice")[1].split("</p>")[0]
    for who in ("ledare2", "ledare3"):
        assert alone not in shown(phone(who)), who
    said = run(args=["doctor"])
    assert "Ungdomsjouren: färre än två" in said.output
    assert "Farsta" not in said.output
    assert "Skärholmen" not in said.output


def test_filters_show_in_the_address_and_what_is_no_choice_asks_for_nothing(phone: Phones):
    jour = phone("jour1")
    farsta, bromma = submitted(jour), submitted(jour, district="bromma", incidents={"violence": 1})
    lead = phone("jourledare")
    assert passes_in(shown(lead, district="farsta")) == [farsta]
    assert passes_in(shown(lead, district="bromma")) == [bromma]
    assert passes_in(shown(lead, reason="incident")) == [bromma]
    assert passes_in(shown(lead, reason="serious")) == []
    assert passes_in(shown(lead, team=jour.team_id)) == [bromma, farsta]
    assert passes_in(shown(lead, team=phone("falt1").team_id)) == []
    assert passes_in(shown(lead, district="atlantis", reason="okänt", after="x", part="y")) == [bromma, farsta]
    for place in ("", f".{farsta}", f"0001-01-01T00:00:00+14:00.{farsta}", f"2026-11-23.{farsta}", "\x00"):
        assert passes_in(shown(lead, part="closer", after=place)) == [bromma]


def test_pages_follow_each_other_without_a_gap_or_a_repeat_also_when_some_are_approved_meanwhile(
    phone: Phones, many: Callable[..., list[str]]
):
    lead = phone("ledare2")
    keys = many(60)
    seen: list[str] = []
    html, following = shown(lead), None
    for page in range(3):
        found = passes_in(section(html, "others"))
        seen += found
        following = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if page < 2 else None
        assert ('rel="next"' in html) == (page < 2)
        if following:
            html = str(lead.client.get(following).text)
    assert seen == keys


# ---------------------------------------------------------------- the other groups


def test_returned_passes_leave_the_queue_until_they_are_in_again(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    key = submitted(falt1, incidents={"threat": 1})
    version = lead.client.get(f"/api/v1/shifts/{key}").get_json()["content_version"]
    body = {"decision": "return", "content_version": version, "comment": "Fyll på."}
    assert lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers).status_code == 200
    html = shown(lead, "/returned")
    assert passes_in(html) == [key]
    assert (count_of(html, ""), count_of(html, "/returned")) == ("0", "1")
    falt1.apply(falt1.mutation("shifts", "update", key, 3, status="submitted"))
    html = shown(lead)
    assert passes_in(section(html, "closer")) == [key]
    assert count_of(html, "/returned") == "0"


def test_what_was_sent_back_says_until_when_and_whom_it_has_reached_those_overdue_first(phone: Phones, sql: Any):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    both = {"participant_ids": [falt1.user_id, falt2.user_id]}
    undated, awaited, overdue = (submitted(falt1, started_at=now_iso(hours=-hours), **both) for hours in (9, 8, 7))
    today = local_date(datetime.now(UTC))
    for key, due in ((undated, {}), (awaited, {"due_on": str(today)}), (overdue, {"due_on": str(today)})):
        version = lead.client.get(f"/api/v1/shifts/{key}").get_json()["content_version"]
        body = {"decision": "return", "content_version": version, "comment": "Fyll på.", **due}
        assert lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers).status_code == 200
    sql("UPDATE reviews SET due_on = :day WHERE shift_id = :key", day=str(today - timedelta(days=1)), key=overdue)
    falt1.pull()
    falt1.pull()  # what one contact brought is known to be there by the next
    html = shown(lead, "/returned")
    assert passes_in(section(html, "overdue")) == [overdue]
    assert passes_in(section(html, "awaited")) == [undated, awaited]
    rows = {key: html.split(key)[1].split("</tr>")[0] for key in (undated, awaited, overdue)}
    assert [key for key, row in rows.items() if SV["review.overdue"] in row] == [overdue]
    for row in rows.values():
        told = dict(one.split("<")[0].split(": ", 1) for one in row.split("<li>")[1:])
        assert told["Demo Fält Ett"].startswith("framme ")
        assert told["Demo Fält Två"] == SV["review.not_arrived"]
    assert f">{babel_day(today)}" in rows[awaited]
    assert ">–<" in rows[undated]
    assert passes_in(shown(lead, "/returned", part="awaited")) == [undated, awaited]


def test_many_that_were_sent_back_are_asked_about_at_once(
    phone: Phones, many: Callable[..., list[str]], plans_of: Callable[..., Any], sql: Any
):
    falt1, lead = phone("falt1"), phone("ledare2")
    asked = []
    for count in (2, 20):
        many(count)
        sql("UPDATE shifts SET status = 'returned'")
        sql("UPDATE review_marks SET status = 'returned'")
        shown(lead, "/returned")
        with plans_of() as statements:
            assert len(passes_in(shown(lead, "/returned"))) == (2 if count == 2 else 22)
        asked.append(len(statements))
    assert asked[0] == asked[1] > 0
    assert falt1


def test_missing_are_plans_without_a_pass_and_drafts_past_noon_of_the_next_working_day(phone: Phones):
    lead, falt1 = phone("ledare2"), phone("falt1")
    begins = datetime.now(UTC) - timedelta(days=9)
    plan = lead.mutation(
        "shift_plans",
        "create",
        team_id=lead.team_id,
        district="farsta",
        date=begins.date().isoformat(),
        starts_at=begins.replace(hour=16).isoformat(),
        ends_at=begins.replace(hour=20).isoformat(),
    )
    old, fresh = falt1.shift(started_at=now_iso(days=-12)), falt1.shift()
    older = falt1.shift(started_at=now_iso(days=-40))
    lead.apply(plan)
    falt1.apply(old, fresh, older)
    html = shown(lead, "/missing")
    assert passes_in(html) == [older["record_id"], old["record_id"]]
    assert html.count(SV["review.missing.plan"]) == 1
    assert "Demo Fält Ett" in html
    assert count_of(html, "/missing") == "3"
    assert count_of(shown(phone("jourledare")), "/missing") == "0"


def test_silent_is_who_was_not_heard_of_since_the_pass(phone: Phones, sql: Callable[..., None]):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    falt2.pull()
    submitted(falt1, participant_ids=[falt1.user_id, falt2.user_id])
    assert count_of(shown(lead), "/silent") == "0"
    past = datetime.now(UTC) - timedelta(hours=5)
    sql("UPDATE sync_devices SET last_sync_at = :at WHERE user_id = :user", at=_stored(past), user=falt2.user_id)
    html = shown(lead, "/silent")
    assert "Demo Fält Två" in html
    assert "Demo Fält Ett" not in html
    assert count_of(html, "/silent") == "1"


def babel_day(day: date) -> str:
    return format_date(day, "EEE d MMM", locale="sv")


def _stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def test_new_places_are_listed_with_a_way_to_their_pass(phone: Phones):
    falt1, lead = phone("falt1"), phone("ledare2")
    place = {"lat": 59.24, "lon": 18.09, "label": "Demo <b>hörnet</b>"}
    key = submitted(falt1, falt1.visit("-", place=place), falt1.visit("-"))
    html = shown(lead, "/places")
    assert passes_in(html) == [key]
    assert "Demo &lt;b&gt;hörnet" in html
    assert count_of(html, "/places") == "1"


def test_lists_longer_than_a_page_go_on_on_the_next(phone: Phones, monkeypatch: pytest.MonkeyPatch, sql: Any):
    monkeypatch.setattr(paging, "PAGE", 2)
    monkeypatch.setattr(absent, "MOST_TOLD", 2)
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    drafts = [falt1.shift(started_at=now_iso(days=-days)) for days in range(14, 9, -1)]
    falt1.apply(*drafts)
    place = {"lat": 59.24, "lon": 18.09, "label": "Demo hörnet"}
    falt2.pull()
    both = {"participant_ids": [falt1.user_id, falt2.user_id]}
    keys = [
        submitted(falt1, *(falt1.visit("-", place=place) for _ in range(2)), started_at=now_iso(hours=-hours), **both)
        for hours in (9, 8, 7)
    ]
    sql("UPDATE sync_devices SET last_sync_at = :at", at=_stored(datetime.now(UTC) - timedelta(days=3)))
    for path, rows in (
        ("/missing", [draft["record_id"] for draft in drafts]),
        ("/silent", keys),
        ("/places", keys[::-1]),
    ):
        html, seen, pages = shown(lead, path), [], 1
        assert html.count(" data-row") == 2, path
        seen += passes_in(html)
        while more := following(html):
            html = lead.client.get(more).text
            assert SV["review.from_the_start"] in html
            seen, pages = [*seen, *passes_in(html)], pages + 1
        assert (seen, pages) == (rows, 3), path
    told = lead.client.get("/api/v1/review/absent").get_json()
    assert [one["id"] for one in told["missing"]] == [draft["record_id"] for draft in drafts[:2]]
    assert (len(told["silent"]), told["counts"]) == (2, {"missing": 5, "silent": 6})
    html, names = shown(lead, "/devices"), []
    while html:
        assert html.count('<tr tabindex="-1" data-row>') == len(re.findall('<th scope="row">', html)) > 0
        names += re.findall(r'<th scope="row">([^<]*)</th>', html)
        html = lead.client.get(more).text if (more := following(html)) else ""
    assert sorted(names) == ["Demo Fält Ett", "Demo Fält Två"]


def test_returned_passes_are_narrowed_to_a_district(phone: Phones, sql: Any):
    jour, lead = phone("jour1"), phone("jourledare")
    farsta, bromma = submitted(jour), submitted(jour, district="bromma")
    sql("UPDATE review_marks SET status = 'returned'")
    assert set(passes_in(shown(lead, "/returned"))) == {farsta, bromma}
    html = shown(lead, "/returned", district="bromma")
    assert passes_in(html) == [bromma]
    assert 'value="bromma" selected' in html
    assert SV["review.none_chosen"] in shown(lead, "/returned", district="sodermalm")


def test_X14_another_teams_lead_sees_nothing_of_any_group(phone: Phones):
    falt1, falt2 = phone("falt1"), phone("falt2")
    place = {"lat": 59.24, "lon": 18.09, "label": "Demo hörnet"}
    key = submitted(falt1, falt1.visit("-", place=place), participant_ids=[falt1.user_id, falt2.user_id])
    falt1.push(falt1.shift(kind="okänd"))
    falt1.apply(falt1.mutation("shifts", "update", key, 2, reason="ett"))
    [met] = falt2.push(falt2.mutation("shifts", "update", key, 2, reason="två"))
    assert met["status"] == "conflict"
    lead, stranger = phone("ledare2"), phone("jourledare")
    for path in ("", "/returned", "/missing", "/silent", "/conflicts", "/rejections", "/held", "/late", "/places"):
        html = shown(stranger, path)
        assert count_of(html, path) == "0"
        assert key not in html
        assert key not in shown(stranger, path, team=falt1.team_id)
    assert "Demo Fält" not in shown(stranger, "/devices", team=falt1.team_id)
    assert [count_of(shown(lead), path) for path in ("", "/conflicts", "/rejections", "/places")] == ["1"] * 4
    assert shown(lead, f"/conflicts/{met['conflict_id']}")
    assert stranger.client.get(f"/office/review/conflicts/{met['conflict_id']}").status_code == 404


# ---------------------------------------------------------------- several at once


def test_several_that_were_opened_are_approved_each_by_itself_and_none_hides_another(phone: Phones, app: Flask):
    falt1, ledare, lead = phone("falt1"), phone("ledare"), phone("ledare2")
    good, moved, own, unread, done = (
        submitted(falt1, started_at=now_iso(hours=-hours), participant_ids=[falt1.user_id, *also])
        for hours, also in ((9, ()), (8, ()), (7, (lead.user_id,)), (6, ()), (5, ()))
    )
    foreign = submitted(phone("jour1"), district="bromma")
    versions = opened(app, lead, good, moved, own, done, foreign)
    html = shown(lead)
    for key in (good, moved, done):
        assert f'value="{key}.{versions[key]}"' in html
    assert html.count('name="pass"') == 3  # neither one's own nor one that was not opened
    assert html.count(SV["review.open_first"]) == 1
    falt1.apply(falt1.mutation("shifts", "update", moved, 2, reason="mer"))
    other = opened(app, ledare, done)
    assert posted(ledare, "/approve", **{"pass": ticks(other)}).status_code == 200
    shown_versions = {**versions, unread: 10**6}
    answer = posted(lead, "/approve", **{"pass": [*ticks(shown_versions), "trasigt", f"{good}.x"]})
    assert answer.status_code == 200
    lines = answer.text.split('id="results"')[1].split("</ul>")[0].split("<li>")[1:]
    results = {
        key: next(code for code in RESULTS if SV[f"code.review_result.{code}"] in line)
        for key, line in zip(shown_versions, lines, strict=True)
    }
    assert results == {
        good: "approved",
        moved: "conflict",
        own: "not_allowed",
        done: "conflict",
        foreign: "not_found",
        unread: "conflict",
    }
    assert foreign not in answer.text
    assert count_of(answer.text, "") == "3"


def test_nobody_approves_with_others_what_they_have_not_opened(phone: Phones, app: Flask):
    falt1, lead = phone("falt1"), phone("ledare2")
    key = submitted(falt1)
    versions = opened(app, phone("ledare"), key)
    answer = posted(lead, "/approve", **{"pass": ticks(versions)})
    assert SV["code.review_result.not_opened"] in answer.text
    assert count_of(answer.text, "") == "1"
    assert SV["review.nothing_ticked"] in posted(lead, "/approve").text


# ---------------------------------------------------------------- what keeps it right


def test_marks_follow_an_approval_a_reopening_a_disposal_and_are_made_again(
    phone: Phones, app: Flask, rows: Callable[..., list[Json]], sql: Callable[..., None]
):
    falt1, lead = phone("falt1"), phone("ledare2")
    key, other = submitted(falt1, incidents={"threat": 1}), submitted(falt1)

    def marks() -> dict[str, tuple[str, Any]]:
        found = rows("SELECT shift_id, status, looks_closer FROM review_marks")
        return {one["shift_id"]: (one["status"], bool(one["looks_closer"])) for one in found}

    assert marks() == {key: ("submitted", True), other: ("submitted", False)}
    versions = opened(app, lead, key)
    posted(lead, "/approve", **{"pass": ticks(versions)})
    assert marks() == {other: ("submitted", False)}
    version = lead.client.get(f"/api/v1/shifts/{key}").get_json()["content_version"]
    body = {"decision": "reopen", "content_version": version, "comment": "Mer."}
    assert lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers).status_code == 200
    assert marks() == {key: ("returned", True), other: ("submitted", False)}
    sql("UPDATE review_marks SET looks_closer = :no, reasons = '[]'", no=False)
    said = app.test_cli_runner().invoke(args=["review", "mark"])
    assert said.output == SV["review.marked"].format(count=2) + "\n"
    assert marks() == {key: ("returned", True), other: ("submitted", False)}
    assert app.test_cli_runner().invoke(args=["sync", "dispose", "shifts", key]).exit_code == 0
    assert marks() == {other: ("submitted", False)}
    assert rows("SELECT * FROM review_reads") == []


@pytest.fixture
def many(app: Flask, phone: Phones) -> Callable[..., list[str]]:
    """Fill the queue past the engine."""

    falt1 = phone("falt1")
    return lambda count: fill_queue(app, falt1.user_id, falt1.team_id, count)


def test_a_queue_of_ten_thousand_is_read_along_its_index(
    phone: Phones, many: Callable[..., list[str]], plans_of: Callable[..., Any], sql: Callable[..., None], rows: Any
):
    phone("falt1").pull()
    keys = many(10_000)
    lead = phone("ledare2")
    middle = keys[5_000]
    [row] = rows("SELECT started_at FROM shifts WHERE id = :id", id=middle)
    at = datetime.fromisoformat(str(row["started_at"])).replace(tzinfo=UTC).isoformat()
    with plans_of() as found:
        html = shown(lead)
        following = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert passes_in(section(html, "others")) == keys[:25]
        assert passes_in(lead.client.get(following).text) == keys[25:50]
        assert passes_in(shown(lead, part="others", after=f"{at}.{middle}")) == keys[5_001:5_026]
        assert SV["review.more_than"].format(n=1000) in html
        shown(lead, "/returned")
        sql("UPDATE sync_devices SET missing_ranges = '[[2, 2]]'")
        assert passes_in(section(shown(lead), "closer")) == keys[:25]
    assert found
    scans = [(statement, plan) for statement, plan in found if scans_a_table(plan)]
    assert scans == []


def scans_a_table(plan: str) -> bool:
    """Say whether a plan reads passes or marks from end to end."""
    tables, words = ("shifts", "review_marks"), ("SCAN", "Seq Scan on")
    return any(f"{word} {table}" in line for line in plan.splitlines() for word in words for table in tables)


@pytest.mark.parametrize("path", ["", "/returned", "/missing", "/silent", "/late"])
def test_a_page_asks_once_for_what_it_lists_and_for_the_phones_that_lack_numbers(
    phone: Phones, plans_of: Callable[..., Any], path: str
):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.device_seq = 1
    submitted(falt1)
    falt1.apply(falt1.shift(started_at=now_iso(days=-12)))
    shown(lead, path)
    with plans_of() as found:
        html = shown(lead, path)
    assert (count_of(html, ""), count_of(html, "/missing")) == ("1", "1")
    for words in ("sync_devices.missing_ranges", "FROM shift_plans", "max(sync_devices.last_sync_at)"):
        assert sum(words in statement for statement, _ in found) == 1, words
    drafts = [statement for statement, _ in found if "shifts.status = " in statement and "started_at <" in statement]
    assert len(drafts) == 1
    assert ("count(" in drafts[0]) == (path != "/missing")


def test_S22_what_never_came_is_told_to_the_leads_phone_of_their_teams_alone(phone: Phones, sql: Callable[..., None]):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    key = submitted(falt1, participant_ids=[falt1.user_id, falt2.user_id])
    falt2.pull()
    sql("UPDATE sync_devices SET last_sync_at = '2026-01-01 00:00:00+00:00' WHERE user_id = :who", who=falt2.user_id)
    old = falt1.shift(started_at=now_iso(days=-9), ended_at=now_iso(days=-9, hours=5))
    falt1.apply(old)
    found = lead.client.get("/api/v1/review/absent").get_json()
    assert [(one["kind"], one["id"], one["participant_ids"]) for one in found["missing"]] == [
        ("draft", old["record_id"], [falt1.user_id])
    ]
    assert [(one["shift_id"], one["user_id"], one["last_sync_at"][:10]) for one in found["silent"]] == [
        (key, falt2.user_id, "2026-01-01")
    ]
    other = phone("jourledare").client.get("/api/v1/review/absent").get_json()
    assert other == {"missing": [], "silent": [], "counts": {"missing": 0, "silent": 0}}
    assert falt1.client.get("/api/v1/review/absent").status_code == 403
