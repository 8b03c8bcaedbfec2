"""Who and what the demo is about: facts that the seed, the stand-ins and `run.json` share."""

from __future__ import annotations

from dataclasses import dataclass

TENANT_ID = "22222222-2222-4222-8222-222222222222"
"""Also the directory of the bot's app registration: the tenant is the one that runs Teams."""
BOT_APP_ID = "11111111-1111-4111-8111-111111111111"
WIDGET_KEY = "lunifico-demo-widget-key"
SERVICE_ID = "5e000000-0000-4000-8000-000000000001"
ORDERS_ID = "5e000000-0000-4000-8000-000000000002"
"""A second service, whose workflow looks at the opening hours first; its preview is /preview/service/<this id>."""


@dataclass(frozen=True)
class Person:
    """A member of the service, who also sits at the desk."""

    id: str
    name: str

    @property
    def user_principal_name(self) -> str:
        return f"{self.name.lower()}@lunifico.example"


MARIO = Person("a0000000-0000-4000-8000-000000000001", "Mario")
LUISA = Person("a0000000-0000-4000-8000-000000000002", "Luisa")
AGENTS = (MARIO, LUISA)
DIRECT_USER = MARIO
