"""Tokens of Cloudflare Turnstile and hCaptcha, confirmed at the provider's `siteverify`.

Nothing of the visitor goes there but the token. Sources: Cloudflare's "Validate the token" and hCaptcha's developer
guide, section "Verify the user response".
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from shared.adapters.failures import bounded, of_connection, of_status
from shared.adapters.http_bodies import bounded_body
from shared.adapters.http_session import HttpSession
from shared.domain.challenges import ChallengeKind, ChallengeRefused
from shared.domain.errors import OutcomeUnknown, Rejected
from shared.domain.tenants import Tenant
from shared.ports import Secrets

LONGEST_ANSWER = 64 * 1024
NOT_THE_VISITOR = frozenset(
    {
        "missing-input-secret",
        "invalid-input-secret",
        "sitekey-secret-mismatch",
        "invalid-sitekey",
        "not-using-dummy-passcode",
        "not-using-dummy-secret",
        "bad-request",
    }
)
"""Codes of what an administrator has to mend; solving another challenge would be no use."""
LATER = "internal-error"

logger = logging.getLogger(__name__)


class SiteVerify:
    """`urls`: where each kind of challenge is verified."""

    def __init__(self, http: HttpSession, secrets: Secrets, urls: Mapping[ChallengeKind, str]) -> None:
        self._http = http
        self._secrets = secrets
        self._urls = urls

    async def verify(self, tenant: Tenant, token: str, purpose: str) -> None:
        challenge = tenant.challenge
        what = f"verifying a token of {challenge.kind.value}"
        is_turnstile = challenge.kind is ChallengeKind.TURNSTILE
        form = {"secret": await self._secrets.get(tenant.id, challenge.secret), "response": token}
        if is_turnstile:
            form["idempotency_key"] = str(uuid.uuid5(uuid.NAMESPACE_OID, purpose))
        else:
            form["sitekey"] = challenge.site_key

        async def call() -> None:
            async with self._http.open().post(self._urls[challenge.kind], data=form) as response:
                if response.status == 429 or response.status >= 500:
                    raise of_status(response.status, response.headers, what)
                _judge(await bounded_body(response, LONGEST_ANSWER, what), challenge.kind, what)

        # Without a key for repeats the provider would take the second attempt for a stolen token.
        await bounded(call, lambda error: of_connection(error, what), repeatable=is_turnstile)


def _judge(body: bytes, kind: ChallengeKind, what: str) -> None:
    """Return where the token is confirmed; refusals come as 200 or as 4xx, with the same body."""
    try:
        answer: Any = json.loads(body)
        codes = [str(code)[:50] for code in answer.get("error-codes") or ()]
        is_confirmed = answer["success"] is True
    except (ValueError, TypeError, AttributeError, KeyError):
        raise OutcomeUnknown(f"{what} was answered with something else") from None
    if is_confirmed:
        return
    if LATER in codes:
        raise OutcomeUnknown(f"{what}: {LATER}")
    for code in codes:
        if code in NOT_THE_VISITOR:
            raise Rejected(f"{what}: {code}; check the site key and the secret of the challenge", code)
    logger.info("%s refused a token: %s", kind.value, ", ".join(codes) or "no code")
    raise ChallengeRefused
