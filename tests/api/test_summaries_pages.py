"""The office's pages: for each role, without JavaScript, nothing run or leaked that people wrote."""

import dataclasses
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.factories.evening import STOCKHOLM, last_month, month_query, send_evening, send_visits, the_tenth
from tests.factories.pages import assert_sound
from tests.factories.phone import now_iso

NASTY = "<script>alert(1)</script>{{7*7}}\"'<img src=x onerror=alert(1)>"


def page(client, path, status=200, /, **query):
    answer = client.get(f"{path}?{urlencode(query)}" if query else path)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("falt1", "/office/shifts"),
        ("ledare", "/office/review"),
        ("jourledare", "/office/review"),
        ("analys", "/office/summaries"),
        ("direktor", "/office/summaries"),
        ("nattvandring", "/office/summaries"),
    ],
)
def test_the_start_leads_to_what_a_role_can_use(sign_in, who, path):
    client = sign_in(who)
    answer = client.get("/office/")
    assert answer.status_code == 302
    assert answer.location == path
    assert_sound(page(client, path))


def test_an_administrator_finds_the_log_and_is_told_what_will_come(sign_in):
    html = page(sign_in("admin"), "/office/")
    assert_sound(html)
    assert sentences("sv")["office.admin_more"] in html
    assert "/office/audit" in html
    assert "/office/summaries" not in html


@pytest.mark.parametrize("who", ["falt1", "ledare", "jourledare", "analys", "direktor", "nattvandring"])
@pytest.mark.parametrize("compare", ["", "previous"])
@pytest.mark.parametrize(("status", "said"), [("", "only_approved"), ("all", "not_reviewed")])
def test_a_summary_for_each_role(phone, sign_in, who, compare, status, said):
    send_evening(phone("falt1"))
    query = {"compare": compare, **month_query(status=status)}
    if (who, status) == ("direktor", "all"):
        html = page(sign_in(who), "/office/summaries/farsta", 422, **query)
        assert_sound(html)
        assert sentences("sv")["field.approved_for_viewers"] in html
        return
    html = page(sign_in(who), "/office/summaries/farsta", **query)
    assert_sound(html)
    assert "Farsta ·" in html
    for key in (f"summary.{said}", "summary.not_cause"):
        assert sentences("sv")[key] in html
    assert sum(sentences("sv")[f"summary.{key}"] in html for key in ("only_approved", "not_reviewed")) == 1


def approve(phone, shift):
    """Let a leader who took no part approve a pass as it stands."""
    lead = phone("ledare2")
    seen = lead.client.get(f"/api/v1/shifts/{shift}").get_json()
    body = {"decision": "approve", "content_version": seen["content_version"]}
    assert lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers).status_code == 200


