"""A timer message, as a pydantic model. Imported inside functions only."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class TimerBody(BaseModel):
    """Which session to look at, from when on, and why; there are no texts in it."""

    model_config = ConfigDict(extra="forbid")

    session: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Annotated[str, Field(min_length=1, max_length=128)]
    due: AwareDatetime
