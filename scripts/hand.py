"""A hand at human pace: thinks before each tap and types key by key, and counts both. For measuring, nothing else.

Pace: the keystroke-level model (Card, Moran & Newell 1980) – 1.35 s to think and 1.1 s to point before each tap, 0.28 s
a key – although who does this every evening thinks less. Reading: 238 words a minute, silently (Brysbaert 2019); it is
added to the time, not waited for.
"""

import time
from typing import Self

from playwright.sync_api import Locator, Page

THINK_MS, POINT_MS, KEY_MS = 1_350, 1_100, 280
WORDS_A_MINUTE = 238


class Hand:
    """One person's hand on one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.taps, self.words = 0, 0
        self._began = time.monotonic()

    def begin(self) -> Self:
        """Start counting anew."""
        self.taps, self.words, self._began = 0, 0, time.monotonic()
        return self

    def tap(self, what: Locator) -> None:
        """Think, aim, tap or click."""
        self._page.wait_for_timeout(THINK_MS + POINT_MS)
        what.scroll_into_view_if_needed()
        what.click()
        self.taps += 1

    def write(self, where: Locator, text: str) -> None:
        """Aim at a field and write."""
        self.tap(where)
        where.press_sequentially(text, delay=KEY_MS)

    def choose(self, where: Locator, label: str) -> None:
        """Open a list of choices and take one: two taps."""
        self.tap(where)
        self._page.wait_for_timeout(POINT_MS)
        where.select_option(label=label)
        self.taps += 1

    def read(self, what: Locator) -> None:
        """Read every word shown there, once; not what can be pressed and the names of parts, the same on each page."""
        known = what.locator("nav a, .to-do a, button, summary, label, h2, dt").all_inner_texts()
        self.words += len(what.inner_text().split()) - sum(len(text.split()) for text in known)

    def figures(self) -> tuple[str, ...]:
        """Return what it took so far, in words."""
        reading = self.words / WORDS_A_MINUTE * 60
        read = (f"{self.words} words",) if self.words else ()
        return f"{self.taps} taps", *read, f"{time.monotonic() - self._began + reading:.0f} s at human pace"
