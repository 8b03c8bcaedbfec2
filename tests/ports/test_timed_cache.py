"""Values that may be a little old: kept for a time, and not pushed out by those who ask for nothing that exists."""

from __future__ import annotations

import asyncio

import pytest

from shared.adapters.timed_cache import TimedCache

EXISTING = {"sales": "Lunifico Sales", "support": "Lunifico Support"}


class Source:
    """Has what exists; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self.fails = False
        self.cache: TimedCache[str, str | None] = TimedCache(30.0, 2, lambda: self.now, misses=3)

    async def get(self, name: str) -> str | None:
        async def read() -> str | None:
            self.asked.append(name)
            await asyncio.sleep(0)
            if self.fails:
                raise OSError("down")
            return EXISTING.get(name)

        return await self.cache.get(name, read)


@pytest.fixture
def source() -> Source:
    return Source()


async def test_a_value_is_read_once_in_its_time(source: Source) -> None:
    for at, reads in ((0.0, 1), (29.9, 1), (30.0, 2)):
        source.now = at
        assert await source.get("sales") == "Lunifico Sales"
        assert len(source.asked) == reads


async def test_everybody_who_asks_at_the_same_time_shares_one_reading(source: Source) -> None:
    assert await asyncio.gather(*(source.get("sales") for _ in range(50))) == ["Lunifico Sales"] * 50
    assert source.asked == ["sales"]


@pytest.mark.parametrize("at_once", [False, True])
async def test_asking_for_what_does_not_exist_pushes_out_nothing_that_does(source: Source, at_once: bool) -> None:
    for name in EXISTING:
        await source.get(name)
    guesses = [f"guess-{number}" for number in range(100)]
    if at_once:
        await asyncio.gather(*(source.get(name) for name in guesses))
    else:
        for name in guesses:
            await source.get(name)
    source.asked.clear()

    for name, value in EXISTING.items():
        assert await source.get(name) == value

    assert source.asked == []


async def test_misses_are_kept_too_but_only_so_many(source: Source) -> None:
    for name in ("a", "b", "c", "d"):
        assert await source.get(name) is None
    source.asked.clear()
    for name in ("b", "c", "d", "a"):
        assert await source.get(name) is None
    assert source.asked == ["a"]


async def test_what_did_not_exist_is_found_when_its_time_is_over(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await source.get("new") is None
    monkeypatch.setitem(EXISTING, "new", "Lunifico New")
    assert await source.get("new") is None
    source.now = 31
    assert await source.get("new") == "Lunifico New"
    monkeypatch.delitem(EXISTING, "new")
    source.now = 62
    assert await source.get("new") is None


async def test_the_oldest_value_goes_first(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXISTING, "third", "Lunifico Third")
    for name in EXISTING:
        await source.get(name)
    source.asked.clear()
    for name in ("support", "third", "sales"):
        await source.get(name)
    assert source.asked == ["sales"]


async def test_a_failed_reading_is_told_to_all_and_not_kept(source: Source) -> None:
    source.fails = True
    results = await asyncio.gather(source.get("sales"), source.get("sales"), return_exceptions=True)
    assert [type(result) for result in results] == [OSError, OSError]
    source.fails = False
    assert await source.get("sales") == "Lunifico Sales"


async def test_what_is_forgotten_is_read_again(source: Source) -> None:
    await source.get("sales")
    source.cache.forget("sales")
    await source.get("sales")
    assert source.asked == ["sales", "sales"]


async def test_what_is_forgotten_while_it_is_read_is_not_kept(source: Source) -> None:
    reading = asyncio.ensure_future(source.get("sales"))
    while not source.asked:
        await asyncio.sleep(0)
    source.cache.forget("sales")
    assert await reading == "Lunifico Sales"
    await source.get("sales")
    assert source.asked == ["sales", "sales"]
