"""Requests made up from our own OpenAPI document: whatever comes, never a 5xx (X13, X17)."""

from collections import Counter

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests.factories.phone import Phone

WITHOUT_SHRINKING = [Phase.explicit, Phase.reuse, Phase.generate]  # the curl command says it all, and at once


@pytest.mark.parametrize(
    ("engine_name", "who"), [("sqlite", "analys"), ("postgresql", "ledare2"), ("postgresql", "admin")]
)
def test_X13_no_request_made_from_the_document_ends_in_a_5xx(app: Flask, who: str):
    """Asked by those whose grants, together, reach every route; PostgreSQL minds what SQLite lets pass."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    phone = Phone.signed_in(app.test_client(), who)
    cookies = {"session": phone.client.get_cookie("session").value}
    statuses: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.method == "delete":
            continue  # would sign the prober out

        @settings(max_examples=25, deadline=None, phases=WITHOUT_SHRINKING, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def probe(case):
            answer = case.call(headers=phone.headers, cookies=cookies)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, (case.as_curl_command(), answer.text)

        probe()
    assert statuses[200] > 0, statuses
    assert sum(statuses.values()) > 200
