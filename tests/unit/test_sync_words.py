"""The engine knows records, units and leads – no word of the work they are about (architecture.md)."""

import re
from pathlib import Path

import pytest

import fieldapp
from fieldapp import registry
from fieldapp.accounts.models import ROLES

SYNC = Path(fieldapp.__file__).parent / "sync"
OWN = {collection.name for collection in registry() if type(collection).__module__.startswith("fieldapp.sync.")}
DOMAIN = {collection.name for collection in registry()} - OWN - {"people"}  # an engine has users of its own
PLACES = {"district", "districts", "school", "schools", "stadsdel", "city"}
WORDS = DOMAIN | {name.removesuffix("s") for name in DOMAIN} | set(ROLES) | PLACES


def test_the_words_are_the_products_own():
    assert {"shifts", "shift", "visits", "observations", "briefing", "sites", "team_lead", "field_worker"} <= WORDS
    assert {"rejections", "conflicts"} <= OWN


@pytest.mark.parametrize("path", sorted(SYNC.glob("*.py")), ids=lambda path: path.name)
def test_no_domain_word_stands_in_the_engine(path):
    found = set(re.findall(r"[a-z_]+", path.read_text().lower())) & WORDS
    assert not found
