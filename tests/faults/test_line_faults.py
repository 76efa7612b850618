"""A real server behind a line that breaks: cut answers, and first downloads that begin again (S01, S15)."""

import copy
import http.client
import random
from typing import Any

from tests.factories.phone import Json, Phone
from tests.factories.totals import totals
from tests.faults.chaos import chaos
from tests.faults.conftest import PATIENT, SCALE, ids_of, stored
from tests.faults.plan import FaultPlan
from tests.faults.wire import wire_phone

pytestmark = PATIENT

BROKEN = (OSError, http.client.HTTPException)


def answered(phone: Phone, batch: list[Json]) -> tuple[Json, int]:
    """Send a batch until an answer arrives whole; return it and how many tries were cut."""
    for tries in range(100):
        try:
            answer = phone.post(batch)
        except BROKEN:
            continue
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json(), tries
    raise AssertionError("a hundred cuts in a row")


def test_S01_PU3_a_response_cut_after_the_commit_has_one_effect(server, rows, engine_name):
    """Most answers are cut somewhere, again and again for one batch; the one that comes through says what was true."""
    cuts = 500 * SCALE  # on each engine: 1,000 in every run
    seed = random.Random(1)
    plan = FaultPlan(1, {"cut_answer": 2.0, "withhold": 1.0}, quiet=1.0)
    with chaos(server.url) as proxy:
        falt1 = wire_phone(server.url, "falt1")
        shift = falt1.shift()
        falt1.apply(shift)
        falt1.client = falt1.client.moved_to(proxy.line(plan).url)
        sent: list[Json] = []
        made = replayed = 0
        while made < cuts:
            batch = [falt1.visit(shift["record_id"]) for _ in range(seed.randint(1, 3))]
            body, tries = answered(falt1, batch)
            for receipt in body["receipts"]:
                assert (receipt["status"], receipt["replayed"]) == ("applied", tries > 0)
            falt1.take_in(body)
            sent += batch
            made += tries
            replayed += tries > 0
        assert sum(plan.counts.values()) == made
    found = stored(rows, "visits", falt1.user_id)
    lost, doubled = ids_of(sent, "visits") - found.keys(), len(found) - len(sent)
    totals(
        f"S01 {engine_name}", cuts=made, batches_cut=replayed, mutations=len(sent), lost=len(lost), duplicated=doubled
    )
    assert (lost, doubled, set(found.values())) == (set(), 0, {1})
    assert rows("SELECT count(*) AS n FROM sync_history WHERE collection = 'visits'") == [{"n": len(sent)}]


def reloaded(phone: Phone, chance: random.Random) -> Phone:
    """Start the phone again: what a page put down stays, what was in memory goes (PL7); sometimes all was lost."""
    again = Phone(phone.client, phone.session, phone.device_seq)
    if chance.random() < 0.8:
        again.cursor, again.epoch, again.records = phone.cursor, phone.epoch, copy.deepcopy(phone.records)
    return again


def test_S15_a_first_download_cut_at_random_with_reloads_between_ends_complete(server, engine_name):
    """While it downloads, somebody else writes; in the end both hold the same."""
    seeds = 50 * SCALE
    counted = dict.fromkeys(("pages", "cuts", "reloads"), 0)
    writer = wire_phone(server.url, "falt1")
    writer.apply(*writer.evening(20))
    sessions: Any = wire_phone(server.url, "falt2")
    with chaos(server.url) as proxy:
        for seed in range(seeds):
            chance = random.Random(seed)
            plan = FaultPlan(seed, {"cut_answer": 2.0, "withhold": 1.0, "cut_request": 1.0, "replay": 0.5}, quiet=6.0)
            client = sessions.client.moved_to(proxy.line(plan).url)
            fresh = Phone(client, sessions.session)
            more = True
            while more:
                try:
                    answer = fresh.post([], limit=chance.choice((5, 20, 40)))
                except BROKEN:
                    fresh = reloaded(fresh, chance) if chance.random() < 0.5 else fresh
                    counted["reloads"] += 1
                    continue
                fresh.take_in(answer.get_json())
                more = answer.get_json()["more"]
                counted["pages"] += 1
                if chance.random() < 0.1:
                    fresh, more = reloaded(fresh, chance), True
                    counted["reloads"] += 1
                if chance.random() < 0.03:
                    writer.apply(*writer.evening(1))
            plan.calm()
            counted["cuts"] += sum(plan.counts.values())
            whole = Phone(sessions.client, sessions.session)
            assert fresh.pull() == whole.pull(), f"seed {seed}"
            assert len(whole.records) > 100
    totals(f"S15 {engine_name}", seeds=seeds, **counted)
    assert counted["cuts"] > seeds
