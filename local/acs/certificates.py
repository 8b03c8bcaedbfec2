"""The stand-in's own certificate authority, because the SDKs speak nothing but https."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import trustme
from cryptography import x509

from local.serving import Certificate

LIFETIME = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Certificates:
    """A server certificate, the authority that signed it, and a bundle of that authority and the public ones.

    `REQUESTS_CA_BUNDLE` (sync SDKs) and `SSL_CERT_FILE` (aio SDKs) take `bundle_file`.
    """

    server: Certificate
    authority_file: Path
    bundle_file: Path


def certificates_in(directory: Path, now: datetime | None = None) -> Certificates:
    """The certificates kept in `directory`: made where missing, made anew within 30 days of their end."""
    server_file, key_file = directory / "server.pem", directory / "server-key.pem"
    authority_file, bundle_file = directory / "ca.pem", directory / "ca-bundle.pem"
    moment = now or datetime.now(UTC)
    files = (authority_file, server_file, key_file, bundle_file)
    if (
        not all(file.exists() for file in files)
        or _ends_soon(authority_file, moment)
        or _ends_soon(server_file, moment)
    ):
        directory.mkdir(parents=True, exist_ok=True)
        _make(authority_file, server_file, key_file, moment + LIFETIME)
    bundle_file.write_text(Path(certifi.where()).read_text() + "\n" + authority_file.read_text())
    return Certificates(Certificate(str(server_file), str(key_file)), authority_file, bundle_file)


def _make(authority_file: Path, server_file: Path, key_file: Path, not_after: datetime) -> None:
    authority = trustme.CA(organization_name="Interact local development")
    leaf = authority.issue_cert(*_NAMES, not_after=not_after)
    key_file.touch(mode=0o600)
    leaf.private_key_pem.write_to_path(key_file)
    server_file.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    authority.cert_pem.write_to_path(authority_file)


def _ends_soon(file: Path, moment: datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return certificate.not_valid_after_utc <= moment + RENEW_BEFORE
