"""The bot's endpoint: what agents do in Teams, and who may say that they did."""

from __future__ import annotations

import logging
from typing import Any

import azure.functions as func
import pytest

from functions.teams import BODY_LIMIT, bot_messages
from functions.widget import widget_start
from shared import bootstrap
from shared.adapters.memory import MemoryAgents
from shared.application.occasions import Happened
from shared.domain.agent_texts import agent_text
from shared.domain.errors import NotSent
from shared.domain.events import CustomerEnded
from shared.domain.sessions import Phase
from shared.ports import BotConversation
from tests.functions.world import LUISA, MARIO, TENANT, World, form, json_of, request

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
BOT = "28:bot"


def activity(kind: str, *, user: str = MARIO.id, **changes: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "id": "activity-9",
        "channelId": "msteams",
        "serviceUrl": "https://smba.example/emea/",
        "from": {"id": f"29:{user}", "name": user, "aadObjectId": user},
        "recipient": {"id": BOT, "name": "Interact"},
        "conversation": {"id": f"chat-{user}", "conversationType": "personal", "tenantId": TENANT.id},
        "channelData": {"tenant": {"id": TENANT.id}},
        **changes,
    }


def pressed(verb: str, user: str = MARIO.id, **data: Any) -> dict[str, Any]:
    """What `Action.Execute` sends."""
    action = {"type": "Action.Execute", "title": verb, "verb": verb, "data": data}
    return activity("invoke", user=user, name="adaptiveCard/action", value={"action": action, "trigger": "manual"})


def submitted(verb: str, user: str = MARIO.id, **data: Any) -> dict[str, Any]:
    """What `Action.Submit`, the fallback, sends."""
    return activity("message", user=user, value={**data, "verb": verb})


async def post(body: object, authorization: str = "Bearer connector") -> func.HttpResponse:
    response: func.HttpResponse = await bot_messages(
        request("POST", "api/messages", body, headers={"authorization": authorization, "origin": ""})
    )
    return response


async def told(body: dict[str, Any]) -> Any:
    """The invoke response to a pressed button."""
    response = await post(body)
    assert response.status_code == 200
    answer = json_of(response)
    assert answer["statusCode"] == 200
    return answer


async def waiting(**fields: object) -> str:
    return str(json_of(await widget_start(request("POST", "x", form(**fields))))["sessionId"])


class TestRegistration:
    async def test_installing_the_bot_registers_the_user_and_says_so(self, world: World) -> None:
        response = await post(activity("installationUpdate", action="add"))
        assert response.status_code == 200
        record = world.agent_store.records[TENANT.id, MARIO.id]
        assert record.state.registered
        assert record.conversation == BotConversation("https://smba.example/emea/", "chat-mario", BOT)
        assert [sent.text for sent in world.agents.of("chat-mario", "notify")] == [agent_text("registered", "en")]

    async def test_removing_it_unregisters(self, world: World) -> None:
        await post(activity("installationUpdate", action="add"))
        await post(activity("installationUpdate", action="remove"))
        assert not world.agent_store.records[TENANT.id, MARIO.id].state.registered
        assert len(world.agents.of("chat-mario")) == 1

    @pytest.mark.parametrize("conversation_type", ["groupChat", "channel", ""])
    async def test_only_personal_chats_count(self, world: World, conversation_type: str) -> None:
        conversation = {"id": "19:group", "conversationType": conversation_type, "tenantId": TENANT.id}
        assert (await post(activity("installationUpdate", action="add", conversation=conversation))).status_code == 200
        assert world.agent_store.records == {}

    @pytest.mark.parametrize("channel", ["webchat", "directline", "emulator", "MSTEAMS", "", None])
    async def test_only_teams_counts_since_other_channels_name_users_as_they_like(
        self, world: World, caplog: pytest.LogCaptureFixture, channel: str | None
    ) -> None:
        body = activity("installationUpdate", action="add", channelId=channel)
        if channel is None:
            del body["channelId"]
        assert (await post(body)).status_code == 200
        assert world.agent_store.records == {}
        assert world.agents.sent == []
        assert "not of Teams" in caplog.text

    async def test_users_of_other_tenants_are_not_registered(self, world: World) -> None:
        foreign = activity("installationUpdate", action="add", channelData={"tenant": {"id": "another"}})
        assert (await post(foreign)).status_code == 200
        assert world.agent_store.records == {}

    async def test_the_tenant_may_stand_in_the_conversation_only(self, world: World) -> None:
        await post(activity("installationUpdate", action="add", channelData={}))
        assert (TENANT.id, MARIO.id) in world.agent_store.records

    @pytest.mark.parametrize("kind", ["conversationUpdate", "messageReaction", "typing", "event", "unheardOf"])
    async def test_other_activities_are_taken_and_need_nothing(self, world: World, kind: str) -> None:
        assert (await post(activity(kind, membersAdded=[{"id": BOT}]))).status_code == 200
        assert world.agent_store.records == {}
        assert world.agents.sent == []


