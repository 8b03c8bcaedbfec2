"""`python -m tests.simulation --profile storm --seeds 0:1000` plays many stories; `--seed 7` replays one."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.faults import PROFILES
from tests.simulation.native import TRANSPORTS
from tests.simulation.story import Outcome, tell


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--profile", choices=[*PROFILES, "all"], default="all")
    parser.add_argument("--transport", choices=TRANSPORTS, default="acs")
    parser.add_argument("--seeds", type=_seeds, default=range(300), help="first:end, or how many")
    parser.add_argument("--seed", type=int, help="replay this one, with the log")
    options = parser.parse_args()
    profiles = list(PROFILES) if options.profile == "all" else [options.profile]
    if options.seed is not None:
        logging.basicConfig(level=logging.INFO, stream=sys.stdout)
        outcomes = [tell(options.seed, profile, options.transport) for profile in profiles]
    else:
        logging.disable(logging.CRITICAL)
        started = time.perf_counter()
        with ProcessPoolExecutor() as pool:
            told = [pool.map(partial(_tell, p, options.transport), options.seeds, chunksize=10) for p in profiles]
            outcomes = [outcome for of_profile in told for outcome in of_profile]
        print(f"{len(outcomes)} stories in {time.perf_counter() - started:.1f} s")
    return _report(outcomes)


def _seeds(text: str) -> range:
    first, _, end = text.rpartition(":")
    return range(int(first or 0), int(end))


def _tell(profile: str, transport: str, seed: int) -> Outcome:
    logging.disable(logging.CRITICAL)
    return tell(seed, profile, transport)


def _report(outcomes: list[Outcome]) -> int:
    broken = [outcome for outcome in outcomes if outcome.violations]
    for outcome in broken[:10]:
        print(f"seed {outcome.seed} ({outcome.profile}): {outcome.replay}")
        for violation in outcome.violations[:5]:
            print(f"    {violation}")
    for profile in dict.fromkeys(outcome.profile for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.profile == profile]
        print(
            f"{profile}: {len(mine)} stories, {sum(bool(o.violations) for o in mine)} broken, "
            f"repeats {sum(o.repeats for o in mine)}, marked as sent again {sum(o.in_doubt for o in mine)}"
        )
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
