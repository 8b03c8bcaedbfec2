"""Tokens as the two providers give and verify them: once, for a while, with the secret that belongs to them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

SECRET = "local-challenge-secret"
LIFE = {"turnstile": 300.0, "hcaptcha": 120.0}
"""Seconds; the providers' own."""
USED = {"turnstile": "timeout-or-duplicate", "hcaptcha": "invalid-or-already-seen-response"}


@dataclass(frozen=True)
class ChallengeOptions:
    """`secret` is the one that verifies, of any site key."""

    secret: str = SECRET
    now: Callable[[], float] = time.monotonic


@dataclass
class _Token:
    kind: str
    site_key: str
    until: float
    used_for: str | None = None


@dataclass
class Tokens:
    """`refuse`: so many of the next verifications are refused. `is_down`: none is answered."""

    options: ChallengeOptions
    refuse: int = 0
    is_down: bool = False
    verified: int = 0
    _issued: dict[str, _Token] = field(default_factory=dict)

    def issue(self, kind: str, site_key: str) -> str:
        token = secrets.token_urlsafe(48)
        self._issued[token] = _Token(kind, site_key, self.options.now() + LIFE[kind])
        return token

    def verify(self, kind: str, form: Mapping[str, str]) -> dict[str, object]:
        """The provider's answer to a form of `secret`, `response` and what else it knows."""
        codes = self._codes(kind, form)
        self.verified += not codes
        return {"success": not codes, "error-codes": codes}

    def _codes(self, kind: str, form: Mapping[str, str]) -> list[str]:
        if form.get("secret") != self.options.secret:
            return ["invalid-input-secret" if form.get("secret") else "missing-input-secret"]
        if not form.get("response"):
            return ["missing-input-response"]
        token = self._issued.get(form["response"])
        if self.refuse:
            self.refuse -= 1
            return ["invalid-input-response"]
        if token is None or token.kind != kind:
            return ["invalid-input-response"]
        if form.get("sitekey", token.site_key) != token.site_key:
            return ["sitekey-secret-mismatch"]
        # Turnstile confirms a token again for the same idempotency key, hCaptcha never does.
        again = form.get("idempotency_key") if kind == "turnstile" else None
        if token.used_for is not None and token.used_for != again:
            return [USED[kind]]
        if self.options.now() > token.until:
            return [USED[kind]]
        token.used_for = again or ""
        return []
