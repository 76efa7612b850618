"""Every route × every role, generated from `url_map`; a route without a line here fails (access.md, X11, X14, X21)."""

import re

import pytest
from flask import Flask

from fieldapp.core.access import BY_TOKEN, PUBLIC, SIGNED_IN, routes_without_rule, rule_of
from fieldapp.core.http import HEADERS, SAFE_METHODS
from tests.factories.phone import ORIGIN, Phone

PEOPLE = {
    "falt1": {"field_worker"},
    "ledare2": {"team_lead"},
    "nattvandring": {"walk_coordinator"},
    "analys": {"analyst"},
    "direktor": {"viewer"},
    "admin": {"admin"},
}
EVERYONE = {"field_worker", "team_lead", "walk_coordinator", "analyst", "viewer", "admin"}
# access.md, row by row: who may ever reach a route. A new route needs a line.
MAY_REACH: dict[str, set[str]] = {
    "session.create_session": {PUBLIC},
    "session.read_session": {SIGNED_IN},
    "session.delete_session": {SIGNED_IN},
    "sync.sync": {SIGNED_IN},
    "places.districts_geojson": EVERYONE,
    "places.sites": EVERYONE,
    "places.sites_geojson": EVERYONE,
    "places.schools": EVERYONE,
    "basemap.facts": EVERYONE,
    "basemap.tiles": EVERYONE,
    "places.site": EVERYONE - {"walk_coordinator"},
    **{
        f"places.{name}": {"team_lead", "analyst", "admin"}
        for name in ("add_site", "change_site", "map_site", "unmap_site")
    },
    "places.mapping_summary": EVERYONE - {"walk_coordinator"},
    "shifts.shifts": {"field_worker", "team_lead", "analyst"},
    "shifts.shift": {"field_worker", "team_lead", "analyst"},
    "shifts.join": {"field_worker", "team_lead"},
    "review.review": {"team_lead"},
    "review.mend": {"team_lead"},
    "review.what_is_absent": {"team_lead"},
    "review.devices": EVERYONE - {"analyst"},
    "review.rejections": {"field_worker", "team_lead"},
    "review.settle_rejection": {"field_worker", "team_lead"},
    "review.settle_late": {"team_lead"},
    "review.take_all_in": {"team_lead"},
    "review.read_queue_file": {"team_lead"},
    "staffing.year": {"team_lead", "analyst"},
    "staffing.enter": {"team_lead"},
    "exports.district_sheet": EVERYONE - {"walk_coordinator", "admin"},
    "exports.city_sheet": EVERYONE - {"walk_coordinator", "admin"},
    "office_brief.sheet": EVERYONE - {"walk_coordinator", "admin"},
    "office_staffing.staffing": {"team_lead", "analyst"},
    "office_staffing.enter": {"team_lead"},
    **{
        f"collaboration.{name}": {"field_worker", "team_lead", "analyst", "viewer"}
        for name in ("of_site", "summary", "measures", "measure", "examples", "example")
    },
    **{
        f"collaboration.{name}": {"team_lead", "analyst"}
        for name in (
            "save_of_site",
            "approve_of_site",
            "add_measure",
            "change_measure",
            "remove_measure",
            "approve_measure",
            "add_example",
            "change_example",
            "remove_example",
            "approve_example",
        )
    },
    **{
        name: {"field_worker", "team_lead", "analyst", "viewer"}
        for name in (
            "office_collaboration.year",
            "office_collaboration.of_site",
            "office_measures.measures",
            "office_measures.measure",
            "office_examples.examples",
            "office_overview.near_schools",
            "overview.sites_overview",
            "yearly_exports.collaboration",
            "yearly_exports.overview",
            "office_examples.example",
        )
    },
    **{
        name: {"team_lead", "analyst"}
        for name in (
            "office_collaboration.copy",
            "office_collaboration.save_of_site",
            "office_measures.new",
            "office_measures.add",
            "office_measures.change",
            "office_examples.new",
            "office_examples.add",
            "office_examples.change",
        )
    },
    **{
        name: {"field_worker", "team_lead", "analyst"}
        for name in (
            "school_parts.of_site",
            "school_parts.part",
            "office_schools.part",
            "mapping_proposals.proposal",
            "office_proposals.proposal",
            "mapping_material.material",
            "office_mapping_material.basis",
            "office_mapping_material.latest",
            "situation_pictures.of_site",
            "situation_pictures.one",
            "office_pictures.of_site",
            "office_pictures.one",
            "yearly_exports.mapping_material_file",
        )
    },
    **{
        name: {"team_lead", "analyst"}
        for name in (
            "school_parts.save_part",
            "school_parts.to_inform",
            "office_schools.to_inform",
            "office_schools.save_part",
            "mapping_proposals.save_proposal",
            "office_proposals.save_proposal",
            "situation_pictures.save",
            "office_pictures.save",
        )
    },
    "audit.entries": {"admin"},
    "office_audit.entries": {"admin"},
    **{
        f"office_review.{name}": {"team_lead"}
        for name in (
            "submitted",
            "a_pass",
            "decide",
            "take_in_late",
            "a_line",
            "mend_line",
            "returned",
            "missing",
            "silent",
            "new_places",
            "approve",
            "conflicts",
            "conflict",
            "resolve",
            "rejections",
            "settle_rejection",
            "held",
            "late",
            "settle_late",
            "devices",
            "read_queue_file",
        )
    },
    "office_shifts.shifts": {"field_worker", "team_lead", "analyst"},
    "office_shifts.shift": {"field_worker", "team_lead", "analyst"},
    "office_plans.plans": {"field_worker", "team_lead", "analyst"},
    "office_plans.plan_weekly": {"field_worker", "team_lead"},
    "office_plans.change": {"field_worker", "team_lead"},
    "office_plans.special": {"field_worker", "team_lead", "analyst", "admin"},
    "office_plans.read_special_in": {"admin"},
    "walks.walks": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "walks.gaps": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "walks.make_feed": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "walks.revoke_feed": {SIGNED_IN},
    "calendar.feed": {BY_TOKEN},
    "walk_group.page": {BY_TOKEN},
    "walk_group.answer": {BY_TOKEN},
    "office_walks.walks": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.plan_ticked": {"team_lead", "walk_coordinator"},
    "office_walks.plan_weekly": {"team_lead", "walk_coordinator"},
    "office_walks.groups": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.new_group": {"team_lead", "walk_coordinator"},
    "office_walks.change_group": {"team_lead", "walk_coordinator"},
    "office_walks.make_link": {"team_lead", "walk_coordinator"},
    "office_walks.revoke_link": {"team_lead", "walk_coordinator"},
    "office_walks.uncovered": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.calendar": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.make_feed": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.revoke_feed": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.walk": {"field_worker", "team_lead", "walk_coordinator", "analyst"},
    "office_walks.change_walk": {"team_lead", "walk_coordinator"},
    "office_reinforcements.reinforcements": {"field_worker", "team_lead"},
    "office_reinforcements.ask": {"team_lead"},
    "office_reinforcements.reinforcement": {"field_worker", "team_lead"},
    "office_reinforcements.decide": {"team_lead"},
    "office_reports.reinforcement": {"field_worker", "team_lead"},
    "office_briefings.briefings": {"field_worker", "team_lead", "analyst"},
    "office_briefings.underlag": {"field_worker", "team_lead", "analyst"},
    "office_briefings.hand_over": {"field_worker", "team_lead", "analyst"},
    "office_briefings.briefing": {"field_worker", "team_lead", "analyst"},
    "office_map.places_on_map": EVERYONE,
    "office_safety.unsafe_places": {"field_worker", "team_lead", "analyst"},
    "office_safety.place": {"field_worker", "team_lead", "analyst"},
    "office_safety.set_safety": {"team_lead", "analyst"},
    **{f"office_sites.{name}": EVERYONE - {"walk_coordinator"} for name in ("sites", "site")},
    **{f"office_sites.{name}": {"team_lead", "analyst", "admin"} for name in ("new", "add", "edit", "save")},
    **{
        f"office_site_years.{name}": {"team_lead", "analyst", "admin"}
        for name in (
            "priorities",
            "prioritise",
            "new_mapping",
            "add_mapping",
            "mapping",
            "correct_mapping",
            "remove_mapping",
        )
    },
    **{f"office_new_places.{name}": {"team_lead", "analyst"} for name in ("waiting", "decide", "take_back")},
    "office_places.import_form": {"team_lead", "analyst", "admin"},
    "office_places.try_out": {"team_lead", "analyst", "admin"},
    "office_places.one": {"team_lead", "analyst", "admin"},
    "office_places.read_in": {"team_lead", "analyst", "admin"},
    "office_places.take_back": {"team_lead", "analyst", "admin"},
    "office_places.waiting": {"analyst", "admin"},
    "office_places.decide": {"analyst", "admin"},
    "office_places.radius": {"team_lead", "analyst", "admin"},
    "office.start": {SIGNED_IN},
    "office.choose": EVERYONE - {"admin"},
    "office.summary": EVERYONE - {"admin"},
    "summaries.district_summary": {"field_worker", "team_lead", "walk_coordinator", "analyst", "viewer"},
    "summaries.city_summary": {"field_worker", "team_lead", "analyst", "viewer"},
    "summaries.team_summary": {"field_worker", "team_lead", "analyst"},
    "summaries.before_and_after": {"analyst"},
    "frozen.freeze_summary": {"team_lead", "analyst"},
    "frozen.list_frozen": {"field_worker", "team_lead", "walk_coordinator", "analyst", "viewer"},
    "frozen.read_frozen": {"field_worker", "team_lead", "walk_coordinator", "analyst", "viewer"},
    "office_frozen.freeze": {"team_lead", "analyst"},
    "office_frozen.freeze_team": {"team_lead", "analyst"},
    "office_before_after.before_and_after": {"analyst"},
    "office.team_summary": {"field_worker", "team_lead", "analyst"},
    "exports.district": EVERYONE - {"admin"},
    "exports.city": {"field_worker", "team_lead", "analyst", "viewer"},
    "exports.team": {"field_worker", "team_lead", "analyst"},
    "exports.situation_picture": {"field_worker", "team_lead", "analyst", "viewer"},
    "exports.one": EVERYONE - {"admin"},
    "exports.manifest": EVERYONE - {"admin"},
    "office_exports.ask": EVERYONE - {"admin"},
    "office_exports.one": EVERYONE - {"admin"},
    "accounts_pages.sign_in_page": {PUBLIC},
    "accounts_pages.sign_in": {PUBLIC},
    "accounts_pages.sign_out": {SIGNED_IN},
    "operation.healthz": {PUBLIC},
    "operation.readyz": {PUBLIC},
    "operation.metrics": {BY_TOKEN},
    "pwa.shell": {PUBLIC},
    "pwa.service_worker": {PUBLIC},
    "pwa.walk_service_worker": {PUBLIC},
    "pwa.manifest": {PUBLIC},
    "static": {PUBLIC},
    "api-docs.openapi_json": {PUBLIC},
}
# A group's own page: its address is its key.
STRICTER = {"Referrer-Policy": "no-referrer"}


