"""What a person at the desk can do: add the app, write, press a card's button, set a presence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from local.desk.activities import Activities, Trigger
from local.desk.cards import refresh_of
from local.desk.live import Live
from local.desk.state import AVAILABILITIES, Availability, Conversation, DeskState, Message, timestamp
from local.desk.to_bot import Answer, ToBot

CARD = "application/vnd.microsoft.card.adaptive"
NOTICE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
NO_ANSWER = "Unable to reach app. Please try again."
WENT_WRONG = "Something went wrong. Please try again."
REFRESH_PAUSE = 2.0
"""Seconds; a card that was opened again sooner does not ask for itself again."""


class NotPossibleError(Exception):
    """The person cannot do this; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What the person sees after pressing a button of a card."""

    kind: Literal["card", "notice", "error", "none"]
    text: str = ""
    answer: Answer | None = None


class UserActions:
    """Changes the state, shows it in the windows and tells the bot."""

    def __init__(self, state: DeskState, activities: Activities, live: Live, to_bot: ToBot, app_name: str) -> None:
        self._state = state
        self._activities = activities
        self._live = live
        self._to_bot = to_bot
        self._app_name = app_name
        self._background: set[asyncio.Task[None]] = set()
        self._refreshed: dict[tuple[str, str], float] = {}

    async def close(self) -> None:
        """Give up what is still under way."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def install(self, user_id: str) -> asyncio.Task[None] | None:
        """Add the app to the user's personal scope; None where it is there already."""
        conversation = self._state.personal(user_id) or self._state.create("personal", [user_id])
        return self._set_installed(conversation, user_id, installed=True)

    def remove(self, user_id: str) -> asyncio.Task[None] | None:
        """Take the app away; its conversation stays and is found again by the next installation."""
        conversation = self._state.personal(user_id)
        return self._set_installed(conversation, user_id, installed=False) if conversation else None

    def say(self, user_id: str, conversation: Conversation, text: str) -> tuple[Message, asyncio.Task[None] | None]:
        """Write into a chat; the bot hears of it in its own chat, and in a group chat that it may read."""
        if not text.strip():
            raise NotPossibleError("a message needs text")
        if conversation.kind == "personal" and not conversation.bot_installed:
            raise NotPossibleError("the app is not installed")
        message = Message(self._state.next_id(), user_id, timestamp(), text=text, text_format="plain")
        if conversation.kind == "groupChat" and not conversation.bot_reads_all:
            conversation.add(message)
            self._live.message_changed(conversation, message)
            return message, None
        message.activity = self._activities.text(conversation, user_id, message.id, text)
        conversation.add(message)
        return message, self._send(conversation, message)

    def retry(self, conversation: Conversation, message_id: str) -> asyncio.Task[None]:
        """Send a message that was not delivered again, under the same activity id."""
        message = conversation.message(message_id)
        if message is None or message.activity is None or message.delivery != "failed":
            raise NotPossibleError("there is nothing to send again")
        return self._send(conversation, message)

    async def press(self, user_id: str, conversation: Conversation, card_id: str, action: dict[str, Any]) -> Outcome:
        """Press a button; `action` has `type`, `data` with the inputs merged in, and for `Action.Execute` a `verb`."""
        message = conversation.message(card_id)
        if message is None:
            raise NotPossibleError("the card is gone")
        activity_id = self._state.next_id()
        if action.get("type") == "Action.Submit":
            submit = self._activities.submit(conversation, user_id, activity_id, card_id, action.get("data") or {})
            answer = await self._to_bot.deliver(submit)
            return Outcome("none", answer=answer) if answer.accepted else Outcome("error", NO_ANSWER, answer)
        return await self._execute(user_id, conversation, message, action, "manual")

    async def refresh(self, user_id: str, conversation: Conversation, card_id: str) -> Outcome:
        """The user has opened a chat with this card: one that refreshes itself asks the bot how it looks now."""
        message = conversation.message(card_id)
        now, key = time.monotonic(), (user_id, card_id)
        if message is None or now - self._refreshed.get(key, float("-inf")) < REFRESH_PAUSE:
            return Outcome("none")
        account = self._state.channel_id(user_id)
        action = next(filter(None, (refresh_of(card, account) for card in message.cards_for(user_id))), None)
        if action is None:
            return Outcome("none")
        self._refreshed[key] = now
        return await self._execute(user_id, conversation, message, action, "automatic")

    def typing(self, user_id: str, conversation: Conversation) -> asyncio.Task[None] | None:
        """The user is writing to the bot; it is told once, and hears nothing of a group chat."""
        if conversation.kind != "personal" or not conversation.bot_installed:
            return None
        return self._tell(self._activities.typing(conversation, user_id, self._state.next_id()))

    def set_presence(self, user_id: str, availability: str) -> None:
        if availability not in AVAILABILITIES:
            raise NotPossibleError(f"presence is one of {', '.join(AVAILABILITIES)}")
        chosen: Availability = availability
        self._state.availability[user_id] = chosen
        self._live.presence_changed()

    def read(self, user_id: str, conversation: Conversation) -> asyncio.Task[None] | None:
        """The user has seen the chat up to its newest message; the bot gets a receipt of its own chats."""
        newest = conversation.messages[-1].id if conversation.messages else ""
        if conversation.read_up_to.get(user_id, "") == newest:
            return None
        conversation.read_up_to[user_id] = newest
        self._live.conversation_changed(conversation)
        if conversation.kind != "personal" or not conversation.bot_installed:
            return None
        return self._tell(self._activities.read_receipt(conversation, user_id, self._state.next_id(), newest))

    async def _execute(
        self, user_id: str, conversation: Conversation, message: Message, action: dict[str, Any], trigger: Trigger
    ) -> Outcome:
        activity_id = self._state.next_id()
        activity = self._activities.card_action(conversation, user_id, activity_id, message.id, action, trigger)
        answer = await self._to_bot.invoke(activity)
        outcome = _outcome(answer)
        if outcome.kind == "card" and conversation.message(message.id) is message:
            message.views[user_id] = answer.body["value"]
            message.revision += 1
            self._live.message_changed(conversation, message)
        return outcome

    def _set_installed(self, conversation: Conversation, user_id: str, *, installed: bool) -> asyncio.Task[None] | None:
        if conversation.bot_installed == installed:
            return None
        conversation.bot_installed = installed
        message = Message(self._state.next_id(), user_id, timestamp())
        message.event = f"You {'added' if installed else 'removed'} {self._app_name}"
        message.activity = self._activities.installation(conversation, user_id, message.id, added=installed)
        conversation.add(message)
        if installed:
            self._to_bot.deliver(self._activities.membership(conversation, user_id, self._state.next_id()))
        return self._send(conversation, message)

    def _tell(self, activity: dict[str, Any]) -> asyncio.Task[None]:
        """Post what leaves no trace in the chat: once, and without keeping anything else waiting."""
        return self._in_background(self._once(activity))

    async def _once(self, activity: dict[str, Any]) -> None:
        await self._to_bot.invoke(activity)

    def _send(self, conversation: Conversation, message: Message) -> asyncio.Task[None]:
        if message.activity is None:
            raise ValueError(f"message {message.id} is not for the bot")
        message.delivery = "sending"
        self._live.message_changed(conversation, message)
        return self._in_background(self._watch(conversation, message, self._to_bot.deliver(message.activity)))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _watch(self, conversation: Conversation, message: Message, delivery: asyncio.Task[Answer]) -> None:
        answer = await delivery
        message.delivery = "delivered" if answer.accepted else "failed"
        if answer.accepted:
            message.activity = None
        self._live.message_changed(conversation, message)


def _outcome(answer: Answer) -> Outcome:
    """Read the bot's invoke response as Teams does; what Teams would not understand is an error."""
    if not answer.accepted:
        return Outcome("error", NO_ANSWER if answer.status is None else WENT_WRONG, answer)
    body = answer.body if isinstance(answer.body, dict) else {}
    kind, value = body.get("type"), body.get("value")
    if kind == CARD and isinstance(value, dict):
        return Outcome("card", answer=answer)
    if kind == NOTICE and isinstance(value, str):
        return Outcome("notice", value, answer)
    if kind == ERROR and isinstance(value, dict):
        return Outcome("error", str(value.get("message") or WENT_WRONG), answer)
    return Outcome("error", WENT_WRONG, answer)
