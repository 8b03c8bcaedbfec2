"""The request bodies of the REST API."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from local.acs.errors import bad_request


class Body(BaseModel):
    """Unknown members are ignored, as the service does."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class CreateIdentityBody(Body):
    create_token_with_scopes: list[str] | None = None
    expires_in_minutes: int | None = None


class IssueTokenBody(Body):
    scopes: list[str]
    expires_in_minutes: int | None = None


class ParticipantBody(Body):
    communication_identifier: dict[str, Any]
    display_name: str | None = None
    share_history_time: str | None = None


class CreateThreadBody(Body):
    topic: str
    participants: list[ParticipantBody] = Field(default_factory=list)


class UpdateThreadBody(Body):
    topic: str


class AddParticipantsBody(Body):
    participants: list[ParticipantBody] = Field(min_length=1)


class SendMessageBody(Body):
    content: str
    type: Literal["text", "html"] = "text"
    sender_display_name: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class UpdateMessageBody(Body):
    content: str | None = None
    metadata: dict[str, str] | None = None


class TypingBody(Body):
    sender_display_name: str | None = None


class ReadReceiptBody(Body):
    chat_message_id: str


class IdentifierBody(BaseModel):
    model_config = ConfigDict(extra="allow")


Parsed = TypeVar("Parsed", bound=BaseModel)


def parse(model: type[Parsed], body: bytes) -> Parsed:
    """The body as `model`; an empty one counts as `{}`; raises 400 that names the first wrong member."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        member = ".".join(str(part) for part in first["loc"])
        raise bad_request(f"The request body is not valid: {member or 'body'}: {first['msg']}.") from error
