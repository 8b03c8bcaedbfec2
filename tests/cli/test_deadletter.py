"""`interact deadletter` on a real storage account (Azurite): what got stuck is seen without its texts, and replayed."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.storage_account import account_of
from cli.stuck import letters
from functions.chat import MESSAGE_RECEIVED
from shared.adapters import queue_timers, rows, tables
from shared.adapters.storage_account import StorageAccount
from shared.adapters.tables import Tables
from shared.adapters.tables_sessions import TableSessionStore
from tests.cli.accounts import an_account, run_with
from tests.cli.terminal import Ended, Terminal
from tests.infra.bicep_text import MODULES

THREAD = "19:acsV1_thread@thread.v2"
BLOB = "topic/on-chat-event/2026/11/28/5/a1.json"
TEXT, NAME = "my card is 4711", "Carla Customer"
EVENT = {
    "id": "e1",
    "topic": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Communication/communicationServices/lunifico",
    "eventType": MESSAGE_RECEIVED,
    "eventTime": "2026-11-28T05:00:00Z",
    "data": {"threadId": THREAD, "messageBody": TEXT, "senderDisplayName": NAME, "metadata": {"note": TEXT}},
    "deadLetterReason": "MaxDeliveryAttemptsExceeded",
    "deliveryAttempts": 30,
    "lastDeliveryOutcome": "Unavailable",
    "lastDeliveryAttemptTime": "2026-11-28T06:00:00Z",
}
TIMER = {"session": "s1", "reason": "watchdog", "due": "2026-11-28T05:00:00+00:00"}


@dataclass
class Site:
    """A storage account, and a terminal of somebody who may enter it."""

    connection_string: str
    account: str
    directory: Path

    def run(self, *words: str) -> Ended:
        return run_with(self.directory, "deadletter", *words, "--storage", self.account)

    def listed(self) -> list[dict[str, str]]:
        ended = self.run("list", "--json")
        assert ended.code == 0, ended
        items: list[dict[str, str]] = ended.document["items"]
        return items

    def call(self, method: str, service: str, path: str, **given: Any) -> httpx.Response:
        """A call of the account itself."""
        account = account_of(self.account)
        base = {"blob": account.blob, "queue": account.queue}[service]
        joined = "&" if "?" in path else "?"
        headers = {"x-ms-version": "2023-11-03", **given.pop("headers", {})}
        response = httpx.request(method, f"{base}/{path}{joined}{account.signature}", headers=headers, **given)
        assert response.is_success or response.status_code == 409, response.text
        return response

    def put_event(self, name: str, event: Any) -> None:
        content = json.dumps(event).encode()
        self.call(
            "PUT", "blob", f"{letters.CONTAINER}/{name}", content=content, headers={"x-ms-blob-type": "BlockBlob"}
        )

    async def put_timer(self, queue: str, content: str) -> None:
        client = queue_timers._client(StorageAccount(connection_string=self.connection_string), queue)
        async with client:
            await client.send_message(content)

    async def in_queue(self, queue: str) -> list[Any]:
        client = queue_timers._client(StorageAccount(connection_string=self.connection_string), queue)
        async with client:
            return [json.loads(base64.b64decode(one.content)) async for one in client.receive_messages()]

    async def remember(self, thread: str, session: str) -> None:
        opened = Tables(StorageAccount(connection_string=self.connection_string))
        await TableSessionStore(opened).add_to_index(thread, session)
        await opened.close()


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[str, str]]:
    """An account of this module's own, as names of queues and containers are fixed; by its key, and by a signature."""
    with an_account() as made:
        yield made


@pytest.fixture
def site(account: tuple[str, str], tmp_path: Path) -> Site:
    """The account, empty."""
    opened = Site(*account, tmp_path)
    opened.call("PUT", "blob", f"{letters.CONTAINER}?restype=container")
    for name in (name for one in opened.listed() if "/" in (name := one["id"]) or name.endswith(".json")):
        if not name.partition("/")[0].endswith(letters.POISON):
            opened.call("DELETE", "blob", f"{letters.CONTAINER}/{name}")
    for queue in (letters.SESSION_TIMERS, letters.PRESENCE_TIMERS):
        for each in (queue, f"{queue}{letters.POISON}"):
            opened.call("PUT", "queue", each)
            opened.call("DELETE", "queue", f"{each}/messages")
    return opened


async def stuck(site: Site) -> None:
    """One event and two timers got stuck."""
    site.put_event(BLOB, [EVENT])
    await site.put_timer("session-timers-poison", json.dumps(TIMER))
    await site.put_timer("presence-timers-poison", json.dumps({"tenant": "lunifico", "turn": 3}))


def test_where_nothing_got_stuck_that_is_said(site: Site) -> None:
    ended = site.run("list")
    assert ended.code == 0, ended
    assert "Nothing got stuck." in ended.notes


