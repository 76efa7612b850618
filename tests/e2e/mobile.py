"""A mobile phone with the field app in a real Chromium: what a thumb does, in the words that stand on the screen.

The profile folder is the phone's memory: it outlives the browser, closed or killed. Knows no protocol and no database.
"""

import os
import re
import shutil
import signal
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, Route, expect

from fieldapp.demo.accounts import PASSWORD

# Waited for by a promise: `wait_for_function` polls with `eval`, which our policy refuses from its second look on.
CONTROLLED = """() => new Promise(done => {
    if (navigator.serviceWorker.controller) done(true)
    else navigator.serviceWorker.addEventListener("controllerchange", () => done(true), { once: true })
})"""
MAP_KEPT = """async () => {
    const kept = async () => (await (await caches.open("faltlogg-map")).keys()).map(({ url }) => url);
    const tries = Date.now() + 20000;
    while ((await kept()).length < 3 && Date.now() < tries) await new Promise(done => setTimeout(done, 100));
    return kept();
}"""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAVED = "Sparad på mobilen."
TONIGHT = re.compile("^(Ikväll|Idag)$")
A_PASS = re.compile("^(Kvällspass|Dagpass)$")
TENNIS_COURT = {"latitude": 59.24545, "longitude": 18.0907}
SYNC = "**/api/v1/sync"
Json = dict[str, Any]


