"""A session's own thread over HTTP: who may read and write it, what is refused, and what is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import azure.functions as func
import jsonschema
import pytest

from functions.openapi import document
from functions.widget import widget_end, widget_start
from functions.widget_thread import widget_thread
from shared import bootstrap
from shared.adapters.memory import MemoryThreadStore
from shared.adapters.native_messaging import NativeIdentity, NativeMessaging
from shared.domain.errors import OutcomeUnknown
from shared.domain.tenants import MessagingKind
from tests.functions.world import TENANT, World, form, json_of, request

CLIENT_ID = "c" * 22
SCHEMAS = document()["components"]["schemas"]


class Thread:
    """The thread of a visitor whose tenant has no ACS."""

    def __init__(self, world: World, started: dict[str, Any]) -> None:
        self.world = world
        self.session_id = started["sessionId"]
        self.headers = {"authorization": f"Bearer {started['sessionToken']}"}

    async def read(self, query: str = "", **headers: str) -> func.HttpResponse:
        return await self._call("GET", query, None, headers)

    async def post(self, text: object = "By Friday?", client_id: object = CLIENT_ID, **more: Any) -> func.HttpResponse:
        return await self._call("POST", "", {"text": text, "clientMessageId": client_id, **more}, {})

    async def texts(self) -> list[str]:
        """What the visitor has written."""
        messages = json_of(await self.read())["messages"]
        return [message["text"] for message in messages if "clientMessageId" in message["metadata"]]

    async def _call(self, method: str, query: str, body: object, headers: dict[str, str]) -> func.HttpResponse:
        sent = {**self.headers, **headers}
        route = {"sessionId": self.session_id}
        response: func.HttpResponse = await widget_thread(request(method, f"x{query}", body, headers=sent, route=route))
        return response


@pytest.fixture
async def thread(world: World) -> Thread:
    threads = MemoryThreadStore(world.clock)
    world.config.put(TENANT.id, replace(TENANT, messaging=MessagingKind.NATIVE))
    world.replace(
        threads=threads,
        identity=NativeIdentity(threads, world.clock),
        messaging=NativeMessaging(threads, threads),
    )
    bootstrap.use(world.application, world.surroundings)
    return Thread(world, json_of(await widget_start(request("POST", "x", form()))))


def conforms(instance: Any, model: str) -> None:
    schema = {"$ref": f"#/components/schemas/{model}", "components": {"schemas": SCHEMAS}}
    jsonschema.validate(instance, schema, cls=jsonschema.Draft202012Validator)


async def test_a_start_names_the_thread_and_its_first_message_is_there(thread: Thread) -> None:
    answer = json_of(await thread.read())
    conforms(answer, "ThreadAnswer")
    [message] = answer["messages"]
    assert (message["sequence"], message["text"]) == (1, "Do you deliver to Basel?")
    assert (message["senderName"], message["metadata"]) == ("Carla Customer", {"clientMessageId": "k" * 22})


async def test_a_message_is_written_once_for_each_client_id(thread: Thread) -> None:
    answers = [await thread.post() for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert json_of(answers[0]) == json_of(answers[1]) == {"id": "2", "sequence": 2}
    conforms(json_of(answers[0]), "PostedAnswer")
    assert await thread.texts() == ["Do you deliver to Basel?", "By Friday?"]


async def test_reading_begins_after_a_number(thread: Thread) -> None:
    await thread.post()
    for after, numbers in (("0", [1, 2, 3]), ("1", [2, 3]), ("3", []), ("999999999", [])):
        answer = json_of(await thread.read(f"?after={after}"))
        assert [message["sequence"] for message in answer["messages"]] == numbers


@pytest.mark.parametrize("after", ["-1", "1.5", "%2B1", "x", "1000000000", "9" * 5000, "%D9%A1", "%C2%B2"])
async def test_what_is_no_number_of_a_message_is_refused(thread: Thread, after: str) -> None:
    response = await thread.read(f"?after={after}")
    assert (response.status_code, json_of(response)["field"]) == (400, "after")


@pytest.mark.parametrize("text", ["", "   ", "x" * 7001, None, 5, ["a"]])
async def test_a_text_that_nobody_can_read_is_refused(thread: Thread, text: object) -> None:
    assert (await thread.post(text)).status_code == 400
    assert len(await thread.texts()) == 1


@pytest.mark.parametrize("client_id", ["", "short", "x" * 129, "no spaces", "käse-käse", None, 12345678])
async def test_a_client_id_that_is_none_is_refused(thread: Thread, client_id: object) -> None:
    assert (await thread.post(client_id=client_id)).status_code == 400
    assert len(await thread.texts()) == 1


async def test_fields_that_nobody_knows_are_refused(thread: Thread) -> None:
    assert (await thread.post(metadata={"kind": "agent"})).status_code == 400


async def test_a_thread_is_for_its_own_session_only(thread: Thread) -> None:
    other = Thread(thread.world, json_of(await widget_start(request("POST", "x", form(idempotencyKey="o" * 22)))))
    thread.headers = other.headers
    for response in (await thread.read(), await thread.post()):
        assert (response.status_code, json_of(response)["code"]) == (401, "not_allowed")
    assert await other.texts() == ["Do you deliver to Basel?"]


async def test_an_ended_conversation_can_be_read_and_not_written(thread: Thread) -> None:
    route = {"sessionId": thread.session_id}
    ended = await widget_end(request("POST", "x", {}, headers=thread.headers, route=route))
    assert ended.status_code == 200
    response = await thread.post()
    assert (response.status_code, json_of(response)["code"]) == (410, "ended")
    assert (await thread.texts())[0] == "Do you deliver to Basel?"


async def test_storage_that_does_not_answer_can_be_tried_again(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    async def append(*_: object) -> None:
        raise OutcomeUnknown("no answer")

    monkeypatch.setattr(thread.world.ports.threads, "append", append)
    response = await thread.post()
    assert (response.status_code, json_of(response)["code"]) == (503, "try_again")


async def test_a_session_in_acs_has_no_thread_here(world: World) -> None:
    thread = Thread(world, json_of(await widget_start(request("POST", "x", form()))))
    for response in (await thread.read(), await thread.post()):
        assert (response.status_code, json_of(response)["code"]) == (400, "invalid")
