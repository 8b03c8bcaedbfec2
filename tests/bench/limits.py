"""The limits of counted costs, and whether measured ones keep them.

Where they come from: the architecture's promise "Cost, uncontended" (docs/architecture.md): a relayed message is 3
table transactions, 4 where composed bot text must find its conversation; 2 outbound calls (list + send, or send +
push); at most one queue message in 25 s; the echo of our own message costs nothing; a token refresh is 1 call of ACS,
a session start 3 and, with the slot of its service, 6 table transactions; from the first sign of life to the invitation
23 and 5, and to accept it 15 and 7. What has no promise is only reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.bills import Bill

SECONDS_FOR_A_QUEUE_MESSAGE = 25


@dataclass(frozen=True)
class Limit:
    """The most that one of something may cost; None where nothing is promised."""

    table_transactions: int | None = None
    outbound_calls: int | None = None
    queue_messages: int | None = None


START = "session start"
FIRST_SIGN = "first sign of life until the invitation"
ACCEPT = "accepting an invitation"
CUSTOMER_MESSAGE = "customer's message"
COMPOSED_MESSAGE = "agent's message, composed"
FIELD_MESSAGE = "agent's message, card's field"
QUIET_CUSTOMER_MESSAGE = "customer's message after a pause"
ECHO = "echo of our own message"
REFRESH = "token refresh"
HEARTBEAT = "heartbeat"

LIMITS = {
    START: Limit(table_transactions=6, outbound_calls=3),
    FIRST_SIGN: Limit(table_transactions=23, outbound_calls=5),
    ACCEPT: Limit(table_transactions=15, outbound_calls=7),
    CUSTOMER_MESSAGE: Limit(table_transactions=3, outbound_calls=2, queue_messages=1),
    QUIET_CUSTOMER_MESSAGE: Limit(),
    COMPOSED_MESSAGE: Limit(table_transactions=4, outbound_calls=2, queue_messages=1),
    FIELD_MESSAGE: Limit(table_transactions=3, outbound_calls=2, queue_messages=1),
    ECHO: Limit(table_transactions=0, outbound_calls=0, queue_messages=0),
    REFRESH: Limit(outbound_calls=1),
    HEARTBEAT: Limit(),
}
"""In the order in which they are reported."""


@dataclass(frozen=True)
class Cost:
    """Several bills of the same thing. The typical one counts: in single samples a cache's entry has run out."""

    name: str
    bills: Sequence[Bill]
    limit: Limit

    @property
    def typical(self) -> Bill:
        """The bill in the middle when sorted by transactions and calls."""
        return sorted(self.bills, key=_size)[(len(self.bills) - 1) // 2]

    @property
    def excesses(self) -> Iterator[str]:
        """A sentence for each limit that is broken, with all calls, so that the surplus can be seen."""
        bill = self.typical
        for what in ("table_transactions", "outbound_calls", "queue_messages"):
            allowed, found = getattr(self.limit, what), getattr(bill, what)
            if allowed is not None and found > allowed:
                yield f"{self.name}: {found} {what.replace('_', ' ')}, allowed {allowed}: {bill.items()}"


@dataclass(frozen=True)
class Talk:
    """A conversation of so many seconds, and the queue messages that its messages wrote."""

    seconds: float
    queue_messages: int

    @property
    def allowed(self) -> int:
        return 1 + int(self.seconds / SECONDS_FOR_A_QUEUE_MESSAGE)

    @property
    def excesses(self) -> Iterator[str]:
        if self.queue_messages > self.allowed:
            yield f"a talk of {self.seconds:.0f} s: {self.queue_messages} queue messages, allowed {self.allowed}"


def _size(bill: Bill) -> tuple[int, int, int]:
    return bill.table_transactions, bill.outbound_calls, bill.queue_messages
