"""What the people know: what each of them wrote, in which conversation, and what was shown to them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

NAME = "Carla Customer"
_TOKEN = re.compile(r"\b([ca]\d+n\d+)\b")
SENT_AGAIN = "(sent again)"


@dataclass
class Conversation:
    """One customer and the agent who has accepted; texts are tokens of their own, like `c17n3` and `a17n3`.

    `agents` are all who were shown the conversation: more than one is a fault. `trouble` is what somebody
    complained of.
    """

    number: int
    service_id: str
    is_native: bool
    is_limited: bool
    customer_ends: bool
    session_id: str = ""
    thread_id: str = ""
    written: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    all_answered: asyncio.Event = field(default_factory=asyncio.Event)
    all_written: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: list[str] = field(default_factory=list)

    @property
    def customer(self) -> str:
        return f"{NAME} {self.number}"

    @property
    def is_complete(self) -> bool:
        """Whether both sides have written all and been shown all."""
        both = self.all_written.is_set() and self.all_answered.is_set()
        return both and self.shown.issuperset(self.written) and self.read.issuperset(self.answered)


@dataclass
class Ledger:
    """All conversations; `at_work` finds them by their sessions."""

    conversations: list[Conversation]
    at_work: dict[str, Conversation] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        return sum(len(one.written) + len(one.answered) for one in self.conversations)

    def shown_to_agent(self, text: str) -> None:
        token = token_in(text)
        if token and token.startswith("c"):
            self.conversations[number_of(token)].shown.add(token)


def token_in(text: str) -> str:
    """The token of a message; empty where it is none of ours."""
    found = _TOKEN.search(text)
    return found[1] if found else ""


def number_of(token: str) -> int:
    """The number of the conversation to which a token belongs."""
    return int(token[1:].partition("n")[0])
