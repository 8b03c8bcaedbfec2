"""Activities on their way to the bot: signed, in order, and again where that may help."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from tests.local.desk.conftest import BOT_ID, LUISA, MARIO, TENANT_ID, RunningDesk, free_port, running_desk, wait_until
from tests.local.desk.fake_bot import message


async def say(desk: RunningDesk, text: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await desk.standin("POST", "say", {"user": MARIO.id, "text": text, **more})
    return answer


async def retry(desk: RunningDesk, conversation: str, message_id: str) -> int:
    body = {"user": MARIO.id, "chat": conversation, "message": message_id}
    async with aiohttp.ClientSession() as http, http.post(f"{desk.url}/page/retry", json=body) as response:
        return response.status


async def test_installing_tells_the_bot_who_and_where(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)

    [activity] = desk.bot.of_type("installationUpdate")
    assert desk.bot.refused == []
    assert (activity["type"], activity["action"]) == ("installationUpdate", "add")
    assert activity["channelId"] == "msteams"
    assert activity["serviceUrl"] == f"{desk.url}/connector/"
    assert activity["from"]["aadObjectId"] == MARIO.id
    assert activity["recipient"]["id"] == f"28:{BOT_ID}"
    assert activity["conversation"] == {"id": conversation, "conversationType": "personal", "tenantId": TENANT_ID}
    assert activity["channelData"]["tenant"]["id"] == TENANT_ID


async def test_before_an_installation_the_bot_hears_that_it_came_into_the_chat(desk: RunningDesk) -> None:
    await desk.install(MARIO)

    assert [activity["type"] for activity in desk.bot.activities] == ["conversationUpdate", "installationUpdate"]
    assert [member["id"] for member in desk.bot.activities[0]["membersAdded"]] == [f"28:{BOT_ID}"]


async def test_installing_again_later_finds_the_same_conversation(desk: RunningDesk) -> None:
    first = await desk.install(MARIO)
    assert await desk.install(MARIO) == first
    assert len(desk.bot.of_type("installationUpdate")) == 1

    await desk.standin("POST", "install", {"user": MARIO.id, "remove": True})
    assert await desk.install(MARIO) == first
    assert [activity["action"] for activity in desk.bot.of_type("installationUpdate")] == ["add", "remove", "add"]
    assert await desk.install(LUISA) != first


async def test_a_message_carries_its_text_plain_and_as_html(desk: RunningDesk) -> None:
    await desk.install(MARIO)

    said = await say(desk, "Is 1 < 2?\nYes.")

    [activity] = desk.bot.of_type("message")
    assert said == {"id": activity["id"], "delivery": "delivered"}
    assert activity["text"] == "Is 1 < 2?\nYes."
    assert activity["attachments"] == [{"contentType": "text/html", "content": "<p>Is 1 &lt; 2?</p><p>Yes.</p>"}]


async def test_who_mentions_the_bot_sends_the_mention_as_teams_does(desk: RunningDesk) -> None:
    await desk.install(MARIO)

    await say(desk, "@Interact status")

    [activity] = desk.bot.of_type("message")
    mention = activity["entities"][-1]
    assert activity["text"] == "<at>Interact</at> status"
    assert (mention["type"], mention["text"], mention["mentioned"]["id"]) == (
        "mention",
        "<at>Interact</at>",
        f"28:{BOT_ID}",
    )


async def test_the_bot_hears_that_its_user_is_writing(desk: RunningDesk) -> None:
    await desk.install(MARIO)

    await desk.standin("POST", "typing", {"user": MARIO.id})

    [activity] = desk.bot.of_type("typing")
    assert activity["from"]["aadObjectId"] == MARIO.id
    assert len(await desk.messages()) == 1, "nothing but the installation is left in the chat"


async def test_a_read_receipt_names_the_last_message_and_comes_once(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, sent = await desk.connector.send(conversation, message("Hello"))

    for _ in range(2):
        await desk.standin("POST", "read", {"user": MARIO.id})

    [activity] = desk.bot.of_type("event")
    assert activity["name"] == "application/vnd.microsoft.readReceipt"
    assert activity["value"] == {"lastReadMessageId": sent["id"]}
    assert activity["conversation"]["id"] == conversation


async def test_who_removed_the_app_tells_it_nothing_more(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    await desk.standin("POST", "install", {"user": MARIO.id, "remove": True})

    for what in ("typing", "read"):
        await desk.standin("POST", what, {"user": MARIO.id})

    assert (desk.bot.of_type("typing"), desk.bot.of_type("event")) == ([], [])


async def test_messages_reach_a_slow_bot_one_by_one_and_in_order(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    desk.bot.delay = 0.03

    for number in range(6):
        await say(desk, str(number), wait=False)
    await say(desk, "6")

    assert [each["text"] for each in desk.bot.of_type("message")] == [str(number) for number in range(7)]
    assert desk.bot.most_at_once == 1


async def test_conversations_do_not_wait_for_each_other(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    await desk.install(LUISA)
    desk.bot.delay = 0.2

    await asyncio.gather(*(desk.standin("POST", "say", {"user": u.id, "text": "x"}) for u in (MARIO, LUISA)))

    assert desk.bot.most_at_once == 2


async def test_a_transient_failure_is_retried_three_times_with_the_same_id_before_the_next(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    failing = iter([503, 500, 502])
    desk.bot.on_activity = lambda _: (next(failing, 202), None)

    await say(desk, "first", wait=False)
    second = await say(desk, "second")

    seen = [(each["id"], each["text"]) for each in desk.bot.of_type("message")]
    assert [text for _, text in seen] == ["first"] * 4 + ["second"]
    assert len({activity_id for activity_id, _ in seen[:4]}) == 1
    assert second["delivery"] == "delivered"
    assert [each["delivery"] for each in await desk.messages()] == ["delivered"] * 3


async def test_what_the_bot_never_takes_is_not_delivered_and_can_be_sent_again_under_its_id(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    desk.bot.on_activity = lambda _: (500, None)
    said = await say(desk, "Hello")
    assert said["delivery"] == "failed"
    assert len(desk.bot.of_type("message")) == 4

    desk.bot.on_activity = lambda _: (202, None)
    assert await retry(desk, conversation, said["id"]) == 204

    async def delivered() -> bool:
        return bool((await desk.messages())[-1]["delivery"] == "delivered")

    await wait_until(delivered)
    assert {each["id"] for each in desk.bot.of_type("message")} == {said["id"]}
    assert await retry(desk, conversation, said["id"]) == 409


async def test_a_refusal_is_not_retried(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    desk.bot.on_activity = lambda _: (400, None)

    assert (await say(desk, "Hello"))["delivery"] == "failed"
    assert len(desk.bot.of_type("message")) == 1


async def test_a_bot_that_hangs_counts_as_failed() -> None:
    async with running_desk(bot_timeout=0.2) as desk:
        await desk.install(MARIO)
        desk.bot.delay = 0.5

        assert (await say(desk, "Hello"))["delivery"] == "failed"
        assert len(desk.bot.of_type("message")) == 4
        assert (await desk.standin("GET", "log"))["statuses"]["bot.message"] == {"timeout": 4}


async def test_a_bot_that_is_not_there_counts_as_failed() -> None:
    async with running_desk(bot_endpoint=f"http://localhost:{free_port()}/api/messages") as desk:
        answer = await desk.standin("POST", "install", {"user": MARIO.id})

        assert answer["installed"] is True
        assert answer["delivery"] == "failed"
        assert (await desk.counts())["bot.installationUpdate"] == 4


async def test_a_bot_for_which_the_desk_does_not_sign_refuses() -> None:
    async with running_desk(bot_id="33333333-3333-4333-8333-333333333333") as desk:
        answer = await desk.standin("POST", "install", {"user": MARIO.id})

        assert answer["delivery"] == "failed"
        assert desk.bot.activities == []
        assert desk.bot.refused != []


async def test_an_own_message_that_is_changed_or_deleted_is_told_under_its_id(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    written = await say(desk, "On Fryday")

    await desk.standin("POST", "revise", {"user": MARIO.id, "messageId": written["id"], "text": "On Friday"})
    await desk.standin("POST", "revise", {"user": MARIO.id, "messageId": written["id"]})

    [changed], [deleted] = desk.bot.of_type("messageUpdate"), desk.bot.of_type("messageDelete")
    assert {written["id"]} == {changed["id"], deleted["id"]}
    assert (changed["text"], changed["channelData"]["eventType"]) == ("On Friday", "editMessage")
    assert ("text" in deleted, deleted["channelData"]["eventType"]) == (False, "softDeleteMessage")
    [shown] = [message for message in await desk.messages() if message["id"] == written["id"]]
    assert (shown["edited"], shown["deleted"]) == (True, True)


async def test_nobody_changes_what_somebody_else_has_written(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, sent = await desk.connector.send(conversation, message("Hello"))

    body = {"user": MARIO.id, "messageId": sent["id"], "text": "Good-bye"}
    assert (await desk.standin_status("POST", "revise", body))[0] == 409
    assert (await desk.messages())[-1]["text"] == "Hello"
