"""What a failed call means, and when it is made again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

from local.serving import LOOPBACK
from shared.adapters import failures
from shared.adapters.failures import bounded, of_azure, of_connection, of_status
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.domain.errors import NotSent, OutcomeUnknown, PortError, Rejected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_a_client_error_is_a_refusal(status: int) -> None:
    failure = of_status(status, {}, "sending", reason="BotNotInConversationRoster")
    assert isinstance(failure, Rejected)
    assert failure.reason == "BotNotInConversationRoster"


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_servers_error_leaves_the_outcome_unknown(status: int) -> None:
    assert isinstance(of_status(status, {}, "sending"), OutcomeUnknown)


def test_a_service_may_refuse_before_any_effect_with_another_status() -> None:
    assert isinstance(of_status(503, {}, "writing", not_sent=frozenset({503})), NotSent)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after-ms": "250"}, 0.25), ({}, 1.0), ({"Retry-After": "soon"}, 1.0)],
)
def test_the_wait_is_what_the_other_side_asks_for(headers: dict[str, str], seconds: float) -> None:
    failure = of_status(429, headers, "sending")
    assert isinstance(failure, NotSent)
    assert failure.retry_after == seconds


def refused() -> aiohttp.ClientConnectorError:
    key = aiohttp.client_reqrep.ConnectionKey("localhost", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused(), NotSent),
        (aiohttp.ConnectionTimeoutError(), NotSent),
        (aiohttp.ServerDisconnectedError(), OutcomeUnknown),
        (aiohttp.ClientOSError(104, "reset"), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
    ],
)
def test_only_a_connection_that_was_never_made_surely_had_no_effect(
    error: Exception, expected: type[PortError]
) -> None:
    assert type(of_connection(error, "sending")) is expected
    if not isinstance(error, TimeoutError):
        assert type(of_azure(ServiceRequestError("failed", error=error), "sending")) is expected


def test_a_broken_response_of_an_sdk_leaves_the_outcome_unknown() -> None:
    assert type(of_azure(ServiceResponseError("broken"), "sending")) is OutcomeUnknown


def failing(*failures_in_turn: PortError) -> tuple[Callable[[], Awaitable[str]], Callable[[BaseException], PortError]]:
    """A call that fails in turn and then succeeds, and the classification that goes with it."""
    left = list(failures_in_turn)
    current: list[PortError] = []

    async def call() -> str:
        if left:
            current[:] = [left.pop(0)]
            raise TimeoutError
        return "done"

    return call, lambda error: current[0]


async def test_what_surely_did_not_happen_is_tried_again() -> None:
    call, classify = failing(NotSent("busy", 0.01), NotSent("busy", 0.01))
    assert await bounded(call, classify, repeatable=False) == "done"


async def test_an_unknown_outcome_is_tried_again_only_where_twice_is_as_good_as_once() -> None:
    call, classify = failing(OutcomeUnknown("timeout"))
    assert await bounded(call, classify, repeatable=True) == "done"
    call, classify = failing(OutcomeUnknown("timeout"))
    with pytest.raises(OutcomeUnknown):
        await bounded(call, classify, repeatable=False)


async def test_after_three_attempts_the_failure_is_reported() -> None:
    call, classify = failing(*(NotSent("busy", 0.01) for _ in range(3)))
    with pytest.raises(NotSent):
        await bounded(call, classify, repeatable=True)


@pytest.mark.parametrize("failure", [Rejected("no"), NotSent("busy", 30)])
async def test_a_refusal_or_a_long_wait_is_reported_at_once(failure: PortError) -> None:
    call, classify = failing(failure)
    with pytest.raises(type(failure)):
        await bounded(call, classify, repeatable=True)


async def test_a_call_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "CALL", 0.05)

    async def hang() -> None:
        await asyncio.sleep(30)

    with pytest.raises(OutcomeUnknown):
        await bounded(hang, lambda error: of_connection(error, "sending"), repeatable=False)


async def test_a_bug_is_not_taken_for_a_failed_call() -> None:
    async def call() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await bounded(call, lambda error: of_connection(error, "sending"), repeatable=True)


async def test_storage_that_is_down_was_not_written_to() -> None:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        port = held.getsockname()[1]
        endpoint = f"http://{LOOPBACK}:{port}/account"
        parts = {"AccountName": "account", "AccountKey": "a2V5", "TableEndpoint": endpoint}
        tables = Tables(StorageAccount(";".join(f"{name}={value}" for name, value in parts.items())))
        with pytest.raises(NotSent):
            await tables.put("sessions", "partition", "key", {})
        await tables.close()
