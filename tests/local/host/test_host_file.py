"""host.json and local.settings.json."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from local.host import app_settings
from local.host.failures import HostStartError
from local.host.host_file import HostFile, QueueOptions, seconds


def read(directory: Path, **document: object) -> HostFile:
    (directory / "host.json").write_text(json.dumps({"version": "2.0", **document}))
    return HostFile.read(directory)


def test_defaults_are_those_of_the_real_host(tmp_path: Path) -> None:
    assert read(tmp_path) == HostFile("api", QueueOptions(60, 16, 8, 0, 5, base64=True), logging.INFO)


def test_settings_of_queues_http_and_logging_are_taken(tmp_path: Path) -> None:
    queues = {
        "maxPollingInterval": "00:00:02",
        "batchSize": 10,
        "visibilityTimeout": "00:01:30",
        "maxDequeueCount": 4,
        "messageEncoding": "none",
    }
    taken = read(
        tmp_path,
        extensions={"queues": queues, "http": {"routePrefix": "/v1/"}},
        logging={"logLevel": {"default": "Warning"}},
    )
    assert taken == HostFile("v1", QueueOptions(2, 10, 5, 90, 4, base64=False), logging.WARNING)


@pytest.mark.parametrize(
    "queues",
    [{"batchSize": 33}, {"messageEncoding": "rot13"}, {"maxPollingInterval": "2 s"}, {"maxDequeueCount": None}],
)
def test_a_wrong_setting_is_refused(tmp_path: Path, queues: dict[str, object]) -> None:
    with pytest.raises(HostStartError, match=r"host\.json is wrong"):
        read(tmp_path, extensions={"queues": queues})


@pytest.mark.parametrize("content", ["{", "[]", '{"version": "1.0"}'])
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "host.json").write_text(content)
    with pytest.raises(HostStartError, match=r"host\.json"):
        HostFile.read(tmp_path)


@pytest.mark.parametrize(
    ("duration", "in_seconds"), [("00:00:02", 2), ("00:00:00.1000000", 0.1), ("01:00:00", 3600), ("1.00:00:01", 86401)]
)
def test_a_duration_is_one_of_dot_net(duration: str, in_seconds: float) -> None:
    assert seconds(duration) == in_seconds


def test_values_of_the_settings_file_go_where_nothing_is_set(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text(json.dumps({"IsEncrypted": False, "Values": {"A": "file", "B": "file", "C": 3}}))
    environment = {"B": "environment"}
    app_settings.load_into(environment, path, required=True)
    assert environment == {"A": "file", "B": "environment", "C": "3"}


def test_an_encrypted_settings_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "local.settings.json"
    path.write_text(json.dumps({"IsEncrypted": True, "Values": {}}))
    with pytest.raises(HostStartError, match="is encrypted"):
        app_settings.load_into({}, path, required=False)


def test_a_connection_is_found_with_and_without_azures_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsMine", "with")
    monkeypatch.setenv("Other", "without")
    monkeypatch.setenv("AzureWebJobsStorage", "the default")
    found = [app_settings.connection_string(name, function="f") for name in ("Mine", "Other", "")]
    assert found == ["with", "without", "the default"]
