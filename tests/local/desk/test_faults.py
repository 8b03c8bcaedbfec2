"""Faults that are switched on at run time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from local.desk.faults import Faults, FaultSettings
from tests.local.desk.conftest import MARIO, RunningDesk
from tests.local.desk.fake_bot import message


async def shown(desk: RunningDesk) -> list[str]:
    return [each["text"] for each in await desk.messages() if each["from"] == "bot"]


async def test_throttling_comes_with_retry_after_and_without_effect(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    await desk.standin("PUT", "faults", {"tooManyRequests": 1})

    status, body = await desk.connector.send(conversation, message("Hello"))

    assert (status, body["error"]["code"]) == (429, "Throttled")
    assert desk.connector.headers["Retry-After"] == "1"
    assert await shown(desk) == []


async def test_a_server_error_has_no_effect(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    await desk.standin("PUT", "faults", {"serverError": 1})

    assert (await desk.connector.send(conversation, message("Hello")))[0] == 500
    assert await shown(desk) == []


async def test_a_timeout_after_the_effect_delivers_hangs_and_answers_504(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    await desk.standin("PUT", "faults", {"timeoutAfterEffect": 1, "hangSeconds": 0.3})

    started = time.monotonic()
    status, _ = await desk.connector.send(conversation, message("Hello"))

    assert status == 504
    assert time.monotonic() - started >= 0.3
    assert await shown(desk) == ["Hello"]


async def test_faults_can_be_limited_to_operations_and_switched_off(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    await desk.standin("PUT", "faults", {"serverError": 1, "operations": ["updateActivity"]})
    _, sent = await desk.connector.send(conversation, message("Hello"))
    assert (await desk.connector.update(conversation, sent["id"], message("x")))[0] == 500

    await desk.standin("PUT", "faults", {})
    assert (await desk.connector.update(conversation, sent["id"], message("x")))[0] == 200


@pytest.mark.parametrize(
    "body", [{"serverError": 0.6, "tooManyRequests": 0.6}, {"serverError": -1}, {"typo": 1}, {"seed": "x"}, [1]]
)
async def test_settings_that_make_no_sense_are_refused(desk: RunningDesk, body: Any) -> None:
    status, answer = await desk.standin_status("PUT", "faults", body)

    assert status == 400
    assert answer["error"]


def test_the_same_seed_draws_the_same_faults_in_the_asked_proportion() -> None:
    settings = FaultSettings.from_document({"tooManyRequests": 0.2, "serverError": 0.1, "seed": 7})
    first, second = Faults(), Faults()
    first.change(settings)
    second.change(settings)

    drawn = [first.draw("sendActivity") for _ in range(2000)]

    assert drawn == [second.draw("sendActivity") for _ in range(2000)]
    assert 340 < drawn.count("tooManyRequests") < 460
    assert 150 < drawn.count("serverError") < 250
    assert drawn.count(None) > 1300


async def test_one_user_s_chat_gets_limits_of_its_own(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    await desk.standin("PUT", "limits", {"user": MARIO.id, "factor": 0.01})
    answers = [(await desk.connector.send(conversation, message("Hello")))[0] for _ in range(2)]

    assert answers == [201, 429]
    assert (await desk.standin_status("PUT", "limits", {"user": MARIO.id, "factor": 0}))[0] == 400
