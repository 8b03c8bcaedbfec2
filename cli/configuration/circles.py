"""Who waits for whom, and who for themselves in the end."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cli.configuration.documents import Key

Waits = Mapping[Key, Collection[Key]]
"""Each document with those that have to be written before it."""


def circling(waits: Waits) -> set[Key]:
    """Those that wait for themselves in the end."""
    return {key for key in waits if key in _behind(key, waits)}


def _behind(key: Key, waits: Waits) -> set[Key]:
    found: set[Key] = set()
    left = list(waits.get(key, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += waits.get(one, ())
    return found
