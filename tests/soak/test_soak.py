"""Forty conversations on the real stack, with faults on every way and hosts that are killed."""

from __future__ import annotations

from pathlib import Path

from tests.soak.plan import short
from tests.soak.report import lines
from tests.soak.run import play

SEED = 2030


async def test_every_promise_is_kept_on_the_real_stack(tmp_path: Path) -> None:
    result = await play(short(SEED), tmp_path, print)

    report = "\n".join([*lines(result), f"again: make soak SHORT=1 SEED={SEED}; logs in {result.logs}"])
    assert result.verdict.is_good, report
    assert result.verdict.messages == result.plan.expected, report
    assert (result.kills, result.hosts) == (3, 2), report
    assert min(sum(result.storage.values()), result.acs["statuses"].get("504", 0)) > 0, report
