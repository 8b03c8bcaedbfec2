"""The tenant: the organization that runs Interact, and its global switches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings, check_authorization
from shared.domain.bounds import out_of_bounds
from shared.domain.challenges import SECRET_REFERENCE, ChallengeSettings, check_challenge
from shared.domain.errors import Finding
from shared.domain.licences import Licence, check_bought
from shared.domain.message_budgets import MessageBudget, check_message_budget
from shared.domain.rate_limits import RateLimits, check_rate_limits


class TenantState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ConversationMode(StrEnum):
    """Where an agent talks to the customer: a group chat of its own, or the 1:1 chat with the bot."""

    AUTO = "auto"
    GROUP_CHAT = "groupChat"
    BOT_CHAT = "botChat"


class MessagingKind(StrEnum):
    ACS = "acs"
    NATIVE = "native"


@dataclass(frozen=True)
class Tenant:
    """Tenant settings in the guide's words. Times are whole seconds.

    `widget_key` belongs to the tenant, is public and stored readable; `previous_widget_key` works as well until its
    time. `acs_secret` names a secret, never holds one. `instant_messaging_guests` and `test_upn` wait for the
    connection to Microsoft Graph. `licences_bought` is what the administrator types; a licence that is not there is
    not counted. `retention_days` after its end nothing of a conversation's customer is kept; 0 keeps it for ever.
    `store_conversation_context`: until then administrators see who the customer was and what was written; else nobody
    but the agent does, and parameters are disposed of when the session ends.
    """

    id: str
    name: str
    widget_key: str
    interact_enabled: bool = False
    state: TenantState = TenantState.ACTIVE
    acs_secret: str = ""
    acs_resource_id: str = ""
    o365_user_id: str = ""
    session_recovery_timeout: int = 300
    authorization: AuthorizationMode = AuthorizationMode.NONE
    site_tokens: SiteTokenSettings = field(default_factory=SiteTokenSettings)
    instant_messaging_enabled: bool = False
    conversation_mode: ConversationMode = ConversationMode.AUTO
    messaging: MessagingKind = MessagingKind.ACS
    concurrency_cap: int = 20
    conversations_per_agent: int = 5
    default_language: str = "en"
    rate_limits: RateLimits = field(default_factory=RateLimits)
    challenge: ChallengeSettings = field(default_factory=ChallengeSettings)
    message_budget: MessageBudget = field(default_factory=MessageBudget)
    previous_widget_key: str = ""
    previous_widget_key_until: datetime | None = None
    instant_messaging_guests: tuple[str, ...] = ()
    test_upn: str = ""
    licences_bought: Mapping[Licence, int] = field(default_factory=dict)
    retention_days: int = 30
    store_conversation_context: bool = False

    def accepts(self, widget_key: str, now: datetime) -> bool:
        """Whether snippets with this key work; both keys do for a while after a rotation."""
        until = self.previous_widget_key_until
        if self.previous_widget_key and until is not None and now < until and widget_key == self.previous_widget_key:
            return True
        return widget_key == self.widget_key


BOUNDS = {
    "session_recovery_timeout": (0, 86_400),
    "concurrency_cap": (1, 50),
    "conversations_per_agent": (1, 20),
    "retention_days": (0, 3_650),
}


UPN = re.compile(r"[^\s@<>]+@[^\s@<>]+\Z")
MOST_GUESTS = 2
"""The guide invites two guest users."""

ACS_NEEDS = {
    "acs_secret": "Interact needs an ACS connection string; name the secret that holds it",
    "acs_resource_id": "chat events are known by the id of their ACS resource; copy it from its properties",
}


def check_tenant(tenant: Tenant) -> tuple[Finding, ...]:
    """All rules that the tenant's own settings break."""
    findings = [
        *out_of_bounds(tenant, BOUNDS),
        *check_rate_limits(tenant.rate_limits),
        *check_challenge(tenant.challenge),
        *check_message_budget(tenant.message_budget),
    ]
    if len(tenant.widget_key) < 16:
        findings.append(Finding("widget_key_short", "widget_key", "must have at least 16 characters; generate one"))
    if tenant.widget_key == tenant.previous_widget_key:
        findings.append(Finding("widget_key_repeated", "previous_widget_key", "leave it empty, or rotate the key"))
    if tenant.previous_widget_key_until is not None and tenant.previous_widget_key_until.tzinfo is None:
        findings.append(Finding("time_zone_missing", "previous_widget_key_until", "needs a time zone, such as Z"))
    if tenant.acs_secret and not SECRET_REFERENCE.match(tenant.acs_secret):
        why = "name where the secret is, keyvault:NAME or env:NAME; never write the connection string itself"
        findings.append(Finding("secret_reference", "acs_secret", why))
    findings += (*_check_instant_messaging(tenant), *check_bought(tenant.licences_bought))
    if tenant.interact_enabled and tenant.messaging is MessagingKind.ACS:
        findings += [
            Finding("acs_missing", field, why) for field, why in ACS_NEEDS.items() if not getattr(tenant, field)
        ]
    findings += check_authorization(tenant.authorization, tenant.site_tokens)
    return tuple(findings)


def _check_instant_messaging(tenant: Tenant) -> tuple[Finding, ...]:
    named = {"test_upn": tenant.test_upn} if tenant.test_upn else {}
    named |= {f"instant_messaging_guests.{index}": upn for index, upn in enumerate(tenant.instant_messaging_guests)}
    findings = [
        Finding("upn", field, "must be a user principal name such as mario@example.com")
        for field, upn in named.items()
        if len(upn) > 254 or not UPN.match(upn)
    ]
    if len(tenant.instant_messaging_guests) > MOST_GUESTS:
        findings.append(Finding("too_many", "instant_messaging_guests", f"name at most {MOST_GUESTS} guests"))
    return tuple(findings)
