"""Seals by AES-SIV (RFC 5297), with a key for each purpose that is derived from the session key.

SIV needs no counter and forgives what no nonce could: whoever makes a page be refused a billion times learns nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets

from shared.ports import SealPurpose

NONCE = 16
LONGEST = 4_096
ALPHABET = re.compile(r"[A-Za-z0-9_-]+\Z")


class AesSeals:
    """Seals of the `previous` key, before a rotation, can be opened as well."""

    def __init__(self, key: bytes, previous: bytes | None = None) -> None:
        self._keys = [key] if previous is None else [key, previous]

    def seal(self, purpose: SealPurpose, content: bytes) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        nonce = secrets.token_bytes(NONCE)
        sealed = AESSIV(_derive(self._keys[0], purpose)).encrypt(content, [nonce])
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, purpose: SealPurpose, seal: str) -> bytes | None:
        raw = _decoded(seal)
        if raw is None or len(raw) <= NONCE:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        for key in self._keys:
            try:
                return AESSIV(_derive(key, purpose)).decrypt(raw[NONCE:], [raw[:NONCE]])
            except (InvalidTag, ValueError):
                continue
        return None


def _decoded(seal: str) -> bytes | None:
    """The bytes, of the one way to write them."""
    if len(seal) > LONGEST or not ALPHABET.match(seal):
        return None
    try:
        raw = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if base64.urlsafe_b64encode(raw).decode().rstrip("=") == seal else None


def _derive(secret: bytes, purpose: SealPurpose) -> bytes:
    """64 bytes: AES-256 in both halves of SIV."""
    return hmac.new(secret, f"interact seal: {purpose.value}".encode(), hashlib.sha512).digest()
