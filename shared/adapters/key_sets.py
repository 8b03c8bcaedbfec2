"""JSON Web Key Sets of issuers: read rarely, also while their keys change, and not asked for by forged tokens.

Nobody waits for a slow issuer whose keys are known: they serve while they are read again beside. What is older than
SERVES is read first, once; only a reading that fails lets it serve for longer, so a key that was withdrawn is taken no
longer than that from an issuer that answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from shared.adapters.site_keys import SiteKey, keys_of_set
from shared.domain.errors import NotSent, PortError, Refused
from shared.domain.refusals import SiteTokenCode

FRESH = 3600.0
"""Seconds for which a set is taken as it is."""
SERVES = 2 * 3600.0
"""Seconds for which a set serves while it is read again."""
GOOD = 24 * 3600.0
"""Seconds for which it serves while its host cannot be reached."""
PAUSE = 30.0
"""Seconds between looks for an unknown key, so that forged tokens cannot make us ask all the time."""
PAUSE_AFTER_FAILURE = 5.0
MOST_SETS = 1_000

logger = logging.getLogger(__name__)


@dataclass
class _Set:
    keys: Mapping[str, SiteKey] = field(default_factory=dict)
    read_at: float = float("-inf")
    next_look: float = float("-inf")
    has_failed: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    beside: asyncio.Task[None] | None = None


class KeySets:
    """`fetch` gets the document at a URL; raises Refused or a PortError."""

    def __init__(
        self, fetch: Callable[[str], Awaitable[bytes]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._sets: dict[str, _Set] = {}

    async def key(self, url: str, key_id: str) -> SiteKey:
        """Raises Refused where the issuer has no such key, NotSent where that cannot be told now."""
        known = self._set(url)
        if not self._serves(known, key_id, FRESH):
            if self._serves(known, key_id, GOOD if known.has_failed else SERVES):
                self._look_beside(url, known, key_id)
            else:
                async with known.lock:
                    await self._look(url, known, key_id)
        if self._serves(known, key_id, GOOD):
            return known.keys[key_id]
        if self._age(known) > FRESH:
            wait = max(known.next_look - self._monotonic(), 1.0)
            raise NotSent("the issuer's keys could not be fetched a moment ago", wait)
        raise Refused(SiteTokenCode.KEY_UNKNOWN, "the site token names a key that its issuer does not have")

    def _look_beside(self, url: str, known: _Set, key_id: str) -> None:
        """Have the set read without anybody waiting for it."""

        async def look() -> None:
            async with known.lock:
                await self._look(url, known, key_id)

        if known.beside is None and self._monotonic() >= known.next_look:
            known.beside = asyncio.ensure_future(look())
            known.beside.add_done_callback(lambda task: _is_over(known, task))

    async def _look(self, url: str, known: _Set, key_id: str) -> None:
        """Read the set, unless that was done while waiting here or a moment ago."""
        if self._serves(known, key_id, FRESH) or self._monotonic() < known.next_look:
            return
        known.next_look = self._monotonic() + PAUSE_AFTER_FAILURE
        try:
            known.keys = keys_of_set(await self._fetch(url))
        except ValueError as error:
            failure = NotSent("what the host of the keys sends is no JSON Web Key Set", PAUSE_AFTER_FAILURE)
            self._bear(known, key_id, failure, error)
        except (PortError, Refused) as error:
            self._bear(known, key_id, error, None)
        else:
            known.has_failed = False
            known.read_at = self._monotonic()
            known.next_look = known.read_at + PAUSE

    def _bear(self, known: _Set, key_id: str, failure: PortError | Refused, cause: Exception | None) -> None:
        """A set that is not fresh any more is better than none; raises the failure where there is none."""
        known.has_failed = True
        known.next_look = self._monotonic() + PAUSE_AFTER_FAILURE
        if not self._serves(known, key_id, GOOD):
            raise failure from cause
        logger.warning("keys of an issuer are used though they are old: %s", failure)

    def _serves(self, known: _Set, key_id: str, longest: float) -> bool:
        return key_id in known.keys and self._age(known) <= longest

    def _age(self, known: _Set) -> float:
        return self._monotonic() - known.read_at

    def _set(self, url: str) -> _Set:
        if url not in self._sets:
            if len(self._sets) >= MOST_SETS:
                del self._sets[next(iter(self._sets))]
            self._sets[url] = _Set()
        return self._sets[url]


def _is_over(known: _Set, look: asyncio.Task[None]) -> None:
    known.beside = None
    # Whoever asks for a key that is too old by now waits for a look and gets its failure.
    if not look.cancelled() and look.exception() is not None:
        logger.warning("keys of an issuer could not be read: %s", look.exception())
