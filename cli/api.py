"""A synchronous client of the management API: pages, problems, patience with a busy server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cli import VERSION
from cli.errors import ApiError, ExitCode, Unreachable
from cli.tokens import Tokens

if TYPE_CHECKING:
    # Imported where it is used: it takes a third of a second, for which the completion of a shell should not wait.
    import httpx

BASE = "/api/manage/v1"
MERGE_PATCH = "application/merge-patch+json"
CONNECT_TIMEOUT, TIMEOUT = 10.0, 120.0
"""Seconds."""
ATTEMPTS = 6
LONGEST_WAIT = 60.0
"""Seconds: who is asked to wait longer is told so instead."""
PAGE = 200
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
"""Where a second attempt after an unknown outcome does no harm: reads, and writes that name their version."""
Query = str | int | bool | None
Unreadable = Callable[[Mapping[str, Any]], None]
"""Told of a document that the server has and cannot read, by `id` and `problem`."""


def at(*parts: str) -> str:
    """A path of parts, each escaped: `at("services", "a/b")` is `services/a%2Fb`."""
    return "/".join(quote(part, safe="") for part in parts)


class Api:
    """Calls of one deployment; each raises ApiError with the server's problem, or Unreachable.

    `pause` waits for so many seconds; `say` tells people why nothing happens.
    """

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        *,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        import httpx

        self.url = url
        self._tokens = tokens
        self._pause = pause
        self._say = say
        headers = {"Accept": "application/json", "User-Agent": f"interact/{VERSION}"}
        timeout = httpx.Timeout(TIMEOUT, connect=CONNECT_TIMEOUT, pool=CONNECT_TIMEOUT)
        self._client = httpx.Client(base_url=f"{url}{BASE}/", headers=headers, timeout=timeout, transport=transport)

    def get(self, path: str, **query: Query) -> dict[str, Any]:
        return self._json(self.send("GET", path, query=query))

    def pages(
        self, path: str, *, most: int | None = None, unreadable: Unreadable | None = None, **query: Query
    ) -> Iterator[dict[str, Any]]:
        """The items of a list, page after page, at most so many.

        `unreadable` is told of what is there and cannot be read; else people are.
        """
        tell = unreadable or (lambda one: self._say(f"{path}: '{one['id']}' is left out: {one['problem']}"))
        after: str | None = None
        count = 0
        while most is None or count < most:
            top = PAGE if most is None else min(PAGE, most - count)
            page = self.get(path, **{"top": top, **query, "after": after})
            for one in page.get("unreadable", ()):
                tell(one)
            for item in page["items"][:top]:
                count += 1
                yield item
            after = page.get("next")
            if after is None:
                return

    def post(self, path: str, body: Any = None, **query: Query) -> dict[str, Any]:
        return self._json(self.send("POST", path, body={} if body is None else body, query=query))

    def put(self, path: str, body: Any, *, version: str | None) -> dict[str, Any]:
        """Replace a version of a document, `*` for any; with None: create it where there is none."""
        headers = {"If-None-Match": "*"} if version is None else {"If-Match": _named(version)}
        return self._json(self.send("PUT", path, body=body, headers=headers))

    def patch(self, path: str, body: Any, *, version: str) -> dict[str, Any]:
        """Change some fields of a version of a document (JSON merge patch)."""
        headers = {"If-Match": _named(version), "Content-Type": MERGE_PATCH}
        return self._json(self.send("PATCH", path, body=body, headers=headers))

    def delete(self, path: str, *, version: str) -> None:
        self.send("DELETE", path, headers={"If-Match": _named(version)})

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Query] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Any call; the answer has a status below 300."""
        given = {name: _worded(value) for name, value in (query or {}).items() if value is not None}
        request = {"params": given, "headers": dict(headers or {}), **({} if body is None else {"json": body})}
        token, has_renewed = self._tokens.token(), False
        for attempt in range(1, ATTEMPTS + 1):
            response = self._once(method, path, token, request, is_last=attempt == ATTEMPTS)
            if response is None:
                self._wait(float(2 ** (attempt - 1)), "the server does not answer")
                continue
            if response.is_success:
                return response
            if response.status_code == 401 and not has_renewed:
                renewed, has_renewed = self._tokens.renewed(), True
                if renewed is not None:
                    token = renewed
                    continue
            wait = _asked_to_wait(response)
            if wait is None or attempt == ATTEMPTS:
                raise _refusal(response)
            self._wait(wait, "the server is busy")
        raise Unreachable(f"{self.url} does not answer")

    def _once(
        self, method: str, path: str, token: str, request: Mapping[str, Any], *, is_last: bool
    ) -> httpx.Response | None:
        """The answer, or None where another attempt may help; raises Unreachable where none does."""
        import httpx

        headers = {**request["headers"], "Authorization": f"Bearer {token}"}
        try:
            return self._client.request(method, path, **{**request, "headers": headers})
        except httpx.TransportError as error:
            was_not_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            if is_last or not (was_not_sent or method in REPEATABLE) or _is_final(error):
                raise _unreachable(self.url, error, known=was_not_sent or method == "GET") from error
            return None

    def _wait(self, seconds: float, why: str) -> None:
        self._say(f"{why}: trying again in {seconds:g} s")
        self._pause(seconds)

    @staticmethod
    def _json(response: httpx.Response) -> dict[str, Any]:
        if response.status_code == 204 or not response.content:
            return {}
        try:
            document = response.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Unreachable(
                f"{response.url.host} answers, but is no deployment of Interact", "look at the address: interact whoami"
            )
        return document


def _named(version: str) -> str:
    return version if version == "*" else f'"{version}"'


def _worded(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _asked_to_wait(response: httpx.Response) -> float | None:
    """Seconds after which another attempt is welcome; None where it is not, or only much later."""
    if response.status_code not in (429, 503):
        return None
    text = response.headers.get("Retry-After", "")
    seconds = float(text) if text.isdecimal() else None
    return seconds if seconds is not None and seconds <= LONGEST_WAIT else None


def _refusal(response: httpx.Response) -> ApiError | Unreachable:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "code" in problem:
        return ApiError(response.status_code, problem)
    error = ApiError(response.status_code, {})
    if error.exit_code in (ExitCode.UNREACHABLE, ExitCode.FAULT):
        return error
    # Something that is not ours has answered, such as a proxy or another site.
    host = response.url.host
    return Unreachable(f"{host} answers {response.status_code}, but not as a deployment of Interact does")


def _is_final(error: httpx.TransportError) -> bool:
    """Names that do not exist and certificates that are wrong stay so."""
    import httpx

    text = str(error).lower()
    is_refused_by_us = isinstance(error, httpx.UnsupportedProtocol)
    return is_refused_by_us or "certificate" in text or "name or service not known" in text


def _unreachable(url: str, error: httpx.TransportError, *, known: bool) -> Unreachable:
    why = str(error) or type(error).__name__
    outcome = "" if known else "; whether the last change was made is not known, look before you repeat it"
    return Unreachable(f"{url} cannot be reached ({why}){outcome}", "check the address and the network")
