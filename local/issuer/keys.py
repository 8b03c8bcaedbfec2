"""The keys that sign tokens. The next one is published before it is used, and old ones until their tokens are over."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
FILES = "key-*.pem"
KEPT = 4
"""The one that signs, the next, and two before it."""
REFRESH_KEY = "refresh-key"


class SigningKeys:
    """Keeps its keys in `directory`, readable by the user only, so that tokens survive a restart."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        stored = sorted(directory.glob(FILES)) if directory is not None and directory.is_dir() else []
        self._keys = [_load(file) for file in stored]
        while len(self._keys) < 2:
            self.roll_over()
        self.refresh_key = self._load_refresh_key()

    def roll_over(self) -> None:
        """Sign with the next key from now on, publish another for the time after it, and forget the oldest."""
        self._keys = [*self._keys, rsa.generate_private_key(public_exponent=65537, key_size=2048)][-KEPT:]
        if self._directory is not None:
            self._store(self._directory, self._keys[-1])

    def key_set(self) -> dict[str, Any]:
        """The public keys as a JWK set."""
        return {"keys": [_jwk(key) for key in self._keys]}

    def sign(self, claims: dict[str, Any]) -> str:
        # The last key only waits: whoever keeps key sets knows it before the first token is signed with it.
        key = self._keys[-2]
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": _jwk(key)["kid"]})

    @staticmethod
    def _store(directory: Path, key: rsa.RSAPrivateKey) -> None:
        stored = sorted(directory.glob(FILES))
        number = int(stored[-1].stem.removeprefix("key-")) + 1 if stored else 1
        _write(directory / f"key-{number:06}.pem", _pem(key))
        for file in stored[: max(0, len(stored) + 1 - KEPT)]:
            file.unlink()

    def _load_refresh_key(self) -> bytes:
        if self._directory is None:
            return secrets.token_bytes(32)
        file = self._directory / REFRESH_KEY
        if not file.exists():
            _write(file, secrets.token_bytes(32))
        return file.read_bytes()


def _jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    public = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    name = hashlib.sha256(public["n"].encode()).hexdigest()[:24]
    return {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": name, "n": public["n"], "e": public["e"]}


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _load(file: Path) -> rsa.RSAPrivateKey:
    # The checks take a quarter of a second for each key, and these are our own.
    key = serialization.load_pem_private_key(file.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{file} does not hold an RSA key")
    return key


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(content)
