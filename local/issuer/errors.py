"""Errors as OAuth 2.0 names them."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """`code` is one of RFC 6749, RFC 8628 or OpenID Connect; the message is for developers."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status

    def response(self) -> Response:
        return JSONResponse({"error": self.code, "error_description": str(self)}, self.status, headers=NO_STORE)
