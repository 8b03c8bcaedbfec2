"""Many stories with seeded faults, and the proof that a broken promise would be found."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Any

import pytest

from shared.adapters.memory import MemoryThreadStore
from shared.application.slots import Slots
from shared.application.tasks import Tasks
from shared.application.waiting import Waiting
from shared.application.worker import Worker
from shared.domain.sessions import Session
from shared.ports import NewMessage, ThreadMessage
from tests.simulation.faults import PROFILES
from tests.simulation.native import TRANSPORTS
from tests.simulation.story import Outcome, dealt, tell
from tests.simulation.tenant import SCENES, scene
from tests.simulation.world import Timers

SEEDS = 500
CHUNK = 25
WITH_THREE = range(10_000, 10_100, CHUNK)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _broken(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{o.replay}\n    {o.violations}" for o in outcomes if o.violations)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_is_kept(first: int) -> None:
    outcomes = [tell(seed, *dealt(seed)) for seed in range(first, first + CHUNK)]

    assert not _broken(outcomes), _broken(outcomes)


@pytest.mark.parametrize("first", WITH_THREE)
def test_every_promise_is_kept_by_three_instances_at_once(first: int) -> None:
    outcomes = [tell(seed, *dealt(seed), hosts=3) for seed in range(first, first + CHUNK)]

    assert not _broken(outcomes), _broken(outcomes)


def test_seeds_deal_every_scene_all_faults_with_both_transports() -> None:
    told = Counter((scene(seed).name, *dealt(seed)) for seed in range(SEEDS))

    assert {(profile, transport) for _, profile, transport in told} == set(product(PROFILES, TRANSPORTS))
    assert len(told) == SCENES * len(PROFILES) * len(TRANSPORTS)


def test_without_faults_nothing_is_repeated() -> None:
    outcomes = [tell(seed, "calm") for seed in range(10)]

    assert {outcome.scene for outcome in outcomes} == {"direct", "broadcast", "pickup", "transfers", "everything"}
    assert sum(outcome.repeats + outcome.in_doubt for outcome in outcomes) == 0


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_seed_always_tells_the_same_story(transport: str) -> None:
    assert tell(7, "storm", transport) == tell(7, "storm", transport)
    assert tell(7, "storm", transport) != tell(7, "storm", transport, hosts=3)


def test_threads_that_take_the_same_message_twice_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = MemoryThreadStore.append

    async def forgetful(self: MemoryThreadStore, thread_id: str, message: NewMessage) -> ThreadMessage:
        self._keys.clear()
        return await honest(self, thread_id, message)

    monkeypatch.setattr(MemoryThreadStore, "append", forgetful)

    assert any(tell(seed, "hurricane", "native").violations for seed in range(20))


def test_a_relay_that_forgets_what_is_in_doubt_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_doubts(self: Worker, *args: Any) -> None:
        return None

    monkeypatch.setattr(Worker, "_look_for_doubts", no_doubts)

    assert any(tell(seed, "hurricane").violations for seed in range(40))


def test_a_relay_without_watchdogs_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Timers.wake

    async def forgetful(self: Timers, session_id: str, due: datetime, reason: str) -> None:
        if reason != "watchdog":
            await honest(self, session_id, due, reason)

    monkeypatch.setattr(Timers, "wake", forgetful)

    assert any(tell(seed, "hurricane").violations for seed in range(60))


def test_services_that_do_not_count_their_tasks_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def always_room(self: Slots, queue: str, session_id: str, cap: int, customer: str = "") -> bool:
        return True

    monkeypatch.setattr(Slots, "take", always_room)

    assert tell(3, "calm").violations


def test_agents_who_take_from_the_list_without_being_kept_free_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def just_so(self: Tasks, *args: Any) -> None:
        return None

    monkeypatch.setattr(Tasks, "_reserve", just_so)

    assert any("talks with" in violation for seed in range(2, 60, 5) for violation in tell(seed, "calm").violations)


def test_a_conversation_that_keeps_its_place_in_the_queue_it_left_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stays(self: Waiting, session: Session, queued_at: datetime) -> None:
        return None

    monkeypatch.setattr(Waiting, "leave", stays)

    assert any("hints left" in violation for violation in tell(3, "calm").violations)
