"""How much is played, how fast, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.soak.storage_faults import StorageFaults


@dataclass(frozen=True)
class Weather:
    """What goes wrong. `acs` and `desk` are bodies for the fault switches of the stand-ins.

    `kills` and `second_host` are shares of all messages: when that many were written, a host is killed or joins.
    """

    acs: dict[str, Any]
    desk: dict[str, Any]
    storage: StorageFaults
    kills: tuple[float, ...]
    second_host: float | None


CALM = Weather({}, {}, StorageFaults(), (), None)
STORM = Weather(
    acs={
        "errorsBeforeEffect": 0.02,
        "errorStatuses": [500, 429],
        "timeoutsAfterEffect": 0.01,
        "hangSeconds": 0.5,
        "duplicateEvents": 0.3,
        "reorderEventsSeconds": 3.0,
        "maxEventsPerBatch": 5,
    },
    desk={"tooManyRequests": 0.01, "serverError": 0.005, "timeoutAfterEffect": 0.01, "hangSeconds": 0.5},
    storage=StorageFaults(busy=0.004, error=0.001, lost=0.002, late=0.0005),
    kills=(0.08, 0.16, 0.24, 0.32, 0.40, 0.56, 0.64, 0.72, 0.80, 0.88),
    second_host=0.48,
)


@dataclass(frozen=True)
class Plan:
    """A run. Times are seconds; `messages` each side writes in a conversation.

    `pause` is the longest between two messages of one side. `limited`: every so many-th conversation has the real
    limits of ACS and its agents five times tighter ones of the connector, all others as good as none. `native`: the
    share of conversations for which the tenant has chosen messaging without ACS. `patience`: so long each side waits
    for what the other has written, and the run for all to become quiet; `rest`: so long it waits anyway, for instance
    until ended conversations are closed.
    """

    seed: int
    conversations: int = 200
    messages: int = 20
    agents: int = 24
    services: int = 12
    at_once: int = 12
    pause: float = 6.0
    limited: int = 25
    native: float = 0.25
    patience: float = 600.0
    rest: float = 45.0
    weather: Weather = STORM

    @property
    def expected(self) -> int:
        """All messages of both sides."""
        return 2 * self.conversations * self.messages

    def is_limited(self, number: int) -> bool:
        return number % self.limited == self.limited - 1

    def is_native(self, number: int) -> bool:
        """Those in the middle, as somebody switches the tenant's setting to and fro."""
        return self.conversations * 0.4 <= number < self.conversations * (0.4 + self.native)


def short(seed: int) -> Plan:
    """What `make test` plays: 40 conversations in about a minute."""
    weather = replace(STORM, kills=(0.15, 0.30, 0.5), second_host=0.35)
    return Plan(
        seed,
        conversations=40,
        messages=2,
        at_once=12,
        pause=1.0,
        limited=20,
        patience=240,
        rest=0.0,
        weather=weather,
    )
