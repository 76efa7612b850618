"""*Kommunens underlag till årets kartläggning*: filled from the log, no counts of persons, proposals by grant."""

import io
import zipfile

from fieldapp.core.catalogue import sentences
from fieldapp.demo.register import site_id
from fieldapp.summaries.disclosure import PERSON_TOPICS
from tests.api.test_new_places import decide, take_back
from tests.api.test_overview import approved_evening
from tests.factories.evening import IN_SKARHOLMEN, LISTED_NEAR, last_month, month_query, send_evening
from tests.factories.pages import assert_sound

SV = sentences("sv")
YEAR = last_month().first.year
API, OFFICE = f"/api/v1/collaboration/{YEAR}", f"/office/collaboration/{YEAR}"
STRUCK = site_id(29)
WHY = {"proposal": "strike", "reason": "Demo: inget noterat på ett år", "version": 0}


def material(phone, **query):
    answer = phone.client.get(f"{API}/mapping-basis", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def put(phone, site=LISTED_NEAR, year=YEAR, **body):
    return phone.client.put(
        f"/api/v1/collaboration/{year}/sites/{site}/proposal", json={**WHY, **body}, headers=phone.headers
    )


def test_a_year_is_filled_from_the_log_and_tells_of_no_person(phone):
    lead = phone("ledare")
    empty = {one["site"]["id"]: one for one in material(lead)["items"]}
    assert empty[LISTED_NEAR]["visits"] == 0
    approved_evening(phone)
    found = material(lead)
    row = next(one for one in found["items"] if one["site"]["id"] == LISTED_NEAR)
    assert (row["visits"], row["months_visited"], row["form"]) == (1, 1, None)
    assert row["months"] >= last_month().first.month
    assert row["topics"] == [{"code": "suspected_dealing", "visits": 1}]
    assert (row["dealing"]["share"], row["dealing"]["interval"][1]) == (1.0, 1.0)
    assert row["moved_from"] == [{"site": IN_SKARHOLMEN, "observations": 1}]
    assert found["new_places"] == [{"district": "farsta", "places": 1, "visits": 1}]
    assert {one["site"]["district"] for one in found["items"]} == {"farsta"}
    whole = {one["site"]["id"] for one in material(phone("analys"))["items"]}
    assert {IN_SKARHOLMEN, LISTED_NEAR} <= whole
    assert STRUCK not in whole  # outside the mapping, and nothing was noted there
    page = lead.client.get(f"{OFFICE}/mapping-basis")
    assert_sound(page.text)
    csv = lead.client.get(f"{API}/mapping-basis.csv", buffered=True).text
    book = lead.client.get(f"{API}/mapping-basis.xlsx", buffered=True)
    with zipfile.ZipFile(io.BytesIO(book.data)) as opened:
        sheets = "".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml"))
    for text in (page.text, csv, sheets):
        assert SV["code.topic.suspected_dealing"] in text
        assert SV["basis.new_places"] in text
        assert not [code for code in PERSON_TOPICS if SV[f"code.topic.{code}"] in text]
        assert "Demo hörnet" not in text  # what a pin was called is free text


def test_what_was_decided_of_new_places_is_followed(phone, rows):
    approved_evening(phone)
    lead = phone("ledare")
    [pin] = [row["id"] for row in rows("SELECT id FROM visits WHERE place IS NOT NULL")]
    assert decide(lead, [pin], "dismissed", reason="Demo: gården bakom").status_code == 303
    assert material(lead)["new_places"] == []
    [link] = rows("SELECT id FROM place_links")
    assert take_back(lead, link["id"]).status_code == 303
    assert material(lead)["new_places"] == [{"district": "farsta", "places": 1, "visits": 1}]
    assert decide(lead, [pin], "joined", name="Demo Nya hörnet").status_code == 303
    found = material(lead)
    assert found["new_places"] == []
    [row] = [one for one in found["items"] if one["visits_as_new"]]
    assert (row["site"]["name"], row["visits"], row["visits_as_new"]) == ("Demo Nya hörnet", 0, 1)
    assert SV["basis.as_new_line"].format(n=1) in lead.client.get(f"{OFFICE}/mapping-basis").text


def test_what_may_lack_is_said_of_the_districts_one_reads(phone):
    send_evening(phone("falt1"))  # in Farsta and Skärholmen, not approved
    assert [one["district"] for one in material(phone("analys"))["complete"]] == [None]
    [farsta] = material(phone("ledare"))["complete"]
    assert (farsta["district"], farsta["shifts_submitted"]) == ("farsta", 1)
    overview = phone("ledare3").client.get("/api/v1/sites/overview", query_string=month_query()).json
    assert [(one["district"], one["shifts_submitted"]) for one in overview["complete"]] == [("skarholmen", 1)]


def test_a_visited_site_that_is_merged_is_a_row_of_its_own_that_names_its_heir(phone, rows):
    approved_evening(phone)
    lead, heir = phone("ledare"), site_id(24)
    [named] = rows("SELECT name, version FROM sites WHERE id = :id", id=heir)
    before = {one["site"]["id"]: one for one in material(lead)["items"]}
    said = {"year": YEAR, "status": "merged", "related_site_id": heir, "source": "Demo", "reported_by": "both"}
    analyst = phone("analys")
    for merged in (LISTED_NEAR, site_id(25)):
        answer = analyst.client.post(
            f"/api/v1/sites/{merged}/mappings", json={**said, "decided_on": f"{YEAR}-01-01"}, headers=analyst.headers
        )
        assert answer.status_code == 201, answer.json
    found = {one["site"]["id"]: one for one in material(lead)["items"]}
    assert found[LISTED_NEAR]["merged_into"] == {"id": heir, "name": named["name"]}
    assert sum(one["visits"] for one in found.values()) == sum(one["visits"] for one in before.values())
    assert found[LISTED_NEAR]["visits"] == before[LISTED_NEAR]["visits"] == 1
    assert site_id(25) not in found  # merged, and nobody was there
    page = lead.client.get(f"{OFFICE}/mapping-basis").text
    assert_sound(page)
    assert f"{SV['basis.merged_into']} {named['name']}" in page
    assert f"sites/{LISTED_NEAR}/proposal" not in page
    header, *lines = lead.client.get(f"{API}/mapping-basis.csv", buffered=True).text.splitlines()
    assert any(SV["basis.merged_into"] in line for line in (header, *lines))
    [merged] = rows("SELECT name FROM sites WHERE id = :id", id=LISTED_NEAR)
    assert any(merged["name"] in line and named["name"] in line for line in lines)
    book = lead.client.get(f"{API}/mapping-basis.xlsx", buffered=True)
    with zipfile.ZipFile(io.BytesIO(book.data)) as opened:
        sheets = "".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml"))
    assert SV["basis.merged_into"] in sheets


def test_a_proposal_is_a_choice_with_a_reason_against_its_version(phone, rows):
    lead = phone("ledare")
    first = put(lead)
    assert {name: first.json[name] for name in ("proposal", "is_listed", "version")} == {
        "proposal": "strike", "is_listed": True, "version": 1,
    }  # fmt: skip
    assert put(lead).json["version"] == 1  # the same again is the same
    assert put(lead, proposal="keep").status_code == 409
    assert put(lead, proposal="keep", version=1).json["version"] == 2
    row = next(one for one in material(lead)["items"] if one["site"]["id"] == LISTED_NEAR)
    assert (row["proposal"], row["reason"]) == ("keep", WHY["reason"])
    assert put(phone("analys"), STRUCK, proposal="list").json["is_listed"] is False
    assert STRUCK in {one["site"]["id"] for one in material(phone("analys"))["items"]}
    logged = rows("SELECT details FROM audit_log WHERE action = 'mapping_proposal.saved'")
    assert (len(logged), "noterat" in str(logged)) == (3, False)


WRONG = (
    ({"proposal": "list"}, "proposal"),
    ({"proposal": "move"}, "proposal"),
    ({"reason": " "}, "reason"),
    ({"reason": "811218-9876"}, "reason"),
    ({"reason": "x" * 201}, "reason"),
    ({"who": "Demo"}, "who"),
)


def test_what_is_wrong_with_a_proposal_is_said_and_nothing_is_kept(phone, rows):
    lead = phone("ledare")
    for change, field in WRONG:
        answer = put(lead, **change)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), change
        assert not answer.json["fields"][field][0].islower()
    assert rows("SELECT id FROM mapping_proposals") == []


