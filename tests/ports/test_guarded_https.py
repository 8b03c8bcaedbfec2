"""Fetching from addresses that administrators write, and from no place inside a network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.adapters.guarded_https import GuardedHttps
from shared.domain.errors import NotSent, Refused
from tests.ports.issuer import KeyHost, Names, key_host

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "https://keys.lunifico.example/keys"
HOST = "keys.lunifico.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[KeyHost, Path]]:
    async with key_host(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def host(served: tuple[KeyHost, Path], monkeypatch: pytest.MonkeyPatch) -> KeyHost:
    monkeypatch.setenv("SSL_CERT_FILE", str(served[1]))
    served[0].reads = 0
    return served[0]


async def test_a_host_that_the_operator_allows_may_be_inside(host: KeyHost) -> None:
    body = await GuardedHttps([HOST], Names(["127.0.0.1"], host.port)).get(NAME)
    assert b'"keys"' in body


async def test_a_host_is_allowed_by_its_whole_name(host: KeyHost) -> None:
    for allowed in ("lunifico.example", "s.lunifico.example", ".lunifico.example", "*", "", "127.0.0.1"):
        with pytest.raises(Refused, match="INTERACT_SITE_KEY_HOSTS"):
            await GuardedHttps([allowed], Names(["127.0.0.1"], host.port)).get(NAME)
    assert host.reads == 0


async def test_of_several_addresses_only_public_ones_are_connected_to(host: KeyHost) -> None:
    names = Names(["127.0.0.1", "::1", "10.0.0.8"], host.port)
    with pytest.raises(Refused):
        await GuardedHttps([], names).get(NAME)
    assert host.reads == 0


async def test_a_name_is_looked_up_once_and_what_was_found_is_connected_to(host: KeyHost) -> None:
    """So there is no second look-up that could lead elsewhere."""
    names = Names(["127.0.0.1"], host.port)
    https = GuardedHttps([HOST], names)
    await https.get(NAME)
    assert names.asked == [HOST]
    assert host.reads == 1


async def test_nothing_is_kept_of_a_connection(host: KeyHost) -> None:
    """The next fetch resolves, checks and connects anew."""
    names = Names(["127.0.0.1"], host.port)
    https = GuardedHttps([HOST], names)
    await https.get(NAME)
    names._addresses = ["169.254.169.254"]
    https._inner_hosts = frozenset()
    with pytest.raises(Refused, match="169"):
        await https.get(NAME)
    assert host.reads == 1


async def test_a_proxy_of_the_environment_is_not_taken(host: KeyHost, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    await GuardedHttps([HOST], Names(["127.0.0.1"], host.port)).get(NAME)
    assert host.reads == 1


async def test_a_certificate_of_an_unknown_authority_is_no_proof(
    host: KeyHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotSent):
        await GuardedHttps([HOST], Names(["127.0.0.1"], host.port)).get(NAME)
    assert host.reads == 0
