"""What can be measured of a page: axe's findings, what overflows, how large targets are. Knows no screen by name."""

import time
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page

from tests.faults.server import HOUSE

AXE = HOUSE / "static/node_modules/axe-core/axe.min.js"
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TARGET_PX, PRIMARY_PX = 48, 56
Json = dict[str, Any]


def bring_axe(context: BrowserContext) -> None:
    """Have axe in every page from the next navigation on; the pages' own CSP lets no script in by a tag."""
    context.add_init_script(path=AXE)


def axe_findings(page: Page) -> list[str]:
    """Return axe's WCAG 2.2 A and AA violations, a line each, of a page with all its styles."""
    page.wait_for_load_state("load")
    answer: Json = page.evaluate(
        """async (tags) => {
            const run = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
            const { violations, passes } = await axe.run(document, run);
            const found = violations.flatMap(({ id, nodes }) =>
                nodes.map(({ target, failureSummary }) => ({ id, target: target.join(" "), failureSummary })));
            return { passed: passes.map(({ id }) => id), found };
        }""",
        WCAG_22_AA,
    )
    found: list[Json] = answer["found"]
    # A page without text in sight would pass in silence.
    assert "color-contrast" in {*answer["passed"], *(one["id"] for one in found)}, "axe has looked at nothing"
    return [f"{one['id']} {one['target']}: {' '.join(one['failureSummary'].split())[:300]}" for one in found]


def overflow_px(page: Page) -> int:
    """Return how far content reaches outside the window sideways, the page's own scrolling parts included."""
    found: int = page.evaluate(
        """() => Math.max(...[document.scrollingElement, document.querySelector("main")]
            .filter(Boolean).map((one) => one.scrollWidth - one.clientWidth))"""
    )
    return found


def slides_px(page: Page) -> int:
    """Return how far the page can be pushed out of the window upwards: only what lies between the bars scrolls."""
    found: int = page.evaluate("document.scrollingElement.scrollHeight - document.scrollingElement.clientHeight")
    return found


def too_wide(page: Page) -> str:
    """Return what reaches outside the window, for the message of a test that fails."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((one) => !one.closest(".hidden") && one.getBoundingClientRect().right > innerWidth + 0.5)
            .map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.slice(0, 40)}`)"""
    )
    return "; ".join(found[-3:])


def targets(page: Page) -> list[Json]:
    """Return what can be pressed: name, width, height, and whether it is the primary action and where its middle is.

    A checkbox is as large as the label beside it. What is hidden from the eye is no target.
    """
    found: list[Json] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
            .filter((one) => one.checkVisibility() && !one.closest(".hidden") && one.getClientRects().length > 0)
            .map((one) => {
                const pressed = one.type === "checkbox" ? one.parentElement : one;
                const { width, height, top } = pressed.getBoundingClientRect();
                const name = (one.ariaLabel || one.textContent || one.id).trim();
                const primary = one.classList.contains("primary") && Boolean(one.closest(".action"));
                return { name, width, height, primary, middle: (top + height / 2) / innerHeight };
            })"""
    )
    return found


def too_small(page: Page) -> list[str]:
    """Return the targets under 48 px, and primary actions under 56 (U03)."""
    return [
        f"{one['name']!r} {one['width']:.0f} × {one['height']:.0f}"
        for one in targets(page)
        if min(one["width"], one["height"]) < (PRIMARY_PX if one["primary"] else TARGET_PX) - 0.01
    ]


def out_of_reach(page: Page) -> list[str]:
    """Return primary actions that lie in the upper half of the window (U03)."""
    return [
        f"{one['name']!r} at {one['middle']:.0%}" for one in targets(page) if one["primary"] and one["middle"] < 0.5
    ]


def spots(shown: Locator, colour: str) -> list[tuple[float, float]]:
    """Return where an element on the screen has exactly a colour, `#rrggbb`, in CSS pixels from its corner."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    seen = np.asarray(Image.open(BytesIO(shown.screenshot())).convert("RGB"))
    ratio: float = shown.page.evaluate("devicePixelRatio")
    return [(x / ratio, y / ratio) for y, x in np.argwhere((seen == wanted).all(axis=2))]


def wait_for_colour(shown: Locator, colour: str, least: int = 30) -> tuple[float, float]:
    """Wait until an element shows a colour, and return one such spot: a canvas says nothing of what is drawn on it."""
    deadline = time.monotonic() + 20
    while len(found := spots(shown, colour)) < least:
        assert time.monotonic() < deadline, f"{len(found)} pixels of {colour}"
        shown.page.wait_for_timeout(100)
    return found[len(found) // 2]
