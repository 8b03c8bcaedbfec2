"""Stand-ins for the protobuf messages between the Functions host and the Python engine.

The engine only reads attributes, asks `WhichOneof`, and builds messages through the namespace `MESSAGES`; it probes for
absent attributes, which therefore have to raise AttributeError.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


class Message:
    """A bag of the fields that were set."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(sorted(self.__dict__))})"


class TypedData(Message):
    """One value with its kind: only one of the fields is there."""

    string: str
    bytes: bytes
    json: str
    http: HttpData

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - the engine calls this protobuf name
        return next(iter(self.__dict__), None)


class ParameterBinding(Message):
    """A parameter's `name` and its `data`."""

    name: str
    data: TypedData | None

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - the engine calls this protobuf name
        return "data"


class HttpData(Message):
    """A request or a response; where the engine leaves fields out, they are empty as in protobuf."""

    headers: Mapping[str, str]
    status_code: str

    def __init__(self, **fields: Any) -> None:
        super().__init__(method="", url="", headers={}, params={}, query={}, status_code="")
        self.__dict__.update(fields)
        self.body: TypedData = fields.get("body") or TypedData()
        self.cookies: list[Message] = fields.get("cookies") or []


class StatusResult(Message):
    """How an operation of the engine ended."""

    Failure, Success, Cancelled = 0, 1, 2
    status: int


class BindingInfo(Message):
    """A binding's direction; the numbers are those of azure.functions' BindingDirection and DataType."""

    undefined, out, inout = 0, 1, 2


class SameSite:
    """The values of a cookie's attribute of that name; `None` is set below, as it is a keyword."""

    Lax, Strict, ExplicitNone = 1, 2, 3


setattr(SameSite, "None", 0)


class HttpCookie(Message):
    """A cookie; attributes that were not set are None, the others are wrapped in a message with `value`."""

    SameSite = SameSite


MESSAGES = SimpleNamespace(
    TypedData=TypedData,
    ParameterBinding=ParameterBinding,
    RpcHttp=HttpData,
    RpcHttpCookie=HttpCookie,
    StatusResult=StatusResult,
    BindingInfo=BindingInfo,
    Timestamp=Message,
    **{
        name: type(name, (Message,), {})
        for name in (
            "WorkerInitResponse",
            "WorkerMetadata",
            "FunctionMetadataResponse",
            "FunctionLoadResponse",
            "InvocationResponse",
            "RpcFunctionMetadata",
            "RpcRetryOptions",
            "RpcException",
            "NullableString",
            "NullableBool",
            "NullableDouble",
            "NullableTimestamp",
        )
    },
)


def text(value: str) -> TypedData:
    """A string as the host sends it."""
    return TypedData(string=value)


def as_json(value: object) -> TypedData:
    """Anything else as the host sends it."""
    return TypedData(json=json.dumps(value))
