"""Characters that do something where a text is read: known in one place."""

from __future__ import annotations

import re
import sys

import pytest

from shared.domain.characters import PLAIN_PATTERN, REORDERING, is_plain, plain, well_formed, without_reordering

ACTING = ["\x00", "\t", "\n", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ud800"]


@pytest.mark.parametrize("character", ACTING, ids=ascii)
def test_what_does_something_makes_a_text_not_plain_and_is_left_out(character: str) -> None:
    assert not is_plain(f"Car{character}la")
    assert plain(f"Car{character}la") == "Carla"


@pytest.mark.parametrize("text", ["", "Zoë O’Neill", "محمد", "דוד", "李雷", "🦊‍👩", "a\u200e b"])
def test_names_of_every_script_are_plain(text: str) -> None:
    assert is_plain(text)
    assert plain(text) == text


def test_the_description_says_the_same_but_for_surrogates() -> None:
    described = re.compile(rf"{PLAIN_PATTERN}\Z")
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code <= 0xDFFF:
            assert (described.match(chr(code)) is not None) == is_plain(chr(code)), hex(code)


def test_lines_stay_where_only_the_order_is_restored() -> None:
    assert without_reordering(f"one\ntwo {''.join(REORDERING)}three") == "one\ntwo three"


def test_half_a_character_becomes_a_question_mark() -> None:
    assert well_formed("fox \ud83e, \U0001f98a") == "fox ?, \U0001f98a"
