"""The host's access keys, kept in a file of the developer's."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from local.host.failures import HostStartError
from local.host.wire import Request

ANONYMOUS, FUNCTION, ADMIN = "ANONYMOUS", "FUNCTION", "ADMIN"


@dataclass(frozen=True)
class Keys:
    """`master` opens everything, `default` the functions, `eventgrid` the Event Grid webhook."""

    master: str
    default: str
    eventgrid: str

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the file, or create it with random keys; raises HostStartError for a wrong one."""
        if not path.exists():
            keys = cls(*(secrets.token_urlsafe(32) for _ in range(3)))
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(keys), file, indent=2)
            return keys
        try:
            document = json.loads(path.read_text("utf-8"))
            keys = cls(document["master"], document["default"], document["eventgrid"])
        except (ValueError, KeyError, TypeError) as error:
            raise HostStartError(f"{path} has to be JSON with the keys master, default and eventgrid") from error
        if not all(isinstance(key, str) and key for key in (keys.master, keys.default, keys.eventgrid)):
            raise HostStartError(f"{path}: every key has to be a text that is not empty")
        return keys

    def admit_to_function(self, request: Request, level: str) -> bool:
        """Whether the request may call an HTTP function of this authorization level."""
        if level == ANONYMOUS:
            return True
        return self._presents(request, (self.master,) if level == ADMIN else (self.master, self.default))

    def admit_to_event_grid(self, request: Request) -> bool:
        return self._presents(request, (self.master, self.eventgrid))

    def admit_to_administration(self, request: Request) -> bool:
        return self._presents(request, (self.master,))

    def _presents(self, request: Request, accepted: tuple[str, ...]) -> bool:
        presented = request.headers.get("x-functions-key") or request.query.get("code") or ""
        return any(hmac.compare_digest(presented.encode(), key.encode()) for key in accepted)
