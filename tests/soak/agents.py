"""Agents, who behave like people: they accept, sometimes decline or do not answer, pick up, talk, and end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from local.desk.cards import find_action, pressed
from tests.soak.company import RING_SECONDS
from tests.soak.desk import NothingToPressError, Seat
from tests.soak.ledger import Conversation, Ledger
from tests.soak.plan import Plan
from tests.soak.stack import AS_GOOD_AS_NONE

DECLINES, DOES_NOT_ANSWER = 0.06, 0.03
TIGHT = 0.2
"""Of the connector's limits: one message in a second."""
LIST_EVERY = (5.0, 15.0)
LISTED = 3


@dataclass
class Agent:
    """One agent; `work` goes on until it is cancelled."""

    seat: Seat
    plan: Plan
    ledger: Ledger
    chance: random.Random
    looks_at_list: bool
    _offers: set[str] = field(default_factory=set)
    _missed: set[str] = field(default_factory=set)
    _lists: set[str] = field(default_factory=set)
    _sessions: set[str] = field(default_factory=set)
    _talking: int = 0

    async def work(self) -> None:
        """Look at the window and do what is to be done."""
        async with asyncio.TaskGroup() as group:
            if self.looks_at_list:
                group.create_task(self._ask_for_tasks())
            async for message in self.seat.shown():
                for task in self._reactions(message):
                    group.create_task(task)

    def _reactions(self, message: Mapping[str, Any]) -> Iterator[Coroutine[Any, Any, None]]:
        self.ledger.shown_to_agent(message["text"])
        for card in message["cards"]:
            accept, end = find_action(card, verb="accept"), find_action(card, verb="end")
            available, pick_up = find_action(card, verb="available"), list(_all_actions(card, "pick_up"))[:LISTED]
            if accept is not None and accept["data"]["offer"] not in self._offers:
                self._offers.add(accept["data"]["offer"])
                yield self._answer(message["id"])
            if available is not None and message["id"] not in self._missed:
                self._missed.add(message["id"])
                yield self._come_back(message["id"])
            if end is not None and end["data"]["session"] not in self._sessions:
                self._sessions.add(end["data"]["session"])
                yield self._talk(message["id"], end["data"]["session"])
            if pick_up and not self._talking and message["id"] not in self._lists:
                self._lists.add(message["id"])
                yield self._pick_up(message["id"], pressed(card, self.chance.choice(pick_up), {}))

    async def _answer(self, card_id: str) -> None:
        mood = self.chance.random()
        if mood < DOES_NOT_ANSWER:
            return
        await asyncio.sleep(self.chance.uniform(0.1, 2.0))
        with suppress(NothingToPressError):
            await self.seat.press(card_id, "decline" if mood < DOES_NOT_ANSWER + DECLINES else "accept")

    async def _come_back(self, card_id: str) -> None:
        """Say that one is available again: after an invitation without an answer, or with one that came too late."""
        await asyncio.sleep(self.chance.uniform(0, RING_SECONDS))
        with suppress(NothingToPressError):
            await self.seat.press(card_id, "available")

    async def _ask_for_tasks(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(*LIST_EVERY))
            if not self._talking:
                await self.seat.command("/tasks")

    async def _pick_up(self, card_id: str, action: Mapping[str, Any]) -> None:
        with suppress(NothingToPressError):
            await self.seat.press_action(card_id, action)

    async def _talk(self, card_id: str, session_id: str) -> None:
        conversation = self.ledger.at_work.get(session_id)
        if conversation is None:
            return
        conversation.agents.append(self.seat.user)
        if len(conversation.agents) > 1:
            return
        self._talking += 1
        try:
            await self._converse(conversation, card_id)
        finally:
            self._talking -= 1

    async def _converse(self, conversation: Conversation, card_id: str) -> None:
        if conversation.is_limited:
            await self.seat.limit(TIGHT)
        conversation.accepted.set()
        for index in range(self.plan.messages):
            await asyncio.sleep(0.2 if conversation.is_limited else self.chance.uniform(0.2, self.plan.pause))
            token = f"a{conversation.number}n{index}"
            await self.seat.say(token)
            conversation.answered.append(token)
        conversation.all_answered.set()
        if not conversation.customer_ends:
            await self._until_complete(conversation)
            with suppress(NothingToPressError):
                await self.seat.press(card_id, "end")
            conversation.ended.set()
        else:
            await conversation.ended.wait()
        if conversation.is_limited:
            await self.seat.limit(AS_GOOD_AS_NONE)

    async def _until_complete(self, conversation: Conversation) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.patience):
                while not conversation.is_complete:
                    await asyncio.sleep(0.25)


def _all_actions(node: Any, verb: str) -> Iterator[dict[str, Any]]:
    """Every button with this verb anywhere in a card."""
    if isinstance(node, list):
        for item in node:
            yield from _all_actions(item, verb)
    elif isinstance(node, dict):
        if node.get("type") == "Action.Execute" and node.get("verb") == verb:
            yield node
            return
        for key, value in node.items():
            if key not in ("fallback", "refresh"):
                yield from _all_actions(value, verb)
