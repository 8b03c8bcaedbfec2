"""Challenges: how a tenant has visitors prove that they are no machines before a chat starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.errors import Finding, InvalidRequest

LONGEST_SITE_KEY = 100
SECRET_REFERENCE = re.compile(r"(env|keyvault):[A-Za-z0-9_-]+\Z")


class ChallengeKind(StrEnum):
    """Whose challenge visitors solve; `none` asks for none."""

    NONE = "none"
    TURNSTILE = "turnstile"
    HCAPTCHA = "hcaptcha"


@dataclass(frozen=True)
class ChallengeSettings:
    """`site_key` is public and goes to the widget; `secret` names the secret of the verification, never holds it."""

    kind: ChallengeKind = ChallengeKind.NONE
    site_key: str = ""
    secret: str = ""


class ChallengeRefused(InvalidRequest):
    """The challenge was not solved, or its token is used up or too old; the visitor can solve a new one."""

    code = "challenge_refused"

    def __init__(self, explanation: str = "solve the challenge, and send its token") -> None:
        super().__init__(explanation, "challengeToken")


def check_challenge(challenge: ChallengeSettings) -> tuple[Finding, ...]:
    """All rules that the settings break; without a challenge nothing is needed, and still no secret is stored."""
    if challenge.secret and not SECRET_REFERENCE.match(challenge.secret):
        why = "name where the secret is, keyvault:NAME or env:NAME; never write the secret itself"
        return (Finding("secret_reference", "challenge.secret", why),)
    if challenge.kind is ChallengeKind.NONE:
        return ()
    findings = []
    if not 1 <= len(challenge.site_key) <= LONGEST_SITE_KEY:
        why = f"copy the site key from the account at the provider; it has at most {LONGEST_SITE_KEY} characters"
        findings.append(Finding("challenge_incomplete", "challenge.site_key", why))
    if not challenge.secret:
        why = "name the secret that holds the secret key: keyvault:name or env:NAME"
        findings.append(Finding("challenge_incomplete", "challenge.secret", why))
    return tuple(findings)
