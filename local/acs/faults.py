"""Faults that can be switched on, so that the product meets what a cloud service does on its bad days."""

from __future__ import annotations

from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Probability = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]


class Faults(BaseModel):
    """Which faults happen, and how often; all are off by default. `operations` limits request faults to these names."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")

    seed: int | None = None
    operations: frozenset[str] | None = None
    errors_before_effect: Probability = 0.0
    error_statuses: tuple[Annotated[int, Field(ge=400, le=599)], ...] = Field(default=(500, 429), min_length=1)
    timeouts_after_effect: Probability = 0.0
    hang_seconds: Seconds = 0.0
    duplicate_events: Probability = 0.0
    reorder_events_seconds: Seconds = 0.0
    max_events_per_batch: Annotated[int, Field(ge=1, le=5000)] | None = None


class FaultInjector:
    """Draws from one seeded source of chance, so that a run can be repeated."""

    def __init__(self, faults: Faults) -> None:
        self.use(faults)

    def use(self, faults: Faults) -> None:
        """Replace the active faults and start the chance anew from their seed."""
        self.faults = faults
        self._chance = Random(faults.seed)  # noqa: S311 - chance of a test, nothing secret

    def status_before_effect(self, operation: str) -> int | None:
        """The status to answer with instead of doing the work, or none."""
        if not self._happens(operation, self.faults.errors_before_effect):
            return None
        return self._chance.choice(self.faults.error_statuses)

    def hang_after_effect(self, operation: str) -> float | None:
        """Seconds to keep the caller waiting before 504, although the work is done; or none."""
        if not self._happens(operation, self.faults.timeouts_after_effect):
            return None
        return self.faults.hang_seconds

    def event_delays(self) -> list[float]:
        """Seconds to hold back each copy of one event: one entry, or two where it is duplicated."""
        copies = 2 if self._chance.random() < self.faults.duplicate_events else 1
        return [self._chance.uniform(0, self.faults.reorder_events_seconds) for _ in range(copies)]

    def _happens(self, operation: str, probability: float) -> bool:
        if self.faults.operations is not None and operation not in self.faults.operations:
            return False
        return self._chance.random() < probability
