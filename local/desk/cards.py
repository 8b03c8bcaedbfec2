"""Finds a button in an Adaptive Card and merges inputs into its data, as a renderer does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PRESSABLE = ("Action.Execute", "Action.Submit")


def find_action(card: Any, *, verb: str = "", title: str = "") -> dict[str, Any] | None:
    """The first button with this verb or title anywhere in the card."""
    for action in _actions(card):
        if verb and (action.get("verb") or _data(action).get("verb")) == verb:
            return action
        if title and action.get("title") == title:
            return action
    return None


def pressed(card: Any, action: dict[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The action with the inputs merged into its data; `associatedInputs: none` takes none."""
    values: dict[str, Any] = {}
    if str(action.get("associatedInputs", "auto")).lower() != "none":
        for element in _inputs(card):
            identifier = element["id"]
            if identifier in inputs:
                values[identifier] = inputs[identifier]
            elif "value" in element:
                values[identifier] = element["value"]
    kept: dict[str, Any] = {key: action[key] for key in ("type", "id", "title", "verb") if key in action}
    return {**kept, "data": {**_data(action), **values}}


def refresh_of(card: Any, account: str) -> dict[str, Any] | None:
    """The action with which a card asks for itself anew when this user opens it, if it does."""
    refresh = card.get("refresh") if isinstance(card, dict) else None
    action = refresh.get("action") if isinstance(refresh, dict) else None
    if not isinstance(refresh, dict) or not isinstance(action, dict) or action.get("type") != "Action.Execute":
        return None
    # Without a list all members of a small chat count; an empty one names nobody.
    named = refresh.get("userIds")
    return pressed({}, action, {}) if named is None or account in named else None


def _data(action: Mapping[str, Any]) -> dict[str, Any]:
    data = action.get("data")
    return dict(data) if isinstance(data, dict) else {}


def _actions(node: Any) -> Iterator[dict[str, Any]]:
    for element in _elements(node):
        if element.get("type") in PRESSABLE:
            yield element


def _inputs(node: Any) -> Iterator[dict[str, Any]]:
    for element in _elements(node):
        if str(element.get("type", "")).startswith("Input.") and "id" in element:
            yield element


def _elements(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the card, outer before inner; fallbacks are not shown, and so not searched."""
    if isinstance(node, list):
        for item in node:
            yield from _elements(item)
    elif isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("fallback", "data", "refresh"):
                yield from _elements(value)
