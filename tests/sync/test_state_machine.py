"""S16: whatever phones, lines and a lead do, the server stands as a model says, and each phone too."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories.totals import totals
from tests.sync.machine import Evening
from tests.sync.stage import Stage

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
STEPS = 50
EXAMPLES = {
    "sqlite": 10_000 if SCALE >= 5 else 200,
    "postgresql": 1_000 if SCALE >= 5 else 10,
}


@pytest.mark.timeout(36_000 if SCALE >= 5 else 1_500)
def test_S16_PU6_model_server_and_every_phone_agree_after_every_move(app, phone, database_url, engine_name):
    stage = Stage.set_up(app, database_url, phone)
    counted: Counter[str] = Counter()
    machine = type("Machine", (Evening,), {"stage": stage, "counted": counted})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES[engine_name],
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
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
    totals(f"S16 {engine_name}", **{key: counted[key] for key in sorted(counted)})
    if engine_name == "sqlite":  # enough examples to have met everything
        assert all(counted[status] for status in ("applied", "merged", "conflict", "held", "late", "rejected"))
