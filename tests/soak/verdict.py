"""What came of a run: what each side was shown against what the other wrote, and what storage still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.soak.ledger import Conversation


@dataclass
class Verdict:
    """`in_doubt`: messages marked as sent again; `repeats`: those of them that the agent had seen before.

    All other numbers have to be 0, each with a line in `findings`.
    """

    conversations: int = 0
    messages: int = 0
    in_doubt: int = 0
    repeats: int = 0
    losses: int = 0
    doubles: int = 0
    order_faults: int = 0
    unmarked: int = 0
    double_offers: int = 0
    stuck_agents: int = 0
    left_over: int = 0
    effects_pending: int = 0
    poisoned: int = 0
    unfinished: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.findings and self.repeats <= self.in_doubt

    def find(self, what: str, finding: str, count: int = 1) -> None:
        """Count a broken promise and say where."""
        setattr(self, what, getattr(self, what) + count)
        self.findings.append(finding)


@dataclass(frozen=True)
class Shown:
    """A customer's message as the agent saw it."""

    token: str
    is_marked: bool


def judge_customer_side(verdict: Verdict, conversation: Conversation, read: Sequence[str]) -> None:
    """Every message of the agent exactly once, in order."""
    name = f"conversation {conversation.number} ({conversation.session_id})"
    for token in dict.fromkeys(conversation.answered):
        if token not in read:
            verdict.find("losses", f"{name}: the customer was not shown {token}")
    extra = len(read) - len(set(read))
    if extra:
        verdict.find("doubles", f"{name}: the customer was shown something twice: {list(read)}", extra)
    if [token for token in read if token in conversation.answered] != conversation.answered and not extra:
        verdict.find("order_faults", f"{name}: the customer was shown {list(read)}")


def judge_agent_side(verdict: Verdict, conversation: Conversation, shown: Sequence[Shown]) -> None:
    """Every message of the customer, in order; repeated directly after itself and marked, or not at all."""
    name = f"conversation {conversation.number} ({conversation.session_id})"
    verdict.in_doubt += sum(one.is_marked for one in shown)
    for token in conversation.written:
        if all(one.token != token for one in shown):
            verdict.find("losses", f"{name}: the agent was not shown {token}")
    for before, one in pairwise(shown):
        if one.token == before.token:
            verdict.repeats += 1
            if not one.is_marked:
                verdict.find("unmarked", f"{name}: {one.token} is repeated without a mark")
    once = [one.token for number, one in enumerate(shown) if not number or shown[number - 1].token != one.token]
    if once != [token for token in conversation.written if token in once]:
        verdict.find("order_faults", f"{name}: the agent was shown {once}")


def judge_people(verdict: Verdict, conversation: Conversation) -> None:
    """Nobody had to complain, and one agent has accepted."""
    name = f"conversation {conversation.number} ({conversation.session_id})"
    if len(set(conversation.agents)) > 1:
        verdict.find("double_offers", f"{name}: accepted by {conversation.agents}")
    for complaint in conversation.trouble:
        verdict.find("unfinished", f"{name}: {complaint}")
