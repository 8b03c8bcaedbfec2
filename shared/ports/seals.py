"""Content that travels through other people's hands, and comes back unread and unchanged."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class SealPurpose(StrEnum):
    """What is sealed for one purpose cannot be opened for another."""

    DIAGNOSIS_ID = "diagnosis id"
    PREVIEW_PASS = "preview pass"


class Seals(Protocol):
    """Authenticated encryption; a seal is made of letters, digits, hyphens and underscores."""

    def seal(self, purpose: SealPurpose, content: bytes) -> str:
        """Two seals of the same content differ; the length says how long the content is, and no more."""
        ...

    def open(self, purpose: SealPurpose, seal: str) -> bytes | None:
        """The content; None where the seal is not ours, was changed, or is for another purpose."""
        ...
