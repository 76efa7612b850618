"""S16: whatever phones, lines and a lead do, the server stands as a model says, and each phone too."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories.totals import totals
from tests.sync.machine import Evening
from tests.sync.stage import Stage

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
STEPS = 50
IS_LONG = SCALE >= 5
EXAMPLES = {
    "sqlite": 10_000 if IS_LONG else 200,
    "postgresql": 1_000 if IS_LONG else 10,
}
# The long run goes in parts, each with a seed of its own: two at a time on two cores, and what one finds ends that one.
PARTS = range(10) if IS_LONG else range(1)


@pytest.mark.minutes
@pytest.mark.timeout(7_200 if IS_LONG else 1_500)
@pytest.mark.parametrize("part", PARTS)
def test_S16_PU6_model_server_and_every_phone_agree_after_every_move(app, phone, database_url, engine_name, part):
    stage = Stage.set_up(app, database_url, phone)
    counted: Counter[str] = Counter()
    machine = type("Machine", (Evening,), {"stage": stage, "counted": counted})
    if IS_LONG:
        machine = seed(part)(machine)
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES[engine_name] // len(PARTS),
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=not IS_LONG,
                database=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
                # Making a failing example smaller takes minutes; asked for with S16_SHRINK=1.
                phases=[Phase.generate, Phase.shrink] if os.environ.get("S16_SHRINK") else [Phase.generate],
                report_multiple_bugs=False,
            ),
        )
    finally:
        stage.close()
    totals(f"S16 {engine_name}, part {part}", **{key: counted[key] for key in sorted(counted)})
    if engine_name == "sqlite":  # enough examples to have met everything
        assert all(counted[status] for status in ("applied", "merged", "conflict", "held", "late", "rejected"))
