"""How the host starts and ends."""

from __future__ import annotations

import json
import signal
import socket
import stat
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.local.host.hosts import APPS, host, refused, wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_host_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with host(APPS / "web", tmp_path) as running:
        began = time.monotonic()
        assert running.end(number) == 0
        assert time.monotonic() - began < 3
        assert running.log == ""


def test_requests_under_way_get_a_moment_and_are_cut_off_then(tmp_path: Path) -> None:
    answers: dict[str, int] = {}

    def ask(url: str) -> None:
        answers[url.rpartition("/")[2]] = httpx.get(url, timeout=10).status_code

    with host(APPS / "web", tmp_path) as running:
        paths = ("/slow/700", "/slow/60000", "/stuck")
        asking = [threading.Thread(target=ask, args=(running.url + path,)) for path in paths]
        for thread in asking:
            thread.start()
        wait_until(lambda: running.log.count(" began") == len(paths))
        began = time.monotonic()
        assert running.end() == 0
        assert time.monotonic() - began < 3
        for thread in asking:
            thread.join(5)
    assert answers == {"700": 200, "60000": 503, "stuck": 503}


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(APPS / "web", tmp_path, "--port", str(port))
    assert said.startswith(f"cannot start: port {port} is taken by another program")
    assert said.count("\n") == 1


def test_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    keys_file = tmp_path / "made" / "keys.json"
    with host(APPS / "web", tmp_path, "--keys", str(keys_file)) as running:
        keys = json.loads(keys_file.read_text())
        assert running.get("/function-key", params={"code": keys["default"]}).text == "in"
    assert set(keys) == {"master", "default", "eventgrid"}
    assert len(set(keys.values())) == 3
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
    with host(APPS / "web", tmp_path, "--keys", str(keys_file)):
        assert json.loads(keys_file.read_text()) == keys


@pytest.mark.parametrize("content", ["{", "[]", '{"master": "m"}', '{"master": "", "default": "d", "eventgrid": "e"}'])
def test_a_broken_keys_file_is_refused(tmp_path: Path, content: str) -> None:
    keys_file = tmp_path / "broken.json"
    keys_file.write_text(content)
    assert f"cannot start: {keys_file}" in refused(APPS / "web", tmp_path, "--keys", str(keys_file))


def test_the_log_level_of_the_settings_counts_before_that_of_host_json(tmp_path: Path) -> None:
    with host(APPS / "web", tmp_path, settings={"LOG_LEVEL": "WARNING"}) as running:
        assert running.get("/sync").text == "hi"
        assert running.get("/boom").status_code == 500
        wait_until(lambda: "boom failed" in running.log)
        assert "said in a thread" not in running.log
    assert "unknown log level 'LOUD'" in refused(APPS / "web", tmp_path, settings={"LOG_LEVEL": "LOUD"})
