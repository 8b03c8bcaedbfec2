"""Commands that agents write to the bot, in English and German; the table has one line for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    STATUS = "status"
    ON = "on"
    OFF = "off"
    HELP = "help"
    TASKS = "tasks"


WORDS: dict[Command, tuple[str, ...]] = {
    Command.STATUS: ("status",),
    Command.ON: ("on", "an"),
    Command.OFF: ("off", "aus"),
    Command.HELP: ("help", "hilfe"),
    Command.TASKS: ("tasks", "aufgaben"),
}

_COMMANDS = {word: command for command, words in WORDS.items() for word in words}
_SLASHED = re.compile(r"/([^\W\d_]+)[.!?]*(?:\s|$)")
"""A slash and a word of letters; a path such as /var/log or a date such as 1/2 is a message."""
_PLAIN = re.compile(r"([^\W\d_]+)[.!?]*")
LONGEST_WORD = 40


@dataclass(frozen=True)
class Written:
    """A text that may be a command; `command` None with a slash is one that there is not. `word` is what was meant."""

    word: str
    slashed: bool
    command: Command | None


def command_in(text: str) -> Written | None:
    """What a text says if it is a command; None for a message.

    A word with a slash is never a message, whatever follows it. A word alone is only a command for agents without an
    open conversation, which is for the caller to know.
    """
    said = text.strip()
    slashed = _SLASHED.match(said)
    if slashed is not None:
        word = slashed[1].casefold()
        return Written(word[:LONGEST_WORD], True, _COMMANDS.get(word))
    plain = _PLAIN.fullmatch(said)
    if plain is None or plain[1].casefold() not in _COMMANDS:
        return None
    word = plain[1].casefold()
    return Written(word, False, _COMMANDS[word])
