"""`/_standin`: what tests and load generators use instead of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.desk.cards import find_action, pressed
from local.desk.faults import Faults, FaultSettings
from local.desk.json_body import NotJsonError, json_object
from local.desk.limits import ConversationLimits
from local.desk.options import DeskOptions
from local.desk.requests_log import RequestsLog
from local.desk.revisions import Revisions
from local.desk.state import Conversation, DeskState, Message
from local.desk.user_actions import NotPossibleError, UserActions
from local.desk.views import raw


class _RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Control:
    """Acts as any user, sets faults, and shows what was counted and said."""

    def __init__(
        self,
        options: DeskOptions,
        state: DeskState,
        actions: UserActions,
        revisions: Revisions,
        faults: Faults,
        limits: ConversationLimits,
        log: RequestsLog,
    ) -> None:
        self._options = options
        self._state = state
        self._actions = actions
        self._revisions = revisions
        self._faults = faults
        self._limits = limits
        self._log = log

    def routes(self) -> list[Route]:
        return [
            Route("/_standin/log", self.log, methods=["GET"]),
            Route("/_standin/reset-counts", self.reset_counts, methods=["POST"]),
            Route("/_standin/faults", _guarded(self.set_faults), methods=["PUT"]),
            Route("/_standin/limits", _guarded(self.set_limits), methods=["PUT"]),
            Route("/_standin/conversations/{user}", _guarded(self.conversation), methods=["GET"]),
            Route("/_standin/install", _guarded(self.install), methods=["POST"]),
            Route("/_standin/presence", _guarded(self.presence), methods=["POST"]),
            Route("/_standin/say", _guarded(self.say), methods=["POST"]),
            Route("/_standin/revise", _guarded(self.revise), methods=["POST"]),
            Route("/_standin/act", _guarded(self.act), methods=["POST"]),
            Route("/_standin/typing", _guarded(self.typing), methods=["POST"]),
            Route("/_standin/read", _guarded(self.read), methods=["POST"]),
            Route("/_standin/refresh", _guarded(self.refresh), methods=["POST"]),
        ]

    async def log(self, _: Request) -> Response:
        return JSONResponse(self._log.to_document())

    async def reset_counts(self, _: Request) -> Response:
        self._log.reset()
        return Response(status_code=204)

    async def set_faults(self, request: Request) -> Response:
        try:
            self._faults.change(FaultSettings.from_document(await json_object(request)))
        except (TypeError, ValueError) as error:
            raise _RefusedError(400, str(error)) from error
        return Response(status_code=204)

    async def set_limits(self, request: Request) -> Response:
        """`{user, factor}`: the bot's chat with this user has limits of its own; `factor` multiplies the documented."""
        body = await json_object(request)
        factor = body.get("factor")
        if isinstance(factor, bool) or not isinstance(factor, int | float) or factor <= 0:
            raise _RefusedError(400, "a factor is a number above 0")
        self._limits.set_factor(self._personal(self._user(body.get("user"))).id, factor)
        return Response(status_code=204)

    async def conversation(self, request: Request) -> Response:
        """The user's chat with the bot, raw; `?after={message id}` leaves out that message and what came before."""
        user_id = self._user(request.path_params["user"])
        conversation = self._state.personal(user_id)
        if conversation is None:
            return JSONResponse({"conversationId": None, "installed": False, "typed": 0, "messages": []})
        after = int(request.query_params.get("after") or 0)
        messages = [raw(m, user_id) for m in conversation.messages if int(m.id) > after]
        return JSONResponse(
            {
                "conversationId": conversation.id,
                "installed": conversation.bot_installed,
                "typed": conversation.typed,
                "messages": messages,
            }
        )

    async def install(self, request: Request) -> Response:
        """`{user, remove?}`; answers when the bot has taken or refused the activity."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        task = self._actions.remove(user_id) if body.get("remove") else self._actions.install(user_id)
        if task is not None:
            await task
        conversation = self._personal(user_id)
        last_event = next((m for m in reversed(conversation.messages) if m.event), None)
        return JSONResponse(
            {
                "conversationId": conversation.id,
                "installed": conversation.bot_installed,
                "delivery": last_event.delivery if last_event else "delivered",
            }
        )

    async def presence(self, request: Request) -> Response:
        """`{user, availability}`."""
        body = await json_object(request)
        self._actions.set_presence(self._user(body.get("user")), str(body.get("availability", "")))
        return Response(status_code=204)

    async def say(self, request: Request) -> Response:
        """`{user, text, chat?, wait?}`: writes to the bot, or into a group chat of the user.

        Answers when the activity was delivered or given up, and at once with `wait: false`.
        """
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        conversation = self._chat(user_id, body["chat"]) if "chat" in body else self._personal(user_id)
        message, task = self._actions.say(user_id, conversation, str(body.get("text", "")))
        if task is not None and body.get("wait", True):
            await asyncio.wait([task])
        return JSONResponse({"id": message.id, "delivery": message.delivery})

    async def revise(self, request: Request) -> Response:
        """`{user, messageId, text}`: changes a message of the user; without a text it is deleted."""
        body = await json_object(request)
        user_id, message_id, text = self._user(body.get("user")), str(body.get("messageId")), body.get("text")
        conversation = self._personal(user_id)
        if text is None:
            task = self._revisions.delete(user_id, conversation, message_id)
        else:
            task = self._revisions.edit(user_id, conversation, message_id, str(text))
        if task is not None:
            await asyncio.wait([task])
        return Response(status_code=204)

    async def act(self, request: Request) -> Response:
        """`{user, messageId?, verb|title, inputs?}`: presses a button of the card as the user sees it now.

        Without `messageId` the newest message with such a button is taken; 409 where there is none.
        """
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        conversation = self._personal(user_id)
        verb, title = str(body.get("verb") or ""), str(body.get("title") or "")
        message_id = str(body.get("messageId") or "")
        for message in reversed(conversation.messages):
            if message_id and message.id != message_id:
                continue
            for card in message.cards_for(user_id):
                if action := find_action(card, verb=verb, title=title):
                    inputs = body.get("inputs") or {}
                    return await self._press(user_id, conversation, message, pressed(card, action, inputs))
        raise _RefusedError(409, f"no card shows a button {verb or title!r}")

    async def typing(self, request: Request) -> Response:
        """`{user}`: the user is writing to the bot."""
        user_id = self._user((await json_object(request)).get("user"))
        if (task := self._actions.typing(user_id, self._personal(user_id))) is not None:
            await task
        return Response(status_code=204)

    async def read(self, request: Request) -> Response:
        """`{user}`: the user has the chat with the bot before the eyes."""
        user_id = self._user((await json_object(request)).get("user"))
        if (task := self._actions.read(user_id, self._personal(user_id))) is not None:
            await task
        return Response(status_code=204)

    async def refresh(self, request: Request) -> Response:
        """`{user, messageId}`: the user has opened the chat with this card."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        outcome = await self._actions.refresh(user_id, self._personal(user_id), str(body.get("messageId") or ""))
        return JSONResponse({"outcome": outcome.kind})

    async def _press(
        self, user_id: str, conversation: Conversation, message: Message, action: dict[str, Any]
    ) -> Response:
        outcome = await self._actions.press(user_id, conversation, message.id, action)
        answer = outcome.answer
        return JSONResponse(
            {
                "messageId": message.id,
                "outcome": outcome.kind,
                "text": outcome.text,
                "status": answer.status if answer else None,
                "response": answer.body if answer else None,
            }
        )

    def _user(self, identifier: Any) -> str:
        user = self._state.user(str(identifier or ""))
        if user is None:
            raise _RefusedError(404, f"no user {identifier!r}")
        return user.id

    def _chat(self, user_id: str, chat_id: Any) -> Conversation:
        conversation = self._state.conversations.get(str(chat_id))
        if conversation is None or user_id not in conversation.members:
            raise _RefusedError(404, f"the user is in no chat {chat_id!r}")
        return conversation

    def _personal(self, user_id: str) -> Conversation:
        conversation = self._state.personal(user_id)
        if conversation is None:
            raise _RefusedError(409, "the user has not installed the app")
        return conversation


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _RefusedError as refusal:
            return JSONResponse({"error": str(refusal)}, refusal.status)
        except NotPossibleError as refusal:
            return JSONResponse({"error": str(refusal)}, 409)
        except NotJsonError as refusal:
            return JSONResponse({"error": str(refusal)}, 400)

    return guarded
