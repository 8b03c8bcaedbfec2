"""Nobody is an administrator: what a deployment without sign-in has, since there is no way around one."""

from __future__ import annotations

from shared.domain.administrators import Administrator
from shared.domain.errors import Unauthenticated


class NoAdministrators:
    async def of(self, bearer_token: str) -> Administrator:
        raise Unauthenticated("sign_in_not_configured", "this deployment has no sign-in of administrators")
