"""How much a customer may write in one session: what is above is not relayed, and each side is told so once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.bounds import out_of_bounds
from shared.domain.errors import Finding


@dataclass(frozen=True)
class MessageBudget:
    """`messages` and `bytes` (of UTF-8) in the whole session; `burst` messages within `burst_seconds` of the first.

    `patience`: so many messages above the budget end the session.
    """

    messages: int = 500
    bytes: int = 1_000_000
    burst: int = 20
    burst_seconds: int = 10
    patience: int = 100


BOUNDS = {
    "messages": (10, 10_000),
    "bytes": (28_000, 10_000_000),
    "burst": (3, 100),
    "burst_seconds": (1, 60),
    "patience": (10, 1_000),
}
"""One message of the greatest length (28,000 bytes) always fits."""


class Verdict(StrEnum):
    """What becomes of a message: it is relayed, or not; `*_told` where the customer has heard of it before."""

    WITHIN = "within"
    TOO_FAST = "too_fast"
    TOO_FAST_TOLD = "too_fast_told"
    SPENT = "spent"
    SPENT_TOLD = "spent_told"
    GROSS = "gross"


@dataclass(frozen=True)
class MessageCount:
    """What a customer has written so far; `refused` counts what was above the budget.

    `burst_from` and `in_burst`: when the present burst began, and its messages, refused ones included.
    """

    messages: int = 0
    bytes: int = 0
    refused: int = 0
    in_burst: int = 0
    burst_from: datetime | None = None
    told_spent: bool = False


def count(before: MessageCount, budget: MessageBudget, text: str, written_at: datetime) -> tuple[MessageCount, Verdict]:
    """Count a message; `written_at` is the messaging service's time, so that waiting messages are no burst."""
    after = _in_burst(before, budget, written_at)
    size = len(text.encode("utf-8", "replace"))
    is_spent = before.told_spent or before.messages >= budget.messages or before.bytes + size > budget.bytes
    if not is_spent and after.in_burst <= budget.burst:
        return replace(after, messages=before.messages + 1, bytes=before.bytes + size), Verdict.WITHIN
    after = replace(after, refused=before.refused + 1, told_spent=is_spent)
    if after.refused > budget.patience:
        return after, Verdict.GROSS
    if is_spent:
        return after, Verdict.SPENT_TOLD if before.told_spent else Verdict.SPENT
    return after, Verdict.TOO_FAST if after.in_burst == budget.burst + 1 else Verdict.TOO_FAST_TOLD


def check_message_budget(budget: MessageBudget) -> tuple[Finding, ...]:
    """All numbers that are out of their bounds."""
    return out_of_bounds(budget, BOUNDS, "message_budget.")


def _in_burst(before: MessageCount, budget: MessageBudget, written_at: datetime) -> MessageCount:
    began = before.burst_from
    if began is None or written_at >= began + timedelta(seconds=budget.burst_seconds):
        return replace(before, burst_from=written_at, in_burst=1)
    return replace(before, in_burst=before.in_burst + 1)
