"""S17 with everything real: eight shipped clients in Node, gunicorn, a line that breaks, workers and masters killed.

The phones' clocks run faster than ours, so that backing off for twenty seconds takes a few; waits are told in their
seconds. When the faults stop, every queue must be empty within 60 of them (S18).
"""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.factories.totals import totals
from tests.faults.chaos import ChaosProxy, chaos
from tests.faults.conftest import PATIENT, SCALE, SECONDS
from tests.faults.phones import PEOPLE, Phones, build, phones
from tests.faults.plan import KINDS, FaultPlan
from tests.faults.reckoning import reckon
from tests.faults.server import Server

pytestmark = [PATIENT, SECONDS]

SEEDS = 50 if SCALE >= 5 else 10  # on each engine: 20 in every run, 100 in the long one
OPERATIONS = 12
MOST_SEEDS = SEEDS + 10  # a fault that was drawn may not come about beside a kill; then a few runs more
RATE = 6.0
STORM_S = 1.0  # the line breaks on for so long once the server answers again, for what a killed one cuts short
DRAINED_WITHIN_S = 60


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phones, bundled once."""
    return build(tmp_path_factory.mktemp("phones"))


def kill_now_and_then(server: Server, seed: int, stop_at: float) -> Counter[str]:
    """Kill workers, and in every other run the master with them; leave a server that answers."""
    chance = random.Random(f"kill {seed}")
    killed: Counter[str] = Counter()
    while time.monotonic() < stop_at:
        time.sleep(chance.uniform(0.2, 0.7))
        if chance.random() < 0.25 and not killed["masters"]:
            server.kill_all()
            server.start()
            killed["masters"] += 1
        else:
            server.kill_worker(chance.randrange(2))
            killed["workers"] += 1
    while not server.answers():  # a killed worker's heir is still reading its modules: that too is a fault
        time.sleep(0.05)
    return killed


def lines_of(proxy: ChaosProxy, seed: int) -> list[str]:
    """Open a line with a plan of its own for each phone."""
    weights = dict.fromkeys(KINDS, 1.0) | {"status": 2.0, "cut_answer": 2.0, "withhold": 2.0}
    return [proxy.line(FaultPlan(f"{seed}-{at}", weights, quiet=12.0)).url for at in range(len(PEOPLE))]


def test_S17_S18_eight_shipped_clients_a_breaking_line_and_a_killed_server_lose_nothing(
    server: Server, database_url: str, engine_name: str, program: Path, tmp_path: Path
):
    counted: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    longest_s = 0.0
    failures: list[str] = []
    engine = create_engine(database_url)
    ran = 0
    with phones(program, tmp_path / "phones.log") as people, ThreadPoolExecutor(1) as pool:
        for seed in range(MOST_SEEDS):
            if seed >= SEEDS and set(faults) == set(KINDS):
                break
            ran += 1
            with chaos(server.url) as proxy:
                told = run(people, proxy, server, pool, seed, counted)
                faults += proxy.counts
            longest_s = max(longest_s, told["longest_s"])
            found = reckon(engine, told["phones"])
            counted.update({f"receipts {status}": count for status, count in found.statuses.items()})
            for name in ("lost", "duplicated", "changed", "diverged"):
                problems = getattr(found, name)
                counted[name] += len(problems)
                failures += [f"seed {seed} {name}: {problem}" for problem in problems[:3]]
            if told["slow"]:
                print(f"\nseed {seed}: {told['longest_s']:.0f} s, {told['slow']}")
            if told["queued"]:
                failures.append(f"seed {seed}: {told['queued']} still queued after {told['longest_s']:.0f} s")
    engine.dispose()
    totals(f"S17 {engine_name} faults", **dict(sorted(faults.items())))
    totals(
        f"S17 {engine_name}",
        seeds=ran,
        **{name: counted[name] for name in sorted(counted)},
        longest_wait_s=round(longest_s),
    )
    assert not failures, "\n".join(failures)
    assert longest_s <= DRAINED_WITHIN_S
    assert set(faults) == set(KINDS)
    assert counted["workers"] >= SEEDS
    assert counted["masters"] >= SEEDS / 4


def run(
    people: Phones, proxy: ChaosProxy, server: Server, pool: ThreadPoolExecutor, seed: int, counted: Counter[str]
) -> dict[str, object]:
    """Let the phones write while everything breaks; then calm, and hear what they hold."""
    people.begin(seed=seed, lines=lines_of(proxy, seed), operations=OPERATIONS, rate=RATE)
    people.wait_for("signed_in")
    killing = pool.submit(kill_now_and_then, server, seed, time.monotonic() + 1.2)
    counted["operations"] += people.wait_for("written")["operations"]
    counted.update(killing.result(timeout=60))
    time.sleep(STORM_S)
    proxy.calm()
    people.say("calm")
    return people.wait_for("drained")
