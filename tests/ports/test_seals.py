"""Seals: content that comes back unread and unchanged, or not at all."""

from __future__ import annotations

import pytest

from shared.adapters.aes_seals import AesSeals
from shared.adapters.memory import MemorySeals
from shared.ports import SealPurpose, Seals

KEY, BEFORE, ANOTHER = bytes(range(32)), bytes(range(32, 64)), bytes(reversed(range(32)))
ID, PASS = SealPurpose.DIAGNOSIS_ID, SealPurpose.PREVIEW_PASS


@pytest.fixture(params=["memory", "aes"])
def seals(request: pytest.FixtureRequest) -> Seals:
    adapters: dict[str, Seals] = {"memory": MemorySeals(), "aes": AesSeals(KEY)}
    return adapters[request.param]


@pytest.mark.parametrize("content", [b"", b"x", b"what a page was refused for", bytes(range(256)) * 4])
def test_what_is_sealed_comes_back(seals: Seals, content: bytes) -> None:
    assert seals.open(ID, seals.seal(ID, content)) == content


def test_what_is_sealed_for_one_purpose_opens_for_no_other(seals: Seals) -> None:
    assert seals.open(PASS, seals.seal(ID, b"content")) is None


def test_two_seals_of_the_same_content_differ(seals: Seals) -> None:
    assert seals.seal(ID, b"content") != seals.seal(ID, b"content")


@pytest.mark.parametrize("text", ["", "x", "seal-99", "....", "ä", "A" * 44, "A" * 10_000, "seal-0 ", "seal-00", "\n"])
def test_what_is_no_seal_opens_nothing(seals: Seals, text: str) -> None:
    seals.seal(ID, b"content")
    assert seals.open(ID, text) is None


def test_a_seal_travels_as_letters_and_digits() -> None:
    assert all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in AesSeals(KEY).seal(ID, bytes(200)))


def test_the_content_cannot_be_read_in_it() -> None:
    sealed = AesSeals(KEY).seal(ID, b"origin_not_allowed")
    assert "origin" not in sealed


def test_a_changed_seal_opens_nothing() -> None:
    seals = AesSeals(KEY)
    sealed = seals.seal(ID, b"content")
    for place in range(len(sealed)):
        for sign in "AB":
            changed = sealed[:place] + sign + sealed[place + 1 :]
            assert changed == sealed or seals.open(ID, changed) is None
    assert seals.open(ID, sealed + "A") is None
    assert seals.open(ID, sealed[:-1]) is None


def test_after_a_rotation_the_seals_before_it_open_for_as_long_as_the_key_is_kept() -> None:
    sealed = AesSeals(BEFORE).seal(PASS, b"content")
    assert AesSeals(KEY, BEFORE).open(PASS, sealed) == b"content"
    assert AesSeals(KEY).open(PASS, sealed) is None
    assert AesSeals(ANOTHER).open(PASS, AesSeals(KEY, BEFORE).seal(PASS, b"content")) is None
