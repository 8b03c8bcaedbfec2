"""Which texts of an agent are commands."""

from __future__ import annotations

import pytest

from shared.domain.agent_commands import WORDS, Command, Written, command_in


def test_every_command_has_words_of_its_own() -> None:
    words = [word for named in WORDS.values() for word in named]
    assert set(WORDS) == set(Command)
    assert len(words) == len(set(words))
    assert all(word == word.casefold() and word.isalpha() for word in words)


@pytest.mark.parametrize(("command", "word"), [(command, word) for command, words in WORDS.items() for word in words])
def test_a_word_is_a_command_with_and_without_a_slash_in_any_case(command: Command, word: str) -> None:
    for written in (word, word.upper(), word.title(), f"  {word}\n", f"{word}!", f"{word}?"):
        assert command_in(written) == Written(word, False, command)
    for written in (f"/{word}", f"/{word.upper()}", f" /{word} ", f"/{word}.", f"/{word} please"):
        assert command_in(written) == Written(word, True, command)


@pytest.mark.parametrize("text", ["/sttaus", "/Offf", "/shrug", "/ende jetzt", "/größe"])
def test_an_unknown_word_with_a_slash_is_a_command_that_there_is_not(text: str) -> None:
    written = command_in(text)
    assert written is not None
    assert (written.slashed, written.command) == (True, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "/",
        "//",
        "/ status",
        "// a comment",
        "/var/log",
        "/2",
        "/1st",
        "1/2",
        "and/or",
        "hello",
        "on time",
        "turn it off",
        "status: shipped",
        "my status",
        "😀",
        "/😀",
        "on\noff",
    ],
)
def test_everything_else_is_a_message(text: str) -> None:
    assert command_in(text) is None


def test_a_very_long_word_is_cut_for_the_answer_that_quotes_it() -> None:
    written = command_in("/" + "x" * 5_000)
    assert written is not None
    assert len(written.word) == 40
