"""Rate limits per conversation, on a clock of our own."""

from __future__ import annotations

from local.desk.limits import ConversationLimits, retry_after


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_seven_operations_in_a_second_then_wait_for_the_first_to_pass() -> None:
    clock = FakeClock()
    limits = ConversationLimits(1, clock)

    assert [limits.admit("a") for _ in range(7)] == [0.0] * 7
    clock.now += 0.25
    assert limits.admit("a") == 0.75
    clock.now += 0.75
    assert limits.admit("a") == 0.0


def test_sixty_operations_in_thirty_seconds() -> None:
    clock = FakeClock()
    limits = ConversationLimits(1, clock)
    for _ in range(60):
        assert limits.admit("a") == 0.0
        clock.now += 0.25

    assert limits.admit("a") == 15.0
    clock.now += 15.0
    assert limits.admit("a") == 0.0


def test_eighteen_hundred_operations_in_an_hour() -> None:
    clock = FakeClock()
    limits = ConversationLimits(1, clock)
    for _ in range(1800):
        assert limits.admit("a") == 0.0
        clock.now += 0.6

    assert round(limits.admit("a")) == 3600 - 1080


def test_a_refused_operation_does_not_count_and_conversations_are_apart() -> None:
    clock = FakeClock()
    limits = ConversationLimits(1, clock)
    for _ in range(20):
        limits.admit("a")

    clock.now += 1.0
    assert limits.admit("a") == 0.0
    assert limits.admit("b") == 0.0


def test_one_conversation_can_have_another_factor_than_the_others() -> None:
    limits = ConversationLimits(100, FakeClock())
    limits.set_factor("slow", 0.2)

    assert [limits.admit("slow") for _ in range(2)] == [0.0, 1.0]
    assert [limits.admit("other") for _ in range(20)] == [0.0] * 20


def test_the_factor_multiplies_every_limit() -> None:
    assert ConversationLimits(0.5).describe() == "4 in 1 s, 30 in 30 s, 900 in 3600 s"
    assert ConversationLimits(10).describe() == "70 in 1 s, 600 in 30 s, 18000 in 3600 s"


def test_retry_after_is_in_whole_seconds_and_never_too_early() -> None:
    assert [retry_after(seconds) for seconds in (0.01, 1.0, 1.2, 18.0)] == ["1", "1", "2", "18"]
