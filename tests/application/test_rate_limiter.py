"""How often a visitor, a contact, a tenant and a session may call; memory stays bounded, and no address stays in it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.adapters.memory import CountingIds, ManualClock
from shared.application.rate_limiter import SESSIONS, VISITORS, RateLimiter
from shared.domain.errors import RateLimited
from shared.domain.rate_limits import Purpose, RateLimits
from tests.application.company import TENANT

HOME, OFFICE = "203.0.113.0/24", "2001:db8:1:2::/64"
LIMITS = RateLimits(visitor_starts=3, contact_starts=5, tenant_starts=7)
STRICT = replace(TENANT, rate_limits=LIMITS)


class World:
    def __init__(self, factor: float = 1.0) -> None:
        self.clock = ManualClock()
        self.limiter = RateLimiter(self.clock, CountingIds(), factor)

    def starts(self, times: int, network: str | None = HOME, contact: str = "service:sales") -> tuple[int, float]:
        """How many of so many starts pass, and the wait that the last one was told."""
        return self.tries(times, lambda: self.limiter.admit(Purpose.START, network, STRICT, contact))

    def tries(self, times: int, call: Callable[[], None]) -> tuple[int, float]:
        passed, wait = 0, 0.0
        for _ in range(times):
            try:
                call()
                passed += 1
            except RateLimited as error:
                wait = error.retry_after
        return passed, wait


@pytest.fixture
def world() -> World:
    return World()


def test_a_visitor_starts_so_often_and_is_told_when_to_come_again(world: World) -> None:
    assert world.starts(4) == (3, 200.0)
    world.clock.advance(200)
    assert world.starts(2) == (1, 200.0)


def test_visitors_of_other_networks_and_tenants_have_limits_of_their_own(world: World) -> None:
    world.starts(3)
    assert world.starts(1, OFFICE) == (1, 0.0)
    other = replace(STRICT, id="other")
    assert world.tries(1, lambda: world.limiter.admit(Purpose.START, HOME, other, "service:sales")) == (1, 0.0)


def test_other_calls_are_counted_apart_from_starts(world: World) -> None:
    world.starts(3)
    assert world.tries(100, lambda: world.limiter.admit(Purpose.CALL, HOME, STRICT, "service:sales"))[0] == 100


def test_a_contact_is_protected_from_many_visitors(world: World) -> None:
    passed = [world.starts(1, f"198.51.{number}.0/24")[0] for number in range(6)]
    assert passed == [1, 1, 1, 1, 1, 0]
    assert world.starts(1, "192.0.2.0/24", "user:mario") == (1, 0.0)


def test_a_tenant_is_protected_from_many_visitors_of_many_contacts(world: World) -> None:
    passed = [world.starts(1, f"198.51.{number}.0/24", f"user:{number}")[0] for number in range(8)]
    assert passed == [1] * 7 + [0]


def test_without_an_address_contact_and_tenant_are_protected_still(world: World) -> None:
    assert world.starts(6, network=None) == (5, 12.0)


def test_whatever_a_visitor_calls_is_counted_before_anything_is_read(world: World) -> None:
    passed, wait = world.tries(3_001, lambda: world.limiter.admit_visitor(HOME))
    assert (passed, round(wait, 3)) == (3_000, 0.02)
    assert world.tries(5_000, lambda: world.limiter.admit_visitor(None))[0] == 5_000


def test_a_thousand_tabs_of_one_session_are_let_through_as_often_as_one_person_needs(world: World) -> None:
    passed = 0
    for _ in range(10):
        passed += world.tries(1_000, lambda: world.limiter.admit_session("session"))[0]
        world.clock.advance(60)
    assert passed == 300 * 10
    assert world.limiter.size == 1


def test_a_thousand_tabs_that_poll_are_bounded_and_pass_again_when_they_wait_as_told(world: World) -> None:
    waits = []
    for _ in range(1_000):
        try:
            world.limiter.admit(Purpose.CALL, HOME, replace(TENANT, rate_limits=RateLimits(visitor_calls=60)), "user:m")
        except RateLimited as error:
            waits.append(error.retry_after)
    assert len(waits) == 940
    assert max(waits) <= 1.0
    assert world.limiter.size == 3


def test_millions_of_addresses_do_not_make_it_grow(world: World) -> None:
    for number in range(VISITORS + 500):
        world.limiter.admit_visitor(f"2001:db8:{number:x}::/64")
    for number in range(SESSIONS + 500):
        world.limiter.admit_session(f"session-{number}")
    assert world.limiter.size == VISITORS + SESSIONS


def test_made_up_contacts_push_out_no_tenant(world: World) -> None:
    for number in range(3_000):
        world.limiter.admit(Purpose.CALL, None, TENANT, f"user:{number}")
    assert world.limiter.size == 2_000 + 1


def test_made_up_contacts_do_not_make_the_limit_of_a_real_one_be_forgotten(world: World) -> None:
    assert world.starts(6, network=None) == (5, 12.0)
    for number in range(5_000):
        network = HOME if number % 2 else OFFICE
        world.tries(1, lambda: world.limiter.admit(Purpose.CALL, network, TENANT, f"user:{number}"))  # noqa: B023
        world.clock.advance(0.001)
    passed, wait = world.starts(1, network=None)
    assert (passed, round(wait, 3)) == (0, 7.0)


def test_networks_that_call_once_do_not_make_the_limit_of_a_visitor_be_forgotten(world: World) -> None:
    assert world.starts(4) == (3, 200.0)
    for number in range(VISITORS + 500):
        world.limiter.admit_visitor(f"2001:db8:{number:x}::/64")
    assert world.starts(1) == (0, 200.0)


def test_a_limit_that_is_nearly_whole_again_goes_before_one_that_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.application.rate_limiter.CONTACTS", 3)
    world = World()
    roomy = replace(STRICT, rate_limits=replace(LIMITS, tenant_starts=100))

    def starts(contact: str, times: int) -> int:
        return world.tries(times, lambda: world.limiter.admit(Purpose.START, None, roomy, contact))[0]

    for contact, times in (("user:all", 5), ("user:some", 2), ("user:more", 3), ("user:new", 1)):
        assert starts(contact, times) == times

    assert starts("user:all", 1) == 0
    assert starts("user:more", 3) == 2
    assert starts("user:some", 5) == 5


def test_no_address_is_kept(world: World) -> None:
    world.limiter.admit_visitor("203.0.113.0/24")
    world.starts(4)
    kept = pickle.dumps(world.limiter)
    assert b"203.0.113" not in kept
    assert b"sales" in kept


def test_the_error_names_the_limit_and_not_the_caller(world: World) -> None:
    world.starts(3)
    with pytest.raises(RateLimited) as refused:
        world.limiter.admit(Purpose.START, HOME, STRICT, "service:sales")
    assert str(refused.value) == "starts of one visitor: more than 3 in 600 s"


def test_the_next_day_nobody_can_tell_that_it_was_the_same_visitor() -> None:
    world = World()
    world.clock.time = datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC)
    world.starts(3)
    world.clock.advance(2)
    assert world.starts(1) == (1, 0.0)


def test_a_factor_multiplies_every_limit() -> None:
    assert World(factor=2).starts(20) == (6, 100.0)
