"""What is under way: authorization codes and device codes, for minutes and in memory only."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from local.issuer.errors import OAuthError
from local.issuer.options import Application
from local.issuer.subjects import Subject
from local.issuer.tokens import Grant

USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628, 6.1: no vowels, so that no words come about."""
USER_CODE_LENGTH = 8
SLOWER = 5
"""Seconds by which whoever asks too often has to wait longer (RFC 8628, 3.5)."""


@dataclass
class _Code:
    grant: Grant
    redirect_uri: str
    challenge: str
    until: float


@dataclass
class DeviceRequest:
    """A device that waits for somebody to sign in elsewhere."""

    application: Application
    scopes: tuple[str, ...]
    user_code: str
    until: float
    interval: int
    asked: float = float("-inf")
    subject: Subject | None = None
    is_denied: bool = False


class Codes:
    """Authorization codes: each is used once, by whoever has the verifier of its challenge (RFC 7636)."""

    def __init__(self, lifetime: int, now: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._now = now
        self._codes: dict[str, _Code] = {}

    def issue(self, grant: Grant, redirect_uri: str, challenge: str) -> str:
        self._codes = {code: one for code, one in self._codes.items() if one.until > self._now()}
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(grant, redirect_uri, challenge, self._now() + self._lifetime)
        return code

    def redeem(self, code: str, application: Application, redirect_uri: str, verifier: str) -> Grant:
        """What the code stands for; raises OAuthError, and then the code is gone as well."""
        found = self._codes.pop(code, None)
        if found is None or found.until <= self._now() or found.grant.application != application:
            raise OAuthError("invalid_grant", "AADSTS70008: the code is unknown, used, expired or another's")
        if found.redirect_uri != redirect_uri:
            raise OAuthError("invalid_grant", "AADSTS50011: redirect_uri is another than that of the request")
        if not secrets.compare_digest(found.challenge.encode(), _challenge(verifier).encode()):
            raise OAuthError("invalid_grant", "AADSTS501481: code_verifier does not match code_challenge")
        return found.grant


class Devices:
    """Device codes (RFC 8628)."""

    def __init__(self, lifetime: int, interval: int, now: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._interval = interval
        self._now = now
        self._requests: dict[str, DeviceRequest] = {}

    def begin(self, application: Application, scopes: tuple[str, ...]) -> tuple[str, DeviceRequest]:
        """The device code and the request with the user code."""
        self._requests = {code: one for code, one in self._requests.items() if one.until > self._now()}
        letters = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(USER_CODE_LENGTH))
        device_code = secrets.token_urlsafe(32)
        request = DeviceRequest(
            application, scopes, f"{letters[:4]}-{letters[4:]}", self._now() + self._lifetime, self._interval
        )
        self._requests[device_code] = request
        return device_code, request

    def waiting(self, user_code: str) -> DeviceRequest | None:
        """The request that somebody has typed the code of, however they have written it."""
        wanted = _folded(user_code)
        typed = (one for one in self._requests.values() if _folded(one.user_code) == wanted)
        return next((one for one in typed if self._waits(one)), None)

    def poll(self, device_code: str, application: Application) -> Grant:
        """What was granted meanwhile; raises OAuthError as long as nothing was."""
        request = self._requests.get(device_code)
        if request is None or request.application != application:
            raise OAuthError("invalid_grant", "AADSTS70019: the device code is unknown, used or another's")
        if request.until <= self._now():
            del self._requests[device_code]
            raise OAuthError("expired_token", "AADSTS70020: the device code has expired")
        if request.is_denied:
            del self._requests[device_code]
            raise OAuthError("access_denied", "AADSTS70018: the request was declined")
        if request.subject is None:
            raise self._pending(request)
        del self._requests[device_code]
        return Grant(application, request.subject, request.scopes)

    def _pending(self, request: DeviceRequest) -> OAuthError:
        asked, request.asked = request.asked, self._now()
        # A tenth of the interval is left to the network.
        if request.asked - asked < request.interval * 0.9:
            request.interval += SLOWER
            return OAuthError("slow_down", f"ask every {request.interval} seconds")
        return OAuthError("authorization_pending", "AADSTS70016: nobody has signed in with the code yet")

    def _waits(self, request: DeviceRequest) -> bool:
        return request.until > self._now() and request.subject is None and not request.is_denied


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _folded(user_code: str) -> str:
    return "".join(sign for sign in user_code.upper() if sign in USER_CODE_LETTERS)