def notice_of(html):
    """Return what stands above the figures, as its words are read."""
    (notice,) = re.findall(r'<div class="notice">(.*?)</div>', html, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", notice).split())


def big_of(html, card):
    """Return the figure of a card."""
    found = re.search(rf'aria-labelledby="{card}">.*?<p class="big">(.*?)</p>', html, re.DOTALL)
    assert found
    return found[1]


def test_the_page_shows_the_approved_by_default_and_says_what_waits(phone, sign_in):
    first, path = send_evening(phone("falt1")), "/office/summaries/farsta"
    send_evening(phone("falt1"))
    client = sign_in("ledare")

    def shown(**query):
        html = page(client, path, **month_query(**query))
        return big_of(html, "k3"), notice_of(html)

    visits, notice = shown()
    assert visits == "0"
    assert notice.startswith("Bara godkända pass är med. 0 av 2 pass är godkända; 2 väntar på granskning. ")
    assert sentences("sv")["summary.empty.approved"] in page(client, path, **month_query())
    assert shown(status="all")[0] == "4"
    approve(phone, first.shift)
    assert shown(status="approved") == shown()
    visits, notice = shown()
    assert visits == "2"
    assert notice.startswith("Bara godkända pass är med. 1 av 2 pass är godkända; 1 väntar på granskning. ")
    assert notice.endswith("Till granskningen")
    visits, notice = shown(status="all")
    assert visits == "4"
    assert notice.startswith("Också pass som inte är godkända är med. 1 av 2 pass är godkända; 1 väntar på granskning.")


def test_the_form_offers_approved_first_and_chosen(sign_in):
    for path in ("/office/summaries", "/office/summaries/farsta"):
        html = page(sign_in("ledare"), path)
        (menu,) = re.findall(r'<select id="status".*?</select>', html, re.DOTALL)
        assert re.findall(r'<option value="(\w+)"( selected)?>', menu) == [("approved", " selected"), ("all", "")]
        (menu,) = re.findall(r'<select id="status".*?</select>', page(sign_in("direktor"), path), re.DOTALL)
        assert re.findall(r'<option value="(\w+)"( selected)?>', menu) == [("approved", " selected")]


@pytest.mark.parametrize(
    ("who", "path", "leads"),
    [
        ("ledare", "farsta", "/office/review"),
        ("ledare2", "city", "/office/review"),
        ("jourledare", "farsta", "/office/review"),
        ("falt1", "farsta", None),
        ("analys", "farsta", None),
        ("direktor", "farsta", None),
    ],
)
def test_who_leads_finds_the_way_to_what_waits(phone, sign_in, who, path, leads):
    evening = send_evening(phone("falt1"))
    client, words = sign_in(who), f">{sentences('sv')['summary.to_queue']}</a>"
    html = page(client, f"/office/summaries/{path}", **month_query())
    assert (f'<a href="{leads}"{words}' in html) == bool(leads)
    assert (words in html) == bool(leads)
    approve(phone, evening.shift)
    assert words not in page(client, f"/office/summaries/{path}", **month_query())


def test_a_teams_own_summary_leads_to_the_teams_own_queue(phone, sign_in):
    falt1 = phone("falt1")
    send_evening(falt1)
    path = f"/office/summaries/teams/{falt1.team_id}"
    queue = f'<a href="/office/review?team={falt1.team_id}">'
    html = page(sign_in("ledare"), path, **month_query())
    assert queue in html
    assert evening_waits_in(sign_in("ledare"), f"/office/review?team={falt1.team_id}")
    for who in ("falt1", "analys"):
        assert sentences("sv")["summary.to_queue"] not in page(sign_in(who), path, **month_query())


def evening_waits_in(client, queue):
    """Say whether the queue leads to a pass."""
    return bool(re.search(r'href="/office/review/passes/[0-9a-f-]{36}"', page(client, queue)))


def test_a_comparison_says_which_passes_of_its_own_period_are_missing_from_it(phone, sign_in):
    send_evening(phone("falt1"))
    day_after = the_tenth(24)[:10]
    period = {"from": day_after, "to": day_after, "compare": "previous"}
    notice = notice_of(page(sign_in("direktor"), "/office/summaries/farsta", **period))
    assert "Bara godkända pass är med. Inga pass i perioden. " in notice
    assert re.search(r"Jämförelsen, 10 \w+ \d{4}: 0 av 1 pass är godkända; 1 väntar på granskning\.", notice)


def test_a_pass_that_is_open_again_is_said_to_count_as_it_was_approved(phone, sign_in):
    evening, lead = send_evening(phone("falt1")), phone("ledare2")
    approve(phone, evening.shift)
    seen = lead.client.get(f"/api/v1/shifts/{evening.shift}").get_json()
    body = {"decision": "reopen", "content_version": seen["content_version"], "comment": "Se över ämnena."}
    path = f"/api/v1/shifts/{evening.shift}/reviews"
    assert lead.client.post(path, json=body, headers=lead.headers).status_code == 200
    client = sign_in("direktor")
    html = page(client, "/office/summaries/farsta", **month_query())
    assert big_of(html, "k3") == "2"
    said = "1 som har öppnats igen räknas i den version som godkändes."
    assert f"0 av 1 pass är godkända; 1 är åter för komplettering. {said}" in notice_of(html)
    assert said not in page(sign_in("falt1"), "/office/summaries/farsta", **month_query(status="all"))


def test_open_conflicts_and_what_was_not_received_are_said_where_there_are_any(phone, sign_in):
    falt1 = phone("falt1")
    evening = send_evening(falt1)

    def said():
        return notice_of(page(sign_in("ledare"), "/office/summaries/farsta", **month_query()))

    assert "konflikter" not in said()
    assert falt1.push(falt1.visit(evening.shift, site_id=site_id(4711)))[0]["status"] == "rejected"
    assert said().endswith("Till granskningen 0 öppna konflikter, 1 ej mottagna.")


def test_a_draft_and_what_is_missing_are_said(phone, sign_in):
    falt1 = phone("falt1")
    falt1.apply(falt1.shift(started_at=the_tenth(18)))
    notice = notice_of(page(sign_in("ledare"), "/office/summaries/farsta", **month_query()))
    assert "0 av 1 pass är godkända; 1 är utkast. 1 saknas: planerat utan pass, eller inte inskickat i tid." in notice


def test_every_svg_stands_beside_a_table_and_figures_carry_their_help(phone, sign_in):
    approve(phone, send_evening(phone("falt1")).shift)
    html = page(sign_in("ledare"), "/office/summaries/farsta", **month_query())
    for section in re.findall(r"<section.*?</section>", html, re.S):
        assert ("<svg" in section) <= ("<table" in section)
    for key in ("near_visited_help", "person_hours_help", "visits_help", "people_help", "sites_help"):
        assert sentences("sv")[f"summary.{key}"] in html
    assert sentences("sv")["summary.same_person"] in html
    assert '1,0 <span class="range">(0,0–5,6)</span>' in html  # observations per visit, with the interval
    assert "5,0" in page(sign_in("analys"), "/office/summaries/city", **month_query())  # decimal comma


def test_an_analyst_reads_where_to_look_closer_and_how_many_places_were_tried(phone, sign_in):
    words = sentences("sv")
    send_visits(phone("falt1"), last_month().previous().first, (site_id(23), 0, 12), (site_id(24), 2, 10))
    send_visits(phone("falt1"), last_month().first, (site_id(23), 10, 2), (site_id(24), 3, 9))
    query = month_query(compare="previous", status="all")
    html = page(sign_in("analys"), f"/office/summaries/farsta?{urlencode(query)}")
    assert_sound(html)
    [row] = [row for row in re.findall(r"<tr>.*?</tr>", html, re.S) if f"<strong>{words['summary.look_closer']}" in row]
    assert "Demo Tennplanen" in row
    assert words["summary.look_closer_tested"].format(n=2) in html
    assert words["summary.look_closer_help"] in html
    for who, asked in (("ledare", query), ("analys", month_query())):
        html = page(sign_in(who), f"/office/summaries/farsta?{urlencode(asked)}")
        assert words["summary.look_closer"] not in html.lower()


def test_hidden_cells_are_named_and_small_numbers_absent(phone, sign_in):
    approve(phone, send_evening(phone("falt1")).shift)
    html = page(sign_in("direktor"), "/office/summaries/farsta", **month_query())
    people = re.search(r'aria-labelledby="people">.*?</section>', html, re.S)
    assert people
    assert "skyddad uppgift" in people.group()
    assert set(re.findall(r'<td class="number">(\d+)</td>', people.group())) == {"0", "5", "7"}


@pytest.mark.parametrize("status", ["approved", "all"])
def test_a_period_without_shifts_says_what_will_come(sign_in, status):
    html = page(sign_in("ledare"), "/office/summaries/farsta", **month_query(status=status))
    assert sentences("sv")[f"summary.empty.{status}"] in html
    assert sentences("sv")["summary.empty_start"] in html


@pytest.mark.parametrize(
    ("status", "words"), [("", "Godkända pass"), ("approved", "Godkända pass"), ("all", "Alla pass, även ej godkända")]
)
def test_the_headline_says_which_shifts_and_which_schools(sign_in, status, words):
    query = urlencode(month_query(mapping_year=2023, status=status))
    html = page(sign_in("ledare"), f"/office/summaries/farsta?{query}")
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', html, re.DOTALL)
    assert words in lead
    assert "inom 500 m från grundskola" in lead
    assert (sentences("sv")["summary.not_reviewed"] in html) == (status == "all")
    assert ('<option value="approved" selected>' in html) == (status != "all")
    assert ('<option value="all" selected>' in html) == (status == "all")


@pytest.mark.parametrize(
    ("month", "status", "words"),
    [
        ("last", "", "Antal personer 1–4 visas inte"),
        ("last", "approved", "Antal personer 1–4 visas inte"),
        ("last", "all", "Antal personer visas bara för godkända pass."),
        ("this", "approved", "Antal personer visas bara för hela kalendermånader som har passerat."),
        ("this", "all", "Antal personer visas bara för godkända pass."),
    ],
)
def test_protected_figures_say_why_people_are_hidden(phone, sign_in, month, status, words):
    send_evening(phone("falt1"))
    today = datetime.now(STOCKHOLM).date()
    period = month_query() if month == "last" else {"from": today.replace(day=1).isoformat(), "to": today.isoformat()}
    html = page(sign_in("falt1"), f"/office/summaries/farsta?{urlencode({**period, 'status': status})}")
    notice = notice_of(html)
    assert words in notice
    assert notice.count("Antal personer") == 1


def test_the_headline_is_printed_and_the_form_is_not(sign_in):
    html = page(sign_in("ledare"), f"/office/summaries/farsta?{urlencode(month_query(status='approved'))}")
    (printed,) = re.findall(r"@media print \{(.*)\}", Path("static/office/office.css").read_text(), re.DOTALL)
    (hidden,) = re.findall(r"^(.*)\{ display: none; \}$", printed, re.MULTILINE)
    for name in ("filters", "choose-again", "shortcuts"):
        assert re.search(rf'class="[^"]*\b{name}\b', html), name
        assert f".{name}" in hidden
    before, lead, after = html.partition('<p class="lead">')
    assert lead
    assert not re.search(r"\.(lead|notice)\b", hidden)
    assert before.rindex('<main id="content">') > before.rindex("</header>")
    assert after.startswith("Godkända pass")


def test_the_form_leads_to_the_summarys_own_address(sign_in):
    client = sign_in("ledare")
    answer = client.get("/office/summaries", query_string={"district": "farsta", **month_query(_scheme="javascript")})
    assert answer.status_code == 302
    assert answer.location.startswith("/office/summaries/farsta?from=")
    assert "javascript" not in answer.location


def test_a_period_that_can_not_be_shows_the_form_with_what_is_wrong(sign_in):
    html = page(sign_in("ledare"), "/office/summaries/farsta", 422, **{"from": "2026-10-02", "to": "2026-10-01"})
    assert_sound(html)
    assert sentences("sv")["field.ended_before_started"] in html
    assert 'value="2026-10-02"' in html


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ledare", "/office/summaries/skarholmen", 404),
        ("falt3", "/office/summaries/farsta", 404),
        ("analys", "/office/summaries/atlantis", 404),
        ("admin", "/office/summaries", 403),
        ("direktor", "/office/shifts", 403),
        ("falt1", "/office/shifts/x", 404),
    ],
)
def test_pages_refuse_what_the_api_refuses(sign_in, who, path, status):
    html = page(sign_in(who), path, status, **month_query())
    assert "Demo Tennplanen" not in html


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(client):
    answer = client.get("/office/summaries/farsta?from=2026-10-01&to=2026-10-31")
    assert answer.status_code == 302
    assert answer.location == (
        "/office/sign-in?next=%2Foffice%2Fsummaries%2Ffarsta%3Ffrom%3D2026-10-01%26to%3D2026-10-31"
    )
    assert client.post("/office/sign-out", headers={"Origin": "http://localhost"}).status_code == 401


