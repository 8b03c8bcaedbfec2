"""The tenant: the organization that runs Interact, and its global switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.authorization import AuthorizationMode, SiteTokenSettings, check_authorization
from shared.domain.bounds import out_of_bounds
from shared.domain.challenges import ChallengeSettings, check_challenge
from shared.domain.errors import Finding
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

    `widget_key` belongs to the tenant, is public and stored readable. `acs_secret` names a secret, never holds one.
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


BOUNDS = {
    "session_recovery_timeout": (0, 86_400),
    "concurrency_cap": (1, 50),
    "conversations_per_agent": (1, 20),
}

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
    if tenant.interact_enabled and tenant.messaging is MessagingKind.ACS:
        findings += [
            Finding("acs_missing", field, why) for field, why in ACS_NEEDS.items() if not getattr(tenant, field)
        ]
    findings += check_authorization(tenant.authorization, tenant.site_tokens)
    return tuple(findings)
