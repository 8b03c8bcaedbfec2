"""host.json: the settings of it that this host knows, with the real host's defaults."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.failures import HostStartError

LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "information": logging.INFO,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "none": logging.CRITICAL + 10,
}


@dataclass(frozen=True)
class QueueOptions:
    """`extensions.queues`; durations in seconds."""

    max_polling_interval: float = 60.0
    batch_size: int = 16
    new_batch_threshold: int = 8
    visibility_timeout: float = 0.0
    max_dequeue_count: int = 5
    base64: bool = True


@dataclass(frozen=True)
class HostFile:
    """What host.json says; `log_level` is a level of `logging`."""

    route_prefix: str = "api"
    queues: QueueOptions = QueueOptions()
    log_level: int = logging.INFO

    @classmethod
    def read(cls, app_directory: Path) -> HostFile:
        """From the app's host.json; raises HostStartError where it is missing or wrong."""
        path = app_directory / "host.json"
        try:
            document = json.loads(path.read_text("utf-8-sig"))
            if document.get("version") != "2.0":
                raise HostStartError(f'{path}: "version" has to be "2.0"')
            extensions = document.get("extensions", {})
            return cls(
                route_prefix=str(extensions.get("http", {}).get("routePrefix", "api")).strip("/"),
                queues=_queue_options(extensions.get("queues", {})),
                log_level=level(document.get("logging", {}).get("logLevel", {}).get("default", "Information")),
            )
        except FileNotFoundError as error:
            raise HostStartError(f"there is no host.json in {app_directory}") from error
        except (ValueError, AttributeError, TypeError) as error:
            raise HostStartError(f"{path} is wrong: {error}") from error


def level(name: str) -> int:
    """A level's number from .NET's or Python's name of it; raises ValueError for an unknown one."""
    try:
        return LEVELS[name.lower()]
    except KeyError:
        raise ValueError(f"unknown log level '{name}'") from None


def seconds(duration: str) -> float:
    """.NET's "[d.]hh:mm:ss[.fff]" in seconds; raises ValueError."""
    match = re.fullmatch(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,7})?)", duration)
    if match is None:
        raise ValueError(f"'{duration}' is no duration like 00:00:02")
    days, hours, minutes, rest = match.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def _queue_options(queues: Mapping[str, Any]) -> QueueOptions:
    batch_size = int(queues.get("batchSize", 16))
    if not 1 <= batch_size <= 32:
        raise ValueError("extensions.queues.batchSize has to be 1 to 32")
    encoding = str(queues.get("messageEncoding", "base64")).lower()
    if encoding not in ("base64", "none"):
        raise ValueError(f"extensions.queues.messageEncoding '{encoding}' is neither base64 nor none")
    return QueueOptions(
        max_polling_interval=max(0.1, seconds(queues.get("maxPollingInterval", "00:01:00"))),
        batch_size=batch_size,
        new_batch_threshold=int(queues.get("newBatchThreshold", batch_size // 2)),
        visibility_timeout=seconds(queues.get("visibilityTimeout", "00:00:00")),
        max_dequeue_count=int(queues.get("maxDequeueCount", 5)),
        base64=encoding == "base64",
    )
