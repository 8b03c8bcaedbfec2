"""Presence in Teams by Microsoft Graph; needs the application permission Presence.Read.All.

Graph may be slow, throttle or be away, and nothing that asks here may suffer from it: an answer is given in PATIENCE
seconds, from what was known last where that is not too old, else `unknown`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.adapters.failures import CredentialRefused, bounded, of_connection, of_status
from shared.adapters.http_session import HttpSession
from shared.adapters.teams_token import BotToken
from shared.domain.availability import TeamsPresence
from shared.domain.errors import NotSent, PortError, Rejected
from shared.domain.tenants import Tenant
from shared.ports import Clock

AT_ONCE = 650
"""Users that one request may name (Graph's limit)."""
GATHERED = 0.01
"""Seconds in which users are gathered for one request: several contacts are asked for at the same time."""
PATIENCE = 2.0
"""Seconds that an answer may take; a task is not offered later because of Graph."""
WORN_OUT = timedelta(seconds=30)
"""What was known so long ago does not count any more."""
PAUSE = timedelta(seconds=5)
"""Graph is left alone so long after a failure, or as long as it asks for (Retry-After) up to LONGEST_PAUSE."""
LONGEST_PAUSE = timedelta(minutes=5)
REMEMBERED = 10_000
OBJECT_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
"""Graph refuses a whole request where one of its ids is none of these."""

PRESENCES = {
    "Available": TeamsPresence.AVAILABLE,
    "AvailableIdle": TeamsPresence.AVAILABLE,
    "Away": TeamsPresence.AWAY,
    "BeRightBack": TeamsPresence.AWAY,
    "Busy": TeamsPresence.BUSY,
    "BusyIdle": TeamsPresence.BUSY,
    "DoNotDisturb": TeamsPresence.DO_NOT_DISTURB,
    "Offline": TeamsPresence.OFFLINE,
    "PresenceUnknown": TeamsPresence.UNKNOWN,
}
"""All values of `availability`; one that is new to us counts as unknown."""

logger = logging.getLogger(__name__)


class GraphPresence:
    """`url` is Graph's base URL with its version, `kept` how long an answer counts as fresh."""

    def __init__(self, http: HttpSession, clock: Clock, token: BotToken, url: str, kept: timedelta) -> None:
        self._http = http
        self._clock = clock
        self._token = token
        self._url = f"{url}/communications/getPresencesByUserId"
        self._kept = kept
        self._known: dict[str, tuple[datetime, TeamsPresence]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._gathering: set[str] = set()
        self._gatherer: asyncio.Task[None] | None = None
        self._quiet_until: datetime | None = None
        self._is_failing = False

    async def of(self, tenant: Tenant, user_ids: Sequence[str]) -> Mapping[str, TeamsPresence]:
        now = self._clock.now()
        if self._quiet_until is None or self._quiet_until <= now:
            ids = (user_id.lower() for user_id in user_ids if OBJECT_ID.match(user_id))
            asked = {self._ask(user_id) for user_id in ids if not self._is_fresh(user_id, now)}
            if asked:
                # Not cancelled with whoever asks: others wait for the same answer.
                await asyncio.wait(asked, timeout=PATIENCE)
        return {user_id: self._last(user_id.lower()) for user_id in user_ids}

    def _is_fresh(self, user_id: str, now: datetime) -> bool:
        known = self._known.get(user_id)
        return known is not None and now < known[0] + self._kept

    def _last(self, user_id: str) -> TeamsPresence:
        known = self._known.get(user_id)
        is_usable = known is not None and self._clock.now() < known[0] + max(WORN_OUT, self._kept)
        return known[1] if known is not None and is_usable else TeamsPresence.UNKNOWN

    def _ask(self, user_id: str) -> asyncio.Task[None]:
        """The request that brings this user's presence: the one under way, or the next."""
        if user_id not in self._asking:
            if self._gatherer is None:
                self._gatherer = asyncio.ensure_future(self._gather())
            self._gathering.add(user_id)
            self._asking[user_id] = self._gatherer
        return self._asking[user_id]

    async def _gather(self) -> None:
        await asyncio.sleep(GATHERED)
        user_ids, self._gathering, self._gatherer = sorted(self._gathering), set(), None
        try:
            for start in range(0, len(user_ids), AT_ONCE):
                some = user_ids[start : start + AT_ONCE]
                self._learn(some, await self._request(some))
            self._is_failing = False
        except PortError as error:
            self._leave_alone(error)
        finally:
            for user_id in user_ids:
                del self._asking[user_id]

    async def _request(self, user_ids: Sequence[str]) -> Mapping[str, TeamsPresence]:
        what = "asking Graph for presences"

        async def call() -> Mapping[str, TeamsPresence]:
            headers = {"Authorization": f"Bearer {await self._token.get()}"}
            async with self._http.open().post(self._url, json={"ids": user_ids}, headers=headers) as response:
                if response.status != 200:
                    raise of_status(response.status, response.headers, what)
                return _presences(await response.read())

        return await bounded(call, lambda error: of_connection(error, what), repeatable=True, attempts=1)

    def _learn(self, user_ids: Sequence[str], presences: Mapping[str, TeamsPresence]) -> None:
        if len(self._known) > REMEMBERED:
            self._known.clear()
        now = self._clock.now()
        for user_id in user_ids:
            self._known[user_id] = (now, presences.get(user_id, TeamsPresence.UNKNOWN))

    def _leave_alone(self, error: PortError) -> None:
        pause = PAUSE
        if isinstance(error, CredentialRefused):
            self._token.forget()
        elif isinstance(error, NotSent):
            pause = min(max(PAUSE, timedelta(seconds=error.retry_after)), LONGEST_PAUSE)
        self._quiet_until = self._clock.now() + pause
        if not self._is_failing:
            # Once for each outage; without the permission Presence.Read.All it is 403 for ever.
            logger.warning("presence in Teams is not known: %s", error)
        self._is_failing = True


def _presences(content: bytes) -> dict[str, TeamsPresence]:
    """By user id in lower case; raises Rejected where it is no answer of Graph."""
    try:
        return {
            str(one["id"]).lower(): PRESENCES.get(str(one["availability"]), TeamsPresence.UNKNOWN)
            for one in json.loads(content)["value"]
        }
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected("Graph's presences are not what they are documented to be", "unreadable") from error
