"""Conversation parameters such as `$(Customer.DisplayName)` in the texts of administrators.

Adding one is one line in `PARAMETERS` (see CONTRIBUTING).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.errors import Finding

_PLACEHOLDER = re.compile(r"\$\(([^()\s]{0,80})\)")


@dataclass(frozen=True)
class Customer:
    """The visitor, as given in the form."""

    display_name: str
    email: str


@dataclass(frozen=True)
class Agent:
    """The user who is offered or has accepted the conversation."""

    id: str
    display_name: str
    first_name: str = ""
    last_name: str = ""
    upn: str = ""


@dataclass(frozen=True)
class Parameter:
    """`title` is what the administrator picks in the portal."""

    title: str
    value: Callable[[Customer, Agent | None], str]


PARAMETERS: dict[str, Parameter] = {
    "Customer.DisplayName": Parameter("Customer Display Name", lambda customer, agent: customer.display_name),
    "Customer.Email": Parameter("Customer Email", lambda customer, agent: customer.email),
    "User.DisplayName": Parameter("User Display Name", lambda customer, agent: agent.display_name if agent else ""),
    "User.FirstName": Parameter("User First Name", lambda customer, agent: agent.first_name if agent else ""),
    "User.LastName": Parameter("User Last Name", lambda customer, agent: agent.last_name if agent else ""),
    "User.Upn": Parameter("User Upn", lambda customer, agent: agent.upn if agent else ""),
}


def render(text: str, customer: Customer, agent: Agent | None = None) -> str:
    """Fill in all parameters in one pass, so that a customer's own `$(…)` stays as typed; unknown ones vanish."""

    def value(match: re.Match[str]) -> str:
        parameter = PARAMETERS.get(match.group(1))
        return parameter.value(customer, agent) if parameter else ""

    return _PLACEHOLDER.sub(value, text)


def check_parameters(text: str, field: str) -> tuple[Finding, ...]:
    """One finding for each unknown parameter, naming those that exist."""
    known = ", ".join(f"$({name})" for name in PARAMETERS)
    return tuple(
        Finding("parameter_unknown", field, f"$({name}) does not exist; use one of {known}")
        for name in dict.fromkeys(_PLACEHOLDER.findall(text))
        if name not in PARAMETERS
    )
