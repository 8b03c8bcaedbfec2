"""What a restart leaves as it was."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from local.acs.options import AcsOptions
from tests.local.acs.harness import running, wait_until


async def test_threads_tokens_and_idempotency_survive_a_restart(tmp_path: Path) -> None:
    options = AcsOptions(data_directory=tmp_path / "acs")
    async with running(options) as acs:
        relay, visitor = await acs.user("chat"), await acs.user("chat.join.limited")
        created = await acs.chat(relay, "POST", "", {"topic": "T"}, repeatability_request_id="session-1")
        thread = await acs.thread(relay, visitor)
        await acs.send(visitor, thread, "Hello", metadata={"clientMessageId": "c-1"})
        before = await acs.messages(relay, thread)

    async with running(options) as acs:
        repeated = await acs.chat(relay, "POST", "", {"topic": "T"}, repeatability_request_id="session-1")

        assert await acs.messages(relay, thread) == before
        assert repeated.json()["chatThread"]["id"] == created.json()["chatThread"]["id"]
        assert int(await acs.send(visitor, thread, "Again")) > int(before[0]["id"])


async def test_what_was_deleted_or_revoked_stays_so(tmp_path: Path) -> None:
    options = AcsOptions(data_directory=tmp_path)
    async with running(options) as acs:
        relay, revoked, deleted = [await acs.user("chat") for _ in range(3)]
        thread = await acs.thread(relay)
        await acs.chat(relay, "DELETE", thread)
        await acs.owner("POST", f"/identities/{revoked.id}/:revokeAccessTokens")
        await acs.owner("DELETE", f"/identities/{deleted.id}")

    async with running(options) as acs:
        assert (await acs.chat(relay, "GET", thread)).status_code == 404
        assert (await acs.chat(relay, "DELETE", thread)).status_code == 204
        assert (await acs.chat(revoked, "GET")).status_code == 401
        assert (await acs.chat(deleted, "GET")).status_code == 401


async def test_without_a_directory_every_run_starts_empty() -> None:
    async with running() as acs:
        relay = await acs.user("chat")
    async with running() as acs:
        assert (await acs.chat(relay, "GET")).status_code == 401


async def test_changes_are_on_disk_soon_and_not_only_at_the_end(tmp_path: Path) -> None:
    options = AcsOptions(data_directory=tmp_path)
    async with running(options) as acs:
        relay = await acs.user("chat")
        await wait_until(lambda: not acs.app.state.standin.unsaved)
        await wait_until(lambda: _is_saved(tmp_path, relay.id))
        async with running(options) as copy_of_what_a_kill_would_leave:
            assert (await copy_of_what_a_kill_would_leave.chat(relay, "GET")).status_code == 200


async def test_one_app_can_be_served_twice_at_once(tmp_path: Path) -> None:
    async with running(AcsOptions(data_directory=tmp_path)) as acs:
        async with acs.app.router.lifespan_context(acs.app):
            pass
        relay = await acs.user("chat")
    async with running(AcsOptions(data_directory=tmp_path)) as acs:
        assert (await acs.chat(relay, "GET")).status_code == 200


def _is_saved(directory: Path, identifier: str) -> bool:
    with contextlib.closing(sqlite3.connect(directory / "acs.sqlite3")) as connection:
        return connection.execute("SELECT 1 FROM document WHERE id = ?", (identifier,)).fetchone() is not None
