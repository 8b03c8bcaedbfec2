"""*Check Parameter*: go one way or the other by the value of a custom parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.events import Event
from shared.workflow.activity import Context, Step, choice, name, word
from shared.workflow.texts import parameters_of

COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "contains": lambda value, wanted: wanted in value,
    "starts_with": lambda value, wanted: value.startswith(wanted),
    "is_set": lambda value, wanted: bool(value),
}
"""Upper and lower case and blanks around do not count. No patterns: a stranger's page must not make us search long."""


@dataclass(frozen=True)
class Parameters:
    """`name` is the custom parameter, `value` what it is compared with."""

    name: str = name()
    comparison: str = choice("equals", tuple(COMPARISONS))
    value: str = word()


class CheckParameter:
    type = "check_parameter"
    parameters = Parameters
    exits = ("match", "no_match")
    optional_exits = ()
    waiting_exits = ()
    before_accept = True

    def enter(self, context: Context) -> Step:
        parameters = context.parameters
        given = parameters_of(context.session, context.definition).get(parameters.name, "")
        compare = COMPARISONS[parameters.comparison]
        matches = compare(given.strip().casefold(), parameters.value.strip().casefold())
        return Step(context.session, exit="match" if matches else "no_match")

    def on(self, context: Context, event: Event) -> Step | None:
        return None
