"""Looks at what there is in the end: threads, the agents' chats, storage, queues. Past all faults."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local import demo
from shared.adapters.queue_timers import QUEUE_NAME
from shared.adapters.system import SystemClock
from shared.adapters.tables_agents import TableAgentStore
from shared.adapters.tables_queue import TableQueueStore
from shared.adapters.tables_sessions import TableSessionStore
from shared.adapters.tables_threads import TableThreadStore
from shared.domain.sessions import Phase
from tests.soak.company import RING_SECONDS, Company
from tests.soak.ledger import SENT_AGAIN, Conversation, Ledger, number_of, token_in
from tests.soak.offers import claims_of, double_claims
from tests.soak.stack import Stack
from tests.soak.verdict import Shown, Verdict, judge_agent_side, judge_customer_side, judge_people

POISON = f"{QUEUE_NAME}-poison"
LOOK_EVERY = 1.0
LATE = timedelta(seconds=10)
"""A deadline that has passed so long ago is forgotten."""


class Truth:
    """Reads everything and judges it; asks nobody who took part."""

    def __init__(self, stack: Stack, company: Company, ledger: Ledger) -> None:
        self._stack = stack
        self._company = company
        self._ledger = ledger
        self._sessions = TableSessionStore(stack.tables)
        self._agents = TableAgentStore(stack.tables)
        self._queue = TableQueueStore(stack.tables)
        self._threads = TableThreadStore(stack.tables, SystemClock())

    async def until_quiet(self, patience: float) -> None:
        """Wait until nothing is left to be done, or the patience ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while loop.time() < until:
            verdict = Verdict()
            await self._judge_left_overs(verdict)
            if not verdict.findings:
                return
            await asyncio.sleep(LOOK_EVERY)

    async def verdict(self) -> Verdict:
        """Everything that is promised, looked at."""
        verdict = Verdict(conversations=len(self._ledger.conversations), messages=self._ledger.messages)
        shown = await self._shown_to_agents()
        for conversation in self._ledger.conversations:
            judge_customer_side(verdict, conversation, await self._read_by(conversation))
            judge_agent_side(verdict, conversation, shown.get(conversation.number, ()))
            judge_people(verdict, conversation)
        await self._judge_left_overs(verdict)
        await self._judge_offers(verdict)
        await self._judge_deliveries(verdict)
        return verdict

    async def _read_by(self, conversation: Conversation) -> list[str]:
        """The agents' messages as they stand in the thread."""
        if not conversation.thread_id:
            return []
        texts: list[tuple[str, Mapping[str, str]]]
        if conversation.is_native:
            there = await self._threads.after(conversation.thread_id, 0)
            texts = [(one.message.text, one.message.metadata) for one in there]
        else:
            thread = await self._get(f"{self._stack.acs}/_standin/threads/{conversation.thread_id}")
            texts = [(one["content"].get("message", ""), one["metadata"]) for one in thread["messages"]]
        return [token_in(text) for text, metadata in texts if metadata.get("kind") == "agent"]

    async def _shown_to_agents(self) -> Mapping[int, Sequence[Shown]]:
        found: dict[int, list[Shown]] = {}
        for agent in self._company.agents:
            chat = await self._get(f"{self._stack.desk}/_standin/conversations/{agent.id}")
            for message in chat["messages"]:
                token = token_in(message["text"]) if message["from"] == "bot" else ""
                if token.startswith("c"):
                    found.setdefault(number_of(token), []).append(Shown(token, SENT_AGAIN in message["text"]))
        return found

    async def _judge_left_overs(self, verdict: Verdict) -> None:
        for conversation in self._ledger.conversations:
            record = await self._sessions.read(conversation.session_id) if conversation.session_id else None
            name = f"session {conversation.session_id} of conversation {conversation.number}"
            if record is None or record.session.phase is not Phase.ENDED:
                verdict.find("unfinished", f"{name} has not ended: {record and record.session.phase}")
            elif overdue := record.session.due(datetime.now(UTC) - LATE):
                verdict.find("unfinished", f"{name} has forgotten deadlines: {overdue}")
            if record is not None and record.effects:
                kinds = [pending.effect.kind for pending in record.effects]
                verdict.find("effects_pending", f"{name} has effects left: {kinds}", len(kinds))
        for agent in self._company.agents:
            known = await self._agents.read(demo.TENANT_ID, agent.id)
            if known is None or known.state.ring is not None or known.state.conversations:
                verdict.find("stuck_agents", f"{agent.name} is left so: {known and known.state}")
        for service in self._company.services:
            queue = f"{demo.TENANT_ID}:service:{service.id}"
            hints, slots = await self._queue.first(queue, 100), await self._queue.slots(queue)
            if hints or slots:
                verdict.find(
                    "left_over", f"{service.name} has hints {hints} and slots {slots}", len(hints) + len(slots)
                )

    async def _judge_offers(self, verdict: Verdict) -> None:
        claims = [
            claim
            for one in self._ledger.conversations
            if one.session_id
            for claim in claims_of(
                one.session_id, await self._sessions.timeline(one.session_id), timedelta(seconds=RING_SECONDS)
            )
        ]
        for first, second in double_claims(claims):
            verdict.find("double_offers", f"{first} and {second}")

    async def _judge_deliveries(self, verdict: Verdict) -> None:
        events = await self._get(f"{self._stack.acs}/_standin/events")
        dead = len(events["deadLetters"])
        if dead:
            verdict.find("poisoned", f"{dead} events were given up: {events['deadLetters'][:3]}", dead)
        poisoned = await _poisoned(self._stack.connection_string)
        if poisoned:
            verdict.find("poisoned", f"{poisoned} timer messages lie in {POISON}", poisoned)

    async def _get(self, url: str) -> Any:
        async with self._stack.http.get(url) as answer:
            answer.raise_for_status()
            return await answer.json()


async def _poisoned(connection_string: str) -> int:
    from azure.core.exceptions import ResourceNotFoundError
    from azure.storage.queue.aio import QueueClient

    async with QueueClient.from_connection_string(connection_string, POISON) as queue:
        try:
            return int((await queue.get_queue_properties()).approximate_message_count or 0)
        except ResourceNotFoundError:
            return 0
