"""A small bot that checks tokens as a real one must, remembers activities, and calls the connector."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import aiohttp
import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
CARD = "application/vnd.microsoft.card.adaptive"
Reply = Callable[[dict[str, Any]], "tuple[int, Any]"]


class FakeBot:
    """Answers 202 to activities and a card to invokes, unless `on_activity` or `on_invoke` says otherwise."""

    def __init__(self, bot_id: str, desk_url: str) -> None:
        self.bot_id = bot_id
        self.desk_url = desk_url
        self.activities: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.on_activity: Reply = lambda _: (202, None)
        self.on_invoke: Reply = lambda _: (200, card_answer("Accepted"))
        self.delay = 0.0
        self.at_once = 0
        self.most_at_once = 0
        self.app = Starlette(routes=[Route("/api/messages", self._messages, methods=["POST"])])

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [activity for activity in self.activities if activity["type"] == kind]

    async def _messages(self, request: Request) -> Response:
        activity = await request.json()
        try:
            await self._check(request.headers.get("authorization", ""), activity)
        except jwt.PyJWTError as error:
            self.refused.append(str(error))
            return Response(status_code=401)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.activities.append(activity)
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        status, body = (self.on_invoke if activity["type"] == "invoke" else self.on_activity)(activity)
        return Response(status_code=status) if body is None else JSONResponse(body, status)

    async def _check(self, authorization: str, activity: dict[str, Any]) -> None:
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{self.desk_url}/.well-known/openidconfiguration") as response:
                configuration = await response.json()
            async with http.get(configuration["jwks_uri"]) as response:
                keys = (await response.json())["keys"]
        token = authorization.removeprefix("Bearer ")
        key = next(key for key in keys if key["kid"] == jwt.get_unverified_header(token)["kid"])
        claims = jwt.decode(
            token,
            jwt.PyJWK(key).key,
            algorithms=["RS256"],
            audience=self.bot_id,
            issuer=configuration["issuer"],
            options={"require": ["exp", "iss", "aud"]},
        )
        if claims["serviceurl"] != activity["serviceUrl"] or activity["channelId"] not in key["endorsements"]:
            raise jwt.InvalidTokenError("serviceurl or endorsement")


class ConnectorClient:
    """The bot's way to the connector, answering the status and the body of each call."""

    def __init__(self, desk_url: str, tenant_id: str, bot_id: str, secret: str) -> None:
        self.base = f"{desk_url}/connector/v3/conversations"
        self.token_url = f"{desk_url}/{tenant_id}/oauth2/v2.0/token"
        self.form = {"grant_type": "client_credentials", "client_id": bot_id, "client_secret": secret, "scope": SCOPE}
        self.token = ""
        self.headers: dict[str, str] = {}

    async def sign_in(self, **changed: str) -> tuple[int, Any]:
        form = {**self.form, **changed}
        async with aiohttp.ClientSession() as http, http.post(self.token_url, data=form) as response:
            body = await response.json()
            if response.status == 200:
                self.token = body["access_token"]
            return response.status, body

    async def call(self, method: str, url: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url, json=body, headers=headers) as response,
        ):
            self.headers = dict(response.headers)
            text = await response.text()
            return response.status, await response.json() if text else None

    async def create(self, member: str) -> tuple[int, Any]:
        return await self.call("POST", self.base, {"members": [{"id": member}], "isGroup": False})

    async def send(self, conversation: str, activity: dict[str, Any], reply_to: str = "") -> tuple[int, Any]:
        suffix = f"/{reply_to}" if reply_to else ""
        return await self.call("POST", f"{self.base}/{quote(conversation, safe='')}/activities{suffix}", activity)

    async def update(self, conversation: str, activity_id: str, activity: dict[str, Any]) -> tuple[int, Any]:
        return await self.call("PUT", f"{self.base}/{quote(conversation, safe='')}/activities/{activity_id}", activity)

    async def delete(self, conversation: str, activity_id: str) -> tuple[int, Any]:
        return await self.call("DELETE", f"{self.base}/{quote(conversation, safe='')}/activities/{activity_id}")

    async def members(self, conversation: str) -> tuple[int, Any]:
        return await self.call("GET", f"{self.base}/{quote(conversation, safe='')}/members")


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "text": text}


def with_card(content: dict[str, Any], summary: str = "") -> dict[str, Any]:
    return {"type": "message", "summary": summary, "attachments": [{"contentType": CARD, "content": content}]}


def card_answer(text: str) -> dict[str, Any]:
    return {"statusCode": 200, "type": CARD, "value": status_card(text)}


def status_card(text: str) -> dict[str, Any]:
    return {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": text, "wrap": True}]}


def invitation_card() -> dict[str, Any]:
    data = {"session": "s1"}
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "New chat from Carla Customer",
        "body": [
            {
                "type": "TextBlock",
                "text": "New instant message",
                "size": "Medium",
                "weight": "Bolder",
                "style": "heading",
                "wrap": True,
            },
            {"type": "TextBlock", "text": "Carla Customer would like to talk to **Lunifico Support**.", "wrap": True},
            {
                "type": "FactSet",
                "facts": [
                    {"title": "Customer", "value": "Carla Customer"},
                    {"title": "Message", "value": "My order #42 has not arrived yet."},
                ],
            },
        ],
        "actions": [
            {
                "type": "Action.Execute",
                "title": "Accept",
                "verb": "accept",
                "style": "positive",
                "data": data,
                "fallback": {"type": "Action.Submit", "title": "Accept", "data": {**data, "verb": "accept"}},
            },
            {"type": "Action.Execute", "title": "Decline", "verb": "decline", "style": "destructive", "data": data},
        ],
    }


def reply_card() -> dict[str, Any]:
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {
                "type": "TextBlock",
                "text": "Chat with Carla Customer",
                "weight": "Bolder",
                "style": "heading",
                "wrap": True,
            },
            {
                "type": "Input.Text",
                "id": "reply",
                "label": "Reply",
                "isMultiline": True,
                "isRequired": True,
                "errorMessage": "Enter a message",
            },
        ],
        "actions": [
            {"type": "Action.Execute", "title": "Reply", "verb": "reply", "data": {"session": "s1"}},
            {
                "type": "Action.Execute",
                "title": "End",
                "verb": "end",
                "associatedInputs": "none",
                "data": {"session": "s1"},
            },
        ],
    }
