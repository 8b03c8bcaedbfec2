"""Characters that do something in a text which somebody else reads, or that no text can have: known in one place.

Control characters and ends of lines break a line in a card, a log or a name; those that reorder let a name pretend to
be another one; lone surrogates, half of a character, are in no UTF-8.
"""

from __future__ import annotations

import re
import unicodedata

UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, surrogates, ends of lines and of paragraphs."""
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates: they change the direction of what follows."""
PLAIN_PATTERN = r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*"
"""The same for JSON Schema, which cannot say the surrogates."""

_REORDERING = re.compile(f"[{''.join(sorted(REORDERING))}]")


def is_plain(text: str) -> bool:
    """Whether every character only stands for itself."""
    return not any(map(_acts, text))


def plain(text: str) -> str:
    """The text without the characters that do something."""
    return "".join(character for character in text if not _acts(character))


def without_reordering(text: str) -> str:
    """The text in the order in which it is written; its lines stay."""
    return _REORDERING.sub("", text)


def well_formed(text: str) -> str:
    """The text with a question mark for each lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def _acts(character: str) -> bool:
    return character in REORDERING or unicodedata.category(character) in UNPRINTABLE
