"""Credentials that stand for Entra ID."""

from __future__ import annotations

import os
import time
from typing import Any

from azure.core.credentials import AccessToken

ENTRA_TOKEN_VARIABLE = "INTERACT_CONFORMANCE_ENTRA_TOKEN"


class FakeTokenCredential:
    """Gives the one token that the stand-in was told to accept."""

    def get_token(self, *_: Any, **__: Any) -> AccessToken:
        return AccessToken(os.environ[ENTRA_TOKEN_VARIABLE], int(time.time()) + 3600)
