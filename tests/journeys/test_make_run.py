"""What a developer may do with `make run`: start it twice, end it, kill it, begin afresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.addresses import AddressError, Addresses, addresses_from, check_free
from local.data_directory import DataDirectory
from tests.journeys.stack import ROOT, Stack, free_base, running, start


def start_again(data: Path, base: int) -> subprocess.CompletedProcess[str]:
    """A start that must not succeed."""
    environment = {**os.environ, "INTERACT_DATA": str(data), "INTERACT_PORT_BASE": str(base)}
    return subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def are_free(addresses: Addresses) -> bool:
    try:
        check_free(addresses)
    except AddressError:
        return False
    return True


def addresses_of(stack: Stack) -> Addresses:
    return Addresses(int(stack.run["functions"].rpartition(":")[2]))


def test_one_start_at_a_time_and_all_of_it_ends(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as started:
        addresses = addresses_of(started)
        same_data = start_again(data, free_base())
        same_ports = start_again(tmp_path / "other", addresses.base)
        run = started.run
        began = time.monotonic()
    assert time.monotonic() - began < 5 + 1
    assert are_free(addresses)
    assert not (data / "run.json").exists()
    assert same_data.returncode == 1
    assert same_data.stderr == f"Interact runs already with the data in {data}: {run['functions']}\n"
    assert same_ports.returncode == 1
    for port, name in addresses.parts():
        assert f"Port {port} ({name}) is taken by another program." in same_ports.stderr
    assert "INTERACT_PORT_BASE=" in same_ports.stderr


def test_run_json_says_all_that_others_rely_on(stack: Stack) -> None:
    run = stack.run
    base = addresses_of(stack)
    assert run["acs"] == base.acs
    assert run["desk"] == base.desk
    assert run["signalr"] == base.signalr
    assert run["issuer"]["url"] == base.issuer
    assert run["issuer"]["issuer"] == f"{base.issuer}/{run['tenant']['id']}/v2.0"
    assert [one["name"] for one in run["issuer"]["administrators"]["people"]] == [
        "Tenant Administrator",
        "Organization Unit Administrator",
        "Workflow Administrator",
        "Reader",
    ]
    assert run["preview"]["service"] == f"{run['functions']}/preview/service/{run['service']['id']}"
    assert run["preview"]["user"] == f"{run['functions']}/preview/user/{run['user']['id']}"
    assert [agent["name"] for agent in run["agents"]] == ["Mario", "Luisa"]
    assert run["tenant"].keys() == {"id", "widgetKey"}
    assert f":{base.storage.table}/" in run["tables"]
    assert run["eventGridKey"] == json.loads((stack.data / "host-keys.json").read_text())["eventgrid"]
    assert (stack.data / "run.json").stat().st_mode & 0o077 == 0
    os.kill(run["hostPid"], 0)


def test_a_supervisor_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    stack = start(tmp_path / "data")
    stack.process.kill()
    stack.process.wait()
    addresses = addresses_of(stack)
    wait_until(lambda: are_free(addresses), 15)


def test_a_fresh_start_forgets_data_and_keeps_secrets(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    for place in (directory.azurite, directory.acs, directory.desk):
        place.mkdir()
        (place / "something").write_text("old")
    (tmp_path / "cache").mkdir()
    secrets = directory.secrets()
    directory.empty()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cache", "secrets.json"]
    assert directory.secrets() == secrets
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["80", "65535", "a lot", "-1", "7071.5"])
def test_a_port_base_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="INTERACT_PORT_BASE"):
        addresses_from({"INTERACT_PORT_BASE": text})


def test_without_a_port_base_the_well_known_ports_are_taken() -> None:
    assert addresses_from({}).functions == "http://localhost:7071"
