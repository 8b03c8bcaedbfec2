"""What agents command the bot, by words and by buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.application.occasions import Happened, Wake
from shared.domain.agent_texts import agent_text
from shared.domain.distribution import LeftOut
from shared.domain.events import VisitorSeen
from shared.domain.workflows import ActivityDefinition
from tests.functions.test_bot import CARD, activity, post, pressed, submitted, told, waiting
from tests.functions.world import LUISA, MARIO, SERVICE, TENANT, WORKFLOW, World

PICKUP = replace(
    WORKFLOW,
    activities=(
        WORKFLOW.activities[0],
        ActivityDefinition("queue", "queue_task", {"distribution": "pickup", "time_limit": 600}, {"time_limit": "end"}),
        WORKFLOW.activities[2],
    ),
)


def shown(world: World, user: str = MARIO.id) -> Any:
    """The newest card in the chat."""
    return world.agents.of(f"chat-{user}", "show")[-1].card


def customer_reads(world: World) -> list[str]:
    return [message.text for message in world.messaging.threads["thread-1"]]


async def writes(text: str, number: int = 1, **changes: Any) -> None:
    response = await post({**activity("message", text=text, **changes), "id": f"written-{number}-{text}"})
    assert response.status_code == 200


async def put_on_the_list(world: World, **fields: object) -> str:
    """A customer of a service with *Pickup* waits."""
    world.config.put(TENANT.id, PICKUP, replace(SERVICE, members=("mario", "luisa")))
    session_id = await waiting(**fields)
    await world.application.relay.look(session_id, Wake("opened"))
    await world.application.relay.look(session_id, Happened(VisitorSeen()))
    return session_id


@pytest.fixture
async def registered(world: World) -> World:
    for user in (MARIO, LUISA):
        await world.application.conversations.register(world.activity(user_id=user.id))
    return world


class TestWords:
    @pytest.mark.parametrize("word", ["status", "/status", "STATUS", "<at>Interact</at> status"])
    async def test_status_is_answered_with_a_card(self, registered: World, word: str) -> None:
        mention = {"type": "mention", "text": "<at>Interact</at>", "mentioned": {"id": "28:bot"}}
        await writes(word, entities=[mention])
        view = shown(registered)["status"]
        assert (view["on_duty"], view["reason"], view["capacity"]) == (True, None, TENANT.conversations_per_agent)
        assert view["services"] == ({"name": SERVICE.name, "reason": None},)

    @pytest.mark.parametrize(("off", "on"), [("off", "on"), ("/off", "/on"), ("aus", "an"), ("/Aus", "/AN")])
    async def test_off_and_on_change_the_duty_and_show_it(self, registered: World, off: str, on: str) -> None:
        await writes(off)
        status = shown(registered)["status"]
        assert (status["on_duty"], status["reason"]) == (False, LeftOut.OFF_DUTY)
        await writes(on)
        status = shown(registered)["status"]
        assert (status["on_duty"], status["reason"]) == (True, None)

    @pytest.mark.parametrize("word", ["help", "/hilfe", "Hilfe!"])
    async def test_help_is_a_card(self, registered: World, word: str) -> None:
        await writes(word)
        assert shown(registered) == {"help": ""}

    @pytest.mark.parametrize("word", ["tasks", "/aufgaben"])
    async def test_tasks_is_a_card(self, registered: World, word: str) -> None:
        await writes(word)
        assert shown(registered) == {"tasks": [], "more": 0, "said": ""}

    async def test_a_command_is_no_message_that_went_nowhere(self, registered: World) -> None:
        await writes("status")
        assert registered.agents.of("chat-mario", "notify") == []

    async def test_a_word_alone_is_a_message_while_the_agent_talks(self, world: World) -> None:
        await world.connect(await waiting())
        await writes("status")
        assert customer_reads(world)[-1] == "status"
        assert world.agents.of("chat-mario", "show") == []

    async def test_with_a_slash_it_is_a_command_even_then(self, world: World) -> None:
        await world.connect(await waiting())
        await writes("/off")
        assert "/off" not in customer_reads(world)
        assert not world.agent_store.records[TENANT.id, MARIO.id].state.on_duty
        await writes("Still here.")
        assert customer_reads(world)[-1] == "Still here."

    async def test_an_unknown_word_with_a_slash_is_help_and_not_for_the_customer(self, world: World) -> None:
        await world.connect(await waiting())
        before = customer_reads(world)
        await writes("/sttaus")
        assert shown(world) == {"help": agent_text("unknown_command", "en", word="sttaus")}
        assert customer_reads(world) == before

    async def test_a_path_is_a_message(self, world: World) -> None:
        await world.connect(await waiting())
        await writes("/var/log/syslog")
        assert customer_reads(world)[-1] == "/var/log/syslog"

    async def test_agents_read_the_tenant_s_language(self, registered: World) -> None:
        registered.config.put(TENANT.id, replace(TENANT, default_language="de"))
        await writes("/nichts")
        assert shown(registered) == {"help": agent_text("unknown_command", "de", word="nichts")}
        await writes("Hallo?")
        told_last = registered.agents.of("chat-mario", "notify")[-1]
        assert told_last.text == agent_text("no_conversation", "de")
        assert told_last.conversation.language == "de"

    async def test_somebody_of_whose_installation_nobody_knows_is_told_so(self, world: World) -> None:
        await writes("status")
        assert world.agents.of("chat-mario", "notify")[-1].text == agent_text("reason_not_registered_with_bot", "en")
        await writes("on")
        assert shown(world)["status"]["on_duty"]


class TestButtons:
    @pytest.mark.parametrize("verb", ["status", "on", "off", "ready"])
    async def test_a_button_of_the_status_shows_the_new_status_in_its_place(self, registered: World, verb: str) -> None:
        until = registered.clock.now() + timedelta(seconds=60)
        registered.agent_store.change(TENANT.id, MARIO.id, after_call_until=until)
        answer = await told(pressed(verb, view="status"))
        assert answer["type"] == CARD
        state = registered.agent_store.records[TENANT.id, MARIO.id].state
        assert state.on_duty is (verb != "off")
        assert (state.after_call_until is None) is (verb == "ready")

    async def test_the_fallback_sends_the_new_status(self, registered: World) -> None:
        await post(submitted("off", view="status"))
        assert not shown(registered)["status"]["on_duty"]

    async def test_available_on_the_status_card_shows_the_status(self, registered: World) -> None:
        registered.agent_store.change(TENANT.id, MARIO.id, missed="offer")
        answer = await told(pressed("available", view="status"))
        assert answer["type"] == CARD
        assert "status" in answer["value"]
        assert registered.agent_store.records[TENANT.id, MARIO.id].state.missed is None

    async def test_who_waits_is_looked_at_as_soon_as_an_agent_is_back(self, registered: World) -> None:
        registered.agent_store.change(TENANT.id, MARIO.id, missed="offer")
        session_id = await waiting()
        await registered.application.relay.look(session_id, Wake("opened"))
        await registered.application.relay.look(session_id, Happened(VisitorSeen()))
        assert registered.agents.of("chat-mario", "invite") == []
        await told(pressed("available"))
        for wake_up in registered.timers.take(registered.clock.now()):
            await registered.application.relay.look(wake_up.session_id, Wake(wake_up.reason))
        assert len(registered.agents.of("chat-mario", "invite")) == 1

    async def test_after_call_work_that_is_over_is_not_shown(self, registered: World) -> None:
        until = registered.clock.now() - timedelta(seconds=1)
        registered.agent_store.change(TENANT.id, MARIO.id, after_call_until=until)
        await writes("status")
        assert shown(registered)["status"]["after_call_until"] is None

    async def test_an_invitation_whose_customer_left_says_so(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        await world.application.sessions.end(session_id, world.token(session_id), world.caller)
        answer = await told(pressed("accept", session=session_id, offer=offer))
        assert answer["value"] == {"closed_invitation": ["Carla Customer", "withdrawn", None]}
        await post(submitted("accept", session=session_id, offer=offer))
        assert world.agents.of("chat-mario", "notify")[-1].text == agent_text(
            "withdrawn", "en", customer="Carla Customer"
        )


class TestPickup:
    async def test_the_list_shows_who_waits_longest_first(self, registered: World) -> None:
        await put_on_the_list(registered)
        registered.clock.advance(60)
        await put_on_the_list(
            registered, idempotencyKey="o" * 22, customer={"displayName": "Otto", "email": "otto@example.org"}
        )
        await writes("tasks")
        assert shown(registered)["tasks"] == ["Carla Customer", "Otto"]

    async def test_ten_are_listed_and_the_others_are_counted(self, registered: World) -> None:
        for number in range(12):
            await put_on_the_list(registered, idempotencyKey=f"{number:022}")
        await writes("tasks")
        assert (len(shown(registered)["tasks"]), shown(registered)["more"]) == (10, 2)

    async def test_pick_up_connects_and_shows_the_list_without_the_task(self, registered: World) -> None:
        session_id = await put_on_the_list(registered)
        answer = await told(pressed("pick_up", session=session_id))
        assert answer["value"] == {"tasks": [], "more": 0, "said": "You are now talking with Carla Customer."}
        assert registered.agents.of("chat-mario", "show_conversation")[-1].customer_name == "Carla Customer"

    async def test_who_comes_too_late_reads_who_was_faster(self, registered: World) -> None:
        session_id = await put_on_the_list(registered)
        await told(pressed("pick_up", session=session_id))
        answer = await told(pressed("pick_up", user=LUISA.id, session=session_id))
        assert answer["value"]["said"] == "Mario has taken this conversation."

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"conversations": ("1", "2", "3", "4", "5")}, "reason_at_capacity"),
            ({"on_duty": False}, "reason_off_duty"),
            ({"missed": "offer"}, "reason_did_not_answer"),
        ],
    )
    async def test_who_cannot_take_it_now_reads_why(
        self, registered: World, changes: dict[str, Any], reason: str
    ) -> None:
        session_id = await put_on_the_list(registered)
        registered.agent_store.change(TENANT.id, MARIO.id, **changes)
        answer = await told(pressed("pick_up", session=session_id))
        sentence = agent_text("not_picked_up", "en", reason=agent_text(reason, "en"))
        assert answer["value"] == {"tasks": ["Carla Customer"], "more": 0, "said": sentence}

    async def test_after_call_work_is_no_time_for_a_new_task(self, registered: World) -> None:
        session_id = await put_on_the_list(registered)
        until = registered.clock.now() + timedelta(seconds=60)
        registered.agent_store.change(TENANT.id, MARIO.id, after_call_until=until)
        said = (await told(pressed("pick_up", session=session_id)))["value"]["said"]
        assert said == "Not picked up. You have after-call work."

    async def test_a_task_of_which_nobody_knows_is_gone(self, registered: World) -> None:
        said = (await told(pressed("pick_up", session="nonsense")))["value"]["said"]
        assert said == "This task is not waiting any more."

    async def test_a_customer_who_left_is_gone(self, registered: World) -> None:
        session_id = await put_on_the_list(registered)
        await registered.application.sessions.end(session_id, registered.token(session_id), registered.caller)
        said = (await told(pressed("pick_up", session=session_id)))["value"]["said"]
        assert said == "This task is not waiting any more."

    async def test_who_is_no_member_takes_nothing(self, registered: World) -> None:
        session_id = await put_on_the_list(registered)
        registered.config.put(TENANT.id, replace(SERVICE, members=("luisa",)))
        said = (await told(pressed("pick_up", session=session_id)))["value"]["said"]
        assert said == "Not picked up. You are no member of this service."

    async def test_a_card_that_refreshes_itself_is_answered_with_the_list(self, registered: World) -> None:
        await put_on_the_list(registered)
        action = {"type": "Action.Execute", "verb": "tasks", "data": {}}
        answer = await told(
            activity("invoke", name="adaptiveCard/action", value={"action": action, "trigger": "automatic"})
        )
        assert answer["value"]["tasks"] == ["Carla Customer"]
