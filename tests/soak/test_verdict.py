"""What is judged to be a broken promise, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.soak.ledger import Conversation, token_in
from tests.soak.verdict import Shown, Verdict, judge_agent_side, judge_customer_side, judge_people

ONE, TWO, THREE = "c7n0", "c7n1", "c7n2"


@pytest.fixture
def conversation() -> Conversation:
    made = Conversation(7, "service", is_native=False, is_limited=False, customer_ends=True)
    made.written += [ONE, TWO, THREE]
    made.answered += ["a7n0", "a7n1"]
    return made


def _shown(*tokens: str) -> list[Shown]:
    """A token with a star was marked as sent again."""
    return [Shown(token.rstrip("*"), token.endswith("*")) for token in tokens]


@pytest.mark.parametrize(
    ("shown", "what"),
    [
        ((ONE, THREE), "losses"),
        ((ONE, THREE, TWO), "order_faults"),
        ((ONE, ONE, TWO, THREE), "unmarked"),
        ((ONE, TWO, f"{ONE}*", THREE), "order_faults"),
    ],
)
def test_on_the_agent_s_side(conversation: Conversation, shown: tuple[str, ...], what: str) -> None:
    verdict = Verdict()
    judge_agent_side(verdict, conversation, _shown(*shown))
    assert getattr(verdict, what) == 1
    assert not verdict.is_good


def test_a_repeat_right_behind_and_marked_is_no_fault(conversation: Conversation) -> None:
    verdict = Verdict()
    judge_agent_side(verdict, conversation, _shown(ONE, f"{ONE}*", f"{TWO}*", THREE))
    assert (verdict.in_doubt, verdict.repeats) == (2, 1)
    assert verdict.is_good


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (["a7n0"], "losses"),
        (["a7n0", "a7n0", "a7n1"], "doubles"),
        (["a7n1", "a7n0"], "order_faults"),
    ],
)
def test_on_the_customer_s_side(conversation: Conversation, read: list[str], what: str) -> None:
    verdict = Verdict()
    judge_customer_side(verdict, conversation, read)
    assert getattr(verdict, what) == 1
    assert not verdict.is_good


def test_everything_once_and_in_order_is_good(conversation: Conversation) -> None:
    verdict = Verdict()
    judge_customer_side(verdict, conversation, ["a7n0", "a7n1"])
    judge_agent_side(verdict, conversation, _shown(ONE, TWO, THREE))
    judge_people(verdict, conversation)
    assert verdict.is_good


def _taken_by_two(conversation: Conversation) -> None:
    conversation.agents += ["mario", "luisa"]


def _without_an_end(conversation: Conversation) -> None:
    conversation.trouble.append("the session does not end")


@pytest.mark.parametrize(("happens", "what"), [(_taken_by_two, "double_offers"), (_without_an_end, "unfinished")])
def test_on_people(conversation: Conversation, happens: Callable[[Conversation], None], what: str) -> None:
    verdict = Verdict()
    happens(conversation)
    judge_people(verdict, conversation)
    assert getattr(verdict, what) == 1


def test_a_token_is_found_in_whatever_surrounds_it() -> None:
    assert token_in("**Carla Customer 7:** _(sent again)_ c7n12") == "c7n12"
    assert token_in("You have accepted this conversation.") == ""
