"""What survives a restart."""

from __future__ import annotations

from pathlib import Path

from local.desk.state import Conversation, Message
from tests.local.desk.conftest import LUISA, MARIO, running_desk, wait_until
from tests.local.desk.fake_bot import invitation_card, message, with_card


async def test_conversations_presences_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        conversation = await desk.install(MARIO)
        _, card = await desk.connector.send(conversation, with_card(invitation_card()))
        await desk.standin("POST", "act", {"user": MARIO.id, "verb": "accept"})
        await desk.standin("POST", "say", {"user": MARIO.id, "text": "Hello"})
        await desk.standin("POST", "presence", {"user": LUISA.id, "availability": "Away"})
        before, token = await desk.messages(), desk.connector.token

    async with running_desk(tmp_path) as desk:
        assert await desk.messages() == before
        assert (await desk.standin("POST", "install", {"user": MARIO.id}))["conversationId"] == conversation
        assert desk.bot.activities == []
        desk.connector.token = token
        assert (await desk.connector.send(conversation, message("again")))[0] == 201
        assert (await desk.connector.update(conversation, card["id"], message("done")))[0] == 200
        await desk.connector.sign_in(scope="https://graph.microsoft.com/.default")
        presences = f"{desk.url}/graph/v1.0/communications/getPresencesByUserId"
        _, answer = await desk.connector.call("POST", presences, {"ids": [LUISA.id]})
        assert answer["value"][0]["availability"] == "Away"


async def test_what_changed_is_written_soon_and_not_only_at_the_end(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        await desk.install(MARIO)

        async def written() -> bool:
            return len(list((tmp_path / "conversations").glob("*.json"))) == 1

        await wait_until(written)
        assert list(tmp_path.rglob("*.unfinished")) == []


def test_a_message_under_way_when_the_desk_ended_counts_as_not_delivered() -> None:
    conversation = Conversation("a:1", "personal", [MARIO.id])
    conversation.add(Message("1", MARIO.id, "2026-01-01T00:00:00.000Z", text="Hello", delivery="sending"))

    again = Conversation.from_document(conversation.to_document())

    assert [each.delivery for each in again.messages] == ["failed"]


async def test_the_signing_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    async with running_desk(tmp_path):
        assert (tmp_path / "signing-key.pem").stat().st_mode & 0o077 == 0
