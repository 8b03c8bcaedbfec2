"""Lines of our logs say what they are about; nothing else changes, and nothing heavy is imported for it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.application.correlation import about, current, mark_logs

OURS, THEIRS = logging.getLogger("shared.application.example"), logging.getLogger("azure.example")


@pytest.fixture(autouse=True)
def marked() -> Iterator[None]:
    factory = logging.getLogRecordFactory()
    mark_logs()
    mark_logs()
    yield
    logging.setLogRecordFactory(factory)


def test_a_line_says_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    with about(session="s1"), about(effect="3:relay_to_agent"):
        OURS.warning("answered %d", 429)
    OURS.warning("outside")
    assert caplog.messages == ["answered 429 [session=s1 effect=3:relay_to_agent]", "outside"]
    assert vars(caplog.records[0])["interact_session"] == "s1"
    assert vars(caplog.records[0])["interact_effect"] == "3:relay_to_agent"


def test_lines_of_libraries_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    with about(session="s1"):
        THEIRS.warning("as it is")
    assert caplog.messages == ["as it is"]


def test_what_comes_from_elsewhere_cannot_write_lines_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    with about(event="e1\nERROR forged] 100%s" + "x" * 500):
        OURS.warning("seen %s", "once")
        OURS.warning("without arguments")
    assert all("\n" not in message and len(message) < 200 for message in caplog.messages)
    assert caplog.messages[0].startswith("seen once [event=e1?ERROR forged? 100%s")


async def test_two_at_the_same_time_do_not_mix() -> None:
    async def of(session: str) -> str:
        with about(session=session):
            await asyncio.sleep(0)
            return current()["session"]

    assert list(await asyncio.gather(of("a"), of("b"))) == ["a", "b"]
    assert current() == {}


def test_opentelemetry_is_not_imported_unless_the_platform_does() -> None:
    """What an instance imports before its first token, by names and not by time."""
    program = (
        "import sys, function_app, shared.application.relay, shared.application.correlation as c\n"
        "c.mark_logs()\n"
        "with c.about(session='s'): pass\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'azure.monitor'))])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
