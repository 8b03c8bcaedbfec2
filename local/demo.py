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


ADMIN_APP_ID = "33333333-3333-4333-8333-333333333333"
"""The app registration of the management API: administrators' tokens are for it."""
CUSTOMER_APP_ID = "44444444-4444-4444-8444-444444444444"
"""The app registration of a web site whose customers sign in before they chat (authorization mode oidc)."""


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


@dataclass(frozen=True)
class Administrator:
    """Somebody who signs in to manage Interact, called like the one role that they have."""

    id: str
    name: str
    may: str

    @property
    def role(self) -> str:
        """As the app registration calls it."""
        return self.name.replace(" ", "")

    @property
    def user_principal_name(self) -> str:
        return f"{self.name.lower().replace(' ', '-')}@lunifico.example"


TENANT_ADMINISTRATOR = Administrator(
    "ad000000-0000-4000-8000-000000000001", "Tenant Administrator", "sees and changes everything"
)
UNIT_ADMINISTRATOR = Administrator(
    "ad000000-0000-4000-8000-000000000002",
    "Organization Unit Administrator",
    "sees and changes Customer Care and what is below it",
)
WORKFLOW_ADMINISTRATOR = Administrator(
    "ad000000-0000-4000-8000-000000000003", "Workflow Administrator", "changes workflows and calendars"
)
READER = Administrator("ad000000-0000-4000-8000-000000000004", "Reader", "sees everything and changes nothing")
ADMINISTRATORS = (TENANT_ADMINISTRATOR, UNIT_ADMINISTRATOR, WORKFLOW_ADMINISTRATOR, READER)
