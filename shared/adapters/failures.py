"""What a failed call means: surely not done, perhaps done, or refused for good.

A connection that was never made has no effect. Everything that breaks after the request may have left (a reset, a
timeout, a server's error) leaves the outcome unknown. Statuses: 429 and, where the service says so, 412 and 503 come
before any effect.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from shared.domain.errors import NotSent, OutcomeUnknown, PortError, Rejected

Result = TypeVar("Result")

CALL = 6.0
"""Seconds that one call may take; design.md, "The relay"."""
CONNECT = 3.0
"""Seconds to reach the other side; less than CALL, so that an unreachable host is told from a slow one."""
ATTEMPTS = 3
LONGEST_PAUSE = 2.0
"""Seconds; whoever is to wait longer is better served by being told so."""

BEFORE_ANY_EFFECT = frozenset({429})
STORAGE_NOT_NOW = frozenset({401, 403, 429, 503})
"""Storage that is throttled answers 503 ServerBusy; one that is read-only for a while, whose key is being replaced or
whose role is not known yet, 401 or 403. What is to be written stays to be written: nothing else would ever do it."""


class Missing(Rejected):
    """The other side does not know what the call is about (404)."""


class CredentialRefused(Rejected):
    """The other side does not accept our token or key (401)."""


def of_status(
    status: int, headers: Mapping[str, str], what: str, reason: str = "", not_sent: frozenset[int] = BEFORE_ANY_EFFECT
) -> PortError:
    """The failure that a response's status stands for; `what` names the call, never its content."""
    explanation = f"{what} was answered {status}{f' ({reason})' if reason else ''}"
    if status in not_sent:
        return NotSent(explanation, retry_after(headers))
    if status >= 500 or status == 408:
        return OutcomeUnknown(explanation)
    kind = {401: CredentialRefused, 404: Missing}.get(status, Rejected)
    return kind(explanation, reason or str(status))


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that the other side asks to wait; 1 where it does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name, "")
        if value.replace(".", "", 1).isdigit():
            return max(float(value) * unit, 0.05)
    return 1.0


def of_connection(error: BaseException, what: str) -> PortError:
    """The failure that an exception of aiohttp or a timeout stands for."""
    import aiohttp

    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSent(f"{what}: no connection ({type(error).__name__})", retry_after=0.2)
    return OutcomeUnknown(f"{what}: {type(error).__name__}")


def of_azure(error: BaseException, what: str, not_sent: frozenset[int] = BEFORE_ANY_EFFECT) -> PortError:
    """The failure that an exception of an Azure SDK or a timeout stands for."""
    from azure.core.exceptions import HttpResponseError, ServiceRequestError

    if isinstance(error, HttpResponseError) and error.status_code is not None:
        code = str(getattr(error, "error_code", None) or getattr(error.error, "code", None) or "")
        headers: Mapping[str, str] = getattr(error.response, "headers", {})
        return of_status(error.status_code, headers, what, code.removeprefix("TableErrorCode."), not_sent)
    if isinstance(error, ServiceRequestError):
        return of_connection(error.inner_exception or error, what)
    return OutcomeUnknown(f"{what}: {type(error).__name__}")


async def bounded(
    call: Callable[[], Awaitable[Result]],
    classify: Callable[[BaseException], PortError],
    *,
    repeatable: bool,
    attempts: int = ATTEMPTS,
) -> Result:
    """Make a call within CALL seconds, again with growing pauses where that cannot do harm; raises what is left.

    `repeatable`: doing it twice equals doing it once, so an unknown outcome is tried again too.
    """
    for attempt in range(1, attempts + 1):
        try:
            async with asyncio.timeout(CALL):
                return await call()
        except failures_of_calls() as error:
            failure = error if isinstance(error, PortError) else classify(error)
            pause = _pause(failure, attempt, repeatable)
            if attempt == attempts or pause is None:
                raise failure from (None if failure is error else error)
        await asyncio.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def failures_of_calls() -> tuple[type[BaseException], ...]:
    """The exceptions of calls that adapters report as PortErrors; anything else is a bug and passes through."""
    import aiohttp
    from azure.core.exceptions import AzureError

    return (AzureError, aiohttp.ClientError, TimeoutError, PortError)


def _pause(failure: PortError, attempt: int, repeatable: bool) -> float | None:
    spread: float = random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing
    growing = 0.1 * float(2**attempt) * spread
    if isinstance(failure, NotSent):
        return max(failure.retry_after, growing) if failure.retry_after <= LONGEST_PAUSE else None
    return growing if repeatable and isinstance(failure, OutcomeUnknown) else None
