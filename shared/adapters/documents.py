"""Frozen dataclasses of the domain as JSON and back, by pydantic."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, cast

from shared.domain.effects import Effect

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = TypeVar("Value")


def to_json(value: Any) -> str:
    """The value's own type decides its form; lone surrogates, which no JSON can carry, become question marks."""
    adapter = _adapter(type(value))
    try:
        return adapter.dump_json(value).decode()
    except ValueError:
        plain = adapter.dump_python(value, mode="python")
        return _adapter(object).dump_json(_without_surrogates(plain)).decode()


def from_json(kind: type[Value], text: str) -> Value:
    return cast(Value, _adapter(kind).validate_json(text))


def effect_from_json(text: str) -> Effect:
    return cast(Effect, _effects().validate_json(text))


@functools.cache
def _adapter_of(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    return _adapter_of(kind)


@functools.cache
def _effects() -> TypeAdapter[Any]:
    from typing import Annotated

    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Effect, Field(discriminator="kind")])


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(one) for name, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_without_surrogates(one) for one in value]
    return value
