"""Keys of issuers: read rarely, found when they change, and not asked for by forged tokens."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.adapters import key_sets
from shared.adapters.key_sets import FRESH, GOOD, PAUSE, PAUSE_AFTER_FAILURE, SERVES, KeySets
from shared.adapters.site_keys import keys_of_set
from shared.domain.errors import NotSent, Refused
from tests.ports.issuer import RSA, SECOND_RSA, jwk, pem

URL = "https://keys.lunifico.example/keys"


@dataclass
class Issuer:
    """Publishes keys under ids; `away` while its host does not answer."""

    ids: list[str] = field(default_factory=lambda: ["key-1"])
    reads: list[str] = field(default_factory=list)
    away: bool = False
    text: bytes | None = None
    time: float = 0.0
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    sets: KeySets = field(init=False)

    def __post_init__(self) -> None:
        self.sets = KeySets(self.fetch, lambda: self.time)
        self.answers.set()

    async def fetch(self, url: str) -> bytes:
        self.reads.append(url)
        await asyncio.sleep(0)
        await self.answers.wait()
        if self.away:
            raise NotSent("the host of the keys answered 503", 5.0)
        return self.text or json.dumps({"keys": [jwk(RSA, key_id) for key_id in self.ids]}).encode()

    async def knows(self, key_id: str, url: str = URL) -> bool:
        try:
            await self.sets.key(url, key_id)
        except Refused as error:
            return error.code != "site_token_key_unknown"
        return True

    async def settles(self) -> None:
        """Whatever is read beside is read now."""
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


async def test_keys_are_read_once_an_hour(issuer: Issuer) -> None:
    for seconds in (0, FRESH / 2, FRESH / 2):
        issuer.time += seconds
        assert await issuer.knows("key-1")
    assert len(issuer.reads) == 1
    issuer.time += 1
    assert await issuer.knows("key-1")
    await issuer.settles()
    assert len(issuer.reads) == 2


async def test_nobody_waits_for_a_slow_issuer_whose_keys_are_known(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.answers.clear()
    issuer.time = FRESH + 1
    async with asyncio.timeout(1):
        assert all(await asyncio.gather(*(issuer.knows("key-1") for _ in range(20))))
    await issuer.settles()
    assert len(issuer.reads) == 2

    issuer.ids = ["key-2"]
    issuer.answers.set()
    await issuer.settles()
    assert await issuer.knows("key-2")
    assert not await issuer.knows("key-1")


async def test_a_new_key_waits_for_the_look_that_is_under_way_and_makes_no_second_one(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.ids = ["key-1", "key-2"]
    issuer.answers.clear()
    issuer.time = FRESH + 1
    assert await issuer.knows("key-1")
    asking = asyncio.ensure_future(issuer.knows("key-2"))
    await issuer.settles()
    assert not asking.done()
    issuer.answers.set()
    assert await asking
    assert len(issuer.reads) == 2


async def test_keys_that_nobody_asked_for_in_hours_are_read_before_they_are_believed(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.ids = ["key-2"]
    issuer.time = SERVES + 1
    assert not await issuer.knows("key-1")


async def test_an_issuer_that_has_failed_is_waited_for_once_and_then_looked_at_beside(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.away = True
    issuer.time = SERVES + 1
    assert await issuer.knows("key-1")
    issuer.answers.clear()
    issuer.time += PAUSE_AFTER_FAILURE
    async with asyncio.timeout(1):
        assert await issuer.knows("key-1")

    issuer.away, issuer.ids = False, ["key-2"]
    issuer.answers.set()
    await issuer.settles()
    assert not await issuer.knows("key-1")


async def test_whoever_asks_at_the_same_time_waits_for_one_reading(issuer: Issuer) -> None:
    assert all(await asyncio.gather(*(issuer.knows("key-1") for _ in range(20))))
    assert len(issuer.reads) == 1


async def test_a_new_key_is_found_by_one_look(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.time += PAUSE
    issuer.ids = ["key-1", "key-2"]
    assert all(await asyncio.gather(*(issuer.knows("key-2") for _ in range(20))))
    assert len(issuer.reads) == 2


async def test_a_key_that_was_withdrawn_is_not_taken_after_the_next_look(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.time += FRESH + 1
    issuer.ids = ["key-2"]
    await issuer.knows("key-1")
    await issuer.settles()
    assert await issuer.knows("key-2")
    assert not await issuer.knows("key-1")


async def test_forged_ids_cost_one_look_in_half_a_minute(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    for step in range(100):
        issuer.time += 0.5
        assert not await issuer.knows(f"forged-{step}")
        assert await issuer.knows("key-1")
    assert len(issuer.reads) == 1 + 50 // PAUSE


async def test_a_host_that_does_not_answer_is_asked_once_in_five_seconds(issuer: Issuer) -> None:
    issuer.away = True
    for _ in range(20):
        with pytest.raises(NotSent) as failure:
            await issuer.sets.key(URL, "key-1")
        assert 0 < failure.value.retry_after <= PAUSE_AFTER_FAILURE
        issuer.time += 0.5
    assert len(issuer.reads) == 2
    issuer.away = False
    assert await issuer.knows("key-1")


async def test_known_keys_serve_for_a_day_while_their_host_is_away(
    issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    assert await issuer.knows("key-1")
    issuer.away = True
    issuer.time = GOOD
    with caplog.at_level(logging.WARNING):
        assert await issuer.knows("key-1")
    assert "old" in caplog.text
    with pytest.raises(NotSent):
        await issuer.sets.key(URL, "key-2")
    issuer.time += PAUSE_AFTER_FAILURE
    with pytest.raises(NotSent):
        await issuer.sets.key(URL, "key-1")


@pytest.mark.parametrize("text", [b"<!doctype html>", b"[]", b'{"keys": {}}', b"\xff\xfe", b"null", b"[" * 100_000])
async def test_what_is_no_set_of_keys_counts_as_a_failure_of_its_host(issuer: Issuer, text: bytes) -> None:
    issuer.text = text
    with pytest.raises(NotSent):
        await issuer.sets.key(URL, "key-1")


async def test_each_issuer_has_keys_of_its_own(issuer: Issuer) -> None:
    assert await issuer.knows("key-1")
    issuer.ids = ["key-2"]
    assert await issuer.knows("key-2", "https://another.example/keys")
    assert not await issuer.knows("key-2")


async def test_what_is_remembered_is_bounded(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "MOST_SETS", 3)
    for number in (1, 2, 3, 4, 4, 1):
        assert await issuer.knows("key-1", f"{URL}/{number}")
    assert [read[-1] for read in issuer.reads] == ["1", "2", "3", "4", "1"]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "key",
        [],
        {},
        {"kty": "RSA", "kid": "odd"},
        {"kty": "RSA", "kid": "odd", "n": "", "e": ""},
        {"kty": "RSA", "kid": "odd", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "odd", "n": 5, "e": []},
        {"kty": "EC", "kid": "odd", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": ["RSA"], "kid": "odd"},
        {"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": "AA"},
        {**jwk(SECOND_RSA, "odd"), "kid": None},
        {**jwk(SECOND_RSA, "odd"), "kid": 5},
        {**jwk(SECOND_RSA, "odd"), "use": ["enc"]},
    ],
)
def test_a_strange_entry_does_not_spoil_the_others(entry: Any) -> None:
    document = json.dumps({"keys": [entry, jwk(RSA, "key-1")]}).encode()
    assert set(keys_of_set(document)) == {"key-1"}


def test_of_two_keys_of_one_id_the_first_counts() -> None:
    document = json.dumps({"keys": [jwk(RSA, "key-1"), jwk(SECOND_RSA, "key-1")]}).encode()
    (key,) = keys_of_set(document).values()
    assert key.key.public_numbers() == RSA.public_key().public_numbers()  # type: ignore[union-attr]  # an RSA key
    assert pem(RSA) != pem(SECOND_RSA)
