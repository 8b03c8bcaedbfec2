"""Faults: off by default, switched at the start or while running, repeatable by their seed."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from local.acs.faults import FaultInjector, Faults
from local.acs.options import AcsOptions, EventSubscription
from tests.local.acs.harness import Acs, Json, Receiver, receiving, running, wait_until


async def _switch(acs: Acs, faults: Json) -> httpx.Response:
    return await acs.http.put("/_standin/faults", json=faults)


async def test_nothing_fails_by_default(acs: Acs) -> None:
    faults = (await acs.http.get("/_standin/faults")).json()

    assert faults["errorsBeforeEffect"] == 0
    assert faults["timeoutsAfterEffect"] == 0
    assert faults["duplicateEvents"] == 0
    assert faults["reorderEventsSeconds"] == 0


async def test_an_error_before_the_effect_has_no_effect(acs: Acs) -> None:
    relay = await acs.user("chat")
    thread = await acs.thread(relay)
    await _switch(acs, {"errorsBeforeEffect": 1, "errorStatuses": [429], "operations": ["sendMessage"]})

    refused = await acs.chat(relay, "POST", f"{thread}/messages", {"content": "x"})

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert len(await acs.messages(relay, thread)) == 2


async def test_a_timeout_after_the_effect_has_the_effect(acs: Acs) -> None:
    relay = await acs.user("chat")
    thread = await acs.thread(relay)
    await _switch(acs, {"timeoutsAfterEffect": 1, "hangSeconds": 0.05, "operations": ["sendMessage"]})

    started = time.monotonic()
    answer = await acs.chat(relay, "POST", f"{thread}/messages", {"content": "x"})

    assert answer.status_code == 504
    assert time.monotonic() - started >= 0.05
    [newest, *_] = await acs.messages(relay, thread)
    assert newest["content"] == {"message": "x"}


async def test_faults_are_replaced_as_a_whole(acs: Acs) -> None:
    await _switch(acs, {"errorsBeforeEffect": 1})

    assert (await acs.owner("POST", "/identities", {})).status_code in (500, 429)
    assert (await _switch(acs, {})).json()["errorsBeforeEffect"] == 0
    assert (await acs.owner("POST", "/identities", {})).status_code == 201


@pytest.mark.parametrize(
    "faults", [{"errorsBeforeEffect": 2}, {"unknown": 1}, {"errorStatuses": []}, {"hangSeconds": -1}]
)
async def test_faults_that_make_no_sense_are_refused(acs: Acs, faults: Json) -> None:
    answer = await _switch(acs, faults)

    assert answer.status_code == 400
    assert answer.json()["problems"]


def test_the_same_seed_gives_the_same_faults() -> None:
    faults = Faults(seed=7, errors_before_effect=0.5, duplicate_events=0.5, reorder_events_seconds=3)

    def draws() -> list[object]:
        injector = FaultInjector(faults)
        return [(injector.status_before_effect("sendMessage"), injector.event_delays()) for _ in range(50)]

    assert draws() == draws()


async def test_events_are_duplicated_with_the_same_id() -> None:
    async with receiving(Receiver()) as receiver:
        subscription = EventSubscription("chat", receiver.url)
        async with running(AcsOptions(subscriptions=(subscription,), faults=Faults(duplicate_events=1))) as acs:
            await acs.thread(await acs.user("chat"))
            await wait_until(lambda: len(receiver.events) == 2)

    assert len({event["id"] for event in receiver.events}) == 1


async def test_events_are_reordered() -> None:
    async with receiving(Receiver()) as receiver:
        faults = Faults(seed=1, reorder_events_seconds=0.3)
        options = AcsOptions(subscriptions=(EventSubscription("chat", receiver.url),), faults=faults)
        async with running(options) as acs:
            relay = await acs.user("chat")
            thread = await acs.thread(relay)
            await asyncio.gather(*(acs.send(relay, thread, str(number)) for number in range(8)))
            await wait_until(lambda: len(receiver.events) == 9)

    arrived = [event["data"]["messageId"] for event in receiver.of_type("ChatMessageReceivedInThread")]
    assert len(set(arrived)) == 8
    assert arrived != sorted(arrived)


async def test_batches_can_be_switched_on_while_running() -> None:
    async with receiving(Receiver()) as receiver:
        options = AcsOptions(subscriptions=(EventSubscription("chat", receiver.url),))
        async with running(options) as acs:
            await _switch(acs, {"maxEventsPerBatch": 10})
            relay = await acs.user("chat")
            thread = await acs.thread(relay)
            for number in range(5):
                await acs.send(relay, thread, str(number))
            await wait_until(lambda: len(receiver.events) == 6)

    assert len(receiver.batches) < 6
