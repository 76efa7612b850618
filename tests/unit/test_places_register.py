"""The demo register and the reads and writes of places, in a real database, by role."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import geojson
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fieldapp.core.access import Actor, Grant
from fieldapp.core.database import db
from fieldapp.core.errors import Conflict, Invalid, NotFound
from fieldapp.core.geodesy import in_metres, read_geometry
from fieldapp.demo.register import seed_register, site_id
from fieldapp.places import queries
from fieldapp.places.features import district_features, site_features
from fieldapp.places.models import District, School, Site, SiteMapping
from fieldapp.places.near import recompute
from fieldapp.places.outlines import MARGIN_M, outlines
from fieldapp.places.rules import NearnessRule
from fieldapp.places.services import Lately, add_mapping, create_site, note_visits
from fieldapp.places.sync import COLLECTIONS
from fieldapp.sync.models import SyncState

RULE = NearnessRule()
SINCE = datetime(2023, 1, 1, tzinfo=UTC)
NOBODY = Actor("u", "Demo", "demo@demo.example", "s", None, ())
FULL_ROLES = ["field_worker", "team_lead", "analyst", "admin"]
SERVER_FIELDS = {"id", "version", "created_by", "created_at", "received_at", "flags"}
DO_NOT_GO, MERGED, MERGED_INTO, STRUCK = site_id(2), site_id(39), site_id(3), site_id(4)


def actor(*roles):
    return replace(NOBODY, grants=tuple(Grant(role, None, None, SINCE, None) for role in roles))


@pytest.fixture(scope="module")
def database():
    app = Flask("places")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        db.create_all()
        session = db.session()
        session.add(SyncState(id=1, seq=0, epoch="0" * 36))
        session.flush()
        seed_register(session, rule=RULE)
        session.commit()
        yield session
        session.close()
        db.engine.dispose()


@pytest.fixture
def session(database):
    yield database
    database.rollback()


def read(session, who, **filters):
    return queries.sites(session, who, visits_28d=lambda _session, ids: {ids[0]: 3} if ids else {}, **filters)


def pulled(session, name, who):
    collection = next(entry for entry in COLLECTIONS if entry.name == name)
    query = select(collection.table).where(collection.readable(who, SINCE)).order_by(collection.table.c.id)
    return [collection.present(row, who) for row in session.execute(query).mappings()]


def ids(page):
    return {item["id"] for item in page["items"]}


def test_31_listed_in_2023_of_which_24_near_a_school(session):
    summary = queries.mapping_summary(session, 2023)
    assert (summary["listed"], summary["struck"]) == (31, 0)
    assert (summary["school_near"], summary["school_near_uncertain"]) == (24, 2)
    assert summary["basis"] == {"radius_m": 500, "school_forms": ["GR"], "register_date": "2023-10-15"}


def test_five_struck_in_2024_leave_26(session):
    summary = queries.mapping_summary(session, 2024)
    assert (summary["listed"], summary["struck"]) == (26, 5)
    assert sum(row["listed"] for row in summary["by_district"]) == 26
    assert len(summary["by_district"]) == 11


def test_every_district_has_a_site_listed_in_2023_and_farsta_at_least_three(session):
    listed = {row["district"]: row["listed"] for row in queries.mapping_summary(session, 2023)["by_district"]}
    assert min(listed.values()) >= 1
    assert listed["farsta"] >= 3


def test_a_year_without_mapping_is_not_found(session):
    with pytest.raises(NotFound):
        queries.mapping_summary(session, 1999)


def test_everything_invented_says_demo(session):
    for name, label in session.execute(select(Site.name, Site.public_label)):
        assert name.startswith("Demo ")
        assert label.startswith("Demo ")
    assert all(name.startswith("Demo skola ") for name in session.execute(select(School.name)).scalars())


def test_every_invented_place_lies_in_the_district_it_is_stored_with(session):
    carried = outlines(session)
    for site in session.execute(select(Site)).scalars():
        assert carried.of_geometry(site.geometry) == site.district
    for school in session.execute(select(School)).scalars():
        assert carried.at(school.lat, school.lon, MARGIN_M) == school.district


def test_the_register_has_one_of_each_kind_worth_trying(session):
    rows = session.execute(select(Site)).scalars().all()
    assert Counter(site.geometry["type"] for site in rows)["Polygon"] == 2
    assert Counter(site.safety_level for site in rows) == {"normal": len(rows) - 3, "extra_care": 2, "do_not_go": 1}
    assert all((site.safety_reason is None) is (site.safety_level == "normal") for site in rows)
    assert session.get(Site, DO_NOT_GO).safety_review_on > datetime.now(UTC).date()
    assert Counter(site.kind for site in rows)["other"] >= 4
    assert session.get(Site, MERGED).merged_into_id == MERGED_INTO


def test_seeding_again_changes_nothing(session):
    before = session.execute(select(SyncState.seq)).scalar_one()
    counts = [session.query(model).count() for model in (District, School, Site, SiteMapping)]
    seed_register(session, rule=RULE)
    assert session.execute(select(SyncState.seq)).scalar_one() == before
    assert [session.query(model).count() for model in (District, School, Site, SiteMapping)] == counts


def test_no_two_synced_rows_share_a_place_in_the_order(session):
    taken = [seq for model in (District, School, Site) for seq in session.execute(select(model.seq)).scalars()]
    assert len(set(taken)) == len(taken)


@pytest.mark.parametrize(("filters", "count"), [({}, 31), ({"listed": "yes"}, 26), ({"listed": "no"}, 5)])
def test_filter_by_year_and_listed(session, filters, count):
    assert len(read(session, actor("analyst"), year=2024, **filters)["items"]) == count


@pytest.mark.parametrize(("answer", "count"), [("yes", 24), ("uncertain", 2), ("no", 5)])
def test_filter_by_nearness_as_of_the_year(session, answer, count):
    items = read(session, actor("analyst"), year=2023, school_near=answer)["items"]
    assert [item["school_near"] for item in items] == [answer] * count


def test_nearness_follows_the_year_asked_for(session):
    school = session.execute(select(School).where(School.school_unit_code == "99000001")).scalar_one()
    school.active_to = date(2024, 12, 31)
    mapping = {"source": "Demo", "reported_by": "both", "decided_on": date(2025, 1, 31), "rule": RULE}
    add_mapping(session, site_id=site_id(1), year=2025, status="listed", **mapping)
    then, now = (read(session, actor("analyst"), year=year, district="jarva") for year in (2023, 2025))
    assert next(item for item in then["items"] if item["id"] == site_id(1))["school_near"] == "yes"
    assert [(item["school_near"], item["schools"]) for item in now["items"]] == [("no", [])]
    assert session.get(Site, site_id(1)).school_near == "no"


def test_pages_follow_each_other_without_gap_or_repetition(session):
    seen, after = [], None
    while True:
        page = read(session, actor("admin"), limit=7, after=after)
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [site_id(number) for number in range(1, 40)]


def test_the_limit_is_clamped_not_refused(session):
    assert len(read(session, actor("admin"), limit=0)["items"]) == 1
    assert len(read(session, actor("admin"), limit=10**9)["items"]) == 39


def test_a_district_that_does_not_exist_is_invalid_and_a_year_without_mapping_has_no_sites(session):
    with pytest.raises(Invalid) as raised:
        read(session, actor("admin"), district="atlantis")
    assert set(raised.value.fields) == {"district"}
    assert read(session, actor("admin"), year=1999)["items"] == []


@pytest.mark.parametrize("role", FULL_ROLES)
def test_staff_read_every_site(session, role):
    assert len(read(session, actor(role))["items"]) == 39


@pytest.mark.parametrize(
    ("role", "sees"),
    [("field_worker", True), ("team_lead", True), ("analyst", True), ("admin", False), ("viewer", False)],
)
def test_staff_safety_is_for_those_who_work_there(session, role, sees):
    staffs = {"safety_level", "safety_reason", "safety_review_on", "visits_lately"}
    for item in read(session, actor(role))["items"]:
        assert staffs & set(item) == (staffs if sees else set())


def test_a_viewer_reads_public_sites_that_are_listed(session):
    items = read(session, actor("viewer"))["items"]
    assert len(items) == 24
    assert {item["kind"] for item in items} == {"open_drug_scene"}
    assert DO_NOT_GO not in {item["id"] for item in items}
    assert STRUCK not in {item["id"] for item in items}
    assert STRUCK in ids(read(session, actor("viewer"), year=2023))
    assert read(session, actor("viewer"), year=2024, listed="no")["items"] == []


def test_a_walk_coordinator_reads_public_places_by_their_label_only(session):
    items = read(session, actor("walk_coordinator"))["items"]
    assert len(items) == 35
    for item in items:
        assert item["name"] == item["public_label"]
        assert (item["kind"], item["mappings"], item["priorities"]) == ("other", [], [])
        hidden = {"safety_level", "safety_reason", "safety_review_on", "last_visited_on", "visits_lately", "visits_28d"}
        assert not {*hidden, "merged_into_id"} & set(item)


@pytest.mark.parametrize("filters", [{"year": 2023}, {"year": 2023, "school_near": "yes"}, {"listed": "yes"}])
def test_no_filter_tells_a_walk_coordinator_which_places_are_mapped(session, filters):
    assert read(session, actor("walk_coordinator"), **filters)["items"] == []


def test_not_listed_hides_nothing_from_who_knows_no_list(session):
    assert ids(read(session, actor("walk_coordinator"), listed="no")) == ids(read(session, actor("walk_coordinator")))


def test_a_viewer_who_also_coordinates_walks_reads_each_site_as_its_role_allows(session):
    items = {item["id"]: item for item in read(session, actor("viewer", "walk_coordinator"))["items"]}
    assert len(items) == 35
    assert items[site_id(1)]["mappings"]
    assert items[STRUCK]["mappings"] == []
    assert ids(read(session, actor("viewer", "walk_coordinator"), year=2024)) == ids(
        read(session, actor("viewer"), year=2024)
    )


def test_without_a_grant_nothing_is_read(session):
    assert read(session, NOBODY)["items"] == []
    assert read(session, NOBODY, year=2023)["items"] == []


def test_visits_of_28_days_come_from_whoever_knows_and_are_else_none(session):
    first, second = read(session, actor("viewer"), limit=2)["items"]
    assert (first["visits_28d"], second["visits_28d"]) == (3, 0)


def test_schools_near_a_site_are_those_its_answer_rests_on(session):
    page = queries.schools(session, actor("field_worker"), near_site=site_id(1))
    assert [item["name"] for item in page["items"]] == ["Demo skola 1"]


@pytest.mark.parametrize("unknown", [DO_NOT_GO, site_id(4711)])
def test_schools_near_a_site_one_may_not_know_answer_as_near_one_that_is_not(session, unknown):
    with pytest.raises(Invalid) as raised:
        queries.schools(session, actor("walk_coordinator"), near_site=unknown)
    assert raised.value.fields == {"near_site": ["unknown_id"]}


def test_schools_by_district(session):
    items = queries.schools(session, actor("viewer"), district="farsta")["items"]
    assert items
    assert {item["district"] for item in items} == {"farsta"}


def test_what_higher_packages_ask(session):
    known = queries.known_site_ids(session, [MERGED, DO_NOT_GO, site_id(4711)])
    assert known[MERGED] == queries.SiteFacts("jarva", MERGED_INTO, False)
    assert set(known) == {MERGED, DO_NOT_GO}
    assert queries.school_districts(session, ["99000001", "12345678"]) == {"99000001": "jarva"}


def test_a_newer_visit_moves_only_the_sites_it_changes(session):
    first, second = site_id(1), site_id(5)
    version = session.get(Site, first).version
    asked: list[str] = []

    def lately(site_ids):
        asked.extend(site_ids)
        return {first: Lately(visits=4, noted=3)}

    assert note_visits(session, {first: date(2026, 11, 20), second: None}, lately) == [first]
    session.expire_all()
    seq = session.execute(select(SyncState.seq)).scalar_one()
    assert session.get(Site, first).seq == seq
    assert session.get(Site, first).visits_lately == {"visits": 4, "noted": 3}
    assert note_visits(session, {first: date(2026, 11, 20)}, lately) == []
    assert asked == [first]
    assert note_visits(session, {first: None}, lambda _: {}) == [first]
    session.expire_all()
    assert session.get(Site, first).seq == seq + 1
    assert session.get(Site, first).version == version  # nothing of what people write changed
    assert session.get(Site, first).visits_lately == {"visits": 0, "noted": 0}


def test_schools_without_a_position_are_told_with_their_sites_whose_version_stays(session):
    near = session.scalars(select(Site).where(Site.school_near == "yes").limit(1)).one()
    before = (near.id, near.seq, near.version)
    for school in session.scalars(select(School)):
        school.lat = None
    assert recompute(session, rule=RULE, today=date(2026, 11, 20)) > 0
    after = session.get(Site, before[0], populate_existing=True)
    assert (after.school_near, after.version) == ("no", before[2])
    assert after.seq > before[1]


def test_a_year_is_mapped_once_per_site(session):
    mapping = {"source": "Demo", "reported_by": "both", "decided_on": date(2024, 1, 31), "rule": RULE}
    with pytest.raises(Conflict):
        add_mapping(session, site_id=site_id(1), year=2024, status="struck", **mapping)
    with pytest.raises(NotFound):
        add_mapping(session, site_id=site_id(4711), year=2024, status="struck", **mapping)


def test_an_older_mapping_added_late_leaves_the_latest_answer_alone(session):
    mapping = {"source": "Demo", "reported_by": "both", "decided_on": date(2022, 12, 1), "rule": RULE}
    add_mapping(session, site_id=STRUCK, year=2022, status="new", **mapping)
    site = session.get(Site, STRUCK)
    assert [entry["year"] for entry in site.mappings] == [2022, 2023, 2024]
    assert site.is_listed is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"district": "atlantis"}, "district"),
        ({"geometry": {"type": "Point", "coordinates": []}}, "geometry"),
    ],
)
def test_a_site_needs_a_district_and_a_geometry(session, changes, field):
    site = {
        "name": "Demo Provplatsen",
        "public_label": "Demo Provplatsen",
        "district": "farsta",
        "kind": "other",
        "geometry": {"type": "Point", "coordinates": [18.09, 59.24]},
        "rule": RULE,
    }
    with pytest.raises(Invalid) as raised:
        create_site(session, **(site | changes))
    assert set(raised.value.fields) == {field}


def test_the_database_refuses_codes_nobody_knows(session):
    session.get(Site, site_id(1)).kind = "market"
    with pytest.raises(IntegrityError, match="ck_sites_kind_known"):
        session.flush()


@pytest.mark.parametrize("role", ["field_worker", "viewer", "walk_coordinator", "admin"])
def test_phones_get_the_sites_the_list_gives(session, role):
    who = actor(role)
    listed = read(session, who, limit=1000)["items"]
    expected = [{key: item[key] for key in item if key != "visits_28d"} for item in listed]
    travelling = pulled(session, "sites", who)
    assert [{key: item[key] for key in item if key not in SERVER_FIELDS - {"id"}} for item in travelling] == expected


def test_phones_get_the_whole_register_of_schools(session):
    assert len(pulled(session, "schools", actor("walk_coordinator"))) == session.query(School).count()


def test_districts_travel_with_an_outline_for_the_eye(session):
    records = {record["code"]: record for record in pulled(session, "districts", actor("field_worker"))}
    assert len(records) == 11
    assert set(records["farsta"]) == {"code", "name", "neighbourhoods", "police_areas", "outline"} | SERVER_FIELDS
    drawn = sum(in_metres(read_geometry(record["outline"])).area for record in records.values())
    stored = sum(in_metres(read_geometry(row["geometry"])).area for row in queries.districts(session))
    assert drawn == pytest.approx(stored, rel=0.02)
    assert "Hökarängen" in records["farsta"]["neighbourhoods"]


@pytest.mark.parametrize("collection", [collection.name for collection in COLLECTIONS])
def test_nothing_travels_to_who_holds_no_role(session, collection):
    assert pulled(session, collection, NOBODY) == []


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda collection: collection.name)
def test_no_client_writes_a_place(collection):
    assert collection.schema is None


def test_geojson_of_sites_and_districts_is_valid(session):
    page = read(session, actor("field_worker"))
    for text in (site_features(page), district_features(queries.districts(session))):
        collection = geojson.loads(text)
        assert collection.is_valid
        assert "crs" not in collection
        for feature in collection["features"]:
            outline = read_geometry(feature["geometry"])
            assert outline.is_valid
            assert outline.geom_type == "Point" or outline.exterior.is_ccw
    assert "geometry" not in geojson.loads(site_features(page))["features"][0]["properties"]
