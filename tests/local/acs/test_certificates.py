"""The stand-in's certificates: made once, kept, renewed, trusted by what clients read."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import httpx
import pytest

from local.acs.app import create_app
from local.acs.certificates import certificates_in
from local.acs.options import AcsOptions
from local.serving import serving


def test_certificates_are_kept_between_runs(tmp_path: Path) -> None:
    first = certificates_in(tmp_path)
    before = Path(first.server.certificate_file).read_bytes()

    assert certificates_in(tmp_path) == first
    assert Path(first.server.certificate_file).read_bytes() == before


def test_certificates_are_renewed_shortly_before_they_end(tmp_path: Path) -> None:
    before = certificates_in(tmp_path).authority_file.read_bytes()

    soon = datetime.now(UTC) + timedelta(days=340)

    assert certificates_in(tmp_path, soon).authority_file.read_bytes() != before


def test_a_lost_file_is_made_anew(tmp_path: Path) -> None:
    certificates = certificates_in(tmp_path)
    Path(certificates.server.key_file).unlink()

    certificates_in(tmp_path)

    assert Path(certificates.server.key_file).stat().st_mode & 0o777 == 0o600


def test_the_bundle_holds_the_public_authorities_and_ours(tmp_path: Path) -> None:
    certificates = certificates_in(tmp_path)

    bundle = certificates.bundle_file.read_text()

    assert Path(certifi.where()).read_text() in bundle
    assert certificates.authority_file.read_text() in bundle


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_client_that_trusts_the_bundle_connects(tmp_path: Path, host: str) -> None:
    certificates = certificates_in(tmp_path)
    trust = ssl.create_default_context(cafile=str(certificates.bundle_file))

    async with (
        serving(create_app(AcsOptions()), tls=certificates.server) as server,
        httpx.AsyncClient(verify=trust) as http,
    ):
        answer = await http.get(f"https://{host}:{server.port}/_standin/log")

    assert answer.status_code == 200


async def test_a_client_that_does_not_know_the_authority_refuses(tmp_path: Path) -> None:
    certificates = certificates_in(tmp_path)

    async with serving(create_app(AcsOptions()), tls=certificates.server) as server, httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await http.get(f"https://localhost:{server.port}/_standin/log")
