"""A stand-in for Cloudflare Turnstile and hCaptcha: their script, their frame, and the verification of tokens."""

from __future__ import annotations

from local.challenge.app import create_app
from local.challenge.tokens import ChallengeOptions

__all__ = ["ChallengeOptions", "create_app"]
