"""Night walks on phones: a coordinator's log without coverage, received once, and what a field worker reads of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import bring_axe
from tests.e2e.mobile import Mobile
from tests.e2e.test_accessibility import faults_of
from tests.factories.phone import now_iso
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
WALKS = "/app/mer/nattvandring"
A_WALK = re.compile("Demo Föräldravandrarna")


@pytest.fixture
def walk_id(server: Server) -> str:
    """A group of Farsta walks tonight."""
    desk = wire_phone(server.url, "nattvandring")
    group = desk.mutation("walk_groups", "create", district="farsta", name="Demo Föräldravandrarna")
    fields = {"district": "farsta", "group_id": group["record_id"], "status": "planned", "meeting_point": "Demotorget"}
    times = {"planned_start": now_iso(hours=-1), "planned_end": now_iso(hours=3)}
    walk = desk.mutation("walks", "create", **fields, **times)
    desk.apply(group, walk)
    return str(walk["record_id"])


def sign_in(phone: Mobile, who: str) -> None:
    """Sign in as somebody whose first screen may be empty."""
    phone.sign_in(who, with_places=False)
    phone.waits_for_nothing()


def test_a_walks_log_is_written_without_coverage_and_received_once(
    mobile: Callable[..., Mobile], database: Database, walk_id: str
) -> None:
    coordinator, field_worker = mobile(), mobile()
    sign_in(coordinator, "nattvandring")
    coordinator.can_start_offline()
    coordinator.offline()
    coordinator.open()
    coordinator.page.get_by_role("main").get_by_role("link", name="Nattvandring").tap()
    coordinator.page.get_by_role("link", name=A_WALK).first.tap()
    coordinator.sees_heading(A_WALK)
    coordinator.tap("Genomförd")
    coordinator.field("Vandrare som gick").fill("7")
    coordinator.tap("Livligt")
    coordinator.field("Att föra vidare").fill("Lampan vid gångvägen är trasig.")
    coordinator.tap("Spara")
    coordinator.hears("Ändringen är sparad")
    coordinator.sees_heading("Nattvandring")
    coordinator.close()
    coordinator.start(online=False)
    coordinator.open(f"{WALKS}/{walk_id}")
    expect(coordinator.field("Vandrare som gick")).to_have_value("7")
    coordinator.offline(False)
    coordinator.waits_for_nothing()
    (walk,) = database("SELECT status, actual_walkers, mood, version FROM walks WHERE id = :id", id=walk_id)
    assert walk == {"status": "done", "actual_walkers": 7, "mood": "lively", "version": 2}

    sign_in(field_worker, "falt1")
    field_worker.open(f"{WALKS}/{walk_id}")
    expect(field_worker.page.get_by_text("Logg: 7 vandrare · Livligt")).to_be_visible()
    expect(field_worker.page.get_by_text("Lampan vid gångvägen är trasig.")).to_be_visible()
    expect(field_worker.button("Spara")).to_have_count(0)


@pytest.mark.usefixtures("walk_id")
def test_a_walk_is_not_ready_with_one_and_says_so_at_once(mobile: Callable[..., Mobile]) -> None:
    phone = mobile()
    sign_in(phone, "nattvandring")
    phone.open(WALKS)
    phone.page.get_by_role("link", name=A_WALK).first.tap()
    phone.field("Vandrare som kommer").fill("1")
    phone.tap("Klar")
    phone.tap("Spara")
    expect(phone.page.get_by_role("alert")).to_contain_text("Klar behöver minst två vandrare")
    phone.field("Vandrare som kommer").fill("2")
    expect(phone.page.get_by_text("Två räcker, men tre är bättre.")).to_be_visible()
    phone.tap("Spara")
    phone.hears("Ändringen är sparad")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_walks_screens_follow_wcag_22_aa_U05_U03(scheme: str, mobile: Callable[..., Mobile], walk_id: str) -> None:
    coordinator, field_worker = mobile(color_scheme=scheme), mobile(color_scheme=scheme)
    faults: list[str] = []
    for phone, who in ((coordinator, "nattvandring"), (field_worker, "falt1")):
        bring_axe(phone.context)
        sign_in(phone, who)
        for path in (WALKS, f"{WALKS}/{walk_id}"):
            phone.open(path)
            faults += faults_of(phone.page, f"{path} {who}")
    coordinator.open(f"{WALKS}/{walk_id}")
    coordinator.tap("Klar")
    coordinator.tap("Spara")
    expect(coordinator.page.get_by_role("alert")).to_be_visible()
    faults += faults_of(coordinator.page, "a fault")
    assert "\n".join(faults) == ""