def test_other_districts_are_answered_as_what_does_not_exist(phone):
    lead = phone("ledare")
    unknown = site_id(9999)
    for site in (IN_SKARHOLMEN, unknown):
        assert put(lead, site).status_code == 404
        assert lead.client.get(f"{API}/sites/{site}/proposal").status_code == 404
        assert lead.client.get(f"{OFFICE}/sites/{site}/proposal").status_code == 404
    for path in (f"{API}/mapping-basis", f"{API}/mapping-basis.csv", f"{OFFICE}/mapping-basis"):
        for district in ("skarholmen", "finns-inte"):
            assert lead.client.get(path, query_string={"district": district}).status_code == 404
        assert phone("direktor").client.get(path).status_code == 403
        assert lead.client.get(path.replace(str(YEAR), "1999")).status_code == 404
        assert lead.client.get(path.replace(str(YEAR), "2199")).status_code == 404
    assert put(phone("falt1")).status_code == 403
    assert put(lead, year=1999).status_code == 422


def test_the_page_leads_to_a_form_that_keeps_what_was_typed(phone):
    lead = phone("ledare")
    page = lead.client.get(f"{OFFICE}/mapping-basis", query_string={"district": "farsta"}).text
    path = f"{OFFICE}/sites/{LISTED_NEAR}/proposal"
    assert path in page
    assert path not in phone("falt1").client.get(f"{OFFICE}/mapping-basis").text
    form = {"csrf_token": lead.session["csrf_token"], "version": "0", "reason": "Demo: lugnt i år"}
    origin = {"Origin": "http://localhost"}
    refused = lead.client.post(path, data={**form, "proposal": ""}, headers=origin)
    assert (refused.status_code, "Demo: lugnt i år" in refused.text) == (422, True)
    assert lead.client.post(path, data={**form, "proposal": "strike"}, headers=origin).status_code == 303
    moved = lead.client.post(path, data={**form, "proposal": "keep"}, headers=origin)
    assert (moved.status_code, SV["field.proposal_moved"] in moved.text) == (409, True)
    shown = lead.client.get(f"{OFFICE}/mapping-basis").text
    assert_sound(shown)
    assert SV["code.proposal.strike"] in shown
    assert "Demo: lugnt i år" in phone("falt1").client.get(path).text
    assert lead.client.get("/office/collaboration/mapping-basis").status_code == 302