def test_what_people_wrote_is_shown_and_never_run(phone, sign_in):
    evening = send_evening(phone("falt1"), note=NASTY, label=NASTY)
    html = page(sign_in("ledare"), f"/office/shifts/{evening.shift}")
    assert_sound(html)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}") == 3
    assert "<img" not in html


def test_filters_are_written_back_escaped(sign_in):
    html = page(sign_in("ledare"), "/office/shifts", 422, **{"from": NASTY, "district": NASTY})
    assert_sound(html)
    assert "<img" not in html


def test_a_shift_reads_as_words(phone, sign_in):
    evening = send_evening(phone("falt1"), [phone("falt2").user_id])
    client = sign_in("ledare")
    html = page(client, f"/office/shifts/{evening.shift}")
    for words in ("Demo Tennplanen norra sidan", "Misstänkt handel", "Ny plats (utanför registret)", "Inskickat", "7"):
        assert words in html
    assert evening.shift in page(client, "/office/shifts")


def test_a_shift_page_leads_from_its_incidents_to_the_employers_own_report(app, phone, sign_in):
    falt1 = phone("falt1")
    told, calm = falt1.shift(incidents={"threat": 1}), falt1.shift(incidents={"threat": 0})
    falt1.apply(told, calm)
    told_page, calm_page = (f"/office/shifts/{shift['record_id']}" for shift in (told, calm))
    lead = sign_in("ledare")
    assert "arbetsgivaren" not in page(lead, told_page)
    url = "https://anmalan.example/ny?typ=tillbud&enhet=3"
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], incident_report_url=url)
    html = page(lead, told_page)
    assert_sound(html)
    link = f'<a href="{url.replace("&", "&amp;")}" target="_blank" rel="noreferrer">'
    assert f"Hot 1 · {link}Anmäl hos arbetsgivaren (ny flik)</a>" in html
    assert "arbetsgivaren" not in page(lead, calm_page)


