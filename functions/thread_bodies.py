"""Bodies and answers of a session's own thread, as pydantic models; imported inside functions only."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from functions.widget_bodies import Body, Given
from functions.widget_values import DESCRIBED_MESSAGE, Moment, message_text


class PostBody(Body):
    """A message of the visitor; with the same `clientMessageId` it is the same message."""

    text: Annotated[
        str,
        AfterValidator(message_text),
        Field(examples=["Do you deliver to Basel?"], json_schema_extra=DESCRIBED_MESSAGE),
    ]
    client_message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,128}$", examples=["Zk3vN8qS1yT5uW7xA9bC2d"])]


class PostedAnswer(Given):
    """The message is in the thread, at this place."""

    id: str
    sequence: int


class ThreadMessageAnswer(Given):
    """One message; `metadata` says of the visitor's own its `clientMessageId`, of others `kind` and `event`."""

    id: str
    sequence: int
    created_on: Moment
    sender_id: str
    sender_name: str
    text: str
    metadata: dict[str, str]


class ThreadAnswer(Given):
    """Messages in their order."""

    messages: list[ThreadMessageAnswer]
