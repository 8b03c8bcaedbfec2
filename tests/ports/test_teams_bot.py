"""The connector's client beyond the contract: what goes over the wire, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving import serving
from shared.adapters import failures
from shared.adapters.http_session import HttpSession
from shared.adapters.memory import ManualClock
from shared.adapters.teams_bot import TeamsBot
from shared.adapters.teams_token import BotToken
from shared.domain.errors import NotSent, OutcomeUnknown, Rejected
from shared.ports import BotConversation
from tests.ports.desk import BOT_ID, SECRET, Desk, running_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Desk]:
    async with running_desk() as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="module")
async def desk(running: Desk) -> Desk:
    return await running.cleaned()


@pytest_asyncio.fixture(loop_scope="module")
async def to(desk: Desk) -> BotConversation:
    return await desk.install()


async def relay(agents: TeamsBot, to: BotConversation, text: str = "Hello") -> None:
    await agents.relay(to, "session-1", "Carla *Customer*", text, again=False, with_reply=False)


async def test_a_message_is_one_call_with_one_token_for_all(desk: Desk, to: BotConversation) -> None:
    for _ in range(3):
        await relay(desk.agents, to)
    counts = await desk.counts()
    assert (counts["sendActivity"], counts["token"]) == (3, 1)


async def test_a_customers_text_is_a_markdown_message_with_a_plain_summary(desk: Desk, to: BotConversation) -> None:
    await relay(desk.agents, to, "<b>Hello</b>\n*there*")
    (message,) = await desk.messages()
    assert message["textFormat"] == "markdown"
    assert message["text"] == "**Carla \\*Customer\\*:** &lt;b&gt;Hello&lt;/b&gt;\n\n\\*there\\*"
    assert message["summary"] == "Carla *Customer*: <b>Hello</b> *there*"


async def test_a_token_is_used_until_shortly_before_its_end(desk: Desk, to: BotConversation) -> None:
    clock = ManualClock()
    agents = TeamsBot(desk.http, BotToken(desk.http, clock, desk.token_url, BOT_ID, SECRET))
    for seconds in (0, 54 * 60, 2 * 60):
        clock.advance(seconds)
        await relay(agents, to)
    assert clock.now() - ManualClock().now() == timedelta(minutes=56)
    assert (await desk.counts())["token"] == 2


async def test_a_token_that_is_not_accepted_any_more_is_replaced(desk: Desk, to: BotConversation) -> None:
    class StaleToken(BotToken):
        stale = True

        async def get(self) -> str:
            return "stale" if self.stale else await super().get()

        def forget(self) -> None:
            self.stale = False

    token = StaleToken(desk.http, ManualClock(), desk.token_url, BOT_ID, SECRET)
    await relay(TeamsBot(desk.http, token), to)
    assert len(await desk.messages()) == 1


async def test_without_credentials_nothing_is_sent_and_nothing_is_lost(desk: Desk, to: BotConversation) -> None:
    agents = TeamsBot(desk.http, BotToken(desk.http, ManualClock(), desk.token_url, BOT_ID, "wrong"))
    with pytest.raises(NotSent) as refusal:
        await relay(agents, to)
    assert refusal.value.retry_after == 30
    assert "wrong" not in str(refusal.value)


async def test_an_assertion_takes_the_place_of_the_secret(desk: Desk) -> None:
    forms: list[dict[str, str]] = []

    async def issue(request: Request) -> Response:
        forms.append(dict(parse_qsl((await request.body()).decode())))
        return JSONResponse({"access_token": "token", "expires_in": 3600})

    async def assertion() -> str:
        return "signed by the managed identity"

    async with serving(Starlette(routes=[Route("/token", issue, methods=["POST"])])) as server:
        assert await BotToken(desk.http, ManualClock(), f"{server.url}/token", BOT_ID, assertion).get() == "token"
    assert forms == [
        {
            "grant_type": "client_credentials",
            "client_id": BOT_ID,
            "scope": "https://api.botframework.com/.default",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": "signed by the managed identity",
        }
    ]


async def test_a_throttled_message_was_not_sent(desk: Desk, to: BotConversation) -> None:
    await desk.standin("PUT", "faults", {"tooManyRequests": 1})
    with pytest.raises(NotSent) as refusal:
        await relay(desk.agents, to)
    assert refusal.value.retry_after == 1
    assert await desk.messages() == []


async def test_a_servers_error_leaves_the_outcome_unknown_and_is_not_repeated(desk: Desk, to: BotConversation) -> None:
    await desk.standin("PUT", "faults", {"serverError": 1})
    with pytest.raises(OutcomeUnknown):
        await relay(desk.agents, to)
    assert (await desk.counts())["sendActivity"] == 1


async def test_a_message_without_an_answer_is_given_up_in_time_and_may_have_arrived(
    desk: Desk, to: BotConversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await relay(desk.agents, to)
    await desk.standin("PUT", "faults", {"timeoutAfterEffect": 1, "hangSeconds": 1})
    monkeypatch.setattr(failures, "CALL", 0.3)
    with pytest.raises(OutcomeUnknown):
        await relay(desk.agents, to)
    assert len(await desk.messages()) == 2


async def test_a_bot_that_was_removed_is_refused_for_good(desk: Desk, to: BotConversation) -> None:
    await desk.standin("POST", "install", {"user": "luisa@lunifico.example", "remove": True})
    with pytest.raises(Rejected) as refusal:
        await relay(desk.agents, to)
    assert refusal.value.reason == "BotNotInConversationRoster"


async def test_a_message_that_is_too_large_is_refused_for_good(desk: Desk, to: BotConversation) -> None:
    with pytest.raises(Rejected) as refusal:
        await relay(desk.agents, to, "x" * 60_000)
    assert refusal.value.reason == "MessageSizeTooBig"


async def test_a_connector_that_cannot_be_reached_was_sent_nothing(desk: Desk, to: BotConversation) -> None:
    with pytest.raises(NotSent):
        await relay(desk.agents, replace(to, service_url="http://127.0.0.1:9/"))


async def test_a_login_service_that_cannot_be_reached_means_nothing_was_sent(to: BotConversation) -> None:
    http = HttpSession()
    agents = TeamsBot(http, BotToken(http, ManualClock(), "http://127.0.0.1:9/token", BOT_ID, SECRET))
    with pytest.raises(NotSent):
        await relay(agents, to)
    await http.close()


async def test_ids_of_conversations_are_escaped_in_addresses(desk: Desk, to: BotConversation) -> None:
    with pytest.raises(Rejected) as refusal:
        await relay(desk.agents, replace(to, conversation_id="19:a b?x=1#é%41"))
    assert refusal.value.reason == "ConversationNotFound"
