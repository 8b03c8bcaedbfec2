"""Bad days of the neighbours, on the real stack: what is seen of them, and that everything arrives afterwards.

One conversation goes through all of them.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from local import demo
from local.desk.cards import find_action
from tests.soak.company import plan_company
from tests.soak.desk import Seat
from tests.soak.ledger import SENT_AGAIN, token_in
from tests.soak.plan import Plan
from tests.soak.stack import Stack, running
from tests.soak.storage_faults import StorageFaults
from tests.soak.threads import AcsThread, AgainError, called

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLAN = Plan(seed=1, conversations=1, agents=1, services=1)
WITHIN_A_MINUTE = 60.0
OUTAGE = 2.5
SILENCE = {"reorderEventsSeconds": 1_000_000}
"""Events come days later."""


@dataclass
class Talk:
    """A customer and an agent who are connected; `shown` is what the agent has seen of the customer, in order."""

    stack: Stack
    seat: Seat
    session: Mapping[str, Any] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def thread(self) -> AcsThread:
        return AcsThread(self.stack.http, self.session["messaging"], "Carla Customer")

    async def watch(self) -> None:
        """Accept what is offered, and note what is shown."""
        async for message in self.seat.shown():
            for card in message["cards"]:
                if find_action(card, verb="accept"):
                    await self.seat.press(message["id"], "accept")
                if find_action(card, verb="end"):
                    self.connected.set()
            if token := token_in(message["text"]):
                self.shown.append(f"{token}{'*' if SENT_AGAIN in message['text'] else ''}")

    async def start(self, service_id: str) -> None:
        body = {
            "widgetKey": demo.WIDGET_KEY,
            "serviceId": service_id,
            "modality": "instantMessaging",
            "customer": {"displayName": "Carla Customer", "email": "carla@example.org"},
            "message": "c0n0",
            "idempotencyKey": secrets.token_hex(16),
        }
        self.session = await self.call("POST", "/sessions", body)
        await self.beat()

    async def beat(self, last_message: str | None = None) -> None:
        body = {"leaving": False, **({"lastMessage": last_message} if last_message else {})}
        await self.call("POST", f"/sessions/{self.session['sessionId']}/heartbeat", body)

    async def call(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Origin": self.stack.functions}
        if self.session:
            headers["Authorization"] = f"Bearer {self.session['sessionToken']}"
        return await called(self.stack.http, method, f"{self.stack.functions}/api/widget/v1{path}", headers, body)

    async def write(self, token: str) -> None:
        await self.thread.write(token, f"{token}-{secrets.token_hex(8)}")

    async def newest(self) -> str:
        """The id of the newest message in the thread, as the page sees it."""
        headers = {"Authorization": f"Bearer {self.session['messaging']['token']}"}
        page = await called(self.stack.http, "GET", f"{self.thread._url()}&maxPageSize=1", headers)
        return str(page["value"][0]["id"])

    async def read(self) -> list[str]:
        """What the customer was shown of the agent, oldest first."""
        there = await self.thread.read()
        return [token_in(text) for text, metadata in reversed(there) if metadata.get("kind") == "agent"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Talk]:
    """Connected while Event Grid is silent already: the beginning of a conversation does not need it."""
    directory: Path = tmp_path_factory.mktemp("bad-days")
    chance = random.Random(PLAN.seed)
    company = plan_company(PLAN.agents, PLAN.services, chance)
    async with running(directory, PLAN, company, chance) as stack:
        talk = Talk(stack, Seat(stack, company.agents[0].id))
        await talk.seat.install()
        await stack.set_weather(SILENCE, {}, StorageFaults())
        watching = asyncio.create_task(talk.watch())
        await talk.start(company.services[0].id)
        await asyncio.wait_for(talk.connected.wait(), WITHIN_A_MINUTE)
        await _until(lambda: talk.shown == ["c0n0"])
        yield talk
        watching.cancel()
        await asyncio.wait([watching])


async def test_while_event_grid_is_silent_the_page_s_heartbeat_brings_the_message(talk: Talk) -> None:
    await talk.write("c0n1")

    await talk.beat(last_message=await talk.newest())

    await _until(lambda: talk.shown[-1] == "c0n1")


async def test_while_storage_is_read_only_the_visitor_is_asked_to_try_again_and_nothing_is_lost(talk: Talk) -> None:
    await talk.stack.set_weather({}, {}, StorageFaults(read_only=True))
    saying = asyncio.create_task(talk.seat.say("a0n0"))
    await talk.write("c0n2")
    with pytest.raises(AgainError):
        await talk.beat()
    await asyncio.sleep(OUTAGE)

    await talk.stack.set_weather({}, {}, StorageFaults())

    await saying
    await _until(lambda: talk.shown[-1] == "c0n2")
    assert await talk.read() == ["a0n0"]


async def test_storage_that_is_throttled_delays_and_doubles_nothing(talk: Talk) -> None:
    await talk.stack.set_weather({}, {}, StorageFaults(busy=0.7))
    saying = asyncio.create_task(talk.seat.say("a0n1"))
    await talk.write("c0n3")
    await asyncio.sleep(OUTAGE)

    await talk.stack.set_weather({}, {}, StorageFaults())

    await saying
    await _until(lambda: talk.shown[-1] == "c0n3")
    assert await talk.read() == ["a0n0", "a0n1"]


async def test_a_connector_that_lets_nobody_in_keeps_messages_waiting_in_their_order(talk: Talk) -> None:
    await talk.stack.set_weather({}, {"tooManyRequests": 1.0}, StorageFaults())
    for token in ("c0n4", "c0n5"):
        await talk.write(token)
    await asyncio.sleep(OUTAGE)

    await talk.stack.set_weather({}, {}, StorageFaults())

    await _until(lambda: talk.shown[-2:] == ["c0n4", "c0n5"])
    assert talk.shown == [f"c0n{number}" for number in range(6)]


async def test_a_chat_service_that_lets_nobody_in_keeps_the_agent_s_message_waiting(talk: Talk) -> None:
    relay_only = {"errorsBeforeEffect": 1.0, "errorStatuses": [429], "operations": ["sendMessage"]}
    await talk.stack.set_weather(relay_only, {}, StorageFaults())
    await talk.seat.say("a0n2")
    with pytest.raises(AgainError):
        await talk.write("c0n6")
    await asyncio.sleep(OUTAGE)
    assert await talk.read() == ["a0n0", "a0n1"]

    await talk.stack.set_weather({}, {}, StorageFaults())

    async with asyncio.timeout(WITHIN_A_MINUTE):
        while await talk.read() != ["a0n0", "a0n1", "a0n2"]:
            await asyncio.sleep(0.2)


async def test_health_says_that_storage_is_away_and_that_it_is_back(talk: Talk) -> None:
    await talk.stack.set_weather({}, {}, StorageFaults(busy=1.0))
    assert await _storage(talk) == (503, "unreachable")

    await talk.stack.set_weather({}, {}, StorageFaults())

    assert await _storage(talk) == (200, "ok")


async def _storage(talk: Talk) -> tuple[int, str]:
    async with talk.stack.http.get(f"{talk.stack.functions}/api/health") as answer:
        return answer.status, (await answer.json())["storage"]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_A_MINUTE):
        while not condition():
            await asyncio.sleep(0.1)
