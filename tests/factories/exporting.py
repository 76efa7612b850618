"""Asking for files and finding them, as a client does; an evening to ask about."""

from datetime import timedelta

from fieldapp.summaries.periods import iso_week
from tests.factories.evening import last_month, month_query, send_evening

API = "/api/v1/summaries"
FARSTA = f"{API}/districts/farsta"
FORMS = ("csv", "geojson", "xlsx", "pdf")


def get(client, path, status=200, /, **query):
    answer = client.get(path, query_string=month_query() | query, buffered=True)
    assert answer.status_code == status, answer.text[:500]
    return answer


def asked(client, path=f"{FARSTA}.xlsx", **query):
    """Ask for a file that is made later, and return its address."""
    answer = get(client, path, 202, **query)
    assert answer.json["state"] == "waiting"
    assert answer.headers["Location"] == answer.json["url"]
    return answer.json["url"]


def manifest_of(client, answer):
    """Follow the header of a file to its manifest."""
    address = answer.headers["Link"].split(">")[0][1:]
    return get(client, address).json


def approved_evening(phone):
    """Send an evening in Farsta and have it approved by a leader who took no part."""
    evening = send_evening(phone("falt1"), [phone("falt2").user_id])
    lead = phone("ledare2")
    seen = lead.client.get(f"/api/v1/shifts/{evening.shift}").json["content_version"]
    body = {"decision": "approve", "content_version": seen}
    answer = lead.client.post(f"/api/v1/shifts/{evening.shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.text
    return evening


def week_of_the_tenth():
    """The week that the evening lies in."""
    return iso_week(last_month().first + timedelta(days=9))
