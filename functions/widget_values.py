"""Single values of the widget API: what a name, an address, a message and a time have to be, and their description.

Imported inside functions only, as `widget_bodies` is, for which they are made.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from shared.domain.characters import PLAIN_PATTERN, is_plain
from shared.domain.parameters import CUSTOM_NAME, LONGEST_CUSTOM, MOST_CUSTOM, check_custom

LONGEST_ID = 128
LONGEST_PAGE = 2_000
LONGEST_NAME = 100
LONGEST_EMAIL = 254
LONGEST_MESSAGE = 7_000
LONGEST_MESSAGE_BYTES = 28_000
"""Bytes that the message takes as JSON; ACS refuses more than 28 KB. The widget counts in the same way."""
EMAIL = re.compile(r"""[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+\.[^\s@.<>"(),;:\\[\]]+\Z""")


def _name(value: str) -> str:
    trimmed = value.strip()
    if not is_plain(trimmed):
        raise ValueError("must not contain control characters")
    if not 1 <= len(trimmed) <= LONGEST_NAME:
        raise ValueError(f"must have 1 to {LONGEST_NAME} characters")
    return trimmed


def _email(value: str) -> str:
    trimmed = value.strip()
    if len(trimmed) > LONGEST_EMAIL or not EMAIL.match(trimmed):
        raise ValueError(f"must be an e-mail address of at most {LONGEST_EMAIL} characters")
    return trimmed


def message_text(value: str) -> str:
    """Raises ValueError for a text that no messaging service takes."""
    if not value.strip():
        raise ValueError("must not be empty")
    if len(value) > LONGEST_MESSAGE or len(json.dumps(value, ensure_ascii=False).encode()) > LONGEST_MESSAGE_BYTES:
        raise ValueError(f"must have at most {LONGEST_MESSAGE} characters and {LONGEST_MESSAGE_BYTES} bytes")
    return value


def _parameters(values: dict[str, str]) -> dict[str, str]:
    findings = check_custom(values, "parameters")
    if findings:
        raise ValueError(findings[0].explanation)
    return values


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds, in UTC as `Z`."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]
Moment = Annotated[datetime, PlainSerializer(iso, return_type=str), Field(json_schema_extra={"format": "date-time"})]
Modality = Literal["instantMessaging", "audioVideo"]
ChallengeToken = Annotated[str, Field(max_length=8192)]
"""What the challenge's provider gave the page; Turnstile's have up to 2,048 characters, hCaptcha's perhaps more."""


DESCRIBED_PARAMETERS: dict[str, Any] = {
    "maxProperties": MOST_CUSTOM,
    "propertyNames": {"pattern": f"^{CUSTOM_NAME.pattern}$"},
    "additionalProperties": {"type": "string", "maxLength": LONGEST_CUSTOM},
}
"""What validators check, for the description; each rule of theirs that JSON Schema can say."""
DESCRIBED_NAME: dict[str, Any] = {"maxLength": LONGEST_NAME, "pattern": rf"^{PLAIN_PATTERN}\S{PLAIN_PATTERN}$"}
DESCRIBED_EMAIL: dict[str, Any] = {
    "maxLength": LONGEST_EMAIL,
    "pattern": r"""^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+\.[^\s@.<>"(),;:\\[\]]+$""",
}
DESCRIBED_MESSAGE: dict[str, Any] = {"maxLength": LONGEST_MESSAGE, "pattern": r"\S"}
Parameters = Annotated[
    dict[str, str],
    AfterValidator(_parameters),
    Field(examples=[{"orderNumber": "4711"}], json_schema_extra=DESCRIBED_PARAMETERS),
]
Name = Annotated[
    str,
    AfterValidator(_name),
    Field(max_length=4 * LONGEST_NAME, examples=["Carla Customer"], json_schema_extra=DESCRIBED_NAME),
]
Email = Annotated[
    str,
    AfterValidator(_email),
    Field(max_length=2 * LONGEST_EMAIL, examples=["carla@example.org"], json_schema_extra=DESCRIBED_EMAIL),
]
Message = Annotated[
    str,
    AfterValidator(message_text),
    Field(examples=["Do you deliver to Basel?"], json_schema_extra=DESCRIBED_MESSAGE),
]
