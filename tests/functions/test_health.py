"""Health names every fault; with settings missing, everything else says 503."""

from __future__ import annotations

from typing import Any

import azure.functions as func
import pytest

from functions.health import health, openapi
from functions.pages import preview_service
from functions.teams import bot_messages
from functions.widget import widget_contact, widget_start
from shared import bootstrap
from shared.domain.errors import NotReady, NotSent
from shared.ports import BotConversation
from shared.settings import VERSION
from shared.settings.table import DEVELOPMENT_STORAGE, SETTINGS
from tests.functions.world import World, form, json_of, request
from tests.ports.credentials import FakeCredential

NOWHERE = DEVELOPMENT_STORAGE.replace("10001", "1").replace("10002", "1")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of our settings."""
    bootstrap.use(None)
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    return monkeypatch


@pytest.fixture
def complete(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """All settings there, but a storage account that nobody answers for."""
    for setting in SETTINGS:
        if setting.example is not None:
            environment.setenv(setting.name, setting.example)
    environment.setenv("AzureWebJobsStorage", NOWHERE)
    return environment


async def test_a_deployment_that_works_says_ok(world: World) -> None:
    response = await health(request("GET", "api/health"))
    assert response.status_code == 200
    found = {"status": "ok", "version": VERSION, "settings": [], "storage": "ok", "dependencies": {"tables": "ok"}}
    assert json_of(response) == found


async def test_every_missing_setting_is_listed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("INTERACT_SESSION_KEY", "too-short-and-secret")
    response = await health(request("GET", "api/health"))
    assert response.status_code == 503
    faults = {fault["name"]: fault for fault in json_of(response)["settings"]}
    assert sorted(faults) == [
        "AzureWebJobsStorage",
        "INTERACT_BOT_APP_ID",
        "INTERACT_BOT_TENANT_ID",
        "INTERACT_PUBLIC_URL",
        "INTERACT_SESSION_KEY",
    ]
    assert "openssl rand" in faults["INTERACT_SESSION_KEY"]["remedy"]
    assert "too-short" not in response.get_body().decode()


async def test_a_storage_that_does_not_answer_is_told(complete: pytest.MonkeyPatch) -> None:
    response = await health(request("GET", "api/health"))
    await bootstrap.close()
    assert response.status_code == 503
    assert json_of(response)["storage"] == "unreachable"
    assert json_of(response)["dependencies"] == dict.fromkeys(("tables", "queues", "bot"), "unreachable")
    assert json_of(response)["settings"] == []


async def test_without_push_the_deployment_works_and_health_says_what_is_missing(
    complete: pytest.MonkeyPatch, storage: str
) -> None:
    complete.setenv("AzureWebJobsStorage", storage)
    push = f"Endpoint=http://127.0.0.1;Port=9;AccessKey={'k' * 32};Version=1.0;"
    complete.setenv("INTERACT_SIGNALR_CONNECTION_STRING", push)
    response = await health(request("GET", "api/health"))
    await bootstrap.close()
    assert response.status_code == 200
    states = json_of(response)["dependencies"]
    assert states == {"tables": "ok", "queues": "ok", "bot": "unreachable", "push": "unreachable"}


CALLS = [
    (widget_contact, request("GET", "api/widget/v1/contact?widgetKey=k&serviceId=s")),
    (widget_start, request("POST", "api/widget/v1/sessions", form())),
    (bot_messages, request("POST", "api/messages", {}, headers={"authorization": "Bearer t"})),
    (preview_service, request("GET", "preview/service/s", route={"id": "s"})),
]


@pytest.mark.parametrize(("handler", "sent"), CALLS, ids=["contact", "start", "bot", "preview"])
async def test_without_settings_other_calls_answer_503(
    environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, handler: Any, sent: func.HttpRequest
) -> None:
    response = await handler(sent)
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert json_of(response)["code"] == "try_again"
    assert "INTERACT" not in response.get_body().decode()
    assert "INTERACT_SESSION_KEY is missing" in caplog.text


async def test_the_description_needs_no_settings(environment: pytest.MonkeyPatch) -> None:
    response = await openapi(request("GET", "api/openapi.json"))
    assert response.status_code == 200


class TestWiring:
    async def test_everything_is_put_together_once(self, complete: pytest.MonkeyPatch) -> None:
        assert bootstrap.application() is bootstrap.application()
        assert bootstrap.surroundings() is bootstrap.surroundings()
        await bootstrap.close()

    def test_an_application_is_put_in_place_with_its_surroundings_only(self, world: World) -> None:
        with pytest.raises(ValueError, match="surroundings"):
            bootstrap.use(world.application)
        assert bootstrap.application() is world.application
        bootstrap.use(None)

    async def test_the_next_call_after_closing_opens_anew(self, complete: pytest.MonkeyPatch) -> None:
        first = bootstrap.application()
        await bootstrap.close()
        assert bootstrap.application() is not first
        await bootstrap.close()

    async def test_push_is_offered_where_signalr_is_set(self, complete: pytest.MonkeyPatch) -> None:
        assert await bootstrap.application().ports.realtime.access("session") is None
        await bootstrap.close()
        push = f"Endpoint=https://push.example;AccessKey={'k' * 32};Version=1.0;"
        complete.setenv("INTERACT_SIGNALR_CONNECTION_STRING", push)
        access = await bootstrap.application().ports.realtime.access("session")
        await bootstrap.close()
        assert access is not None
        assert access.url.startswith("https://push.example/")

    async def test_whoever_enters_with_the_identity_shares_one_credential_that_is_closed_in_the_end(
        self, complete: pytest.MonkeyPatch
    ) -> None:
        made: list[FakeCredential] = []

        def make(**_: Any) -> FakeCredential:
            made.append(FakeCredential())
            return made[-1]

        complete.setattr("azure.identity.aio.DefaultAzureCredential", make)
        for name in ("AzureWebJobsStorage", "INTERACT_BOT_SECRET"):
            complete.delenv(name)
        for name in ("AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri"):
            complete.setenv(name, "https://127.0.0.1:9")
        complete.setenv("INTERACT_BOT_TOKEN_URL", "https://127.0.0.1:9/token")
        ports = bootstrap.application().ports
        for call in (
            ports.sessions.read("session"),
            ports.timers.wake("session", ports.clock.now(), "watchdog"),
            ports.agents.notify(BotConversation("https://127.0.0.1:9", "chat"), "Hello"),
        ):
            with pytest.raises(NotSent):
                await call
        await bootstrap.close()
        assert len(set(made[0].scopes)) == 2, "storage, and the exchange for the bot's token"
        assert [credential.closed for credential in made] == [1]

    def test_what_is_missing_is_named_for_the_log(self, environment: pytest.MonkeyPatch) -> None:
        with pytest.raises(NotReady, match="INTERACT_BOT_APP_ID is missing"):
            bootstrap.application()
