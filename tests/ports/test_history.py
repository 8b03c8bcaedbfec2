"""What every history has to do; and what stands for an address in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.digests import HmacDigests
from shared.adapters.memory import MemoryDigests, MemoryHistory
from shared.adapters.tables import HISTORY, Tables
from shared.adapters.tables_history import MONTHS, TableHistory
from shared.domain.errors import InvalidRequest
from shared.domain.history import HistoryEntry, Outcome, entry_of
from shared.domain.sessions import ContactKind, ContactReference
from shared.ports import Digests, History, HistorySelection
from tests.ports.samples import LUISA, NOW, session, unique

ALWAYS = HistorySelection(datetime(2028, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))
SALES, ORDERS = ContactReference(ContactKind.SERVICE, "sales"), ContactReference(ContactKind.SERVICE, "sales:a/b")


@pytest.fixture(params=["memory", "tables"])
async def history(request: pytest.FixtureRequest, tables: Tables) -> History:
    return MemoryHistory() if request.param == "memory" else TableHistory(tables)


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


def entry(tenant: str, number: int, ended_at: datetime = NOW) -> HistoryEntry:
    ended = replace(session(f"session-{number}"), tenant_id=tenant, ended_at=ended_at)
    return entry_of(ended, with_context=True)


async def pages(history: History, tenant: str, selection: HistorySelection) -> list[str]:
    """The ids of all pages; each page has at most as many as were asked for."""
    found: list[str] = []
    for _ in range(100):
        page = await history.list(tenant, selection)
        assert len(page.entries) <= selection.top
        found += [one.session_id for one in page.entries]
        if page.next is None:
            return found
        selection = replace(selection, after=page.next)
    raise AssertionError("the pages have no end")


async def test_an_entry_is_read_as_it_was_written(history: History, tenant: str) -> None:
    written = replace(entry(tenant, 1), agent=LUISA, connected_at=NOW, parameters={"orderNumber": "7"})
    await history.record(written)
    assert (await history.list(tenant, ALWAYS)).entries == (written,)


async def test_recorded_again_it_takes_the_place_of_what_was_there(history: History, tenant: str) -> None:
    first = replace(entry(tenant, 1), agent=LUISA)
    await history.record(first)
    await history.record(replace(first, customer=None))
    for selection in (ALWAYS, replace(ALWAYS, contact=SALES), replace(ALWAYS, agent_id="luisa")):
        (found,) = (await history.list(tenant, selection)).entries
        assert found.customer is None


async def test_the_newest_come_first_page_by_page_over_months(history: History, tenant: str) -> None:
    for number in range(7):
        await history.record(entry(tenant, number, NOW - timedelta(days=20 * number)))
    assert await pages(history, tenant, replace(ALWAYS, top=2)) == [f"session-{number}" for number in range(7)]
    assert await pages(history, tenant, ALWAYS) == [f"session-{number}" for number in range(7)]


async def test_what_ended_at_the_same_moment_is_all_there(history: History, tenant: str) -> None:
    for number in range(5):
        await history.record(entry(tenant, number))
    assert Counter(await pages(history, tenant, replace(ALWAYS, top=2))) == Counter(f"session-{n}" for n in range(5))


async def test_from_counts_and_to_does_not(history: History, tenant: str) -> None:
    for number in range(4):
        await history.record(entry(tenant, number, NOW + timedelta(hours=number)))
    within = HistorySelection(NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    assert await pages(history, tenant, within) == ["session-2", "session-1"]
    assert await pages(history, tenant, replace(within, top=1)) == ["session-2", "session-1"]


async def test_contact_agent_and_outcome_select(history: History, tenant: str) -> None:
    await history.record(entry(tenant, 1))
    await history.record(replace(entry(tenant, 2), contact=ORDERS, agent=LUISA, outcome=Outcome.ANSWERED))
    await history.record(replace(entry(tenant, 3), contact=ORDERS, outcome=Outcome.DECLINED))
    assert await pages(history, tenant, replace(ALWAYS, contact=SALES)) == ["session-1"]
    assert sorted(await pages(history, tenant, replace(ALWAYS, contact=ORDERS))) == ["session-2", "session-3"]
    assert await pages(history, tenant, replace(ALWAYS, agent_id="luisa")) == ["session-2"]
    assert await pages(history, tenant, replace(ALWAYS, agent_id="luisa", contact=SALES)) == []
    assert await pages(history, tenant, replace(ALWAYS, outcome=Outcome.DECLINED, top=1)) == ["session-3"]


async def test_tenants_are_apart(history: History, tenant: str) -> None:
    await history.record(entry(tenant, 1))
    assert await pages(history, f"{tenant}2", ALWAYS) == []


@pytest.mark.parametrize("after", ["", "x", "2030-13 a", "2030-01 a/b", "nowhere' or '1"])
async def test_what_is_no_next_is_refused(history: History, tenant: str, after: str) -> None:
    if after == "" and isinstance(history, MemoryHistory):
        return
    with pytest.raises(InvalidRequest):
        await history.list(tenant, replace(ALWAYS, after=after))


async def test_years_without_sessions_end(tables: Tables, tenant: str) -> None:
    history = TableHistory(tables)
    await history.record(entry(tenant, 1, datetime(2021, 5, 5, tzinfo=UTC)))
    since = HistorySelection(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    assert (await history.list(tenant, since)).next is not None, f"{MONTHS} months were empty, and there are more"
    assert await pages(history, tenant, since) == ["session-1"]


async def test_an_entry_is_one_transaction_of_one_partition(tables: Tables, tenant: str) -> None:
    await TableHistory(tables).record(replace(entry(tenant, 1), agent=LUISA))
    rows = await tables.between(HISTORY, f"{tenant}:2030-01", "!", "~")
    assert [row.key.partition(":")[0] for row in rows] == ["agent", "all", "with"]


# --- found by an address ---------------------------------------------------------------------------------------------


async def test_sessions_are_found_by_the_digest_until_they_are_forgotten(history: History, tenant: str) -> None:
    for number in range(3):
        await history.record(entry(tenant, number), "carla")
    await history.record(entry(tenant, 3), "otto")
    await history.record(entry(tenant, 4))
    assert sorted(await history.sessions_of(tenant, "carla", 10)) == ["session-0", "session-1", "session-2"]
    assert len(await history.sessions_of(tenant, "carla", 2)) == 2
    assert await history.sessions_of(f"{tenant}2", "carla", 10) == []
    assert [await history.forget(tenant, "carla", "session-1") for _ in range(2)] == [True, False]
    assert sorted(await history.sessions_of(tenant, "carla", 10)) == ["session-0", "session-2"]


@pytest.fixture(params=["memory", "hmac"])
def digests(request: pytest.FixtureRequest) -> Digests:
    return MemoryDigests() if request.param == "memory" else HmacDigests(b"k" * 32)


def test_one_address_has_one_digest_however_it_was_typed(digests: Digests) -> None:
    spellings = ("carla@example.org", " Carla@Example.ORG ", "ｃarla@example.org")
    assert len({digests.of_address("lunifico", one) for one in spellings}) == 1


def test_tenants_and_addresses_have_digests_of_their_own(digests: Digests) -> None:
    pairs = [("lunifico", "carla@example.org"), ("lunifico", "otto@example.org"), ("other", "carla@example.org")]
    assert len({digests.of_address(*pair) for pair in pairs}) == 3


def test_no_address_has_no_digest(digests: Digests) -> None:
    assert digests.of_address("lunifico", "  ") == ()


def test_the_address_cannot_be_told_without_the_key_and_is_found_after_a_rotation() -> None:
    (before,) = HmacDigests(b"a" * 32).of_address("lunifico", "carla@example.org")
    after = HmacDigests(b"b" * 32, b"a" * 32).of_address("lunifico", "carla@example.org")
    assert before not in (after[0], MemoryDigests().of_address("lunifico", "carla@example.org")[0])
    assert after[1] == before


def test_it_is_found_after_many_rotations_and_a_key_that_is_named_twice_counts_once() -> None:
    (first,) = HmacDigests(b"a" * 32).of_address("lunifico", "carla@example.org")
    now = HmacDigests(b"c" * 32, b"b" * 32, b"c" * 32, b"b" * 32, b"a" * 32)
    found = now.of_address("lunifico", "carla@example.org")
    assert (len(found), found[-1]) == (3, first)
