"""What a page shows its developers where it was refused: an id by which an administrator finds out why."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import azure.functions as func

from functions.origins import caller
from shared import bootstrap
from shared.domain.challenges import ChallengeRefused
from shared.domain.errors import Busy, NobodyToTell, PortError, Refused
from shared.domain.sessions import ContactReference

LONGEST_ORIGIN = 300


@contextlib.asynccontextmanager
async def diagnosable(request: func.HttpRequest, widget_key: str, contact: ContactReference) -> AsyncIterator[None]:
    """Give the refusal of what is done here a diagnosis id. Whoever is refused learns nothing from it."""
    try:
        yield
    except (Refused, Busy, NobodyToTell, ChallengeRefused, PortError) as error:
        # What counts as the page's origin; else what stands in its place, such as `null`.
        origin = (caller(request).name or request.headers.get("origin") or "")[:LONGEST_ORIGIN]
        # Where even this cannot be found out, the refusal alone has to do.
        with contextlib.suppress(PortError):
            error.diagnosis = await bootstrap.application().refusals.seal(error, widget_key, contact, origin)
        raise
