"""Which documents belong to a contact, and how they become one; the same for every configuration store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.domain.calendars import Calendar
from shared.domain.contacts import Contact
from shared.domain.documents import Document, DocumentKey, Kind
from shared.domain.domain_templates import DomainTemplate
from shared.domain.modalities import MODALITIES
from shared.domain.services import Service
from shared.domain.sessions import ContactKind, ContactReference
from shared.domain.system_messages import SystemMessages
from shared.domain.users import User
from shared.domain.workflows import Workflow


def contact_key(reference: ContactReference) -> DocumentKey:
    return DocumentKey(Kind.SERVICE if reference.kind is ContactKind.SERVICE else Kind.USER, reference.id)


def parts_of(contact: Document | None, modality_id: str) -> tuple[DocumentKey, ...]:
    """The further documents that a session of this modality needs of the contact."""
    if isinstance(contact, Service):
        settings = contact.modalities.get(modality_id)
        return _keys(
            (Kind.DOMAIN_TEMPLATE, contact.interact.domain_template_id),
            (Kind.SYSTEM_MESSAGES, settings.system_messages_id if settings else None),
            (Kind.WORKFLOW, settings.workflow_id if settings else None),
        )
    if isinstance(contact, User):
        return _keys(
            (Kind.DOMAIN_TEMPLATE, contact.interact.domain_template_id),
            (Kind.SYSTEM_MESSAGES, contact.direct_system_messages_id),
        )
    return ()


def calendars_of(parts: Iterable[Document]) -> tuple[DocumentKey, ...]:
    """The calendars that workflows among these parts name: the parts that can be known only then."""
    named = [named for part in parts if isinstance(part, Workflow) for _, named in part.calendars()]
    return tuple(DocumentKey(Kind.CALENDAR, one) for one in dict.fromkeys(named))


def assemble(contact: Document | None, parts: Mapping[DocumentKey, Document], modality_id: str) -> Contact | None:
    """The contact with those of its parts that exist; a workflow of another modality's type counts as missing."""
    if not isinstance(contact, Service | User):
        return None
    found = [parts[key] for key in parts_of(contact, modality_id) if key in parts]
    modality = MODALITIES.get(modality_id)
    return Contact(
        service=contact if isinstance(contact, Service) else None,
        user=contact if isinstance(contact, User) else None,
        template=next((part for part in found if isinstance(part, DomainTemplate)), None),
        system_messages=next((part for part in found if isinstance(part, SystemMessages)), None),
        workflow=next(
            (
                part
                for part in found
                if isinstance(part, Workflow) and modality is not None and part.type == modality.workflow_type
            ),
            None,
        ),
        calendars={part.id: part for part in parts.values() if isinstance(part, Calendar)},
    )


def _keys(*candidates: tuple[Kind, str | None]) -> tuple[DocumentKey, ...]:
    return tuple(DocumentKey(kind, document_id) for kind, document_id in candidates if document_id)