def path_of(rule) -> str:
    """Fill a route's variables with something that does not exist."""
    path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: "2023" if match[1] == "year" else "finns-inte", path)


@pytest.fixture
def engine_name() -> str:
    """Who may reach a route does not depend on the database engine."""
    return "sqlite"


def test_X14_every_route_has_a_rule_and_the_rule_is_the_tables(app: Flask):
    assert not list(routes_without_rule(app))
    found = {rule.endpoint: set(rule_of(app, rule.endpoint) or ()) for rule in app.url_map.iter_rules()}
    assert found == MAY_REACH


def test_a_route_without_a_rule_stops_the_app(app: Flask):
    app.view_functions["stray"] = lambda: "hej"
    app.url_map.add(app.url_rule_class("/stray", endpoint="stray"))
    assert list(routes_without_rule(app)) == ["/stray → stray"]


def test_X14_anonymous_gets_401_and_the_wrong_role_403_on_every_route(app: Flask):
    clients = {who: Phone.signed_in(app.test_client(), who) for who in PEOPLE}
    for rule in app.url_map.iter_rules():
        allowed = MAY_REACH[rule.endpoint]
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            if allowed & {PUBLIC, BY_TOKEN}:
                continue
            answer = app.test_client().open(path_of(rule), method=method, headers=ORIGIN)
            assert answer.status_code in ((401, 302) if rule.rule.startswith("/office") else (401,)), rule
            if SIGNED_IN in allowed:
                continue
            for who, roles in PEOPLE.items():
                status = (
                    clients[who]
                    .client.open(path_of(rule), method=method, headers=clients[who].headers, buffered=True)
                    .status_code
                )
                assert (status == 403) == (not roles & allowed), (rule.rule, who, status)


