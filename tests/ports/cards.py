"""Reads Adaptive Cards as Teams does: strictly by the schema of version 1.5."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema

Element = dict[str, Any]


@functools.cache
def _validator() -> Any:
    schema = json.loads(files("adaptive_cards").joinpath("schemas/schema-1.5.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def faults(card: Any) -> list[str]:
    """What the schema says against a card."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(card)]


def elements(node: Any) -> Iterator[Element]:
    """All elements that are shown; fallbacks, data and what refreshes a card are not."""
    if isinstance(node, list):
        for one in node:
            yield from elements(one)
    elif isinstance(node, dict):
        if "type" in node:
            yield node
        for name, value in node.items():
            if name not in ("fallback", "data", "refresh"):
                yield from elements(value)


def buttons(card: Any) -> dict[str, Element]:
    """Buttons by title."""
    return {one["title"]: one for one in elements(card) if one["type"].startswith("Action.")}


def texts(card: Any) -> list[str]:
    """The texts of all blocks."""
    return [one["text"] for one in elements(card) if one["type"] == "TextBlock"]


def facts(card: Any) -> dict[str, str]:
    found = [fact for one in elements(card) if one["type"] == "FactSet" for fact in one["facts"]]
    return {fact["title"]: fact["value"] for fact in found}


def fields(card: Any) -> list[Element]:
    return [one for one in elements(card) if one["type"].startswith("Input.")]
