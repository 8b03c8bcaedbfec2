"""Brings activities to the bot: strictly in order within a conversation, and again after a transient failure."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp

from local.desk.options import DeskOptions
from local.desk.requests_log import RequestsLog
from local.desk.signing import Signing

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came of posting an activity; `status` is None where the bot could not be reached in time."""

    status: int | None
    body: Any = None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def transient(self) -> bool:
        return self.status is None or self.status >= 500 or self.status == 429


class ToBot:
    """Posts signed activities to the messaging endpoint of the bot."""

    def __init__(self, options: DeskOptions, signing: Signing, log: RequestsLog) -> None:
        self._options = options
        self._signing = signing
        self._log = log
        self._session: aiohttp.ClientSession | None = None
        self._newest: dict[str, asyncio.Task[Answer]] = {}

    def open(self) -> None:
        """Must be called inside the running loop, before the first activity."""
        timeout = aiohttp.ClientTimeout(total=self._options.bot_timeout)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        for task in list(self._newest.values()):
            task.cancel()
        await asyncio.gather(*self._newest.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def deliver(self, activity: dict[str, Any]) -> asyncio.Task[Answer]:
        """Post the activity after all earlier ones of its conversation were answered or given up."""
        conversation_id = activity["conversation"]["id"]
        task = asyncio.create_task(self._after(self._newest.get(conversation_id), activity))
        self._newest[conversation_id] = task
        task.add_done_callback(lambda done: self._forget(conversation_id, done))
        return task

    async def invoke(self, activity: dict[str, Any]) -> Answer:
        """Post at once and only once: an invoke, whose user presses again if need be, or what soon means nothing."""
        return await self._post(activity)

    def _forget(self, conversation_id: str, done: asyncio.Task[Answer]) -> None:
        if self._newest.get(conversation_id) is done:
            del self._newest[conversation_id]

    async def _after(self, earlier: asyncio.Task[Answer] | None, activity: dict[str, Any]) -> Answer:
        if earlier is not None:
            await asyncio.wait([earlier])
        answer = await self._post(activity)
        for delay in self._options.retry_delays:
            if not answer.transient:
                break
            await asyncio.sleep(delay)
            answer = await self._post(activity)
        if not answer.accepted:
            logger.warning("the bot did not take activity %s: %s", activity["id"], answer.reason)
        return answer

    async def _post(self, activity: dict[str, Any]) -> Answer:
        answer = await self._request(activity)
        self._log.note(f"bot.{activity['type']}", answer.status or answer.reason)
        return answer

    async def _request(self, activity: dict[str, Any]) -> Answer:
        if self._session is None:
            raise RuntimeError("the desk has not started")
        headers = {"Authorization": f"Bearer {self._signing.activity_token()}"}
        try:
            async with self._session.post(self._options.bot_endpoint, json=activity, headers=headers) as response:
                text = await response.text()
                reason = "" if response.ok else f"HTTP {response.status}"
                return Answer(response.status, _json_or_none(text), reason)
        except TimeoutError:
            return Answer(None, reason="timeout")
        except aiohttp.ClientError as error:
            return Answer(None, reason=type(error).__name__)


def _json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
