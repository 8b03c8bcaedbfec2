"""What may happen only now and then."""

from __future__ import annotations

from datetime import timedelta

from shared.adapters.memory import ManualClock
from shared.application.throttle import REMEMBERED, Throttle


def test_each_key_may_once_in_a_while() -> None:
    clock = ManualClock()
    throttle = Throttle(clock, timedelta(seconds=3))
    assert [throttle.take("a"), throttle.take("a"), throttle.take("b")] == [True, False, True]
    assert throttle.left("a") == timedelta(seconds=3)
    clock.advance(2)
    assert (throttle.left("a"), throttle.is_soon("a"), throttle.is_soon("c")) == (timedelta(seconds=1), True, False)
    clock.advance(1)
    assert throttle.take("a")


def test_no_more_is_remembered_than_fits() -> None:
    throttle = Throttle(ManualClock(), timedelta(seconds=3))
    for number in range(REMEMBERED + 1):
        assert throttle.take(str(number))
    assert not throttle.is_soon("0")
    assert throttle.is_soon("1")
