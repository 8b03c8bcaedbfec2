"""`make soak`, `python -m tests.soak [--conversations N] [--messages M] [--calm] [--seed S]`.

Prints what happened and what came of it; the exit code is 1 where a promise was broken. The last runs are kept with
their logs in .local/soak.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tests.soak.plan import CALM, Plan, short
from tests.soak.report import lines
from tests.soak.run import play

KEPT = Path(__file__).resolve().parents[2] / ".local" / "soak"
RUNS_KEPT = 5


def main() -> int:
    """Play what was asked for; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--messages", type=int, default=20, help="of each side in a conversation")
    parser.add_argument("--agents", type=int, default=24)
    parser.add_argument("--at-once", type=int, default=12, help="conversations at the same time; two cores carry these")
    parser.add_argument("--calm", action="store_true", help="no faults, one host, nobody is killed")
    parser.add_argument("--short", action="store_true", help="what `make test` plays, whatever else is asked for")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    plan = Plan(seed, options.conversations, options.messages, options.agents, at_once=options.at_once)
    if options.short:
        plan = short(seed)
    if options.calm:
        plan = replace(plan, weather=CALM)
    # The desk tells of each activity that has to be brought again.
    logging.getLogger("local.desk").setLevel(logging.ERROR)
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"… {time.monotonic() - began:4.0f} s  {what}", file=sys.stderr, flush=True)

    directory = KEPT / datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    for old in sorted(KEPT.glob("*"))[: -RUNS_KEPT + 1]:
        shutil.rmtree(old)
    result = asyncio.run(play(plan, directory, say))
    for line in lines(result):
        print(line)
    if result.verdict.is_good and (not options.calm or result.verdict.in_doubt == 0):
        return 0
    print(f"A promise is broken. Look at {result.logs} (host-*.log: a session by its id); again: --seed {seed}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
