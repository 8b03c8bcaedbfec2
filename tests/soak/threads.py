"""How a visitor's page writes and reads: in a thread of ACS by its REST API, or in one of ours by the widget API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from local.acs.threads import API_VERSION

FAILURES = (aiohttp.ClientError, TimeoutError)


class AgainError(Exception):
    """It did not work, or nobody knows; to be tried again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class GoneError(Exception):
    """The conversation is over."""


class VisitorThread(Protocol):
    """Both methods raise AgainError, or GoneError after the end."""

    async def write(self, text: str, client_id: str) -> None: ...

    async def read(self) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Texts and metadata of all messages, in no order that counts."""
        ...


@dataclass(frozen=True)
class AcsThread:
    http: aiohttp.ClientSession
    messaging: Mapping[str, str]
    name: str

    async def write(self, text: str, client_id: str) -> None:
        metadata = {"clientMessageId": client_id}
        body = {"content": text, "type": "text", "senderDisplayName": self.name, "metadata": metadata}
        await called(self.http, "POST", self._url(), self._headers(), body)

    async def read(self) -> Sequence[tuple[str, Mapping[str, str]]]:
        page = await called(self.http, "GET", f"{self._url()}&maxPageSize=200", self._headers())
        return [(one.get("content", {}).get("message", ""), one.get("metadata", {})) for one in page["value"]]

    def _url(self) -> str:
        endpoint, thread = self.messaging["endpoint"].rstrip("/"), self.messaging["threadId"]
        return f"{endpoint}/chat/threads/{thread}/messages?api-version={API_VERSION}"

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.messaging['token']}"}


@dataclass(frozen=True)
class NativeThread:
    """`session` is the address of the session in the widget API, `headers` prove that it is ours."""

    http: aiohttp.ClientSession
    session: str
    headers: Mapping[str, str]

    async def write(self, text: str, client_id: str) -> None:
        body = {"text": text, "clientMessageId": client_id}
        await called(self.http, "POST", f"{self.session}/messages", self.headers, body)

    async def read(self) -> Sequence[tuple[str, Mapping[str, str]]]:
        found = await called(self.http, "GET", f"{self.session}/messages?after=0", self.headers)
        return [(one["text"], one["metadata"]) for one in found["messages"]]


async def called(
    http: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str], body: object = None
) -> Any:
    """The document of the answer; raises AgainError, GoneError, or ClientResponseError where it is a fault of ours."""
    try:
        async with http.request(method, url, json=body, headers=headers) as answer:
            if answer.status == 429 or answer.status >= 500:
                raise AgainError(float(answer.headers.get("Retry-After", 1)))
            if answer.status in (403, 410):
                raise GoneError(f"{answer.status}")
            answer.raise_for_status()
            return await answer.json()
    except aiohttp.ClientResponseError:
        raise
    except FAILURES as error:
        raise AgainError(0.5) from error