def test_everything_is_listed_without_a_text_of_anybody(site: Site) -> None:
    asyncio.run(stuck(site))
    listed = site.listed()
    assert [one["kind"] for one in listed] == ["timer", "timer", "ChatMessageReceivedInThread"]
    assert listed[0]["about"] == "session s1, reason watchdog"
    assert listed[2]["id"] == BLOB
    assert listed[2]["reason"] == "MaxDeliveryAttemptsExceeded, Unavailable after 30 attempts"
    for shown in (site.run("list"), site.run("list", "--json")):
        assert TEXT not in shown.out
        assert NAME not in shown.out


def test_one_is_shown_with_texts_only_where_that_is_asked_for(site: Site) -> None:
    site.put_event(BLOB, EVENT)
    shown = site.run("show", BLOB)
    assert shown.code == 0, shown
    assert THREAD in shown.out
    assert TEXT not in shown.out
    assert NAME not in shown.out
    assert TEXT in site.run("show", BLOB, "--with-texts").out


def test_a_timer_goes_back_to_its_queue(site: Site) -> None:
    asyncio.run(stuck(site))
    wanted = next(one["id"] for one in site.listed() if one["id"].startswith("session-timers-poison/"))
    assert "session: s1" in site.run("show", wanted).out
    ended = site.run("replay", wanted)
    assert ended.code == 0, ended
    assert asyncio.run(site.in_queue("session-timers")) == [TIMER]
    assert wanted not in [one["id"] for one in site.listed()]


def test_of_several_in_a_queue_only_the_named_one_goes(site: Site) -> None:
    for number in range(3):
        asyncio.run(site.put_timer("session-timers-poison", json.dumps({**TIMER, "session": f"s{number}"})))
    second = site.listed()[1]
    assert site.run("replay", second["id"]).code == 0
    assert [one["about"] for one in site.listed()] == ["session s0, reason watchdog", "session s2, reason watchdog"]


def test_for_a_chat_message_its_session_is_looked_at(site: Site) -> None:
    """The thread holds what was written; a look at the session finds it."""
    asyncio.run(site.remember(THREAD, "session of the thread"))
    site.put_event(BLOB, [EVENT])
    ended = site.run("replay", BLOB, "--json")
    assert ended.code == 0, ended
    assert ended.document["replayed"] == {BLOB: ["session session of the thread is looked at"]}
    (woken,) = asyncio.run(site.in_queue("session-timers"))
    assert (woken["session"], woken["reason"]) == ("session of the thread", "replayed")
    assert site.listed() == []


def test_what_nothing_would_come_of_is_left_and_said(site: Site) -> None:
    asyncio.run(site.remember(THREAD, "s1"))
    site.put_event("a.json", [{**EVENT, "data": {"threadId": "19:forgotten"}}])
    site.put_event("b.json", [{**EVENT, "eventType": "Microsoft.Communication.IncomingCall"}])
    site.put_event("c.json", [EVENT])
    alone = site.run("replay", "a.json")
    assert alone.code == 8
    assert "is over and forgotten" in alone.notes
    ended = site.run("replay", "--all", "--json")
    assert sorted(ended.document["left"]) == ["a.json", "b.json"]
    assert list(ended.document["replayed"]) == ["c.json"]
    assert sorted(one["id"] for one in site.listed()) == ["a.json", "b.json"]


@pytest.mark.parametrize("content", ["no JSON at all", "[1, 2]", '"text"'])
def test_what_is_unreadable_is_listed_as_that(site: Site, content: str) -> None:
    asyncio.run(site.put_timer("session-timers-poison", content))
    assert [one["about"] for one in site.listed()] == ["unreadable"]


def test_who_names_nothing_or_nothing_that_is_there_is_told(site: Site) -> None:
    assert site.run("replay").code == 2
    assert site.run("show", "no/such.json").code == 5
    assert site.run("replay", "session-timers-poison/none").code == 5


@pytest.mark.parametrize("account", ["Not A Name", "BlobEndpoint=https://b.example;AccountKey=secret"])
def test_an_account_that_cannot_be_used_is_explained_without_its_key(tmp_path: Path, account: str) -> None:
    with Terminal(tmp_path) as terminal:
        ended = terminal.run("deadletter", "list", "--storage", account)
    assert ended.code == 2
    assert "secret" not in ended.notes


def test_whoever_has_no_rights_there_is_told_which_are_needed(site: Site) -> None:
    asyncio.run(stuck(site))
    site.account = site.account.replace("sig=", "sig=x")
    ended = site.run("list")
    assert ended.code == 4
    assert "docs/operate.md has them" in ended.notes
    assert "sig=" not in ended.notes


def test_names_are_those_of_the_app() -> None:
    """The command line imports nothing of the app, so that this holds both together."""
    assert (letters.SESSION_TIMERS, letters.PRESENCE_TIMERS) == (queue_timers.QUEUE_NAME, queue_timers.PRESENCE_QUEUE)
    assert letters.INDEX == tables.INDEX
    assert letters.PLAIN == rows._PLAIN
    assert letters.MESSAGE_RECEIVED == MESSAGE_RECEIVED
    assert f"'{letters.CONTAINER}'" in (MODULES / "storage.bicep").read_text()
