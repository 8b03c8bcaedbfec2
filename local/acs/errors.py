"""The one kind of error the stand-in answers with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class AcsError(Exception):
    """A refusal as Azure renders it: a status, a code and a sentence; `headers` are added to the response."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message}}


def bad_request(message: str) -> AcsError:
    return AcsError(400, "BadRequest", message)


def unauthorized(message: str) -> AcsError:
    return AcsError(401, "Unauthorized", message)


def forbidden(message: str) -> AcsError:
    return AcsError(403, "Forbidden", message)


def not_found(message: str) -> AcsError:
    return AcsError(404, "NotFound", message)


def too_many_requests(retry_after_seconds: int) -> AcsError:
    return AcsError(
        429, "TooManyRequests", "Rate limit exceeded, try again later.", {"Retry-After": str(retry_after_seconds)}
    )
