"""The control path, with which tests and load generators play agents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.desk.conftest import LUISA, MARIO, RunningDesk, running_desk
from tests.local.desk.fake_bot import invitation_card, message, reply_card, status_card, with_card


async def act(desk: RunningDesk, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await desk.standin("POST", "act", {"user": MARIO.id, **body})
    return answer


async def test_the_chat_of_a_user_is_empty_before_the_app_is_installed(desk: RunningDesk) -> None:
    assert await desk.standin("GET", f"conversations/{MARIO.id}") == {
        "conversationId": None,
        "installed": False,
        "typed": 0,
        "messages": [],
    }


async def test_only_newer_messages_are_answered_after_an_id(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, first = await desk.connector.send(conversation, message("one"))
    await desk.connector.send(conversation, message("two"))

    newer = await desk.standin("GET", f"conversations/{MARIO.id}?after={first['id']}")

    assert [each["text"] for each in newer["messages"]] == ["two"]


async def test_pressing_a_button_invokes_the_bot_with_verb_and_data(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    _, card = await desk.connector.send(conversation, with_card(invitation_card()))

    answer = await act(desk, messageId=card["id"], verb="accept")

    [invoke] = desk.bot.of_type("invoke")
    assert invoke["name"] == "adaptiveCard/action"
    assert invoke["replyToId"] == card["id"]
    assert invoke["value"] == {
        "action": {"type": "Action.Execute", "title": "Accept", "verb": "accept", "data": {"session": "s1"}},
        "trigger": "manual",
    }
    assert (answer["messageId"], answer["outcome"], answer["status"]) == (card["id"], "card", 200)
    assert (await desk.messages())[-1]["cards"] == [status_card("Accepted")]


async def test_without_a_message_the_newest_card_with_the_button_is_pressed(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    await desk.connector.send(conversation, with_card(invitation_card()))
    _, newer = await desk.connector.send(conversation, with_card(invitation_card()))
    await desk.connector.send(conversation, with_card(status_card("no button")))

    assert (await act(desk, title="Decline"))["messageId"] == newer["id"]


async def test_inputs_go_with_the_action_unless_it_wants_none(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    desk.bot.on_invoke = lambda _: (200, {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive"})
    await desk.connector.send(conversation, with_card(reply_card()))

    await act(desk, verb="reply", inputs={"reply": "It left today."})
    await act(desk, verb="end", inputs={"reply": "not sent"})

    data = [each["value"]["action"]["data"] for each in desk.bot.of_type("invoke")]
    assert data == [{"session": "s1", "reply": "It left today."}, {"session": "s1"}]


async def test_a_card_is_replaced_only_for_the_one_who_pressed(desk: RunningDesk) -> None:
    for user in (MARIO, LUISA):
        await desk.connector.send(await desk.install(user), with_card(invitation_card()))

    await act(desk, verb="accept")

    assert (await desk.messages(MARIO))[-1]["cards"] == [status_card("Accepted")]
    assert (await desk.messages(LUISA))[-1]["cards"] == [invitation_card()]


@pytest.mark.parametrize(
    ("answer", "outcome", "text"),
    [
        ((200, {"type": "application/vnd.microsoft.activity.message", "value": "Sent"}), "notice", "Sent"),
        ((200, {"type": "application/vnd.microsoft.error", "value": {"message": "Expired"}}), "error", "Expired"),
        ((200, {}), "error", "Something went wrong. Please try again."),
        ((202, None), "error", "Something went wrong. Please try again."),
        ((500, None), "error", "Something went wrong. Please try again."),
    ],
)
async def test_the_bot_may_answer_with_a_message_or_an_error(
    desk: RunningDesk, answer: tuple[int, Any], outcome: str, text: str
) -> None:
    await desk.connector.send(await desk.install(MARIO), with_card(invitation_card()))
    desk.bot.on_invoke = lambda _: answer

    said = await act(desk, verb="accept")

    assert (said["outcome"], said["text"], said["status"]) == (outcome, text, answer[0])
    assert (await desk.messages())[-1]["cards"] == [invitation_card()]
    assert len(desk.bot.of_type("invoke")) == 1


async def test_a_bot_that_does_not_answer_a_button_in_time_is_out_of_reach() -> None:
    async with running_desk(bot_timeout=0.2) as desk:
        await desk.connector.send(await desk.install(MARIO), with_card(invitation_card()))
        desk.bot.delay = 0.6

        said = await act(desk, verb="accept")

        assert (said["outcome"], said["text"]) == ("error", "Unable to reach app. Please try again.")


async def test_a_submit_action_sends_a_message_with_a_value(desk: RunningDesk) -> None:
    button = {"type": "Action.Submit", "title": "Accept", "data": {"verb": "accept", "session": "s1"}}
    card = {**status_card("Hello"), "actions": [button]}
    _, sent = await desk.connector.send(await desk.install(MARIO), with_card(card))

    said = await act(desk, verb="accept")

    [activity] = desk.bot.of_type("message")
    assert said["outcome"] == "none"
    assert activity["value"] == {"verb": "accept", "session": "s1"}
    assert activity["replyToId"] == sent["id"]
    assert "text" not in activity


async def test_a_button_that_nobody_sees_cannot_be_pressed(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    assert (await desk.standin_status("POST", "act", {"user": MARIO.id, "verb": "accept"}))[0] == 409

    await desk.connector.send(conversation, with_card(invitation_card()))
    await act(desk, verb="accept")
    assert (await desk.standin_status("POST", "act", {"user": MARIO.id, "verb": "accept"}))[0] == 409


async def test_what_a_person_cannot_do_is_refused(desk: RunningDesk) -> None:
    assert (await desk.standin_status("POST", "say", {"user": "nobody", "text": "x"}))[0] == 404
    assert (await desk.standin_status("POST", "say", {"user": MARIO.id, "text": "x"}))[0] == 409
    assert (await desk.standin_status("POST", "presence", {"user": MARIO.id, "availability": "Sleepy"}))[0] == 409
    await desk.install(MARIO)
    assert (await desk.standin_status("POST", "say", {"user": MARIO.id, "text": "  "}))[0] == 409
    await desk.standin("POST", "install", {"user": MARIO.id, "remove": True})
    assert (await desk.standin_status("POST", "say", {"user": MARIO.id, "text": "x"}))[0] == 409


async def test_counts_start_again_after_a_reset(desk: RunningDesk) -> None:
    await desk.install(MARIO)
    assert await desk.counts() == {"bot.conversationUpdate": 1, "bot.installationUpdate": 1, "token": 1}

    await desk.standin("POST", "reset-counts")

    assert await desk.counts() == {}


async def test_a_card_refreshes_itself_for_those_whom_it_names_and_not_again_at_once(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    account = desk.bot.activities[-1]["from"]["id"]
    action = {"type": "Action.Execute", "title": "Refresh", "verb": "tasks", "data": {}}
    outcomes = []
    for user_ids in ([account], ["29:somebody"]):
        card = {**status_card("One"), "refresh": {"action": action, "userIds": user_ids}}
        _, sent = await desk.connector.send(conversation, with_card(card))
        for _ in range(2):
            answer = await desk.standin("POST", "refresh", {"user": MARIO.id, "messageId": sent["id"]})
            outcomes.append(answer["outcome"])
    assert outcomes == ["card", "none", "none", "none"]


async def test_it_is_counted_how_often_the_bot_typed(desk: RunningDesk) -> None:
    conversation = await desk.install(MARIO)
    for _ in range(2):
        await desk.connector.send(conversation, {"type": "typing"})
    assert (await desk.standin("GET", f"conversations/{MARIO.id}"))["typed"] == 2