def test_X11_every_unsafe_route_refuses_a_cross_site_request(app: Flask):
    falt1 = Phone.signed_in(app.test_client(), "falt1")
    tried = 0
    for rule in app.url_map.iter_rules():
        for method in rule.methods - SAFE_METHODS:
            token = {"X-CSRF-Token": falt1.session["csrf_token"]}
            for headers in (
                {},
                {"Origin": "https://elsewhere.example"},
                {"Sec-Fetch-Site": "cross-site"},
                {"Origin": "null"},
                {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
            ):
                answer = falt1.client.open(path_of(rule), method=method, headers={**token, **headers}, data="{}")
                assert answer.status_code == 403, (rule.rule, method, headers)
            if not MAY_REACH[rule.endpoint] & {PUBLIC, BY_TOKEN}:
                assert falt1.client.open(path_of(rule), method=method, headers=ORIGIN).status_code == 403, rule.rule
            tried += 1
    assert tried >= 4


def test_X21_security_headers_on_every_answer_errors_included(app: Flask):
    falt1 = Phone.signed_in(app.test_client(), "falt1")
    paths = [path_of(rule) for rule in app.url_map.iter_rules()] + ["/finns/inte", "/api/v1/finns-inte"]
    for path in paths:
        for method in ("GET", "POST", "DELETE"):
            answer = falt1.client.open(path, method=method, buffered=True)
            for name, value in HEADERS.items():
                wanted = STRICTER.get(name, value) if "X-Walk-Page" in answer.headers else value
                assert answer.headers[name] == wanted, (path, method)
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Request-Id"]


def test_errors_have_one_envelope_and_keep_their_headers(app: Flask, client):
    for path, method, status, slug in (
        ("/api/v1/finns-inte", "GET", 404, "not_found"),
        ("/api/v1/sync", "GET", 405, "method_not_allowed"),
        ("/api/v1/session", "GET", 401, "not_signed_in"),
    ):
        answer = client.open(path, method=method)
        body = answer.get_json()
        assert (answer.status_code, body["error"]) == (status, slug)
        assert body.keys() == {"error", "message", "fields", "request_id"}
        assert body["request_id"] == answer.headers["X-Request-Id"]
    assert "POST" in client.get("/api/v1/sync").headers["Allow"]
    assert client.get("/api/v1/session").get_json()["message"] == "Du behöver logga in."
    assert (
        client.get("/api/v1/session", headers={"Accept-Language": "en"}).get_json()["message"] == "You need to sign in."
    )
    assert (
        client.post("/api/v1/session", data="x", headers={**ORIGIN, "Content-Type": "application/json"}).status_code
        == 400
    )


def test_a_missing_page_is_a_page(client):
    answer = client.get("/office/finns-inte")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_only_what_is_built_leaves_static(client):
    for path in ("/static/package.json", "/static/app/main.tsx", "/static/../pyproject.toml", "/static/node_modules/x"):
        assert client.get(path).status_code == 404
