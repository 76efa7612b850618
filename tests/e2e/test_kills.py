"""The battery dies while somebody writes (C01): at most a second of typing is lost, and no saved record ever."""

import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.mobile import TONIGHT, Mobile
from tests.e2e.screens import TENNIS

pytestmark = pytest.mark.browser

KILLS = 20 if os.environ.get("FAULT_SCALE", "1") == "1" else 100
LONGEST_S = 1.6
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö "
Database = Callable[..., list[dict[str, Any]]]


class Typing:
    """What had been typed when, until the lights went out."""

    def __init__(self, before: str) -> None:
        self.text = before
        self._stood = [(time.monotonic(), before)]
        self._killed_at = 0.0

    def until_killed(self, phone: Mobile, after_s: float) -> None:
        """Type on and on; the kill comes from another thread, at a moment no key knows of."""
        killer = threading.Timer(after_s, phone.strike)
        killer.start()
        try:
            while killer.is_alive():
                letter = random.choice(LETTERS)
                phone.page.keyboard.type(letter)
                self.text += letter
                self._stood.append((time.monotonic(), self.text))
                # A fast thumb.
                phone.page.wait_for_timeout(40)
        except Error:
            pass
        killer.join()
        self._killed_at = phone.struck_at
        phone.close()

    def accounts_for(self, kept: str) -> None:
        """See that what came back is what was typed, all of it but the last second."""
        safe = [text for at, text in self._stood if at <= self._killed_at - 1]
        assert kept.startswith(safe[-1] if safe else self._stood[0][1])
        # The last key may have been pressed without anybody being told.
        assert self.text.startswith(kept[: len(self.text)])
        assert len(kept) <= len(self.text) + 1


@pytest.mark.timeout(60 + 20 * KILLS)
def test_C01_killed_while_typing_a_second_is_lost_at_most_and_no_saved_record(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    # A browser writes its cookies down now and then, and at the latest when it closes in good order.
    phone.close()
    phone.start(online=False).open()
    phone.start_pass()
    phone.arrive(TENNIS)
    notes: list[str] = []
    typing: Typing | None = None
    for kill in range(KILLS):
        phone.tap("Ny iakttagelse")
        note = phone.field("Anteckning")
        if typing:
            expect(note).to_be_visible()
            typing.accounts_for(note.input_value())
        if kill % 2:
            notes.append(note.input_value().strip())
            phone.choose("Läget", "Lugnt")
            phone.save_observation()
            phone.tap("Ny iakttagelse")
            expect(note).to_have_value("")
        note.focus()
        note.press("Control+End")
        typing = Typing(note.input_value())
        typing.until_killed(phone, random.Random(kill).uniform(0, LONGEST_S))
        phone.start(online=False).open("/app/passet")
        phone.shows_ticks(["Sparad på mobilen"] * (2 + len(notes)))
        phone.tab(TONIGHT)
    phone.offline(False)
    phone.waits_for_nothing()
    assert [row["note"] for row in database("SELECT note FROM observations ORDER BY observed_at, id")] == notes
