"""What an agent presses and commands, and what is shown for it: one verb of the application each, and one card."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from functions.agent_views import sentence, sentence_of_pick_up, status_view, tasks_view
from shared.domain.agent_texts import agent_text

if TYPE_CHECKING:
    from functions.activity_bodies import Pressed
    from shared.application import Application
    from shared.application.agents import Activity, Answer
    from shared.ports import AgentCards

EXPECTED = {"accept": "accepted", "decline": "declined", "end": "ended", "reply": "sent", "choose": "sent"}
"""Outcomes that an agent sees anyway, because a card changes or the text stands in the chat."""
NAME = re.compile(r"[a-z_]{1,30}")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """What an agent sees for it: a card that takes the place of the pressed one, or else the text beside it.

    `posted_as`: what of it is posted for clients whose card cannot be answered, and for commands.
    """

    text: str
    card: Mapping[str, Any] | None = None
    posted_as: Literal["card", "text", "nothing"] = "text"


@dataclass(frozen=True)
class Turn:
    """One action of an agent; `account` is the id by which the bot knows the agent."""

    application: Application
    cards: AgentCards
    activity: Activity
    account: str = ""

    @property
    def language(self) -> str:
        return self.activity.conversation.language

    async def press(self, pressed: Pressed) -> Shown:
        """Do what a button says."""
        match pressed.verb:
            case "accept" | "decline":
                return await self._answer_invitation(pressed)
            case "end":
                return await self._end(pressed)
            case "reply" | "choose":
                return await self._reply(pressed)
            case "available":
                return await self._available(pressed)
            case "on" | "off":
                await self.application.duty.set_duty(self.activity, on=pressed.verb == "on")
                return await self._status()
            case "ready":
                await self.application.duty.ready(self.activity)
                return await self._status()
            case "status":
                return await self._status()
            case "help":
                return self.help()
            case "tasks":
                return await self._tasks()
            case "pick_up":
                answer = await self.application.tasks.pick_up(self.activity, pressed.session)
                return await self._tasks(sentence_of_pick_up(answer, self.language))
        # What is no name of ours could be anything, even a text.
        logger.warning("a card's button is unknown: %s", pressed.verb if NAME.fullmatch(pressed.verb) else "no name")
        return Shown(agent_text("unknown", self.language))

    def help(self, said: str = "") -> Shown:
        """All commands; `said` stands first."""
        title = agent_text("help_title", self.language)
        return Shown(said or title, self.cards.help(self.language, said), "card")

    async def _answer_invitation(self, pressed: Pressed) -> Shown:
        conversations = self.application.conversations
        act = conversations.accept if pressed.verb == "accept" else conversations.decline
        answer = await act(self.activity, pressed.session, pressed.offer)
        card = self.cards.closed_invitation(answer.customer_name, answer.outcome, answer.taken_by, self.language)
        return Shown(sentence(answer, self.language), card, _posted(pressed, answer))

    async def _end(self, pressed: Pressed) -> Shown:
        answer = await self.application.conversations.end(self.activity, pressed.session)
        has_ended_it = answer.outcome == "ended"
        text = agent_text("you_ended", self.language) if has_ended_it else sentence(answer, self.language)
        card = self.cards.closed_conversation(answer.customer_name, text)
        return Shown(text, card, _posted(pressed, answer))

    async def _reply(self, pressed: Pressed) -> Shown:
        answer = await self.application.conversations.reply(self.activity, pressed.session, pressed.text)
        text = sentence(answer, self.language)
        # The question to whom a text belongs is answered: its card goes, so that it cannot be sent a second time.
        is_answered = answer.outcome == "sent" and pressed.verb == "choose"
        return Shown(text, self.cards.notice(text) if is_answered else None, _posted(pressed, answer))

    async def _available(self, pressed: Pressed) -> Shown:
        answer = await self.application.duty.available(self.activity)
        if pressed.view == "status":
            return await self._status()
        text = sentence(answer, self.language)
        return Shown(text, self.cards.notice(text))

    async def _status(self) -> Shown:
        status = await self.application.duty.status(self.activity)
        title = agent_text("status_title", self.language)
        if status is None:
            text = agent_text("reason_not_registered_with_bot", self.language)
            return Shown(text, self.cards.notice(text))
        return Shown(title, self.cards.status(status_view(status, self._now()), self.language), "card")

    async def _tasks(self, said: str = "") -> Shown:
        waiting = await self.application.tasks.waiting(self.activity)
        view = tasks_view(waiting, self._now(), self.account, said)
        return Shown(said or agent_text("tasks_title", self.language), self.cards.tasks(view, self.language), "card")

    def _now(self) -> datetime:
        return self.application.ports.clock.now()


def _posted(pressed: Pressed, answer: Answer) -> Literal["text", "nothing"]:
    return "nothing" if answer.outcome == EXPECTED[pressed.verb] else "text"
