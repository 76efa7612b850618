"""What pages ask of night walks: many evenings at once, a group's link and answers, the grid, names forgotten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from fieldapp.accounts.queries import account_of, person_of
from fieldapp.core.access import Actor
from fieldapp.core.clock import STOCKHOLM, local_date
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.plans.rules import WeeklyPattern
from fieldapp.walks import group_reads, services
from fieldapp.walks.answers import Answered, answer_walk
from fieldapp.walks.grid import grid
from tests.factories.phone import Phone

Json = dict[str, Any]
Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]
NOW = datetime.now(UTC).replace(microsecond=0)
MONDAY = local_date(NOW) + timedelta(days=7 - local_date(NOW).weekday())
NINE, ONE = time(21), time(1)


def in_context(call: Callable[..., Any]) -> Callable[..., Any]:
    """Give each call an app context of its own, as each request has one."""

    @wraps(call)
    def wrapped(desk: "Desk", *args: Any, **kwargs: Any) -> Any:
        with desk.app.app_context():
            return call(desk, *args, **kwargs)

    return wrapped


class Desk:
    """Calls services as pages do: each in a writing transaction of its own."""

    def __init__(self, app: Flask) -> None:
        self.app, self.registry = app, app.extensions["fieldapp.registry"]

    @in_context
    def actor(self, who: str) -> Actor:
        account = account_of(db.session(), f"{who}@demo.example")
        assert account
        return person_of(db.session(), account.id).at(NOW)

    @in_context
    def plan(self, who: str, cells: Any, **more: Any) -> tuple[int, int]:
        given = {"starts": NINE, "ends": ONE, "now": NOW, **more}
        with write_transaction():
            return services.plan_evenings(db.session(), self.registry, actor=self.actor(who), cells=cells, **given)

    @in_context
    def weekly(self, who: str, groups: list[str], pattern: WeeklyPattern) -> tuple[int, int]:
        with write_transaction():
            return services.plan_weekly(
                db.session(), self.registry, actor=self.actor(who), group_ids=groups, pattern=pattern, now=NOW
            )

    @in_context
    def link(self, who: str, group_id: str) -> services.NewSecret:
        with write_transaction():
            return services.make_link(db.session(), actor=self.actor(who), group_id=group_id, now=NOW)

    @in_context
    def revoke(self, who: str, link_id: str) -> None:
        with write_transaction():
            services.revoke_link(db.session(), actor=self.actor(who), link_id=link_id, now=NOW)

    @in_context
    def behind(self, token: str) -> group_reads.GroupLink | None:
        return group_reads.group_behind(db.session(), token)

    @in_context
    def answer(self, token: str, walk_id: str, kind: str, *, now: datetime = NOW, **fields: Any) -> Answered:
        link = self.behind(token)
        assert link
        return self.answer_by(link, walk_id, kind, now=now, **fields)

    @in_context
    def answer_by(
        self, link: group_reads.GroupLink, walk_id: str, kind: str, *, now: datetime = NOW, **fields: Any
    ) -> Answered:
        said = {"id": new_id(), "walk_id": walk_id, "version": 1, "kind": kind, **fields}
        with write_transaction():
            return answer_walk(db.session(), self.registry, link=link, answer=said, now=now)

    @in_context
    def grid(self, who: str, *, now: datetime = NOW, **more: Any) -> Json:
        asked = {"district": "farsta", "first": MONDAY, "weeks": 2, **more}
        return grid(db.session(), self.actor(who), now=now, **asked)

    @in_context
    def page(self, token: str) -> list[Json]:
        link = self.behind(token)
        assert link
        return group_reads.walks_of_group(db.session(), link=link, now=NOW)

    @in_context
    def links(self, who: str, group_id: str) -> list[Json]:
        return group_reads.links_of(db.session(), self.actor(who), group_id=group_id)

    @in_context
    def latest(self, walk_id: str, now: datetime = NOW) -> Json:
        return group_reads.latest_answers(db.session(), [walk_id], now=now)[walk_id]

    @in_context
    def forget(self, now: datetime) -> int:
        with write_transaction():
            return services.forget_names(db.session(), now)


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.fixture
def groups(phone: Phones) -> list[str]:
    """Two groups of Farsta and one of Bromma."""
    coordinator, everywhere = phone("nattvandring"), phone("jourledare")
    made = [coordinator.walk_group(name="Demo A"), coordinator.walk_group(name="Demo B")]
    coordinator.apply(*made)
    other = everywhere.walk_group(name="Demo C", district="bromma")
    everywhere.apply(other)
    return [one["record_id"] for one in (*made, other)]


def walks(rows: Rows) -> list[Json]:
    return rows("SELECT * FROM walks WHERE NOT deleted ORDER BY planned_start, group_id")


def only_walk(rows: Rows) -> Json:
    [found] = walks(rows)
    return found


# ---------------------------------------------------------------- planning


def test_many_evenings_are_planned_at_once_and_none_twice(desk: Desk, groups: list[str], phone: Phones, rows: Rows):
    a, b, _ = groups
    cells = [(a, MONDAY), (b, MONDAY), (a, MONDAY + timedelta(days=4)), (a, MONDAY)]
    common = {"meeting_point": "Demotorget", "planned_walkers": 3, "duty_phone": "08-508 18 000"}
    assert desk.plan("nattvandring", cells, walk=common) == (3, 0)
    assert desk.plan("nattvandring", [*cells, (b, MONDAY + timedelta(days=4))]) == (1, 3)
    fresh = phone("falt1")
    fresh.pull()
    held = fresh.held("walks")
    assert len(held) == 4
    assert {walk["meeting_point"] for walk in held} == {"Demotorget", ""}
    assert {walk["status"] for walk in held} == {"planned"}
    coordinator = phone("nattvandring")
    coordinator.pull()
    one = held[0]
    coordinator.apply(coordinator.mutation("walks", "update", one["id"], 1, status="cancelled"))
    assert desk.plan("nattvandring", cells) == (0, 3)  # cancelled is somebody's decision
    assert desk.plan("nattvandring", []) == (0, 0)


def test_planning_is_all_or_none(desk: Desk, groups: list[str], rows: Rows):
    a, _, foreign = groups
    night = [(a, MONDAY), (a, MONDAY + timedelta(days=1))]
    hidden = rows("SELECT id FROM sites WHERE NOT is_public AND merged_into_id IS NULL")[0]["id"]
    refused: list[tuple[str, Any, Json, type[DomainError]]] = [
        ("nattvandring", [*night, (foreign, MONDAY)], {}, NotFound),
        ("nattvandring", [*night, (new_id(), MONDAY)], {}, NotFound),
        ("falt1", night, {}, NotAllowed),
        ("falt3", night, {}, NotFound),
        ("analys", night, {}, NotAllowed),
        ("nattvandring", night, {"walk": {"site_ids": [hidden]}}, Invalid),
        ("nattvandring", night, {"walk": {"meeting_point": "811218-9876"}}, Invalid),
        ("nattvandring", night, {"starts": time(8), "ends": time(20, 1)}, Invalid),
        ("nattvandring", [(a, MONDAY + timedelta(days=n)) for n in range(201)], {}, Invalid),
    ]
    for who, cells, more, error in refused:
        with pytest.raises(error):
            desk.plan(who, cells, **more)
    assert walks(rows) == []
    assert desk.plan("jourledare", [(foreign, MONDAY), (a, MONDAY)]) == (2, 0)
    assert {walk["district"] for walk in walks(rows)} == {"bromma", "farsta"}


def test_weekly_walks_keep_their_local_times_over_the_change_of_the_clock(desk: Desk, groups: list[str], rows: Rows):
    first = date(2026, 10, 12)
    left_out = frozenset({date(2026, 10, 31)})
    pattern = WeeklyPattern(first, 3, frozenset({5}), NINE, ONE, left_out)
    assert desk.weekly("ledare2", groups[:2], pattern) == (4, 0)
    found = {
        tuple(datetime.fromisoformat(str(walk[name])).replace(tzinfo=UTC).astimezone(STOCKHOLM) for name in TIMES)
        for walk in walks(rows)
    }
    assert {(start.date(), start.hour, end.hour) for start, end in found} == {
        (date(2026, 10, 17), 21, 1),
        (date(2026, 10, 24), 21, 1),
    }
    assert desk.weekly("ledare2", groups[:2], pattern) == (0, 4)


TIMES = ("planned_start", "planned_end")


def test_two_who_plan_the_same_evening_at_the_same_moment_plan_it_once(desk: Desk, groups: list[str], rows: Rows):
    cells = [(group, MONDAY + timedelta(days=n)) for group in groups[:2] for n in range(5)]
    with ThreadPoolExecutor(2) as pool:
        came_to = list(pool.map(lambda who: desk.plan(who, cells), ["nattvandring", "ledare2"]))
    assert sorted(came_to) == [(0, 10), (10, 0)]
    assert len(walks(rows)) == 10


# ---------------------------------------------------------------- links


def test_a_link_is_shown_once_leads_to_its_group_alone_and_ends_at_once(desk: Desk, groups: list[str], rows: Rows):
    made = desk.link("nattvandring", groups[0])
    found = desk.behind(made.token)
    assert (found.id, found.group_id, found.name, found.district) == (made.id, groups[0], "Demo A", "farsta")
    assert made.token not in str(rows("SELECT * FROM walk_links") + rows("SELECT * FROM audit_log"))
    assert [link["id"] for link in desk.links("ledare2", groups[0])] == [made.id]
    assert desk.links("falt1", groups[0]) == []
    for unknown in ("", "x", made.token[:-1], made.token + "x", "\ud800"):
        assert desk.behind(unknown) is None
    for who, error in (("falt1", NotAllowed), ("falt3", NotFound), ("analys", NotAllowed)):
        with pytest.raises(error):
            desk.link(who, groups[0])
        with pytest.raises(error):
            desk.revoke(who, made.id)
    with pytest.raises(NotFound):
        desk.link("nattvandring", groups[2])
    desk.revoke("ledare2", made.id)
    assert desk.behind(made.token) is None
    with pytest.raises(NotFound):
        desk.revoke("ledare2", made.id)
    actions = [row["action"] for row in rows("SELECT action FROM audit_log ORDER BY number") if "link" in row["action"]]
    assert actions == ["walk_link.created", "walk_link.revoked"]


def test_the_link_of_a_group_that_is_no_more_leads_nowhere(desk: Desk, groups: list[str], phone: Phones):
    made = desk.link("nattvandring", groups[0])
    coordinator = phone("nattvandring")
    coordinator.apply(coordinator.mutation("walk_groups", "delete", groups[0], 1))
    assert desk.behind(made.token) is None


# ---------------------------------------------------------------- answers


@pytest.fixture
def token(desk: Desk, groups: list[str]) -> str:
    """A link to Demo A, which walks on Monday."""
    desk.plan("nattvandring", [(groups[0], MONDAY)])
    return desk.link("nattvandring", groups[0]).token


def test_coming_makes_a_walk_ready_or_planned_and_reaches_the_phones(desk: Desk, token: str, phone: Phones, rows: Rows):
    walk = only_walk(rows)["id"]
    assert desk.answer(token, walk, "coming", walkers=3) == Answered(walk, 2, is_repeated=False)
    assert desk.answer(token, walk, "coming", walkers="1", version="2").version == 3  # as a form types it
    fresh = phone("falt1")
    fresh.pull()
    [held] = fresh.held("walks")
    assert (held["status"], held["planned_walkers"], held["version"]) == ("planned", 1, 3)
    history = rows("SELECT user_id, device_id FROM sync_history WHERE collection = 'walks' ORDER BY version")
    link = desk.behind(token)
    assert [(row["user_id"], row["device_id"]) for row in history[1:]] == [(link.id, None)] * 2  # no person's doing


def test_cannot_and_another_evening_are_kept_and_shown_and_the_walk_stands(desk: Desk, token: str, rows: Rows):
    walk = only_walk(rows)
    desk.answer(token, walk["id"], "cannot", note="Vi är sjuka", name="Åsa")
    other = MONDAY + timedelta(days=1)
    assert desk.answer(token, walk["id"], "other_evening", other_evening=other.isoformat()).version == 1
    assert only_walk(rows)["version"] == 1
    answer = desk.latest(walk["id"])
    assert (answer["kind"], answer["other_evening"], answer["name"]) == ("other_evening", other, None)


def test_the_log_tells_how_many_came_and_closes_the_walk(desk: Desk, token: str, rows: Rows):
    walk = only_walk(rows)["id"]
    after = NOW + timedelta(days=9)
    desk.answer(token, walk, "log", now=after, walkers=1, mood="lively", note="Mörkt vid gången")
    found = only_walk(rows)
    assert {name: found[name] for name in ("status", "actual_walkers", "mood", "log_note", "planned_walkers")} == {
        "status": "done",
        "actual_walkers": 1,
        "mood": "lively",
        "log_note": "Mörkt vid gången",
        "planned_walkers": 0,
    }


def test_an_answer_counts_once_and_its_id_carries_no_other_content(
    desk: Desk, token: str, groups: list[str], rows: Rows
):
    walk, said = only_walk(rows)["id"], {"id": new_id(), "walkers": 4, "name": "B.A."}
    first = desk.answer(token, walk, "coming", **said)
    again = desk.answer(token, walk, "coming", **said)
    assert (first, again) == (Answered(walk, 2, is_repeated=False), Answered(walk, 2, is_repeated=True))
    for other in ({"walkers": 5}, {"note": "x"}):
        with pytest.raises(Conflict) as refused:
            desk.answer(token, walk, "coming", **{**said, **other})
        assert refused.value.slug == "answer_reused"
    assert len(rows("SELECT id FROM walk_answers")) == 1
    assert only_walk(rows)["version"] == 2


def test_an_answer_that_comes_twice_at_the_same_moment_counts_once(desk: Desk, token: str, rows: Rows):
    walk, said = only_walk(rows)["id"], {"id": new_id(), "walkers": 4}
    with ThreadPoolExecutor(2) as pool:
        came_to = list(pool.map(lambda _: desk.answer(token, walk, "coming", **said), range(2)))
    assert sorted(answered.is_repeated for answered in came_to) == [False, True]
    assert only_walk(rows)["version"] == 2


def test_what_moved_meanwhile_is_told_and_nothing_is_kept(desk: Desk, token: str, phone: Phones, rows: Rows):
    walk = only_walk(rows)["id"]
    coordinator = phone("nattvandring")
    coordinator.apply(coordinator.mutation("walks", "update", walk, 1, planned_walkers=6, status="ready"))
    with pytest.raises(Conflict):
        desk.answer(token, walk, "coming", walkers=2)
    assert rows("SELECT id FROM walk_answers") == []
    assert (only_walk(rows)["planned_walkers"], only_walk(rows)["version"]) == (6, 2)
    desk.answer(token, walk, "coming", walkers=2, version=2)  # seen, and said again
    coordinator.apply(coordinator.mutation("walks", "update", walk, 3, status="cancelled"))
    with pytest.raises(Invalid) as refused:
        desk.answer(token, walk, "coming", walkers=2, version=4)
    assert refused.value.fields == {"kind": ["walk_is_cancelled"]}


REFUSED: list[tuple[Json, str, str]] = [
    ({"note": "811218-9876"}, "note", "personal_number"),
    ({"note": "x" * 2001}, "note", "too_long"),
    ({"note": "dold\u200btext"}, "note", "forbidden_characters"),
    ({"name": "Åsa Ek"}, "name", "not_one_name"),
    ({"name": "x" * 21}, "name", "too_long"),
    ({"walkers": None}, "walkers", "required"),
    ({"walkers": 501}, "walkers", "out_of_range"),
    ({"walkers": "många"}, "walkers", "not_a_whole_number"),
    ({"id": "x"}, "id", "not_an_id"),
    ({"person": "x"}, "person", "unknown_field"),
    ({"kind": "maybe"}, "kind", "unknown_code"),
]


def test_PU13_X34_what_a_group_writes_is_guarded(desk: Desk, token: str, rows: Rows):
    walk = only_walk(rows)["id"]
    for fields, wrong, key in REFUSED:
        with pytest.raises(Invalid) as refused:
            desk.answer(token, walk, **{"kind": "coming", "walkers": 2, **fields})
        assert refused.value.fields == {wrong: [key]}
    assert rows("SELECT id FROM walk_answers") == []


def test_X36_another_groups_walk_and_one_that_does_not_exist_are_the_same(
    desk: Desk, token: str, groups: list[str], rows: Rows
):
    desk.plan("nattvandring", [(groups[1], MONDAY)])
    [other] = [walk["id"] for walk in walks(rows) if walk["group_id"] == groups[1]]
    for walk in (other, new_id()):
        with pytest.raises(NotFound):
            desk.answer(token, walk, "coming", walkers=2)
    [shown] = desk.page(token)
    assert shown["id"] != other


def test_a_link_that_ended_while_its_page_stood_open_takes_no_answer(desk: Desk, token: str, rows: Rows):
    link = desk.behind(token)
    desk.revoke("nattvandring", link.id)
    with pytest.raises(NotFound):
        desk.answer_by(link, only_walk(rows)["id"], "cannot")


def test_a_groups_page_shows_public_labels_and_no_log(
    desk: Desk, token: str, rows: Rows, sql: Callable[..., None], phone: Phones
):
    places = rows("SELECT id, public_label FROM sites WHERE is_public AND merged_into_id IS NULL ORDER BY id LIMIT 2")
    walk = only_walk(rows)["id"]
    coordinator = phone("nattvandring")
    coordinator.apply(
        coordinator.mutation("walks", "update", walk, 1, site_ids=[place["id"] for place in places], log_note="KANARIE")
    )
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=places[1]["id"])
    [shown] = desk.page(token)
    assert shown["places"] == [places[0]["public_label"]]
    assert "KANARIE" not in str(shown)
    assert not shown.keys() & {"log_note", "site_ids", "mood", "district"}


# ---------------------------------------------------------------- the grid and names


def test_the_grid_shows_every_group_and_evening_with_the_latest_answer_and_special_days(
    desk: Desk, token: str, groups: list[str], rows: Rows, sql: Callable[..., None]
):
    sql("INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', 'Demolov')", id=new_id(), day=MONDAY)
    walk = only_walk(rows)["id"]
    desk.answer(token, walk, "coming", walkers=2, name="Eva")
    desk.answer(token, walk, "cannot", name="Eva", now=NOW + timedelta(seconds=1))
    found = desk.grid("nattvandring")
    assert [evening["date"] for evening in found["evenings"]] == [MONDAY + timedelta(days=n) for n in range(14)]
    assert found["evenings"][0]["special_days"] == [{"code": "lov", "name": "Demolov"}]
    assert [row["group"]["name"] for row in found["rows"]] == ["Demo A", "Demo B"]
    [shown] = found["rows"][0]["cells"][0]["walks"]
    assert (shown["id"], shown["answer"]["kind"], shown["answer"]["name"]) == (walk, "cannot", "Eva")
    assert all(cell["walks"] == [] for cell in [*found["rows"][0]["cells"][1:], *found["rows"][1]["cells"]])
    fridays = desk.grid("falt1", weekday=4)
    assert [evening["date"].weekday() for evening in fridays["evenings"]] == [4, 4]
    for who in ("falt3", "direktor", "admin"):
        with pytest.raises(NotFound):
            desk.grid(who)


def test_a_name_is_forgotten_ninety_days_after_the_walk_and_not_shown_whatever_was_erased(
    desk: Desk, token: str, rows: Rows, app: Flask, sql: Callable[..., None]
):
    walk = only_walk(rows)
    desk.answer(token, walk["id"], "coming", walkers=2, name="Eva", note="Vi kommer")
    ended = datetime.combine(MONDAY + timedelta(days=1), ONE, STOCKHOLM)

    def shown(now: datetime) -> str | None:
        name: str | None = desk.latest(walk["id"], now)["name"]
        return name

    last = ended + timedelta(days=90)
    assert shown(last - timedelta(seconds=1)) == "Eva"
    assert shown(last) is None
    assert desk.forget(last - timedelta(seconds=1)) == 0
    assert (desk.forget(last), desk.forget(last)) == (1, 0)
    [kept] = rows("SELECT name, note, walkers FROM walk_answers")
    assert kept == {"name": None, "note": "Vi kommer", "walkers": 2}


def test_names_are_forgotten_by_a_command(app: Flask, desk: Desk, token: str, rows: Rows, sql: Callable[..., None]):
    desk.answer(token, only_walk(rows)["id"], "cannot", name="Eva")
    runner: FlaskCliRunner = app.test_cli_runner()
    assert runner.invoke(args=["walks", "forget"]).output == "Namn som raderats: 0\n"
    sql("UPDATE walks SET planned_end = :past", past="2026-01-01 00:00:00+00:00")
    assert runner.invoke(args=["walks", "forget"]).output == "Namn som raderats: 1\n"
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'walk_names.erased'") == [{"n": 1}]
    assert rows("SELECT name FROM walk_answers") == [{"name": None}]
