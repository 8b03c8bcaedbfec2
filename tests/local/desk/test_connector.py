"""The rules of the Bot Connector."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.local.desk.conftest import LUISA, MARIO, TENANT_ID, RunningDesk, running_desk
from tests.local.desk.fake_bot import CARD, invitation_card, message, status_card, with_card


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    assert body["error"]["message"]
    return status, body["error"]["code"]


async def test_a_conversation_is_created_only_with_somebody_who_installed_the_app(desk: RunningDesk) -> None:
    assert code(await desk.connector.create(MARIO.id)) == (403, "ForbiddenOperationException")

    conversation = await desk.install(MARIO)

    assert await desk.connector.create(MARIO.id) == (201, {"id": conversation})
    assert code(await desk.connector.create(LUISA.id)) == (403, "ForbiddenOperationException")
    assert code(await desk.connector.create("nobody")) == (404, "NotFound")


async def test_a_conversation_is_found_by_the_id_that_activities_carry(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    sender = desk.bot.activities[0]["from"]

    assert sender["aadObjectId"] == MARIO.id
    assert sender["id"].startswith("29:")
    assert MARIO.id not in sender["id"]
    assert await desk.connector.create(sender["id"]) == (201, {"id": conversation})


async def test_a_conversation_can_begin_with_an_activity(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    body = {"members": [{"id": MARIO.id}], "activity": message("Hello")}

    status, created = await desk.connector.call("POST", desk.connector.base, body)

    assert status == 201
    assert (await desk.messages())[-1]["id"] == created["activityId"]


async def test_a_group_cannot_be_created(desk: RunningDesk) -> None:
    body = {"members": [{"id": MARIO.id}, {"id": LUISA.id}], "isGroup": True}

    assert code(await desk.connector.call("POST", desk.connector.base, body)) == (400, "BadSyntax")


async def test_messages_are_shown_in_order_and_answered_with_their_id(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    answers = [await desk.connector.send(conversation, message(text)) for text in ("one", "two", "three")]

    shown = [each for each in await desk.messages() if each["from"] == "bot"]
    assert [status for status, _ in answers] == [201, 201, 201]
    assert [(each["id"], each["text"]) for each in shown] == [
        (body["id"], text) for (_, body), text in zip(answers, ("one", "two", "three"), strict=True)
    ]


async def test_the_same_message_twice_is_shown_twice(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    for _ in range(2):
        await desk.connector.send(conversation, {**message("Hello"), "id": "same"})

    assert [each["text"] for each in await desk.messages() if each["from"] == "bot"] == ["Hello", "Hello"]


async def test_a_reply_names_what_it_answers(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, first = await desk.connector.send(conversation, message("Hello"))

    status, _ = await desk.connector.send(conversation, message("and again"), reply_to=first["id"])

    assert status == 201
    assert (await desk.messages())[-1]["replyToId"] == first["id"]


async def test_an_update_replaces_the_message_for_everybody(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, sent = await desk.connector.send(conversation, with_card(invitation_card()))
    await desk.standin("POST", "act", {"user": MARIO.id, "verb": "accept"})
    assert (await desk.messages())[-1]["cards"] == [status_card("Accepted")]

    assert await desk.connector.update(conversation, sent["id"], with_card(status_card("Taken by Luisa"))) == (
        200,
        sent,
    )

    shown = (await desk.messages())[-1]
    assert (shown["id"], shown["edited"]) == (sent["id"], True)
    assert shown["cards"] == [status_card("Taken by Luisa")]


async def test_a_message_can_be_deleted(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, sent = await desk.connector.send(conversation, message("Hello"))

    assert await desk.connector.delete(conversation, sent["id"]) == (200, None)

    assert [each for each in await desk.messages() if each["from"] == "bot"] == []
    gone = (404, "ActivityNotFoundInConversation")
    assert code(await desk.connector.delete(conversation, sent["id"])) == gone
    assert code(await desk.connector.update(conversation, sent["id"], message("x"))) == gone


async def test_the_bot_cannot_change_what_a_person_wrote(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    said = await desk.standin("POST", "say", {"user": MARIO.id, "text": "Hello"})

    assert code(await desk.connector.update(conversation, said["id"], message("x")))[0] == 403
    assert code(await desk.connector.delete(conversation, said["id"]))[0] == 403


async def test_members_carry_both_ids_and_names(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    status, members = await desk.connector.members(conversation)

    assert status == 200
    [member] = members
    assert member["id"] == desk.bot.activities[0]["from"]["id"]
    assert member["aadObjectId"] == MARIO.id
    assert (member["name"], member["userPrincipalName"]) == ("Mario", "mario@lunifico.example")
    assert member["tenantId"] == TENANT_ID


async def test_an_unknown_conversation_is_not_found(desk: RunningDesk) -> None:
    assert code(await desk.connector.send("a:unknown", message("Hello"))) == (404, "ConversationNotFound")


async def test_a_bot_that_was_removed_cannot_write_any_more(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    await desk.standin("POST", "install", {"user": MARIO.id, "remove": True})

    assert desk.bot.activities[-1]["action"] == "remove"
    assert code(await desk.connector.send(conversation, message("Hello"))) == (403, "BotNotInConversationRoster")
    assert code(await desk.connector.create(MARIO.id))[0] == 403


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "event", "name": "x"},
        {"type": "message"},
        {"type": "message", "attachments": [{"content": {}}]},
        {"type": "message", "attachments": "card"},
    ],
)
async def test_what_teams_could_not_show_is_refused(desk: RunningDesk, activity: dict[str, Any]) -> None:
    conversation = await desk.install(MARIO)

    assert code(await desk.connector.send(conversation, activity)) == (400, "BadSyntax")


async def test_a_body_that_is_not_json_is_refused(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    assert code(await desk.connector.call("POST", f"{desk.connector.base}/{conversation}/activities", [1]))[0] == 400


async def test_a_typing_activity_leaves_no_message(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    before = await desk.messages()

    status, _ = await desk.connector.send(conversation, {"type": "typing"})

    assert status == 201
    assert await desk.messages() == before


async def test_a_message_over_100_kib_in_utf_16_is_refused_with_413(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    assert code(await desk.connector.send(conversation, message("x" * 51_200))) == (413, "MessageSizeTooBig")
    assert (await desk.connector.send(conversation, message("x" * 51_000)))[0] == 201


async def test_the_message_size_limit_can_be_set() -> None:
    async with running_desk(message_size_limit=28 * 1024) as desk:
        conversation = await desk.install(MARIO)

        assert (await desk.connector.send(conversation, message("x" * 15_000)))[0] == 413


async def test_more_than_seven_messages_in_a_second_are_refused_with_429() -> None:
    async with running_desk(limit_factor=1) as desk:
        mario, luisa = await desk.install(MARIO), await desk.install(LUISA)

        statuses = [(await desk.connector.send(mario, message("x")))[0] for _ in range(8)]

        assert statuses == [201] * 7 + [429]
        assert desk.connector.headers["Retry-After"] == "1"
        assert (await desk.connector.send(luisa, message("another conversation has its own limit")))[0] == 201


async def test_limits_are_printed_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    async with running_desk(limit_factor=2):
        assert "14 in 1 s, 120 in 30 s, 3600 in 3600 s" in capsys.readouterr().out


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer not.a.token", "Basic dTpw"])
async def test_without_a_token_of_the_desk_everything_is_refused_with_401(desk: RunningDesk, header: str) -> None:
    conversation = await desk.install(MARIO)
    url = f"{desk.connector.base}/{conversation}/activities"
    async with (
        aiohttp.ClientSession(headers={"Authorization": header}) as http,
        http.post(url, json=message("x")) as response,
    ):
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "Unauthorized"


async def test_a_token_for_graph_does_not_open_the_connector(desk: RunningDesk) -> None:
    await desk.connector.sign_in(scope="https://graph.microsoft.com/.default")

    assert code(await desk.connector.create(MARIO.id)) == (401, "Unauthorized")


async def test_a_token_of_another_desk_is_refused(desk: RunningDesk) -> None:
    async with running_desk() as other:
        desk.connector.token = other.connector.token

        assert code(await desk.connector.create(MARIO.id)) == (401, "Unauthorized")


async def test_operations_are_counted_with_their_outcome(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    await desk.standin("POST", "reset-counts")

    await desk.connector.send(conversation, message("x"))
    await desk.connector.send("a:unknown", message("x"))
    await desk.connector.members(conversation)
    await desk.standin("POST", "say", {"user": MARIO.id, "text": "Hello"})

    log = await desk.standin("GET", "log")
    assert log["counts"] == {"bot.message": 1, "getMembers": 1, "sendActivity": 2}
    assert log["statuses"]["sendActivity"] == {"201": 1, "404": 1}
    assert log["statuses"]["bot.message"] == {"202": 1}


async def test_attachments_of_other_kinds_are_kept_but_are_no_cards(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    attachments = [{"contentType": "text/plain", "content": "x"}, {"contentType": CARD, "content": status_card("Hi")}]

    await desk.connector.send(conversation, {"type": "message", "attachments": attachments})

    shown = (await desk.messages())[-1]
    assert shown["attachments"] == attachments
    assert shown["cards"] == [status_card("Hi")]
