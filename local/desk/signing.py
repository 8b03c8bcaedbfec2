"""The desk's own key: it signs activities for the bot and issues the tokens that the bot presents."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER_OF_ACTIVITIES = "https://api.botframework.com"
CONNECTOR_AUDIENCE = "https://api.botframework.com"
GRAPH_AUDIENCE = "https://graph.microsoft.com"
TOKEN_LIFETIME = 3600
ACTIVITY_TOKEN_LIFETIME = 600
ALGORITHM = "RS256"


class TokenRefusedError(Exception):
    """The bearer token is missing, expired, or was not issued by this desk for this purpose."""


class Signing:
    """Signs and verifies with one RSA key, which is kept in `data_directory` so that tokens survive a restart."""

    def __init__(self, *, bot_id: str, tenant_id: str, service_url: str, data_directory: Path | None) -> None:
        self._bot_id = bot_id
        self._token_issuer = f"https://sts.windows.net/{tenant_id}/"
        self._tenant_id = tenant_id
        self._service_url = service_url
        self._key = _load_or_create(data_directory / "signing-key.pem") if data_directory else _new_key()
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self._key_id = f"desk-{public['n'][:12]}"
        self._jwk = {**public, "kid": self._key_id, "use": "sig", "endorsements": ["msteams"]}

    def key_set(self) -> dict[str, Any]:
        """The public key as a JWK set; `endorsements` names the channels it may sign for."""
        return {"keys": [self._jwk]}

    def activity_token(self) -> str:
        """The bearer token with which the desk posts one activity to the bot."""
        now = int(time.time())
        claims = {"iss": ISSUER_OF_ACTIVITIES, "aud": self._bot_id, "serviceurl": self._service_url}
        return self._sign({**claims, "nbf": now - 5, "exp": now + ACTIVITY_TOKEN_LIFETIME})

    def application_token(self, audience: str) -> str:
        """An access token of the bot for `audience`, valid for an hour."""
        now = int(time.time())
        claims = {"iss": self._token_issuer, "aud": audience, "appid": self._bot_id, "tid": self._tenant_id}
        return self._sign({**claims, "iat": now, "nbf": now - 5, "exp": now + TOKEN_LIFETIME})

    def require_application(self, authorization: str | None, audience: str) -> None:
        """Accept the header only with a token of the bot for `audience`; raises TokenRefusedError."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefusedError("no bearer token")
        try:
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[ALGORITHM],
                audience=audience,
                issuer=self._token_issuer,
                options={"require": ["exp", "aud", "iss"]},
            )
        except jwt.PyJWTError as error:
            raise TokenRefusedError(str(error)) from error
        if claims.get("appid") != self._bot_id:
            raise TokenRefusedError("the token belongs to another application")

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._key_id})


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _load_or_create(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{path} does not hold an RSA key")
        return key
    key = _new_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return key
