"""What conversations cost at Azure: pure arithmetic over prices that are given, so that they can be put right.

The amounts of work come from counting (make bench, docs/reliability.md), the prices from lists: `PRICES` says of when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

DAYS = 30.4
"""Of a month on average."""
SECONDS_OF_MONTH = DAYS * 86_400


@dataclass(frozen=True)
class Prices:
    """US dollars. `as_of` is when the figures were written down; compare them with Azure's own before you decide."""

    as_of: str = "2026-11-22"
    acs_message: float = 0.0008
    acs_call_minute: float = 0.004
    """For each participant by ACS; people in Teams cost nothing."""
    gb_second: float = 0.000026
    executions_million: float = 0.40
    free_gb_seconds: float = 100_000.0
    free_executions: float = 250_000.0
    always_ready_gb_second: float = 0.000004
    signalr_unit_month: float = 49.0
    signalr_unit_connections: int = 1_000
    table_transactions_10k: float = 0.00036
    queue_transactions_10k: float = 0.004
    event_grid_million: float = 0.60
    log_gb: float = 2.76


@dataclass(frozen=True)
class Work:
    """What one of each takes.

    Transactions of starts, first signs of life and messages are counted and promised; the others are estimates.
    """

    start_transactions: int = 6
    first_sign_transactions: int = 23
    message_transactions: int = 3
    heartbeat_transactions: int = 2
    end_transactions: int = 12
    start_executions: int = 6
    message_executions: float = 1.2
    """The echo of our own messages costs an execution, too, but no storage."""
    seconds_of_execution: float = 0.15
    queue_messages_of_minute: float = 3.0
    log_bytes_of_execution: int = 1_200


@dataclass(frozen=True)
class Usage:
    """A month. `messages` of one chat, both sides and greetings together; `minutes` it is open.

    `visitors_at_once`: pages that are connected to SignalR at the same time, at the most.
    """

    chats: int = 1_000
    messages: int = 20
    minutes: float = 10.0
    calls: int = 0
    call_minutes: float = 10.0
    call_participants: int = 1
    visitors_at_once: int = 100
    always_ready: int = 0
    memory_gb: float = 2.0


def monthly(usage: Usage, prices: Prices | None = None, work: Work | None = None) -> Mapping[str, float]:
    """US dollars by what they are for; the sum is the bill but for the fixed parts that docs/deploy.md lists."""
    prices, work = prices or Prices(), work or Work()
    executions = _executions(usage, work)
    busy = executions * work.seconds_of_execution * usage.memory_gb
    paid = max(0.0, busy - prices.free_gb_seconds) * prices.gb_second
    paid += max(0.0, executions - prices.free_executions) / 1e6 * prices.executions_million
    ready = usage.always_ready * usage.memory_gb * SECONDS_OF_MONTH * prices.always_ready_gb_second
    units = -(-usage.visitors_at_once // prices.signalr_unit_connections) if usage.visitors_at_once else 0
    return {
        "ACS chat": usage.chats * usage.messages * prices.acs_message,
        "ACS calls": usage.calls * usage.call_minutes * usage.call_participants * prices.acs_call_minute,
        "functions": paid,
        "always-ready instances": ready,
        "SignalR": units * prices.signalr_unit_month,
        "tables": transactions(usage, work) / 10_000 * prices.table_transactions_10k,
        "queues": _queue_transactions(usage, work) / 10_000 * prices.queue_transactions_10k,
        "Event Grid": usage.chats * usage.messages / 1e6 * prices.event_grid_million,
        "logs": executions * work.log_bytes_of_execution / 1e9 * prices.log_gb,
    }


def per_thousand_chats(usage: Usage, prices: Prices | None = None) -> float:
    """What further thousand chats cost, with nothing free left and no fixed part."""
    prices = prices or Prices()
    free = replace(prices, free_gb_seconds=0.0, free_executions=0.0)
    only_chats = replace(usage, chats=1_000, calls=0, visitors_at_once=0, always_ready=0)
    return sum(monthly(only_chats, free).values())


def per_call_minute(participants: int = 1, prices: Prices | None = None) -> float:
    """What a minute of a call costs; the lobby and a call on hold count as well."""
    return participants * (prices or Prices()).acs_call_minute


def transactions(usage: Usage, work: Work | None = None) -> float:
    """Of Table Storage in the month."""
    work = work or Work()
    of_chat = work.start_transactions + work.first_sign_transactions + work.end_transactions
    of_chat += usage.messages * work.message_transactions
    return usage.chats * (of_chat + usage.minutes * work.heartbeat_transactions)


def _queue_transactions(usage: Usage, work: Work) -> float:
    """Each message is put in, taken out and deleted."""
    return usage.chats * usage.minutes * work.queue_messages_of_minute * 3


def _executions(usage: Usage, work: Work) -> float:
    of_chat = work.start_executions + usage.messages * work.message_executions
    return usage.chats * (of_chat + usage.minutes * (1 + work.queue_messages_of_minute))