class TestConversation:
    async def test_accept_is_answered_with_the_closed_card(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        answer = await told(pressed("accept", session=session_id, offer=offer))
        assert answer["type"] == CARD
        assert answer["value"] == {"closed_invitation": ["Carla Customer", "accepted", None]}
        assert world.sessions.rows[session_id].session.phase is Phase.CONNECTED

    async def test_the_fallback_does_the_same(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        response = await post(submitted("accept", session=session_id, offer=offer))
        assert (response.status_code, response.get_body()) == (200, b"")
        assert world.sessions.rows[session_id].session.phase is Phase.CONNECTED

    async def test_who_comes_too_late_learns_who_was_faster(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        await told(pressed("accept", session=session_id, offer=offer))
        answer = await told(pressed("accept", user=LUISA.id, session=session_id, offer=offer))
        assert answer["value"] == {"closed_invitation": ["Carla Customer", "taken", "Mario"]}

    async def test_the_fallback_tells_a_surprise_by_a_message(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        await told(pressed("accept", session=session_id, offer=offer))
        await post(submitted("accept", user=LUISA.id, session=session_id, offer=offer))
        assert world.agents.of("chat-luisa", "notify")[-1].text == "Mario has taken this conversation."

    async def test_decline_closes_the_card(self, world: World) -> None:
        session_id = await waiting()
        answer = await told(pressed("decline", session=session_id, offer=await world.ring(session_id)))
        assert answer["value"] == {"closed_invitation": ["Carla Customer", "declined", None]}

    async def test_a_composed_text_reaches_the_customer_once(self, world: World) -> None:
        await world.connect(await waiting())
        for _ in range(2):
            await post(activity("message", text="Two days."))
        assert [message.text for message in world.messaging.threads["thread-1"]].count("Two days.") == 1

    async def test_a_reply_of_a_card_reaches_its_customer(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        answer = await told(pressed("reply", session=session_id, text="Two days."))
        assert (answer["type"], answer["value"]) == (MESSAGE, "Sent to Carla Customer.")
        assert world.messaging.threads["thread-1"][-1].text == "Two days."

    async def test_the_question_to_whom_a_text_belongs_goes_with_its_answer(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        answer = await told(pressed("choose", session=session_id, text="Two days."))
        assert answer["value"] == {"notice": "Sent to Carla Customer."}
        assert world.messaging.threads["thread-1"][-1].text == "Two days."

    async def test_a_reply_after_the_end_says_so(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        await told(pressed("end", session=session_id))
        answer = await told({**pressed("reply", session=session_id, text="One more"), "id": "activity-10"})
        assert (answer["type"], answer["value"]) == (MESSAGE, "This conversation has ended; nothing was sent.")

    async def test_the_fallback_of_a_reply_after_the_end_says_so_too(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        await post(submitted("reply", session=session_id, text="Two days."))
        assert world.agents.of("chat-mario", "notify") == []
        await post({**submitted("end", session=session_id), "id": "activity-10"})
        await post({**submitted("reply", session=session_id, text="One more"), "id": "activity-11"})
        assert "nothing was sent" in world.agents.of("chat-mario", "notify")[-1].text

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [("  ", "Please write a message first."), ("m" * 7001, "The message is too long; please split it.")],
    )
    async def test_a_reply_that_cannot_be_sent_is_explained(self, world: World, text: str, sentence: str) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        assert (await told(pressed("reply", session=session_id, text=text)))["value"] == sentence

    async def test_end_ends_the_session(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        answer = await told(pressed("end", session=session_id))
        assert answer["value"] == {"closed_conversation": ["Carla Customer", "You have ended this conversation."]}
        assert world.sessions.rows[session_id].session.phase is Phase.ENDED

    async def test_end_after_the_customer_s_end_says_that_it_was_over(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        await world.application.relay.look(session_id, Happened(CustomerEnded(), tenant_id=TENANT.id))
        answer = await told(pressed("end", session=session_id))
        assert answer["value"] == {"closed_conversation": ["Carla Customer", "This conversation had ended already."]}

    async def test_decline_on_the_old_card_after_accept_shows_what_holds(self, world: World) -> None:
        session_id = await waiting()
        offer = await world.ring(session_id)
        await told(pressed("accept", session=session_id, offer=offer))
        answer = await told(pressed("decline", session=session_id, offer=offer))
        assert answer["value"] == {"closed_invitation": ["Carla Customer", "accepted", None]}

    async def test_available_takes_the_flag_of_a_missed_invitation(self, world: World) -> None:
        await world.application.conversations.register(world.activity())
        world.agent_store.change(TENANT.id, MARIO.id, missed="offer")
        answer = await told(pressed("available"))
        assert answer["value"] == {"notice": "You are available again."}
        assert world.agent_store.records[TENANT.id, MARIO.id].state.missed is None

    async def test_a_text_without_a_conversation_is_explained(self, world: World) -> None:
        await post(activity("message", text="Hello?"))
        assert "no open conversation" in world.agents.of("chat-mario", "notify")[-1].text

    async def test_an_image_is_not_lost_in_silence(self, world: World) -> None:
        await world.connect(await waiting())
        attachments = [{"contentType": "text/html", "content": "<p>Look</p>"}, {"contentType": "image/png"}]
        await post(activity("message", text="Look", attachments=attachments))
        assert world.messaging.threads["thread-1"][-1].text == "Look"
        assert world.agents.of("chat-mario", "notify")[-1].text == agent_text("only_text", "en")

    @pytest.mark.parametrize("verb", ["", "refresh", "drop table", None, 5])
    async def test_an_unknown_button_is_answered_kindly(self, world: World, verb: Any) -> None:
        response = await post(pressed(verb))
        assert response.status_code in (200, 400)

    async def test_a_stranger_s_session_cannot_be_ended_by_a_forged_card(self, world: World) -> None:
        session_id = await waiting()
        await world.connect(session_id)
        await told(pressed("end", user=LUISA.id, session=session_id))
        await told(pressed("reply", user=LUISA.id, session=session_id, text="I am Mario"))
        assert world.sessions.rows[session_id].session.phase is Phase.CONNECTED
        assert "I am Mario" not in [message.text for message in world.messaging.threads["thread-1"]]


class TestText:
    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"text": "Use a < b && c > d"}, "Use a < b && c > d"),
            ({"text": "  Two\nlines  "}, "Two\nlines"),
            ({"text": "<p>Two&nbsp;days</p><p>at <b>most</b></p>", "textFormat": "xml"}, "Two\xa0days\nat most"),
            (
                {
                    "text": "<at>Interact</at> Two days.",
                    "entities": [{"type": "mention", "text": "<at>Interact</at>", "mentioned": {"id": BOT}}],
                },
                "Two days.",
            ),
            (
                {
                    "text": "Ask <at>Luisa</at>",
                    "entities": [{"type": "mention", "text": "<at>Luisa</at>", "mentioned": {"id": "29:luisa"}}],
                },
                "Ask Luisa",
            ),
        ],
    )
    async def test_the_customer_reads_what_the_agent_has_written(
        self, world: World, sent: dict[str, Any], said: str
    ) -> None:
        await world.connect(await waiting())
        await post(activity("message", **sent))
        assert world.messaging.threads["thread-1"][-1].text == said


class TestForgedCalls:
    @pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer forged", "Basic connector"])
    async def test_a_call_that_is_not_the_connector_s_is_refused_in_silence(
        self, world: World, caplog: pytest.LogCaptureFixture, authorization: str
    ) -> None:
        response = await post(activity("installationUpdate", action="add"), authorization)
        assert (response.status_code, response.get_body()) == (401, b"")
        assert world.agent_store.records == {}
        assert "bot_token_invalid" in caplog.text

    async def test_a_long_body_is_refused_with_413(self, world: World) -> None:
        assert (await post(b" " * (BODY_LIMIT + 1))).status_code == 413

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'"text"', b"\xff", b"[" * 100_000])
    async def test_a_malformed_body_is_refused_with_400_once_it_is_known_who_sent_it(
        self, world: World, body: bytes
    ) -> None:
        assert (await post(body)).status_code == 400
        refused = await post(body, "Bearer forged")
        assert (refused.status_code, refused.get_body()) == (401, b"")

    @pytest.mark.parametrize("part", ["serviceUrl", "conversation", "type"])
    async def test_an_activity_needs_its_parts(self, world: World, part: str) -> None:
        body = activity("message", text="Hello")
        del body[part]
        assert (await post(body)).status_code == 400


class TestFaults:
    async def test_what_a_port_reports_is_answered_503_so_that_teams_comes_again(self, world: World) -> None:
        class Throttled(MemoryAgents):
            async def notify(self, to: BotConversation, text: str) -> None:
                raise NotSent("throttled", retry_after=2.5)

        world.replace(agents=Throttled())
        bootstrap.use(world.application, world.surroundings)
        response = await post(activity("installationUpdate", action="add"))
        assert response.status_code == 503
        assert response.headers["retry-after"] == "3"

    async def test_no_text_of_an_agent_is_in_the_log(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        await world.connect(await waiting())
        with caplog.at_level(logging.DEBUG):
            await post(activity("message", text="The password is Basel"))
        assert "Basel" not in caplog.text

    async def test_activities_without_an_id_are_not_taken_for_one(self, world: World) -> None:
        await world.connect(await waiting())
        for text in ("One", "Two"):
            await post({**activity("message", text=text), "id": ""})
        assert [message.text for message in world.messaging.threads["thread-1"]][-2:] == ["One", "Two"]
