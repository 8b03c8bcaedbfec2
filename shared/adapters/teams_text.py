"""Texts of customers, shown to agents as they were typed: no HTML, no Markdown, no card functions, no bidi tricks.

Teams reads the texts of messages and cards as Markdown (CommonMark); cards also know `{{DATE(…)}}`. What would mean
something is escaped, nothing more: Teams makes links of addresses only where they stand unescaped.
"""

from __future__ import annotations

import re
import unicodedata

from shared.domain.characters import well_formed, without_reordering

_FIRST_STRONG_ISOLATE, _POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_INLINE = re.compile(r"[\\`*\[\]{}|]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_BLOCK_START = re.compile(r"(?:[#+=-]|\d{1,9}(?=[.)]))")
SUMMARY_LENGTH = 120


def one_line(text: str) -> str:
    """A name, for places that show plain text: on one line, without controls, isolated where it runs right to left."""
    return _isolated(" ".join(_cleaned(_LINE_ENDS.sub(" ", text)).split()))


def markdown_line(text: str) -> str:
    """A name, for places that read Markdown."""
    return _isolated(_escaped(" ".join(_cleaned(_LINE_ENDS.sub(" ", text)).split())))


def markdown(text: str) -> str:
    """A text of any length, for places that read Markdown; each of its lines becomes a paragraph."""
    # Without the blanks at its start, which would make a line code.
    lines = (_cleaned(line).strip() for line in _LINE_ENDS.split(text))
    return "\n\n".join(_isolated(_escaped(line)) for line in lines if line)


def field_text(text: str) -> str:
    """A text of any length, for input fields, which show everything as it is."""
    return well_formed(text)


def shortened(text: str, length: int = SUMMARY_LENGTH) -> str:
    """The beginning of a text on one line, for notifications."""
    line = one_line(text)
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def _cleaned(text: str) -> str:
    return _CONTROLS.sub("", without_reordering(well_formed(text)))


def _escaped(text: str) -> str:
    start = _BLOCK_START.match(text)
    text = _INLINE.sub(lambda match: "\\" + match.group(), text)
    if start is not None:
        # A sign of a list, a heading or a line; after a number its full stop or bracket.
        at = 0 if not start.group()[0].isdigit() else start.end()
        text = f"{text[:at]}\\{text[at:]}"
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _isolated(text: str) -> str:
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_DIRECTIONAL_ISOLATE}"
    return text