def chromium_path() -> str:
    """Return where Chromium is. Raises `RuntimeError` saying what to do when there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise RuntimeError("Chromium saknas: kör scripts/setup.sh test (Debian: apt-get install chromium).")
    return found


def swedish(playwright: Playwright, **options: Any) -> Json:
    """Return context options of a Pixel 7 in Stockholm."""
    pixel = {key: value for key, value in playwright.devices["Pixel 7"].items() if key != "default_browser_type"}
    return {**pixel, "locale": "sv-SE", "timezone_id": "Europe/Stockholm", **options}


class Mobile:
    """One phone and its browser."""

    def __init__(self, playwright: Playwright, url: str, folder: Path, **options: Any) -> None:
        self._playwright, self.url, self._folder, self._options = playwright, url, folder, options
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self.faults: list[str] = []
        self.struck_at = 0.0

    # ------------------------------------------------------------ the machine

    def start(self, *, online: bool = True) -> Self:
        """Start the browser on the phone's profile."""
        self.struck_at = 0.0
        self._context = self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=chromium_path(),
            args=SWITCHES,
            **swedish(
                self._playwright, **{"permissions": ["geolocation"], "geolocation": TENNIS_COURT, **self._options}
            ),
        )
        self._context.set_default_timeout(15_000)
        self._context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self._context.on("dialog", self._note_dialog)
        self._context.add_init_script(VIOLATIONS)
        self._context.set_offline(not online)
        self._page = self._context.pages[0]
        return self

    def close(self) -> None:
        """Close the browser in good order; one that was struck dead is only let go of."""
        if self._context:
            with suppress(Error) if self.struck_at else nullcontext():
                for page in self._context.pages:
                    with suppress(Error):
                        page.evaluate(REACHES_NOBODY)
                self._context.close()
            self._context = self._page = None

    def kill(self) -> None:
        """SIGKILL the browser and all its processes, as an empty battery does."""
        self.strike()
        self.close()

    def strike(self) -> None:
        """The same from another thread: it stays the owner's to `close`."""
        os.killpg(self._browser_pid(), signal.SIGKILL)
        self.struck_at = time.monotonic()

    def _browser_pid(self) -> int:
        mark = f"--user-data-dir={self._folder}".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if mark in words and not any(word.startswith(b"--type=") for word in words):
                    return int(entry.name)
        raise AssertionError("the browser is not running")

    def _note_dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def context(self) -> BrowserContext:
        """The browser's context."""
        assert self._context
        return self._context

    @property
    def page(self) -> Page:
        """The tab in use."""
        assert self._page
        return self._page

    def new_tab(self) -> Page:
        """Open another tab and use it from now on."""
        self._page = self.context.new_page()
        return self._page

    def become(self, **options: Any) -> None:
        """Be another kind of phone from the next start on, with the same memory."""
        self._options = {**self._options, **options}

    def loads(self, page: Page | None = None, timeout: float = 30_000) -> Any:
        """Return a context that ends when another document has loaded: a new address alone is no such thing."""
        return (page or self.page).expect_event("domcontentloaded", timeout=timeout)

    def everything_kept(self) -> str:
        """Return whatever the page's databases hold, as text."""
        return str(self.page.evaluate(EVERYTHING_KEPT))

    def offline(self, is_offline: bool = True) -> None:
        """Lose or find coverage."""
        self.context.set_offline(is_offline)

    def answer_sync_with(self, **answer: Any) -> None:
        """Let somebody else answer instead of the server, as a captive portal does."""

        def fulfil(route: Route) -> None:
            route.fulfill(**answer)

        self.context.route(SYNC, fulfil)

    def reach_the_server(self) -> None:
        """Let requests through again."""
        self.context.unroute(SYNC)

    # ------------------------------------------------------------ what is on the screen

    def open(self, path: str = "/app") -> None:
        """Go to an address and wait for the screen."""
        self.page.goto(self.url + path)
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        # A screen that is slow to load stands under the app's own name meanwhile.
        expect(heading).not_to_have_text("Fältlogg")

    def button(self, name: str | re.Pattern[str], **kwargs: Any) -> Locator:
        """Return the button with a name."""
        return self.page.get_by_role("button", name=name, **{"exact": isinstance(name, str), **kwargs})

    def tap(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Tap the button with a name."""
        (within or self.page).get_by_role("button", name=name, exact=isinstance(name, str)).tap()

    def field(self, label: str) -> Locator:
        """Return the field with a label."""
        return self.page.get_by_label(label, exact=True)

    def sees_heading(self, name: str | re.Pattern[str]) -> None:
        """Wait for the screen with a heading."""
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def hears(self, words: str) -> None:
        """Wait for what a screen reader is told after an action."""
        expect(self.page.locator("[aria-live=polite].hidden")).to_have_text(f"{words}. {SAVED}")

    def card(self, place: str) -> Locator:
        """Return the card of one of tonight's places."""
        return self.page.locator("li.card").filter(has=self.page.get_by_role("heading", name=place))

    def here(self, place: str) -> Locator:
        """Return the card of the place the group is at."""
        return self.page.get_by_role("region", name=f"Ni är här: {place}", exact=True)

    def tab(self, name: str | re.Pattern[str]) -> None:
        """Go to one of the main screens."""
        self.page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name=name).tap()
        self.sees_heading(name)

    def shows_ticks(self, expected: list[str]) -> None:
        """Wait until the timeline says so, in any order. Each attempt to send says *Skickas* while it lasts."""
        deadline = time.monotonic() + 15
        while (shown := self._ticks()) != sorted(expected) and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert shown == sorted(expected)

    def _ticks(self) -> list[str]:
        lines = self.page.locator(".timeline .tick").all_inner_texts()
        return sorted(re.sub(r"^\S+ |( \d\d:\d\d)$", "", line) for line in lines)

    # ------------------------------------------------------------ an evening

    def sign_in(self, who: str, password: str = PASSWORD, *, with_places: bool = True) -> None:
        """Sign in as a demo person and wait until tonight's places have been fetched; some people have none."""
        self.open()
        self.field("E-post").fill(f"{who}@demo.example")
        self.field("Lösenord").fill(password)
        self.tap("Logga in")
        self.sees_heading(TONIGHT)
        if with_places:
            expect(self.page.locator("li.card").first).to_be_visible()

    def can_start_offline(self) -> None:
        """Wait until the service worker keeps everything a start without coverage needs."""
        self.page.evaluate(CONTROLLED)

    def keeps_the_map(self) -> None:
        """Wait until the service worker keeps what draws maps as well: it comes once the app itself is kept."""
        assert len(self.page.evaluate(MAP_KEPT)) == 3

    def start_pass(self) -> None:
        """*Starta pass* in one tap."""
        self.tap("Starta pass")
        self.hears("Passet har startat")

    def arrive(self, place: str) -> None:
        """*Vi är här* on the card of a place."""
        self.tap(f"Vi är här {place}")
        expect(self.here(place)).to_be_visible()

    def arrive_elsewhere(self, kind: str, search: str | None, place: str) -> None:
        """*Vi är här* at what is found in a list; `search` is the label of its search field."""
        self.pick_place(kind)
        if search:
            self.field(search).fill(place)
        row = self.page.locator("button.row").filter(has=self.page.get_by_text(place, exact=True))
        row.tap()
        self.sees_heading(TONIGHT)
        expect(self.here(place)).to_be_visible()

    def pick_place(self, kind: str) -> None:
        """Open *Vi är här* and say what kind of place it is."""
        self.tap("Vi är här – annan plats")
        self.sees_heading("Vi är här")
        self.tap(kind)

    def arrive_at_new_place(self, label: str) -> None:
        """*Vi är här* at a place outside the register, at the phone's own position."""
        self.pick_place("Ny plats")
        self.field("Vad kallas platsen?").fill(label)
        self.tap("Spara min position som ny plats")
        self.sees_heading(TONIGHT)
        expect(self.here(label)).to_be_visible()

    def observe(self, *topics: str) -> None:
        """*Ny iakttagelse* with topics, saved."""
        self.tap("Ny iakttagelse")
        self.sees_heading("Ny iakttagelse")
        for topic in topics:
            self.choose("Vad ser ni?", topic)
        self.save_observation()

    def choose(self, group: str, chip: str) -> None:
        """Tap a chip of a group and see it chosen."""
        chips = self.page.get_by_role("group", name=group, exact=True)
        expect(chips).to_be_visible()
        found = chips.get_by_role("button", name=chip, exact=True)
        if not found.is_visible():
            chips.get_by_role("button", name="Fler …").tap()
        found.tap()
        expect(found).to_have_attribute("aria-pressed", "true")

    def save_observation(self) -> None:
        """*Spara*, back on the main screen."""
        self.tap("Spara")
        self.sees_heading(TONIGHT)

    def leave(self) -> None:
        """*Avsluta besök*."""
        self.tap("Avsluta besök")
        expect(self.page.locator("section.here")).to_have_count(0)

    def waits_for_nothing(self) -> None:
        """Open Synkstatus and wait until everything has been received."""
        self.open("/app/mer/synk")
        # What is shown may be from before a colleague's records came: only an answer that was asked for now is news.
        with self.page.expect_request(SYNC, timeout=30_000) as asked:
            self.tap("Skicka nu")
        asked.value.response()
        expect(self.page.get_by_role("status").filter(has_text="Allt är mottaget.")).to_be_visible(timeout=30_000)

    def sends_all(self) -> None:
        """Find coverage, and wait until nothing waits on the phone; what others say of it is another matter."""
        self.offline(False)
        self.open("/app/mer/synk")
        self.tap("Skicka nu")
        expect(self.page.locator(".fact").filter(has_text="Kvar på mobilen")).to_contain_text("Inget", timeout=30_000)


# Every row of every database of the page, as text.
EVERYTHING_KEPT = """
    async () => {
        const answer = (request) => new Promise((done, fail) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => fail(request.error);
        });
        const kept = [];
        for (const { name } of await indexedDB.databases()) {
            const db = await answer(indexedDB.open(name));
            for (const store of db.objectStoreNames)
                kept.push(JSON.stringify(await answer(db.transaction(store).objectStore(store).getAll())));
            db.close();
        }
        return kept.join("\\n");
    }
"""
# CSP violations of our own code are noted, not thrown: the page keeps them, `Mobile.violations` reads them.
VIOLATIONS = """
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

# Trap 55: coverage comes back to a page while it is closed.
REACHES_NOBODY = """
    () => {
        addEventListener("online", (event) => event.stopImmediatePropagation(), { capture: true });
        window.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    }
"""
