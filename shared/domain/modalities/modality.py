"""What every modality says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Modality:
    """`id` is stored and travels to the widget; `workflow_type` is the type of workflow that can handle it."""

    id: str
    title: str
    workflow_type: str
    unsupported_activities: frozenset[str] = frozenset()
