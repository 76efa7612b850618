"""A real browser against a real server, on SQLite alone: what differs between engines is proved below the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy import create_engine, text

from fieldapp.demo.accounts import PASSWORD
from tests.e2e.mobile import SWITCHES, Mobile, chromium_path
from tests.e2e.staged import StagedServer, staging
from tests.faults.server import HOUSE, Server, serving


@pytest.fixture(scope="session", autouse=True)
def _browser_and_client_are_there() -> None:
    """A missing browser or client is a failure, never a skipped test."""
    try:
        chromium_path()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    if not (HOUSE / "static/dist/index.html").exists():
        pytest.fail("Klienten är inte byggd: kör scripts/setup.sh test.", pytrace=False)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def desk(playwright: Playwright) -> Iterator[Browser]:
    """The office's browser."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
    yield browser
    browser.close()


@pytest.fixture
def engine_name() -> str:
    """SQLite."""
    return "sqlite"


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A gunicorn on a fresh seeded database, under the name that browsers take for secure."""
    with serving(database_url, tmp_path) as running:
        running.url = running.url.replace("127.0.0.1", "localhost")
        yield running


@pytest.fixture
def staged(database_url: str, tmp_path: Path) -> Iterator[StagedServer]:
    """The same, ready for other builds and other times; a module that needs it takes it for its `server`."""
    with staging(database_url, tmp_path) as running:
        yield running


@pytest.fixture
def mobile(playwright: Playwright, server: Server, tmp_path: Path) -> Iterator[Callable[..., Mobile]]:
    """Take a new phone out of its box: `mobile()`. At the end none may have met a script error or a dialogue."""
    phones: list[Mobile] = []

    def take(**options: Any) -> Mobile:
        phone = Mobile(playwright, server.url, tmp_path / f"profile-{len(phones)}", **options).start()
        phones.append(phone)
        return phone

    yield take
    for phone in phones:
        phone.close()
    assert [fault for phone in phones for fault in phone.faults] == []


@pytest.fixture
def office(desk: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Sign a demo person in on the office pages, by form: `office("ledare")`. Without JavaScript unless told."""
    contexts = []

    def signed_in(who: str, **options: Any) -> Page:
        context = desk.new_context(**{"java_script_enabled": False, "locale": "sv-SE", **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(server.url + "/office/sign-in")
        page.get_by_label("E-post").fill(f"{who}@demo.example")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.get_by_role("navigation").first.wait_for()
        return page

    yield signed_in
    for context in contexts:
        context.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Callable[..., list[dict[str, Any]]]]:
    """Read or change the database past the server: `database("SELECT …", name=value)`."""
    engine = create_engine(database_url)

    def run(statement: str, **values: Any) -> list[dict[str, Any]]:
        with engine.begin() as connection:
            found = connection.execute(text(statement), values)
            return [dict(row) for row in found.mappings()] if found.returns_rows else []

    yield run
    engine.dispose()
