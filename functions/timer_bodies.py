"""Timer messages, as pydantic models. Imported inside functions only."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class PresenceTurn(BaseModel):
    """Whose watched contacts to look at, and the turn that this is."""

    model_config = ConfigDict(extra="forbid")

    tenant: Annotated[str, Field(min_length=1, max_length=128)]
    turn: Annotated[int, Field(ge=1)]


class TimerBody(BaseModel):
    """Which session to look at, from when on, and why; there are no texts in it."""

    model_config = ConfigDict(extra="forbid")

    session: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Annotated[str, Field(min_length=1, max_length=128)]
    due: AwareDatetime
