"""The page of a summary freezes its period without JavaScript, says what is frozen, and what differs."""

import re

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from tests.api.test_summaries_pages import approve, page
from tests.factories.evening import month_query, send_evening
from tests.factories.pages import assert_sound

FARSTA = "/office/summaries/farsta"
SV = sentences("sv")


def panel(client, path=FARSTA, **query):
    """Return what the page says of freezing, as it is read; empty where it says nothing."""
    html = page(client, path, **month_query(**query))
    assert_sound(html)
    assert not re.search(r">\s*frozen\.", html)
    found = re.search(r'<section class="card" id="frozen".*?</section>', html, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split()) if found else ""


def press(lead, path=FARSTA, **query):
    """Send the form of the page as a browser does; return the answer."""
    html = page(lead.client, path, **month_query(**query))
    form = re.search(r'<form method="post" action="([^"]*/frozen)">(.*?)</form>', html, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[2]))
    return lead.client.post(form[1], data=fields, headers={"Origin": "http://localhost"})


@pytest.fixture
def lead(phone):
    """A leader of Farsta, after an evening that was approved."""
    approve(phone, send_evening(phone("falt1")).shift)
    return phone("ledare")


def test_a_leader_freezes_a_month_and_reads_what_it_means(lead, phone, sign_in):
    send_evening(phone("falt1"))
    before = panel(lead.client)
    assert before.startswith(f"{SV['frozen.title']} {SV['frozen.means']}")
    assert "0 pass som saknas och 1 pass som inte är godkända." in before
    assert before.endswith(SV["frozen.button"])
    answer = press(lead)
    assert answer.status_code == 303
    after = panel(lead.client)
    assert re.match(r"Fastställd den \d+ \w+ \d{4} · version 1 Fastställd av gruppledare. Kontrollsumma \w{64}$", after)
    assert re.search(r"\w{64}$", panel(sign_in("direktor")))[0] != re.search(r"\w{64}$", after)[0]


def test_what_has_changed_since_is_said_and_frozen_again_with_its_differences(lead, phone, sign_in):
    press(lead)
    approve(phone, send_evening(phone("falt1")).shift)
    changed = panel(lead.client)
    assert SV["frozen.differs"] in changed
    assert changed.endswith(SV["frozen.again"])
    assert SV["frozen.differs"] not in panel(sign_in("direktor"))
    assert press(lead).status_code == 303
    again = panel(lead.client)
    assert "version 2" in again
    assert "Skillnader mot version 1" in again
    of_boys = f"{SV['summary.present_total']}: {SV['code.band.16-17']}, {SV['code.gender.male']}"
    assert f"{of_boys} 7 14" in again
    assert "uppgifter till skiljer sig" in again
    assert "Version 1, " in again
    viewed = panel(sign_in("direktor"))
    assert f"{of_boys} 7 skyddad uppgift" in viewed
    assert SV["frozen.button"] not in viewed.split()


@pytest.mark.parametrize("who", ["falt1", "direktor", "nattvandring"])
@pytest.mark.usefixtures("lead")
def test_who_may_not_freeze_finds_no_form(sign_in, who):
    assert panel(sign_in(who)) == ""


def test_a_form_stands_only_where_a_closed_period_of_approved_passes_is_shown(lead, sign_in):
    today = local_date(utc_now())
    assert panel(lead.client, status="all") == ""
    assert panel(lead.client, to=today.isoformat()) == ""
    assert panel(lead.client, "/office/summaries/city") == ""
    assert panel(sign_in("analys"), "/office/summaries/city").endswith(SV["frozen.button"])


def test_a_teams_own_period_and_the_citys_are_frozen_on_their_pages(lead, phone):
    path = f"/office/summaries/teams/{lead.team_id}"
    assert press(lead, path).status_code == 303
    assert "version 1" in panel(phone("falt1").client, path)
    analyst = phone("analys")
    assert press(analyst, "/office/summaries/city").status_code == 303
    assert "Fastställd av analytiker." in panel(analyst.client, "/office/summaries/city")


def test_a_form_that_can_not_be_is_refused_and_freezes_nothing(lead, rows):
    headers = {"Origin": "http://localhost"}
    token = {"csrf_token": lead.session["csrf_token"]}
    today = local_date(utc_now()).isoformat()
    for data, status in (
        ({**month_query()}, 403),
        ({**token, **month_query(to=today)}, 422),
        ({**token, "from": "nej", "to": "2026-01-31"}, 422),
    ):
        assert lead.client.post(f"{FARSTA}/frozen", data=data, headers=headers).status_code == status
    assert (
        lead.client.post(
            "/office/summaries/bromma/frozen", data={**token, **month_query()}, headers=headers
        ).status_code
        == 404
    )
    assert rows("SELECT 1 FROM frozen_summaries") == []


def test_the_page_speaks_english_too(lead):
    press(lead)
    html = lead.client.get(FARSTA, query_string=month_query(), headers={"Accept-Language": "en"}).text
    assert "Fixed by a team lead." in html
