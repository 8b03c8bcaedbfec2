"""A site and an identity provider: their keys, what they publish of them, and tokens signed with any of them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from local.serving import Certificate, serving

NAMES = ("localhost", "login.microsoftonline.com", "keys.lunifico.example")
SECRET, PREVIOUS_SECRET = "s" * 32, "p" * 32
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SECOND_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EC, P384 = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()

Sign = Callable[[bytes], bytes]


def pem(key: Any) -> str:
    """The public half of a private key."""
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


def private_pem(key: Any) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


def by_rsa(key: rsa.RSAPrivateKey) -> Sign:
    return lambda text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def by_ec(text: bytes) -> bytes:
    r, s = decode_dss_signature(EC.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def by_secret(secret: str, algorithm: str = "sha256") -> Sign:
    return lambda text: hmac.new(secret.encode(), text, getattr(hashlib, algorithm)).digest()


SIGNED: Mapping[str, Sign] = {
    "rsa": by_rsa(RSA),
    "second rsa": by_rsa(SECOND_RSA),
    "short rsa": by_rsa(SHORT_RSA),
    "stranger": by_rsa(STRANGER),
    "rsa 512": lambda text: RSA.sign(text, padding.PKCS1v15(), hashes.SHA512()),
    "rsa pss": lambda text: RSA.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
    "ec": by_ec,
    "secret": by_secret(SECRET),
    "secret 512": by_secret(SECRET, "sha512"),
    "previous secret": by_secret(PREVIOUS_SECRET),
    "short secret": by_secret("s" * 31),
    "stranger secret": by_secret("x" * 32),
    "empty secret": by_secret(""),
    "public key as secret": by_secret(pem(RSA)),
    "nobody": lambda text: b"",
}


def part(value: object) -> str:
    """A part of a token: an object as JSON, or a text as it is."""
    text = value if isinstance(value, str) else json.dumps(value)
    return encoded(text.encode())


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token(header: object, claims: object, signed: str) -> str:
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{encoded(SIGNED[signed](text.encode()))}"


def jwk(key: Any, key_id: str, **more: str) -> dict[str, Any]:
    """The public half as a JSON Web Key."""
    public = key.public_key()
    text = RSAAlgorithm.to_jwk(public) if isinstance(public, rsa.RSAPublicKey) else ECAlgorithm.to_jwk(public)
    return {**json.loads(text), "kid": key_id, **more}


def key_set() -> list[dict[str, Any]]:
    """What the identity provider publishes: two keys for us, and others that are not."""
    return [
        {"kid": "odd", "kty": "EC"},
        {"kid": "odder", "kty": "RSA", "n": 5, "e": ["AQAB"]},
        jwk(STRANGER, "encrypts", use="enc"),
        jwk(RSA, "rs512", alg="RS512"),
        jwk(SHORT_RSA, "short"),
        jwk(P384, "p384"),
        {"kid": "secret", "kty": "oct", "k": encoded(SECRET.encode())},
        {**json.loads(RSAAlgorithm.to_jwk(RSA)), "kid": "private", "use": "sig"},
        jwk(RSA, "rsa-1", use="sig", alg="RS256"),
        jwk(EC, "ec-1"),
    ]


@dataclass
class KeyHost:
    """Publishes keys by https. `documents` can be changed, `status` too; `reads` counts."""

    port: int = 0
    documents: list[dict[str, Any]] = field(default_factory=key_set)
    status: int = 200
    reads: int = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def app(self) -> Starlette:
        async def keys(request: Request) -> Response:
            self.reads += 1
            return JSONResponse({"keys": self.documents}, self.status)

        async def redirect(request: Request) -> Response:
            return RedirectResponse("/keys")

        async def fault(request: Request) -> Response:
            return Response(status_code=500)

        async def page(request: Request) -> Response:
            return PlainTextResponse("<!doctype html>")

        async def listed(request: Request) -> Response:
            return JSONResponse(self.documents)

        async def large(request: Request) -> Response:
            return JSONResponse({"keys": self.documents, "more": "x" * 300_000})

        async def packed(request: Request) -> Response:
            body = gzip.compress(json.dumps({"keys": self.documents}).encode())
            return Response(body, headers={"Content-Encoding": "gzip"}, media_type="application/json")

        async def slow(request: Request) -> Response:
            async def drops() -> AsyncIterator[bytes]:
                while True:
                    yield b" "
                    await asyncio.sleep(0.05)

            return StreamingResponse(drops())

        endpoints = (redirect, fault, page, large, packed, slow)
        routes = [Route(f"/{endpoint.__name__}", endpoint) for endpoint in endpoints]
        more = [Route("/list", listed), Route("/keys", keys), Route("/{tenant}/discovery/v2.0/keys", keys)]
        return Starlette(routes=[*routes, *more])


@asynccontextmanager
async def key_host(directory: Path) -> AsyncIterator[tuple[KeyHost, Path]]:
    """The host, and the file of the authority that has certified it."""
    authority, host = trustme.CA(), KeyHost()
    certificate_file, authority_file = directory / "host.pem", directory / "authority.pem"
    authority.issue_cert(*NAMES).private_key_and_cert_chain_pem.write_to_path(certificate_file)
    authority.cert_pem.write_to_path(authority_file)
    assert ssl.create_default_context(cafile=authority_file)
    async with serving(host.app(), tls=Certificate(str(certificate_file), str(certificate_file))) as server:
        host.port = server.port
        yield host, authority_file


class Names(AbstractResolver):
    """Leads every name to these addresses and to one port; `asked` are the names."""

    def __init__(self, addresses: Sequence[str], port: int) -> None:
        self._addresses = addresses
        self._port = port
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked.append(host)
        if not self._addresses:
            raise OSError("there is no such name")
        return [
            ResolveResult(
                hostname=host, host=address, port=self._port, family=10 if ":" in address else 2, proto=0, flags=0
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """There is nothing to close."""
