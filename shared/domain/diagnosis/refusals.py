"""What a diagnosis id says, once it is unsealed: which page was refused which contact, when, and with which code.

The page knows all of it but the code and the tenant. So these two take the same room whatever they are: the length of
an id says nothing either.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.domain.errors import NotFound
from shared.domain.sessions import ContactKind, ContactReference

HEAD = struct.Struct(">B40s16sQ")
VERSION = 1
NO_TENANT = bytes(16)
LONGEST_PART = 300
LONGEST_ID = 2_000
"""Characters of an id as it travels; usual ones have some 300."""


@dataclass(frozen=True)
class Refusal:
    """`tenant` is a digest of the id, `NO_TENANT` where no tenant has the key; `origin` is what the page sent."""

    code: str
    tenant: bytes
    widget_key: str
    contact: ContactReference
    origin: str
    at: datetime


def tenant_digest(tenant_id: str | None) -> bytes:
    return hashlib.sha256(tenant_id.encode()).digest()[:16] if tenant_id is not None else NO_TENANT


def refusal_bytes(refusal: Refusal) -> bytes:
    texts = (refusal.widget_key, refusal.contact.kind.value, refusal.contact.id, refusal.origin)
    parts = [text.encode("utf-8", "replace")[:LONGEST_PART] for text in texts]
    head = HEAD.pack(VERSION, refusal.code.encode(), refusal.tenant, int(refusal.at.timestamp()))
    return head + b"".join(struct.pack(">H", len(part)) + part for part in parts)


def read_refusal(content: bytes | None) -> Refusal:
    """The refusal in what was unsealed; raises NotFound for anything else."""
    refusal = _read(content) if content is not None else None
    if refusal is None:
        raise NotFound("there is no diagnosis of this id; copy it from the console of the page")
    return refusal


def _read(content: bytes) -> Refusal | None:
    try:
        version, code, tenant, at = HEAD.unpack_from(content)
        widget_key, kind, contact_id, origin = _parts(content[HEAD.size :])
        contact, when = ContactReference(ContactKind(kind), contact_id), datetime.fromtimestamp(at, UTC)
    except (ValueError, struct.error, OverflowError):
        return None
    if version != VERSION:
        return None
    return Refusal(code.rstrip(b"\0").decode("ascii", "replace"), tenant, widget_key, contact, origin, when)


def _parts(content: bytes) -> list[str]:
    found: list[str] = []
    while content:
        (length,) = struct.unpack_from(">H", content)
        found.append(content[2 : 2 + length].decode("utf-8", "replace"))
        content = content[2 + length :]
    return found
