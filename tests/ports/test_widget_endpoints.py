"""Where widgets may connect to: the push service, and ACS as long as conversations can be there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.adapters.acs_resources import AcsResources
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import MemoryRealtime, MemorySecrets
from shared.adapters.widget_endpoints import WidgetEndpoints
from shared.domain.tenants import MessagingKind
from tests.ports.samples import TENANT

ACS, PUSH = "https://lunifico.communication.azure.com", ["https://push.example", "wss://push.example"]
SECRETS = {"env:ACS": f"endpoint={ACS}/;accesskey=a2V5", "env:OTHER": "no connection string"}


async def endpoints(acs_secret: str, messaging: MessagingKind, url: str | None) -> list[str]:
    resources = AcsResources(MemorySecrets(SECRETS, TENANT.id), HttpSession())
    tenant = replace(TENANT, acs_secret=acs_secret, messaging=messaging)
    return list(await WidgetEndpoints(resources, MemoryRealtime(url)).of_widgets(tenant))


@pytest.mark.parametrize("messaging", MessagingKind)
async def test_acs_is_reached_whatever_new_conversations_do(messaging: MessagingKind) -> None:
    assert await endpoints("env:ACS", messaging, "https://push.example/client/?hub=interact") == [ACS, *PUSH]


@pytest.mark.parametrize("acs_secret", ["", "env:OTHER"])
async def test_without_acs_nothing_of_it_is_needed(acs_secret: str) -> None:
    assert await endpoints(acs_secret, MessagingKind.NATIVE, "https://push.example/client/?hub=interact") == PUSH
    assert await endpoints(acs_secret, MessagingKind.NATIVE, None) == []