def test_a_shift_page_shows_all_that_a_shift_holds(phone, sign_in):
    falt1 = phone("falt1")
    item = {"id": new_id(), "text": "Ring skolan", "state": "dropped", "by": falt1.user_id, "at": now_iso()}
    shift = falt1.shift(
        assignment="reinforcement",
        requested_by="police",
        event="lucia",
        reason="Många ute",
        mumin=[{"delegated_by": "socialjour", "count": 2}, {"delegated_by": "farsta", "count": 1}],
        open_items=[item],
        participant_ids=[falt1.user_id, phone("falt2").user_id],
    )
    far_ahead = now_iso(days=3)
    visit = falt1.visit(shift["record_id"], audience=["adults"], time_precision="band", entered_afterwards=True)
    rough = falt1.observation(
        visit["record_id"],
        people_basis="estimated",
        counts=[{"age_band": "13-15", "gender": "female", "present": 6, "contacts": 1}],
    )
    falt1.apply(shift, visit, falt1.visit(shift["record_id"], arrived_at=far_ahead), rough)
    html = page(sign_in("ledare"), f"/office/shifts/{shift['record_id']}")
    assert_sound(html)
    for words in (
        "(Polisen)", "(ungefär)", "Lucia", "Många ute", "Socialjouren 2, Farsta 1", "Släppt · Demo Fält Ett",
        "För vuxna", "ungefärlig tid", "inskrivet i efterhand", "Klockan på mobilen var osäker",
    ):  # fmt: skip
        assert words in html, words


