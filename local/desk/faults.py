"""Faults of the connector that tests switch on at run time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Fault = Literal["tooManyRequests", "serverError", "timeoutAfterEffect"]
KINDS: tuple[Fault, ...] = ("tooManyRequests", "serverError", "timeoutAfterEffect")


@dataclass(frozen=True)
class FaultSettings:
    """Probabilities between 0 and 1; `operations` limits them to those operations, empty means all."""

    probabilities: tuple[tuple[Fault, float], ...] = ()
    seed: int = 0
    hang_seconds: float = 20.0
    operations: tuple[str, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> FaultSettings:
        """Read the body of `PUT /_standin/faults`; raises ValueError with a sentence for whoever wrote it."""
        unknown = set(document) - {*KINDS, "seed", "hangSeconds", "operations"}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        probabilities = tuple((kind, float(document[kind])) for kind in KINDS if kind in document)
        if any(p < 0 for _, p in probabilities) or sum(p for _, p in probabilities) > 1:
            raise ValueError("probabilities must be at least 0 and add up to at most 1")
        return cls(
            probabilities=probabilities,
            seed=int(document.get("seed", 0)),
            hang_seconds=float(document.get("hangSeconds", cls.hang_seconds)),
            operations=tuple(document.get("operations", ())),
        )


class Faults:
    """Draws one fault, or none, per request; the same seed draws the same series."""

    def __init__(self) -> None:
        self.change(FaultSettings())

    def change(self, settings: FaultSettings) -> None:
        self.settings = settings
        self._random = random.Random(settings.seed)  # noqa: S311 - chooses faults, protects nothing

    def draw(self, operation: str) -> Fault | None:
        settings = self.settings
        if not settings.probabilities or (settings.operations and operation not in settings.operations):
            return None
        left = self._random.random()
        for fault, probability in settings.probabilities:
            left -= probability
            if left < 0:
                return fault
        return None
