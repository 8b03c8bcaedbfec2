"""Frozen dataclasses of the domain as JSON and back, by pydantic."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar, cast

from shared.domain.characters import well_formed
from shared.domain.effects import Effect
from shared.domain.errors import Unreadable

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
    """Raises Unreadable where the text does not fit the type; the error names places and quotes nothing."""
    return cast(Value, _read(_adapter(kind), text, kind.__name__.lstrip("_")))


def effect_from_json(text: str) -> Effect:
    """Raises Unreadable as `from_json` does."""
    return cast(Effect, _read(_effects(), text, "Effect"))


def _read(adapter: TypeAdapter[Any], text: str, name: str) -> Any:
    from pydantic import ValidationError

    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    places = [".".join(str(part) for part in one["loc"]) or "text" for one in found]
    # Out here, so that the error does not take along what it was caused by: that quotes what persons have written.
    raise Unreadable(f"a stored {name}", places)


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
        return well_formed(value)
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(one) for name, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_without_surrogates(one) for one in value]
    return value
