"""Who a widget may talk to: a service or a user with all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.domain.calendars import Calendar
from shared.domain.domain_templates import DomainTemplate
from shared.domain.licences import Licence
from shared.domain.modalities import MODALITIES
from shared.domain.services import Service
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.system_messages import SystemMessages
from shared.domain.users import InteractAccess, User
from shared.domain.workflows import Workflow


@dataclass(frozen=True)
class Contact:
    """A service or a user with all that belongs to it, as read from the configuration."""

    service: Service | None = None
    user: User | None = None
    template: DomainTemplate | None = None
    system_messages: SystemMessages | None = None
    workflow: Workflow | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def reference(self) -> ContactReference:
        if self.service is not None:
            return ContactReference(ContactKind.SERVICE, self.service.id)
        if self.user is not None:
            return ContactReference(ContactKind.USER, self.user.id)
        raise ValueError("a contact is a service or a user")

    @property
    def interact(self) -> InteractAccess:
        target = self.service or self.user
        return target.interact if target else InteractAccess()

    @property
    def licences(self) -> frozenset[Licence]:
        target = self.service or self.user
        return target.licences if target else frozenset()

    @property
    def exposed_modalities(self) -> tuple[str, ...]:
        """Modalities that a widget can use: exposed and, for a service, enabled with a workflow."""
        return tuple(m for m in MODALITIES if m in self.interact.modalities and self.enables(m))

    def enables(self, modality_id: str) -> bool:
        if self.service is None:
            return modality_id in self.interact.modalities
        settings = self.service.modalities.get(modality_id)
        return settings is not None and settings.enabled
