"""An administrator of the directory, who is signed in and changes settings through the management API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from local import demo
from local.demo import TENANT_ADMINISTRATOR

BASE = "/api/manage/v1"
MERGE_PATCH = "application/merge-patch+json"
LATE_SECONDS = 10.0


class Administrator:
    """Calls as `person`, with a token of the issuer that the host trusts; `run` is what run.json says."""

    def __init__(self, run: Mapping[str, Any], person: demo.Administrator = TENANT_ADMINISTRATOR) -> None:
        self._run, self._person = run, person
        self._http = aiohttp.ClientSession()
        self._token = ""

    async def __aenter__(self) -> Self:
        application = self._run["issuer"]["administrators"]["application"]
        wanted = {"application": application, "person": self._person.id}
        async with self._http.post(f"{self._run['issuer']['url']}/_standin/token", json=wanted) as answer:
            self._token = (await answer.json())["access_token"]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    @property
    def token(self) -> str:
        """The access token, for other programs."""
        return self._token

    async def get(self, path: str) -> dict[str, Any]:
        return await self._accepted("GET", path)

    async def create(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Put a document where there is none; the path names it."""
        return await self._accepted("PUT", path, document, {"If-None-Match": "*"})

    async def change(self, path: str, changes: Mapping[str, Any], version: str | None = None) -> dict[str, Any]:
        """Merge changes into a document as it was read, or in this version of it."""
        named = version or str((await self.get(path))["version"])
        return await self._accepted("PATCH", path, changes, _at(named))

    async def is_refused(self, path: str, changes: Mapping[str, Any], version: str) -> dict[str, Any]:
        """The problem of changes that are not taken."""
        status, document = await self.call("PATCH", path, changes, _at(version))
        assert status >= 400, document
        return {**document, "status": status}

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON of any call."""
        media = MERGE_PATCH if method == "PATCH" else "application/json"
        given = {"Authorization": f"Bearer {self._token}", "Content-Type": media, **(headers or {})}
        url = f"{self._run['functions']}{BASE}/{path}"
        async with self._http.request(method, url, json=body, headers=given) as answer:
            return answer.status, await answer.json()

    async def _accepted(self, method: str, path: str, body: Any = None, headers: Any = None) -> dict[str, Any]:
        status, document = await self.call(method, path, body, headers)
        assert status in (200, 201), document
        return document


async def until_live(saved: Mapping[str, Any]) -> None:
    """Wait until the moment from which every instance uses a change, as the answer to the write says."""
    seconds = (datetime.fromisoformat(saved["liveFrom"]) - datetime.now(UTC)).total_seconds()
    assert seconds < LATE_SECONDS
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(left)


def _at(version: str) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}
