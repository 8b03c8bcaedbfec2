"""Rate limits: counted in sliding windows, refused with the time to wait."""

from __future__ import annotations

import contextlib

import pytest

from local.acs import limits
from local.acs.errors import AcsError
from local.acs.limits import Budget, RateLimiter
from local.acs.options import AcsOptions
from tests.local.acs.harness import running


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _passed(limiter: RateLimiter, budget: Budget, times: int, user: str = "u", thread: str = "t") -> int:
    """How many of so many requests in a row are not refused."""
    passed = 0
    for _ in range(times):
        with contextlib.suppress(AcsError):
            limiter.spend(budget, user, thread)
            passed += 1
    return passed


@pytest.mark.parametrize(
    ("budget", "allowed"),
    [
        (limits.CHANGE_MESSAGES, 10),
        (limits.LIST_MESSAGES, 50),
        (limits.CREATE_THREAD, 10),
        (limits.SEND_TYPING, 5),
        (limits.CREATE_IDENTITY, 1000),
    ],
    ids=lambda value: value.name if isinstance(value, Budget) else str(value),
)
def test_a_burst_passes_up_to_the_documented_number(budget: Budget, allowed: int) -> None:
    assert _passed(RateLimiter(1.0, Watch()), budget, allowed + 20) == allowed


def test_the_refusal_says_how_long_to_wait_and_then_it_passes() -> None:
    watch = Watch()
    limiter = RateLimiter(1.0, watch)
    _passed(limiter, limits.CREATE_THREAD, 10)
    watch.now += 3.5

    with pytest.raises(AcsError) as refusal:
        limiter.spend(limits.CREATE_THREAD, "u")
    watch.now += int(refusal.value.headers["Retry-After"])

    assert refusal.value.status == 429
    assert refusal.value.headers["Retry-After"] == "7"
    assert _passed(limiter, limits.CREATE_THREAD, 1) == 1


def test_refused_requests_count_too() -> None:
    watch = Watch()
    limiter = RateLimiter(1.0, watch)
    _passed(limiter, limits.CREATE_THREAD, 10)
    watch.now += 9
    _passed(limiter, limits.CREATE_THREAD, 10)
    watch.now += 1

    assert _passed(limiter, limits.CREATE_THREAD, 1) == 0


def test_the_limit_of_a_minute_holds_beside_that_of_ten_seconds() -> None:
    watch = Watch()
    limiter = RateLimiter(1.0, watch)

    passed = 0
    for _ in range(5):
        passed += _passed(limiter, limits.CHANGE_MESSAGES, 10)
        watch.now += 10

    assert passed == 30


def test_sending_is_counted_for_the_thread_and_listing_for_each_user_in_it() -> None:
    limiter = RateLimiter(1.0, Watch())

    assert _passed(limiter, limits.CHANGE_MESSAGES, 10, user="u1") == 10
    assert _passed(limiter, limits.CHANGE_MESSAGES, 1, user="u2") == 0
    assert _passed(limiter, limits.CHANGE_MESSAGES, 1, user="u2", thread="other") == 1
    assert _passed(limiter, limits.LIST_MESSAGES, 50, user="u1") == 50
    assert _passed(limiter, limits.LIST_MESSAGES, 1, user="u2") == 1


def test_the_factor_multiplies_every_limit() -> None:
    assert _passed(RateLimiter(3.0, Watch()), limits.CREATE_THREAD, 100) == 30
    assert _passed(RateLimiter(0.01, Watch()), limits.CREATE_THREAD, 100) == 1


def test_one_thread_can_have_another_factor_than_the_others() -> None:
    limiter = RateLimiter(100.0, Watch())
    limiter.set_factor("real", 1.0)

    assert _passed(limiter, limits.CHANGE_MESSAGES, 50, thread="real") == 10
    assert _passed(limiter, limits.CHANGE_MESSAGES, 50, thread="other") == 50


def test_quiet_windows_are_forgotten() -> None:
    watch = Watch()
    limiter = RateLimiter(1e9, watch)
    _passed(limiter, limits.CREATE_THREAD, 1, user="long gone")
    watch.now += 60

    _passed(limiter, limits.CREATE_THREAD, 10_000)

    assert len(limiter._windows) == 1


async def test_the_eleventh_message_in_ten_seconds_is_refused() -> None:
    async with running() as acs:
        relay = await acs.user("chat")
        thread = await acs.thread(relay)

        answers = [await acs.chat(relay, "POST", f"{thread}/messages", {"content": "x"}) for _ in range(11)]

        assert [answer.status_code for answer in answers] == [201] * 10 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
        assert answers[-1].json()["error"]["code"] == "TooManyRequests"
        assert len(await acs.messages(relay, thread)) == 2 + 10


async def test_the_options_can_widen_the_limits() -> None:
    async with running(AcsOptions(limit_factor=10)) as acs:
        relay = await acs.user("chat")
        thread = await acs.thread(relay)

        for number in range(20):
            await acs.send(relay, thread, str(number))


async def test_a_thread_gets_limits_of_its_own_while_it_runs() -> None:
    async with running(AcsOptions(limit_factor=10)) as acs:
        relay = await acs.user("chat")
        real, other = await acs.thread(relay), await acs.thread(relay)

        changed = await acs.http.put(f"/_standin/threads{real}/limits", json={"factor": 1})
        answers = [await acs.chat(relay, "POST", f"{real}/messages", {"content": "x"}) for _ in range(11)]

        assert changed.status_code == 204
        assert [answer.status_code for answer in answers] == [201] * 10 + [429]
        for number in range(11):
            await acs.send(relay, other, str(number))


async def test_limits_of_nothing_are_refused() -> None:
    async with running() as acs:
        answer = await acs.http.put("/_standin/threads/19:one@thread.v2/limits", json={"factor": 0})

        assert answer.status_code == 400
