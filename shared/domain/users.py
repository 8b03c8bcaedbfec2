"""Users: people in Teams, who are reached directly or serve as members of a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.errors import Finding
from shared.domain.licences import Licence, covers_interact


@dataclass(frozen=True)
class WidgetSettings:
    """What the widget of a contact offers to visitors.

    `consent` maps language codes to the notice that a visitor has to agree to before the first message; empty asks
    for nothing. `transcript`: the visitor may download the conversation. `sound`: new messages may be heard.
    `offline_form`: where nobody is there, the visitor can leave a message for all members.
    """

    consent: Mapping[str, str] = field(default_factory=dict)
    transcript: bool = True
    sound: bool = True
    offline_form: bool = False


LONGEST_CONSENT = 2_000


@dataclass(frozen=True)
class InteractAccess:
    """The *Interact* tab of a user or a service: active, exposed modalities, restriction, what the widget offers."""

    active: bool = False
    modalities: frozenset[str] = frozenset()
    restrict_access: bool = False
    domain_template_id: str | None = None
    widget: WidgetSettings = field(default_factory=WidgetSettings)


@dataclass(frozen=True)
class User:
    """A person; `id` is the Entra object id, which is also the contact id in a snippet."""

    id: str
    display_name: str
    upn: str
    organization_unit_id: str
    first_name: str = ""
    last_name: str = ""
    licences: frozenset[Licence] = frozenset()
    interact: InteractAccess = field(default_factory=InteractAccess)
    direct_system_messages_id: str | None = None


def check_access(access: InteractAccess, licences: frozenset[Licence], *, service: bool) -> tuple[Finding, ...]:
    """Rules of the *Interact* tab that hold for users and services alike."""
    findings: list[Finding] = []
    if access.active and not covers_interact(licences, service=service):
        need = "an Interact licence and Enterprise or Contact Center" if service else "an Interact licence"
        findings.append(Finding("licence_missing", "interact.active", f"assign {need} before activating Interact"))
    if access.restrict_access and not access.domain_template_id:
        findings.append(
            Finding("domain_template_missing", "interact.domain_template_id", "Restrict Access needs a domain template")
        )
    findings += [
        Finding("too_long", f"interact.widget.consent.{language}", f"must have at most {LONGEST_CONSENT} characters")
        for language, text in access.widget.consent.items()
        if len(text) > LONGEST_CONSENT
    ]
    return tuple(findings)


def check_user(user: User) -> tuple[Finding, ...]:
    """All rules that a user's own settings break."""
    return check_access(user.interact, user.licences, service=False)
