"""Personal numbers in every spelling are found, harmless texts are left alone (PU13, X28)."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum import luhn

from fieldapp.core.personal_numbers import REMOVED, contains_personal_number, without_personal_numbers

FIXTURE = json.loads(Path("tests/fixtures/personal_numbers.json").read_text(encoding="utf-8"))
SPELLINGS = (
    "{yy}{mm}{dd}-{last}", "{yy}{mm}{dd}{last}", "{yyyy}{mm}{dd}-{last}", "{yyyy}{mm}{dd}{last}", "{yy}{mm}{dd}+{last}",
    "{yy}{mm}{dd} {last}", "{yyyy}-{mm}-{dd}-{last}", "{yyyy} {mm} {dd} {last}", "{yy}.{mm}.{dd} {last}",
    "{yy}{mm}{dd}–{last}", "{yy}{mm}{dd} - {last}", "{yyyy}/{mm}/{dd} {last}",
)  # fmt: skip
AROUND = (
    "{}", "Träffade {} vid torget", "pnr:{}.", "({})", "Kille, {}, ringde hem", "id {} enligt egen uppgift",
    "kl 21.43 {}", "2026-11-23 {}", "13-15 år, {}", "23/11 {} 22.10",
)  # fmt: skip
HARMLESS = (
    "Mötte åtta ungdomar {date} kl {time} vid Demo torg {street}",
    "Ring 08-{a}{b} {c} {d} eller 070-{a}{b} {c} {d}",
    "Jour 0{n}0-{a}{b}{c}{d} och växel 08{a}{b}{c}{d}",
    "Buss {street} mot stationen {date} {time}, ca {n} personer",
    "Skräp på Demogatan {street}, {n} flaskor, ärende {a}{b}{c}",
    "Insats {date}–{date}, {n} timmar, {street} kr",
    "Klotter anmält, nr {a}{b}-{c}{d}-{street}, {time}",
)


@pytest.mark.parametrize("text", FIXTURE["refused"])
def test_PU13_the_phones_and_the_servers_fixture_is_refused(text):
    assert contains_personal_number(text)
    assert not contains_personal_number(without_personal_numbers(text))
    assert REMOVED in without_personal_numbers(text)


@pytest.mark.parametrize("text", FIXTURE["harmless"])
def test_PU13_harmless_texts_stay_as_they_are(text):
    assert without_personal_numbers(text) == text


@pytest.mark.parametrize("number", ["811218-9876", "701063-2391", "990919-3766", "850709-9805"])
def test_published_test_numbers_are_found_and_a_wrong_check_digit_is_not(number):
    assert contains_personal_number(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not contains_personal_number(wrong)
    assert not contains_personal_number("990919-3776")


def test_X28_of_a_thousand_texts_with_a_number_at_least_99_percent_are_refused():
    seed = random.Random(28)
    texts = []
    for _ in range(1000):
        born = date(1925, 1, 1) + timedelta(days=seed.randrange(36_000))
        day = born.day + (60 if seed.random() < 0.2 else 0)  # samordningsnummer
        digits = f"{born:%y%m}{day:02}{seed.randrange(1000):03}"
        last = digits[6:] + luhn.calc_check_digit(digits)
        parts = {"yy": digits[:2], "yyyy": f"{born:%Y}", "mm": digits[2:4], "dd": digits[4:6], "last": last}
        texts.append(seed.choice(AROUND).format(seed.choice(SPELLINGS).format(**parts)))
    missed = [text for text in texts if not contains_personal_number(text)]
    assert len(missed) <= 10, missed[:10]


def test_X28_of_a_thousand_harmless_texts_at_most_one_percent_are_refused():
    seed = random.Random(82)
    texts = []
    for _ in range(1000):
        day = date(2026, 1, 1) + timedelta(days=seed.randrange(365))
        parts = {
            "date": seed.choice((f"{day:%Y-%m-%d}", f"{day.day}/{day.month}", f"{day:%Y%m%d}")),
            "time": f"{seed.randrange(17, 24)}{seed.choice('.:')}{seed.randrange(60):02}",
            "street": seed.randrange(1, 400),
            "n": seed.randrange(1, 9),
            **{name: f"{seed.randrange(100):02}" for name in "abcd"},
        }
        texts.append(seed.choice(HARMLESS).format(**parts))
    refused = [text for text in texts if contains_personal_number(text)]
    assert len(refused) <= 10, refused[:10]


def test_PU13_what_stands_around_a_removed_number_stays():
    text = "kl 21.43 811218-9876 och 701063-2391, 22.10"
    assert without_personal_numbers(text) == f"kl 21.43 {REMOVED} och {REMOVED}, 22.10"
