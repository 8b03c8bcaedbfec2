"""The summary of a run, as it is printed and as it stands in docs/reliability.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.soak.run import Result

SHOWN_FINDINGS = 20


def lines(result: Result) -> Iterator[str]:
    """One line for each number, then what is wrong, if anything is."""
    verdict, plan = result.verdict, result.plan
    rows = (
        (
            "conversations",
            f"{verdict.conversations}, {result.native} without ACS, {result.limited} under its real limits",
        ),
        ("messages", f"{verdict.messages} of {plan.expected}"),
        ("services, agents", f"{plan.services}, {plan.agents}"),
        ("hosts killed", f"{result.kills}; hosts at the end: {result.hosts}"),
        ("faults of ACS", _faults(result.acs["statuses"])),
        ("faults of the connector", _faults(_desk_statuses(result.desk))),
        ("faults of storage", ", ".join(f"{count} × {name}" for name, count in sorted(result.storage.items())) or "0"),
        ("sends in doubt", f"{verdict.in_doubt} (marked as sent again)"),
        ("repeats at agents", f"{verdict.repeats}, unmarked or out of place {verdict.unmarked}"),
        ("repeats at customers", f"{verdict.doubles}"),
        ("losses", f"{verdict.losses}"),
        ("order faults", f"{verdict.order_faults}"),
        ("double offers", f"{verdict.double_offers}"),
        ("stuck agents", f"{verdict.stuck_agents}; hints and slots left {verdict.left_over}"),
        ("effects pending", f"{verdict.effects_pending}; conversations unfinished {verdict.unfinished}"),
        ("poison messages", f"{verdict.poisoned}"),
        ("time", f"{result.seconds:.0f} s, seed {plan.seed}"),
    )
    yield from (f"{name:<24} {value}" for name, value in rows)
    yield from (f"  ! {finding}" for finding in verdict.findings[:SHOWN_FINDINGS])
    if len(verdict.findings) > SHOWN_FINDINGS:
        yield f"  ! … and {len(verdict.findings) - SHOWN_FINDINGS} more"


def _desk_statuses(log: Mapping[str, Any]) -> Mapping[str, int]:
    counted: Counter[str] = Counter()
    for operation, statuses in log["statuses"].items():
        if "Activity" in operation:
            counted.update(statuses)
    return counted


def _faults(statuses: Mapping[str, int]) -> str:
    names = {"429": "throttled", "500": "errors before the effect", "504": "timeouts after it"}
    return ", ".join(f"{statuses.get(status, 0)} {name}" for status, name in names.items())
