"""Reads JSON bodies of requests."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


class NotJsonError(Exception):
    """The body is not one JSON object."""


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object; raises NotJsonError."""
    try:
        document = json.loads(await request.body())
    except ValueError as error:
        raise NotJsonError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise NotJsonError("the body is not a JSON object")
    return document
