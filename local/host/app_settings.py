"""Application settings: local.settings.json becomes environment variables, bindings refer to them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import MutableMapping
from pathlib import Path

from local.host.failures import HostStartError


def load_into(environment: MutableMapping[str, str], path: Path, *, required: bool) -> None:
    """Put the file's `Values` into the environment, where what is set already wins; raises HostStartError."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
        if document.get("IsEncrypted"):
            raise HostStartError(f"{path} is encrypted; this host reads plain settings only")
        for name, value in document.get("Values", {}).items():
            environment.setdefault(name, value if isinstance(value, str) else json.dumps(value))
    except FileNotFoundError as error:
        if required:
            raise HostStartError(f"the settings file {path} does not exist") from error
    except (ValueError, AttributeError) as error:
        raise HostStartError(f"{path} is wrong: {error}") from error


def substitute(text: str, *, function: str) -> str:
    """Replace %NAME% by the setting NAME; raises HostStartError naming the function and the missing setting."""

    def setting(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if value is None:
            raise HostStartError(f"function '{function}': setting '{match[1]}' in '{text}' is not set")
        return value

    return re.sub(r"%([^%]+)%", setting, text)


def connection_string(connection: str, *, function: str) -> str:
    """The storage connection string that a binding's `connection` names; raises HostStartError."""
    name = connection or "AzureWebJobsStorage"
    value = os.environ.get(f"AzureWebJobs{name}") or os.environ.get(name)
    if value is None:
        raise HostStartError(f"function '{function}': the connection setting '{name}' is not set")
    return value
