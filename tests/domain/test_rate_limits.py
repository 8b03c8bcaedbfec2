"""Rate limits: the arithmetic of a bucket, and whose address counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rate_limits import BOUNDS, Bucket, Purpose, Rate, RateLimits, take, visitor_network
from shared.domain.tenants import check_tenant
from tests.domain.company import TENANT

TEN_IN_TEN_MINUTES = Rate(10, 600)


def calls(rate: Rate, times: list[float]) -> list[float]:
    """The waits that calls at these times are told."""
    bucket: Bucket | None = None
    waits = []
    for now in times:
        bucket, wait = take(bucket, rate, now)
        waits.append(wait)
    return waits


def test_so_many_calls_pass_at_once_and_the_next_is_told_how_long_to_wait() -> None:
    assert calls(TEN_IN_TEN_MINUTES, [0.0] * 11) == [0.0] * 10 + [60.0]


def test_whoever_waits_as_told_passes() -> None:
    assert calls(TEN_IN_TEN_MINUTES, [0.0] * 10 + [45.0, 60.0]) == [0.0] * 10 + [15.0, 0.0]


def test_a_refused_call_takes_nothing() -> None:
    assert calls(TEN_IN_TEN_MINUTES, [0.0] * 10 + [30.0, 31.0, 32.0, 60.0])[-1] == 0.0


def test_a_long_pause_fills_the_bucket_and_not_more() -> None:
    assert calls(TEN_IN_TEN_MINUTES, [0.0] * 10 + [90_000.0] * 11)[10:] == [0.0] * 10 + [60.0]


def test_a_clock_that_runs_backwards_fills_nothing() -> None:
    assert calls(Rate(1, 60), [100.0, 0.0]) == [0.0, 60.0]


def test_a_lower_rate_holds_at_once() -> None:
    bucket, _ = take(None, Rate(1_000, 60), 0.0)

    bucket, wait = take(bucket, Rate(1, 60), 0.0)

    assert (bucket.tokens, wait) == (0.0, 0.0)


@given(
    st.integers(1, 50),
    st.integers(1, 600),
    st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=40),
)
def test_in_no_stretch_of_time_more_passes_than_the_rate_allows(
    requests: int, seconds: int, pauses: list[float]
) -> None:
    rate = Rate(requests, seconds)
    times = [sum(pauses[: index + 1]) for index in range(len(pauses))]
    passed = [time for time, wait in zip(times, calls(rate, times), strict=True) if wait == 0]
    for first, began in enumerate(passed):
        for last, ended in enumerate(passed[first:], first):
            assert last - first + 1 <= requests + (ended - began) * requests / seconds + 1e-6


@given(st.integers(1, 50), st.integers(1, 600), st.integers(1, 100))
def test_whoever_is_refused_passes_after_the_wait(requests: int, seconds: int, tries: int) -> None:
    rate = Rate(requests, seconds)
    bucket: Bucket | None = None
    now = 0.0
    for _ in range(tries):
        bucket, wait = take(bucket, rate, now)
        if wait:
            now += wait
            bucket, again = take(bucket, rate, now)
            assert again == 0


def test_starts_are_rarer_than_other_calls() -> None:
    limits = RateLimits()

    for purpose, expected in ((Purpose.START, (10 / 600, 2, 10)), (Purpose.CALL, (20, 200, 500))):
        rates = (limits.of_visitor(purpose), limits.of_contact(purpose), limits.of_tenant(purpose))
        assert tuple(rate.requests / rate.seconds for rate in rates) == expected


def test_a_factor_leaves_at_least_one_call() -> None:
    assert Rate(10, 600).times(2) == Rate(20, 600)
    assert Rate(10, 600).times(0.001) == Rate(1, 600)


@pytest.mark.parametrize("field", list(BOUNDS))
def test_a_tenant_sets_its_limits_within_bounds(field: str) -> None:
    lowest, highest = BOUNDS[field]

    def findings(value: int) -> list[str]:
        changed = replace(TENANT, rate_limits=replace(RateLimits(), **{field: value}))
        return [finding.field for finding in check_tenant(changed)]

    assert findings(lowest) == findings(highest) == []
    assert findings(lowest - 1) == findings(highest + 1) == [f"rate_limits.{field}"]


@pytest.mark.parametrize(
    ("header", "network"),
    [
        ("203.0.113.7:50123", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("198.51.100.1, 203.0.113.7:50123", "203.0.113.0/24"),
        ("", None),
        (" ", None),
        ("unknown", None),
        ("203.0.113.7:50123, _hidden", None),
        ("999.1.1.1", None),
        ("[::1", "::/64"),
    ],
)
def test_the_last_hop_is_the_caller_and_its_network_counts(header: str, network: str | None) -> None:
    assert visitor_network(header, trusted_proxies=0) == network


@pytest.mark.parametrize("forged", ["10.0.0.1", "10.0.0.1, 10.0.0.2", "garbage, 10.9.9.9:1", ", ,"])
def test_what_the_caller_writes_into_the_header_does_not_count(forged: str) -> None:
    assert visitor_network(f"{forged}, 203.0.113.7:50123", 0) == "203.0.113.0/24"
    assert visitor_network(f"{forged}, 203.0.113.7, 192.0.2.1:443", 1) == "203.0.113.0/24"


def test_whoever_goes_round_the_proxies_is_known_by_the_address_that_the_platform_saw() -> None:
    assert visitor_network("203.0.113.7:50123", 1) == "203.0.113.0/24"
    assert visitor_network("203.0.113.7:50123", 2) == "203.0.113.0/24"
