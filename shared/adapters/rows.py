"""How keys and long texts are written into rows of Table Storage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

TEXT_LIMIT = 32_000
"""Characters (UTF-16 code units) in one property; the service's limit is 64 KiB."""

_PLAIN = "@!$&()*+,;=-._~|"


def part(value: str) -> str:
    """One part of a key, percent-encoded: no `/ \\ # ? % ' :`, no blanks, nothing beyond ASCII."""
    return quote(value, safe=_PLAIN)


def key(*parts: str) -> str:
    """A row key of several parts, joined with colons."""
    return ":".join(part(one) for one in parts)


def parts(row_key: str) -> tuple[str, ...]:
    """The parts that `key` was made of."""
    return tuple(unquote(one) for one in row_key.split(":"))


def prefix(*first_parts: str) -> tuple[str, str]:
    """The range of all keys that begin with these parts and have more: from, before."""
    start = key(*first_parts)
    return f"{start}:", f"{start};"


def sortable(moment: datetime) -> str:
    """A time as text that sorts as the times do, exact to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def from_sortable(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def text_properties(name: str, text: str) -> dict[str, str]:
    """A text as as many properties as it needs: name, name_1, name_2, …"""
    size = TEXT_LIMIT if text.isascii() or max(text) <= "\uffff" else TEXT_LIMIT // 2
    pieces = [text[start : start + size] for start in range(0, len(text), size)] or [""]
    return {name if index == 0 else f"{name}_{index}": piece for index, piece in enumerate(pieces)}


def joined_text(name: str, values: Mapping[str, Any]) -> str:
    """The text that `text_properties` took apart."""
    pieces = [str(values.get(name, ""))]
    while (following := f"{name}_{len(pieces)}") in values:
        pieces.append(str(values[following]))
    return "".join(pieces)
