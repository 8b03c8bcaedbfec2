"""Conversation parameters such as `$(Customer.DisplayName)` in the texts of administrators.

Adding one is one line in `PARAMETERS` (see CONTRIBUTING).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.domain.errors import Finding

_PLACEHOLDER = re.compile(r"\$\(([^()\s]{0,80})\)")
_MEANT_AS_ONE = re.compile(r"\$\([^()$]{0,81}\)?")
"""What begins as a parameter, also where it is none and would be sent as it stands."""


@dataclass(frozen=True)
class Proof:
    """Who vouches for a customer, under which id there, and whether for name and e-mail address too."""

    issuer: str
    subject: str
    name: bool = False
    email: bool = False


@dataclass(frozen=True)
class Customer:
    """The visitor, as given in the form; with `proof`, what it vouches for comes from there."""

    display_name: str
    email: str
    proof: Proof | None = None

    @property
    def verified(self) -> bool:
        return self.proof is not None

    @property
    def subject(self) -> str:
        """The visitor's id at the site; empty where nobody vouches."""
        return self.proof.subject if self.proof else ""


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
CONVERSATION_PARAMETERS = {
    "Service.Name": "Service Name",
    "OpeningHours.OpensAt": "Next Opening",
    "Queue.Position": "Position in Queue",
    "Queue.ExpectedWait": "Expected Wait in Minutes",
}
"""Known only while a conversation runs; the engine gives them to `render`."""
CUSTOM = "Custom."
CUSTOM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
MOST_CUSTOM, LONGEST_CUSTOM = 20, 1_000
"""How many custom parameters a session has, and how many characters each of them."""


def render(text: str, customer: Customer, agent: Agent | None = None, more: Mapping[str, str] | None = None) -> str:
    """Fill in all parameters in one pass, so that a customer's own `$(…)` stays as typed; unknown ones vanish.

    `more` holds what is known of the conversation, by full names such as `Queue.Position` and `Custom.orderNumber`.
    """

    def value(match: re.Match[str]) -> str:
        parameter = PARAMETERS.get(match.group(1))
        return parameter.value(customer, agent) if parameter else (more or {}).get(match.group(1), "")

    return _PLACEHOLDER.sub(value, text)


def check_custom(values: Mapping[str, str], field: str) -> tuple[Finding, ...]:
    """All rules that custom parameters break; a value is never quoted."""
    findings = [
        Finding("parameter_name", f"{field}.{name[:60]}", "starts with a letter and has 1 to 50 letters, digits or _")
        for name in values
        if not CUSTOM_NAME.fullmatch(name)
    ]
    findings += [
        Finding("parameter_too_long", f"{field}.{name[:60]}", f"has at most {LONGEST_CUSTOM} characters")
        for name, value in values.items()
        if len(value) > LONGEST_CUSTOM
    ]
    if len(values) > MOST_CUSTOM:
        findings.append(Finding("too_many_parameters", field, f"a conversation has at most {MOST_CUSTOM}"))
    return tuple(findings)


def check_parameters(text: str, field: str) -> tuple[Finding, ...]:
    """One finding for each unknown parameter, naming those that exist; also for what only looks like one."""
    known = ", ".join(f"$({name})" for name in (*PARAMETERS, *CONVERSATION_PARAMETERS, f"{CUSTOM}name"))
    return tuple(
        Finding("parameter_unknown", field, f"{written} does not exist; use one of {known}")
        for written in dict.fromkeys(_MEANT_AS_ONE.findall(text))
        if not _is_known(written)
    )


def _is_known(written: str) -> bool:
    match = _PLACEHOLDER.fullmatch(written)
    if match is None:
        return False
    name = match.group(1)
    is_custom = name.startswith(CUSTOM) and CUSTOM_NAME.fullmatch(name.removeprefix(CUSTOM)) is not None
    return is_custom or name in PARAMETERS or name in CONVERSATION_PARAMETERS
