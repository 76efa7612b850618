"""*Läget vid ÖDS nära grundskola*: what is answered beside what the log shows, by mapping year and by grant."""

import re

from fieldapp.core.catalogue import sentences
from tests.api.test_collaboration import published
from tests.factories.evening import LISTED_NEAR, month_query, send_evening
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone

SV = sentences("sv")
URL = "/api/v1/sites/overview"
PAGE = "/office/collaboration/near-schools"
__all__ = ["published"]


def approved_evening(phone):
    falt1 = phone("falt1")
    evening = send_evening(falt1)
    visit = falt1.client.get(f"/api/v1/shifts/{evening.shift}").json
    falt1.apply(falt1.mutation("shifts", "update", evening.shift, 1, status="submitted"))
    lead: Phone = phone("ledare2")
    version = lead.client.get(f"/api/v1/shifts/{evening.shift}").json["content_version"]
    body = {"decision": "approve", "content_version": version, "comment": "", "field_comments": []}
    answer = lead.client.post(f"/api/v1/shifts/{evening.shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.json
    return visit


def test_a_row_says_what_is_answered_and_what_the_log_shows(published, phone, sign_in):
    approved_evening(phone)
    found = sign_in("analys").get(URL, query_string=month_query(mapping_year=2023)).json
    assert len(found["items"]) == 24
    assert found["counts"] == {"monthly": 2, "near": 24, "uncertain": 2}
    assert found["top_line"].startswith("2 av 24 ÖDS nära grundskola")
    row = next(one for one in found["items"] if one["site"]["id"] == LISTED_NEAR)
    assert (row["visits"], row["frequency"], row["now"]["visits"]) == (1, "monthly", 1)
    assert row["now"]["interval"][0] <= row["now"]["share"] <= row["now"]["interval"][1]
    assert row["year_ago"] == {"visits": 0, "visits_with_topic": 0, "share": None, "interval": None}
    assert (row["form"], row["listed_last_year"], row["measures"]["done"]) == ("place_collaboration", None, 1)
    assert "police" in row["actors"]
    assert all(school["distance_m"] <= 500 for one in found["items"] for school in one["schools"][:1])
    assert found["basis"]["mapping_year"] == 2023


def test_the_next_mapping_has_those_that_are_left_and_says_they_were_listed_before(sign_in):
    client = sign_in("analys")
    found = client.get(URL, query_string=month_query(mapping_year=2024)).json
    assert len(found["items"]) == client.get("/api/v1/mappings/2024/summary").json["school_near"]
    assert {one["listed_last_year"] for one in found["items"]} == {True}
    assert {one["form"] for one in found["items"]} == {None}
    assert client.get(URL, query_string=month_query(mapping_year=1999)).status_code == 422
    assert client.get(URL, query_string={"from": "2026-02-02", "to": "2026-01-01"}).status_code == 422
    assert client.get(URL).status_code == 200


def test_readers_see_the_places_of_their_districts_and_none_that_they_may_not_know(published, sign_in):
    def rows(who):
        return sign_in(who).get(URL, query_string=month_query(mapping_year=2023)).json

    whole = {one["site"]["id"] for one in rows("analys")["items"]}
    assert {one["site"]["district"] for one in rows("falt1")["items"]} == {"farsta"}
    seen = rows("direktor")
    assert seen["counts"]["near"] == 24
    public = {one["id"] for one in sign_in("direktor").get("/api/v1/sites?year=2023&limit=100").json["items"]}
    assert {one["site"]["id"] for one in seen["items"]} <= whole & public


def test_an_analyst_gets_there_by_following_the_pages(published, phone):
    analyst = phone("analys")
    first = analyst.client.get("/office/", follow_redirects=True).text
    assert PAGE in first
    page = analyst.client.get(PAGE, query_string={**month_query(), "mapping_year": 2023})
    assert page.status_code == 200
    assert_sound(page.text)
    mapped = [re.findall(r">(\d+)<", row) for row in re.findall(r"<tr><th[^>]*>20\d\d<.*?</tr>", page.text)]
    assert [row[:3] for row in mapped] == [["2023", "31", "24"], ["2024", "26", mapped[1][2]]]
    assert mapped[1][4] == "5"
    assert page.text.count('<th scope="row">Demo') == 24
    for key in ("overview.note", "overview.says", "overview.copy_text", "overview.copy_table"):
        assert SV[key] in page.text
    table = re.search(r'id="copy-table"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert table is not None
    lines = table[1].split("\n")
    assert (len(lines), {line.count("\t") for line in lines}) == (25, {22})
    refused = analyst.client.get(PAGE, query_string={"from": "2026-02-30"})
    assert (refused.status_code, SV["field.not_a_date"] in refused.text) == (422, True)


def test_a_measure_leads_to_before_and_after_with_what_is_known_filled_in(published, phone):
    analyst = phone("analys")
    [done] = analyst.client.get("/api/v1/measures?status=done").json["items"]
    page = analyst.client.get(f"/office/collaboration/measures/{done['id']}").text
    [link] = re.findall(r'href="(/office/summaries/before-after[^"]*)"', page)
    form = analyst.client.get(link.replace("&amp;", "&"))
    assert form.status_code == 200
    assert f'value="{done["effective_on"]}"' in form.text
