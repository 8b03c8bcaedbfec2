"""`python -m tests.simulation --seeds 10000` plays a story for each seed; `--seed 7` replays one."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.faults import PROFILES
from tests.simulation.native import TRANSPORTS
from tests.simulation.story import Outcome, dealt, tell
from tests.simulation.world import HOSTS

DEALT = "all"
"""Each seed has one profile and one transport, in turn."""
PROGRESS_EVERY = 1000
MOST_SHOWN = 5
"""Of one story's broken promises."""
Case = tuple[int, str, str, int]


def main() -> int:
    """The exit code: 1 if any story broke a promise."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--profile", choices=[*PROFILES, DEALT], default=DEALT)
    parser.add_argument("--transport", choices=[*TRANSPORTS, DEALT], default=DEALT)
    parser.add_argument("--hosts", type=int, default=HOSTS, help="instances of the app at once")
    parser.add_argument("--seeds", type=_seeds, default=range(1000), help="how many, or first:end")
    parser.add_argument("--seed", type=int, help="replay this one, with the log")
    options = parser.parse_args()
    if options.seed is not None:
        logging.basicConfig(level=logging.INFO, stream=sys.stdout)
        return _report([_shown(tell(*_case(options.seed, options)))])
    began = time.perf_counter()
    cases = [_case(seed, options) for seed in options.seeds]
    with ProcessPoolExecutor(initializer=logging.disable) as processes:
        outcomes = _all_shown(processes.map(_tell, cases, chunksize=10))
    print(f"{len(outcomes)} stories in {time.perf_counter() - began:.0f} s")
    return _report(outcomes)


def _seeds(text: str) -> range:
    first, _, end = text.rpartition(":")
    return range(int(first or 0), int(end))


def _case(seed: int, options: argparse.Namespace) -> Case:
    profile, transport = dealt(seed)
    return (
        seed,
        profile if options.profile == DEALT else options.profile,
        transport if options.transport == DEALT else options.transport,
        options.hosts,
    )


def _tell(case: Case) -> Outcome:
    return tell(*case)


def _all_shown(told: Iterable[Outcome]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for outcome in told:
        outcomes.append(_shown(outcome))
        if len(outcomes) % PROGRESS_EVERY == 0:
            print(f"… {len(outcomes)} stories", file=sys.stderr, flush=True)
    return outcomes


def _shown(outcome: Outcome) -> Outcome:
    """At once: nobody should have to wait for the end of ten thousand stories to learn that a promise is broken."""
    if outcome.violations:
        print(f"seed {outcome.seed} ({outcome.scene}) broke a promise: {outcome.replay}")
        print(*(f"    {violation}" for violation in outcome.violations[:MOST_SHOWN]), sep="\n", flush=True)
    return outcome


def _report(outcomes: list[Outcome]) -> int:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in sorted(outcomes, key=lambda one: (one.profile, one.transport)):
        groups[f"{outcome.profile} {outcome.transport}"].append(outcome)
    for outcome in sorted(outcomes, key=lambda one: one.scene):
        groups[outcome.scene].append(outcome)
    groups["all"] = outcomes
    heads = ("stories", "broken", "customers'", "agents'", "kills", "calls", "in doubt", "repeats")
    print(f"{'':<18}", *(f"{head:>10}" for head in heads))
    for group, told in groups.items():
        print(f"{group:<18}", *(f"{figure:>10}" for figure in _figures(told)))
    return 1 if any(outcome.violations for outcome in outcomes) else 0


def _figures(told: list[Outcome]) -> tuple[int, ...]:
    return (
        len(told),
        sum(bool(one.violations) for one in told),
        sum(one.written for one in told),
        sum(one.answered for one in told),
        sum(one.kills for one in told),
        sum(sum(one.calls.values()) for one in told),
        sum(one.in_doubt for one in told),
        sum(one.repeats for one in told),
    )


if __name__ == "__main__":
    raise SystemExit(main())
