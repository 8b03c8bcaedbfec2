"""What agents read: complete in every language, with the same places to be filled."""

from __future__ import annotations

import re
import string

import pytest

from shared.domain.agent_commands import Command
from shared.domain.agent_texts import CATALOGUE, agent_text
from shared.domain.availability import TeamsPresence
from shared.domain.distribution import LeftOut

ENGLISH = CATALOGUE["en"]
OTHERS = sorted(set(CATALOGUE) - {"en"})


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_with_the_same_places(language: str) -> None:
    texts = CATALOGUE[language]
    assert list(texts) == list(ENGLISH)
    assert {key: places(text) for key, text in texts.items()} == {key: places(text) for key, text in ENGLISH.items()}


@pytest.mark.parametrize("language", sorted(CATALOGUE))
def test_texts_are_plain(language: str) -> None:
    for key, text in CATALOGUE[language].items():
        assert text == text.strip() != "", key
        assert not re.search(r"[<>*_`\[\]]|\s\s", text), key
        assert all(name.isidentifier() for name in places(text)), key


def test_whatever_the_core_can_name_has_a_text() -> None:
    assert {f"presence_{presence.value}" for presence in TeamsPresence} <= set(ENGLISH)
    assert {f"reason_{reason.value}" for reason in LeftOut} <= set(ENGLISH)
    assert {f"help_{command.value}" for command in Command} <= set(ENGLISH)


def test_places_are_filled_and_a_value_is_never_a_template() -> None:
    assert agent_text("sent", "en", customer="{agent} $(User.Upn)") == "Sent to {agent} $(User.Upn)."
    assert agent_text("sent", "de", customer="Carla") == "An Carla gesendet."


def test_a_language_that_there_is_not_is_english() -> None:
    assert agent_text("end", "fr") == "End"


def test_a_text_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        agent_text("nonsense", "en")
