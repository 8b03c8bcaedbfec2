"""Workflows: what happens to a task, as activities joined by exits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.calendars import Calendar
from shared.domain.message_budgets import MessageBudget
from shared.domain.system_messages import Wording

CALENDAR_PARAMETERS = ("calendar", "secondary_calendar")
"""Parameters by which any activity may name a calendar; a session takes those along that its workflow names."""


@dataclass(frozen=True)
class ActivityDefinition:
    """One box of the editor: `type` is registered in `shared.workflow.activities`, `exits` maps exit → activity id."""

    id: str
    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    exits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Workflow:
    """A version of a workflow; versions are immutable, and a running session keeps its own.

    `parameters` are the custom parameters with their defaults.
    """

    id: str
    name: str
    type: str
    organization_unit_id: str
    start: str
    activities: tuple[ActivityDefinition, ...]
    version: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)

    def activity(self, activity_id: str) -> ActivityDefinition | None:
        return next((activity for activity in self.activities if activity.id == activity_id), None)

    def calendars(self) -> Iterator[tuple[str, str]]:
        """Each place that names a calendar, and the calendar's id."""
        for activity in self.activities:
            for name in CALENDAR_PARAMETERS:
                named = activity.parameters.get(name)
                if isinstance(named, str) and named:
                    yield f"activities.{activity.id}.parameters.{name}", named


@dataclass(frozen=True)
class Definition:
    """All that the engine needs besides the session: frozen when the session opens, so later changes leave it alone.

    `contact_name` is what the customer sees; `default_language` is the tenant's; times are whole seconds; `calendars`
    are those that the workflow names, by their ids.
    """

    workflow: Workflow
    wording: Wording
    contact_name: str
    language: str
    recovery_timeout: int
    default_language: str = "en"
    after_call_work: int = 0
    retention_days: int = 0
    store_conversation_context: bool = False
    message_budget: MessageBudget = field(default_factory=MessageBudget)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
