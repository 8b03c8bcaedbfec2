"""By which words a document is found: those of its names and of its id, each by its beginning."""

from __future__ import annotations

import re

from shared.domain.documents import Document, name_of
from shared.domain.users import User

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
"""Each is a row of its own, written in the transaction of the document."""
LONGEST_WORD = 40


def words_of(document: Document) -> tuple[str, ...]:
    """The words by which a document is found."""
    upn = document.upn if isinstance(document, User) else ""
    return words_in(f"{name_of(document)} {document.id} {upn}")[:MOST_WORDS]


def words_in(text: str) -> tuple[str, ...]:
    """The words of a name, or of what was typed, in lower case."""
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(text.casefold())))


def matches(document: Document, searched: tuple[str, ...]) -> bool:
    """Whether every word of a search is the beginning of a word of the document."""
    known = words_of(document)
    return all(any(word.startswith(one) for word in known) for one in searched)
