"""The stand-in as a program of its own, spoken to by Microsoft's SDKs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.communication.chat.aio import ChatClient, CommunicationTokenCredential
from azure.communication.identity import CommunicationTokenScope
from azure.communication.identity.aio import CommunicationIdentityClient

from local.acs.__main__ import main


@contextlib.asynccontextmanager
async def program(*arguments: str) -> AsyncIterator[str]:
    """What the program prints when it is ready; it must end well when it is interrupted."""
    command = [sys.executable, "-m", "local.acs", "--port", "0", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(3)]
    try:
        yield "".join(lines)
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


async def test_the_program_serves_the_asynchronous_sdks(tmp_path: Path) -> None:
    places = ["--data", str(tmp_path / "data"), "--certificates", str(tmp_path / "certificates")]
    async with program(*places, "--limit-factor", "2.5") as printed:
        assert "rate limits times 2.5" in printed
        [resource] = [line.split(": ", 1)[1] for line in printed.splitlines() if "connection string" in line]
        trust = {"connection_verify": str(tmp_path / "certificates" / "ca-bundle.pem")}
        async with CommunicationIdentityClient.from_connection_string(resource, **trust) as identities:
            _, token = await identities.create_user_and_token([CommunicationTokenScope.CHAT])
            endpoint = resource.split(";")[0].removeprefix("endpoint=")
            async with (
                CommunicationTokenCredential(token.token) as credential,
                ChatClient(endpoint, credential, **trust) as chat,
            ):
                created = await chat.create_chat_thread("Support")

    assert created.chat_thread is not None
    assert created.chat_thread.topic == "Support"
    assert (tmp_path / "data" / "acs.sqlite3").exists()


@pytest.mark.parametrize("subscription", ["http://localhost/events", "=http://localhost", "name="])
def test_a_subscription_needs_a_name_and_an_address(subscription: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--subscription", subscription])

    assert "argument --subscription" in capsys.readouterr().err
