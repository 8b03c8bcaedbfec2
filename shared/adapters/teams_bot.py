"""The agents' side: messages and cards in their chats with the bot, by Bot Connector v3.

The connector has no idempotency key and no look-up, so every call is made once; only a refused token, which comes
before any effect, is replaced and tried again. 412 and 429 come before any effect as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from shared.adapters import teams_cards
from shared.adapters.failures import CredentialRefused, bounded, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.teams_elements import CONTENT_TYPE
from shared.adapters.teams_text import markdown, markdown_line, one_line, shortened
from shared.adapters.teams_token import BotToken
from shared.domain.agent_texts import agent_text
from shared.ports import BotConversation, ConversationView, InvitationView, LeftMessageView

BEFORE_ANY_EFFECT = frozenset({412, 429})


class TeamsBot:
    def __init__(self, http: HttpSession, token: BotToken) -> None:
        self._http = http
        self._token = token

    async def invite(self, to: BotConversation, view: InvitationView) -> str:
        summary = f"{view.contact_name}: {view.text}"
        return await self._send(to, _with_card(teams_cards.invitation(view, to.language), summary))

    async def close_invitation(
        self, to: BotConversation, card_id: str, customer_name: str, outcome: str, taken_by: str | None
    ) -> None:
        card = teams_cards.closed_invitation(customer_name, outcome, taken_by, to.language)
        await self._update(to, card_id, _with_card(card, customer_name))

    async def show_conversation(self, to: BotConversation, view: ConversationView) -> str:
        summary = agent_text("conversation_with", to.language, customer=view.customer_name)
        return await self._send(to, _with_card(teams_cards.conversation(view, to.language), summary))

    async def close_conversation(self, to: BotConversation, card_id: str, customer_name: str, text: str) -> None:
        card = teams_cards.closed_conversation(customer_name, text)
        await self._update(to, card_id, _with_card(card, f"{customer_name}: {text}"))

    async def relay(
        self, to: BotConversation, session_id: str, customer_name: str, text: str, *, again: bool, with_reply: bool
    ) -> None:
        summary = f"{customer_name}: {text}"
        if with_reply:
            card = teams_cards.customer_message(session_id, customer_name, text, again=again, language=to.language)
            await self._send(to, _with_card(card, summary))
            return
        mark = f" _{agent_text('sent_again', to.language)}_" if again else ""
        await self._send(to, _with_text(f"**{markdown_line(customer_name)}:**{mark} {markdown(text)}", summary))

    async def notify(self, to: BotConversation, text: str) -> None:
        await self._send(to, _with_text(markdown(text), text))

    async def ask_which(self, to: BotConversation, text: str, options: Sequence[tuple[str, str]]) -> None:
        card = teams_cards.choose_conversation(text, options, to.language)
        await self._send(to, _with_card(card, agent_text("for_whom", to.language)))

    async def leave_message(self, to: BotConversation, view: LeftMessageView) -> None:
        summary = agent_text("message_left", to.language, customer=view.customer_name)
        await self._send(to, _with_card(teams_cards.left_message(view, to.language), summary))

    async def show(self, to: BotConversation, card: Mapping[str, Any], summary: str) -> None:
        await self._send(to, _with_card(card, summary))

    async def show_typing(self, to: BotConversation) -> None:
        await self._send(to, {"type": "typing"})

    async def _send(self, to: BotConversation, activity: Mapping[str, Any]) -> str:
        """Post an activity; its id."""
        document = await self._call("POST", _url(to), to, activity)
        return str(document.get("id", ""))

    async def _update(self, to: BotConversation, activity_id: str, activity: Mapping[str, Any]) -> None:
        await self._call("PUT", _url(to, activity_id), to, {**activity, "id": activity_id})

    async def _call(self, method: str, url: str, to: BotConversation, activity: Mapping[str, Any]) -> dict[str, Any]:
        body = {"type": "message", **activity, "conversation": {"id": to.conversation_id}}
        if to.bot_id:
            body["from"] = {"id": to.bot_id}
        try:
            return await self._call_once(method, url, body)
        except CredentialRefused:
            self._token.forget()
            return await self._call_once(method, url, body)

    async def _call_once(self, method: str, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        what = f"{method} to the Bot Connector"
        # The token comes first: the time of a call belongs to the call.
        headers = {"Authorization": f"Bearer {await self._token.get()}"}

        async def call() -> dict[str, Any]:
            async with self._http.open().request(method, url, json=body, headers=headers) as response:
                content = await response.read()
                if response.status >= 300:
                    raise of_status(response.status, response.headers, what, _code(content), BEFORE_ANY_EFFECT)
                return _document(content)

        return await bounded(call, lambda error: of_connection(error, what), repeatable=False, attempts=1)


def _with_card(card: Mapping[str, Any], summary: str) -> dict[str, Any]:
    attachment = {"contentType": CONTENT_TYPE, "content": dict(card)}
    return {"attachments": [attachment], "summary": shortened(summary)}


def _with_text(text: str, summary: str) -> dict[str, Any]:
    return {"text": text, "textFormat": "markdown", "summary": shortened(summary)}


def _url(to: BotConversation, *more: str) -> str:
    parts = ("v3", "conversations", to.conversation_id, "activities", *more)
    return "/".join([to.service_url.rstrip("/"), *(quote(part, safe="") for part in parts)])


def _document(content: bytes) -> dict[str, Any]:
    # An answer that cannot be read does not undo what was sent.
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _code(content: bytes) -> str:
    """The connector's own word for a refusal, such as BotNotInConversationRoster."""
    error = _document(content).get("error")
    return one_line(str(error.get("code", "")))[:60] if isinstance(error, dict) else ""
