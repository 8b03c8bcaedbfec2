"""Lunifico's administrators, and units below which it has a second service."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.administrators import Administrator, Role
from shared.domain.organization_units import OrganizationUnit
from shared.domain.sessions import ContactKind, ContactReference
from tests.application.company import SERVICE, TENANT
from tests.application.world import World

ADA = Administrator("ada-id", "Ada", TENANT.id, frozenset({Role.TENANT_ADMINISTRATOR}))
READER = replace(ADA, id="reader-id", roles=frozenset({Role.READER}))
EUROPEAN = Administrator(
    "european-id", "European", TENANT.id, frozenset({Role.ORGANIZATION_UNIT_ADMINISTRATOR}), "europe"
)
STRANGER = replace(ADA, tenant_id="another")
ORDERS = ContactReference(ContactKind.SERVICE, "orders")


def with_units(world: World) -> None:
    """The service `orders` belongs to the unit Europe, all else to the root."""
    orders = replace(SERVICE, id="orders", name="Orders", organization_unit_id="europe")
    units = OrganizationUnit("root", "Lunifico"), OrganizationUnit("europe", "Europe", "root")
    world.config.put(TENANT.id, *units, orders)


def keeps_context(world: World) -> None:
    """Store Conversation Context Data is on."""
    world.config.put(TENANT.id, replace(TENANT, store_conversation_context=True))