def test_a_rough_time_is_whole_hours_and_never_a_minute(phone, sign_in):
    falt1 = phone("falt1")
    shift = falt1.shift(started_at=the_tenth(17), ended_at=the_tenth(23, 1))
    key, rough = shift["record_id"], {"time_precision": "band", "entered_afterwards": True}
    visit = falt1.visit(key, arrived_at=the_tenth(18, 31), left_at=the_tenth(19, 32), **rough)
    falt1.apply(
        shift,
        visit,
        falt1.observation(visit["record_id"], observed_at=the_tenth(19, 32)),
        falt1.visit(key, arrived_at=the_tenth(20), left_at=the_tenth(21), **rough),
        falt1.visit(key, arrived_at=the_tenth(22), **rough),
        falt1.visit(key, arrived_at=the_tenth(22, 33)),
    )
    client = sign_in("ledare")
    html = page(client, f"/office/shifts/{key}")
    assert re.findall(r"<h3[^>]*>(.+?) ·", html) == [
        "Mellan 18 och 20",
        "Mellan 20 och 21",
        "Mellan 22 och 23",
        "22:33",
    ]
    assert "<strong>Mellan 19 och 20</strong>" in html
    assert not re.search(r"1[89]:3[12]", html)
    english = client.get(f"/office/shifts/{key}", headers={"Accept-Language": "en"}).text
    assert "Between 18:00 and 20:00" in english


def test_a_flag_stands_in_words_at_the_line_it_belongs_to(phone, sign_in):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift(ended_at=now_iso())
    key = shift["record_id"]
    plain = falt1.visit(key, neighbourhood="Fagersjö")
    falt1.apply(shift, plain)
    ahead, reused = falt1.visit(key, neighbourhood="Sköndal"), falt1.visit(key, neighbourhood="Gubbängen")
    reused["device_seq"] = plain["device_seq"]
    falt1.apply(ahead, reused)
    falt1.apply(
        falt1.mutation("visits", "update", ahead["record_id"], 7, audience=["adults"]),
        falt1.observation(ahead["record_id"], observed_at=now_iso(days=3)),
        falt1.mutation("shifts", "update", key, 1, status="submitted"),
    )
    path = f"/api/v1/shifts/{key}"
    body = {"decision": "approve", "content_version": lead.client.get(path).get_json()["content_version"]}
    assert lead.client.post(f"{path}/reviews", json=body, headers=lead.headers).status_code == 200
    (receipt,) = falt1.push(falt1.mutation("shifts", "update", key, 3, handover_note="Mer"))
    assert receipt["status"] == "late"
    lead.pull()
    (late,) = lead.held("late")
    asked = {"action": "take_in", "reason": "Mobilen var urladdad."}
    taken_in = lead.client.post(f"/api/v1/late/{late['id']}", json=asked, headers=lead.headers)
    assert taken_in.status_code == 200
    head, *visits = page(sign_in("ledare"), f"/office/shifts/{key}").split('<article class="card visit">')
    found = {re.findall(r"· (.+?)</h3>", visit)[0]: visit.partition('<div class="observation">') for visit in visits}
    amended, uncertain, double, unknown = (
        sentences("sv")[f"code.flag.{flag}"]
        for flag in ("amendment", "clock_uncertain", "sequence_reused", "base_ahead")
    )
    said = [head, found["Fagersjö"][0], found["Gubbängen"][0], found["Sköndal"][0], found["Sköndal"][2]]
    assert [[words for words in (amended, uncertain, double, unknown) if words in part] for part in said] == [
        [amended], [], [double], [unknown], [uncertain],
    ]  # fmt: skip


