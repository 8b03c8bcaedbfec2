"""The page of the desk: its files, what it asks for, and the WebSocket that keeps it up to date."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from local.desk.json_body import NotJsonError, json_object
from local.desk.live import Live, Window
from local.desk.revisions import Revisions
from local.desk.state import Conversation, DeskState
from local.desk.user_actions import NotPossibleError, UserActions

STATIC = Path(__file__).parent / "static"
NODE_MODULES = Path(__file__).parent.parent / "node_modules"
VENDOR = {
    "adaptivecards.js": NODE_MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js",
    "markdown-it.js": NODE_MODULES / "markdown-it" / "dist" / "browser" / "markdown-it.esm.min.mjs",
}
# Cards may show pictures from anywhere; everything else comes from here, and nothing is inline.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page:
    """Serves the page and does what its user asks; there is no sign-in, as everybody here is the developer."""

    def __init__(self, state: DeskState, actions: UserActions, revisions: Revisions, live: Live) -> None:
        self._state = state
        self._actions = actions
        self._revisions = revisions
        self._live = live

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.index),
            Route("/vendor/{name}", self.vendor),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/page/users", self.users),
            Route("/page/install", _guarded(self.install), methods=["POST"]),
            Route("/page/presence", _guarded(self.presence), methods=["POST"]),
            Route("/page/say", _guarded(self.say), methods=["POST"]),
            Route("/page/retry", _guarded(self.retry), methods=["POST"]),
            Route("/page/revise", _guarded(self.revise), methods=["POST"]),
            Route("/page/read", _guarded(self.read), methods=["POST"]),
            Route("/page/press", _guarded(self.press), methods=["POST"]),
            Route("/page/refresh", _guarded(self.refresh), methods=["POST"]),
            Route("/page/typing", _guarded(self.typing), methods=["POST"]),
            WebSocketRoute("/page/live", self.live),
        ]

    async def index(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def vendor(self, request: Request) -> Response:
        path = VENDOR.get(request.path_params["name"])
        if path is None:
            return PlainTextResponse("unknown file", 404)
        if not path.exists():
            return PlainTextResponse("run `npm ci` in the folder local/", 503)
        return FileResponse(path, media_type="text/javascript")

    async def users(self, _: Request) -> Response:
        seats = [user for user in self._state.users.values() if not user.guest]
        return JSONResponse([{"id": user.id, "displayName": user.display_name} for user in seats])

    async def install(self, request: Request) -> Response:
        """`{user, remove}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        if body.get("remove"):
            self._actions.remove(user_id)
        else:
            self._actions.install(user_id)
        return Response(status_code=204)

    async def presence(self, request: Request) -> Response:
        """`{user, availability}`."""
        body = await json_object(request)
        self._actions.set_presence(self._user(body.get("user")), str(body.get("availability")))
        return Response(status_code=204)

    async def say(self, request: Request) -> Response:
        """`{user, chat, text}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        message, _ = self._actions.say(user_id, self._chat(user_id, body.get("chat")), str(body.get("text", "")))
        return JSONResponse({"id": message.id})

    async def retry(self, request: Request) -> Response:
        """`{user, chat, message}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        self._actions.retry(self._chat(user_id, body.get("chat")), str(body.get("message")))
        return Response(status_code=204)

    async def revise(self, request: Request) -> Response:
        """`{user, chat, message, how: "edit"|"delete"|"restore", text?}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        conversation, message_id = self._chat(user_id, body.get("chat")), str(body.get("message"))
        if body.get("how") == "edit":
            self._revisions.edit(user_id, conversation, message_id, str(body.get("text", "")))
        elif body.get("how") == "restore":
            self._revisions.restore(user_id, conversation, message_id)
        else:
            self._revisions.delete(user_id, conversation, message_id)
        return Response(status_code=204)

    async def read(self, request: Request) -> Response:
        """`{user, chat}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        self._actions.read(user_id, self._chat(user_id, body.get("chat")))
        return Response(status_code=204)

    async def press(self, request: Request) -> Response:
        """`{user, chat, message, action}` → `{"outcome": "card"|"notice"|"error"|"none", "text"}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        conversation = self._chat(user_id, body.get("chat"))
        action = body.get("action")
        if not isinstance(action, dict):
            raise NotPossibleError("an action is missing")
        outcome = await self._actions.press(user_id, conversation, str(body.get("message")), action)
        return JSONResponse({"outcome": outcome.kind, "text": outcome.text})

    async def refresh(self, request: Request) -> Response:
        """`{user, chat, message}`: a card that refreshes itself was opened."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        await self._actions.refresh(user_id, self._chat(user_id, body.get("chat")), str(body.get("message")))
        return Response(status_code=204)

    async def typing(self, request: Request) -> Response:
        """`{user, chat}`."""
        body = await json_object(request)
        user_id = self._user(body.get("user"))
        self._actions.typing(user_id, self._chat(user_id, body.get("chat")))
        return Response(status_code=204)

    async def live(self, socket: WebSocket) -> None:
        """Snapshot first, then every change, until the window is closed."""
        origin = urlsplit(socket.headers.get("origin", "")).netloc
        user = self._state.user(socket.query_params.get("user", ""))
        if user is None or origin not in ("", socket.headers.get("host", "")):
            await socket.close(4403)
            return
        await socket.accept()
        async with self._live.window(user.id) as window:
            sender = asyncio.create_task(_send_all(socket, window))
            with contextlib.suppress(WebSocketDisconnect):
                while True:
                    await socket.receive_text()
            sender.cancel()
            await asyncio.wait([sender])

    def _user(self, identifier: object) -> str:
        if not isinstance(identifier, str) or identifier not in self._state.users:
            raise NotPossibleError("nobody is signed in")
        return identifier

    def _chat(self, user_id: str, identifier: object) -> Conversation:
        conversation = self._state.conversations.get(str(identifier))
        if conversation is None or user_id not in conversation.members:
            raise NotPossibleError("the chat does not exist")
        return conversation


class PageHeaders:
    """Adds the security headers of the page to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                    (b"cache-control", b"no-cache"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _send_all(socket: WebSocket, window: Window) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.send_json(await window.get())


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        # A form of a foreign page can post text, but not this type without asking first.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "application/json is needed"}, 415)
        try:
            return await endpoint(request)
        except (NotPossibleError, NotJsonError) as refusal:
            return JSONResponse({"error": str(refusal)}, 409)

    return guarded
