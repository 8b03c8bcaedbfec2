"""Errors as Azure writes them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse


class ServiceError(Exception):
    """A refusal of the connector or of Graph; rendered as `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        body = {"error": {"code": self.code, "message": self.message}}
        return JSONResponse(body, self.status, headers=self.headers)


def unauthorized(reason: str) -> ServiceError:
    return ServiceError(401, "Unauthorized", f"Authorization has been denied for this request: {reason}")


def bad_request(message: str) -> ServiceError:
    return ServiceError(400, "BadSyntax", message)


def too_many_requests(retry_after: str) -> ServiceError:
    return ServiceError(429, "Throttled", "Too many requests", {"Retry-After": retry_after})