def test_what_was_refused_is_not_among_the_changes_received(phone, sign_in):
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    falt1.apply(shift, visit, observation)
    edit = falt1.mutation("visits", "update", visit["record_id"], 1, arena="mall")
    refused = falt1.mutation("shifts", "update", shift["record_id"], 1, participant_ids=[])
    assert [receipt["status"] for receipt in falt1.push(edit, refused)] == ["applied", "rejected"]
    assert "4 ändringar mottagna" in page(sign_in("falt1"), f"/office/shifts/{shift['record_id']}")


def test_the_list_says_not_reviewed_only_of_a_page_with_one_that_is_not_approved(phone, sign_in, sql):
    falt1 = phone("falt1")
    falt1.apply(falt1.shift(), falt1.shift())
    client = sign_in("ledare")
    sql("UPDATE shifts SET status = 'approved' WHERE id = (SELECT min(id) FROM shifts)")
    assert sentences("sv")["shifts.not_reviewed"] in page(client, "/office/shifts")
    sql("UPDATE shifts SET status = 'approved'")
    assert sentences("sv")["shifts.not_reviewed"] not in page(client, "/office/shifts")


def test_the_filter_names_only_teams_one_may_know_of(phone, sign_in, sql):
    def offered(who):
        html = page(sign_in(who), "/office/shifts")
        menu = re.search(r'<select id="team".*?</select>', html, re.DOTALL)
        return set(re.findall(r">([^<]+)</option>", menu.group())) - {sentences("sv")["office.all"]} if menu else None

    assert offered("falt3") == {"Skärholmen"}
    jour1 = phone("jour1")
    shift = jour1.shift(district="farsta")
    jour1.apply(shift, jour1.visit(shift["record_id"]))
    sql("UPDATE shifts SET status = 'approved'")
    assert offered("ledare2") == {"Farsta", "Ungdomsjouren"}  # a visit was made where they lead
    assert offered("analys") is None
    sql("UPDATE teams SET deleted = true WHERE name = 'Ungdomsjouren'")
    assert offered("ledare2") == {"Farsta"}
    assert "Ungdomsjouren" in page(sign_in("ledare2"), "/office/shifts")  # an old shift stays its team's


def test_older_shifts_are_a_link_away(phone, sign_in):
    sender = phone("falt1")
    sender.apply(*(sender.shift(started_at=f"2026-01-{day:02d}T18:00:00+01:00") for day in range(1, 29)))
    sender.apply(*(sender.shift(started_at=f"2026-02-{day:02d}T18:00:00+01:00") for day in range(1, 29)))
    client = sign_in("ledare")
    link = re.search(r'rel="next" href="([^"]+)"', page(client, "/office/shifts"))
    assert link
    older = page(client, link.group(1).replace("&amp;", "&"))
    assert older.count('scope="row"') == 6


def test_signing_out_works_from_every_page(sign_in):
    client = sign_in("ledare")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, "/office/summaries"))
    assert token
    answer = client.post(
        "/office/sign-out", data={"csrf_token": token.group(1)}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 302
    assert client.get("/office/summaries").status_code == 302


def test_english_is_there_for_those_who_ask(sign_in):
    html = sign_in("ledare").get("/office/summaries", headers={"Accept-Language": "en"}).text
    assert sentences("en")["summary.choose"] in html
    assert set(sentences("sv")) == set(sentences("en"))


def test_a_mapping_year_asked_for_stays_with_the_form_and_the_shortcuts(sign_in):
    html = page(sign_in("ledare"), "/office/summaries/farsta?from=2026-10-01&to=2026-10-31&mapping_year=2023")
    assert '<input type="hidden" name="mapping_year" value="2023">' in html
    assert "&amp;mapping_year=2023" in html
