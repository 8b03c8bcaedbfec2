"""Keys and long texts in rows of Table Storage."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from shared.adapters import rows

TEXTS = some.text(some.characters(exclude_categories=["Cs"]))


@given(some.lists(TEXTS, min_size=1, max_size=4))
def test_every_key_can_be_taken_apart_and_holds_no_forbidden_character(parts: list[str]) -> None:
    key = rows.key(*parts)
    assert rows.parts(key) == tuple(parts)
    assert key.isascii()
    assert not set(key) & set("/\\#?'\" \t\r\n")


@given(TEXTS, TEXTS)
def test_a_prefix_holds_exactly_the_keys_that_begin_with_its_parts(first: str, other: str) -> None:
    start, before = rows.prefix(first)
    assert start <= rows.key(first, other) < before
    assert (start <= rows.key(other, "x") < before) == (first == other)


@given(
    some.datetimes(timezones=some.just(UTC)), some.datetimes(min_value=datetime(1000, 1, 1), timezones=some.just(UTC))
)
def test_times_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    one = max(one, datetime(1000, 1, 1, tzinfo=UTC))
    assert (one < other) == (rows.sortable(one) < rows.sortable(other))
    assert rows.from_sortable(rows.sortable(one)) == one


@given(some.sampled_from("aü€😀"), some.integers(min_value=0, max_value=70_000), TEXTS)
def test_a_long_text_is_spread_over_properties_that_each_fit(character: str, count: int, end: str) -> None:
    text = character * count + end
    properties = rows.text_properties("data", text)
    assert rows.joined_text("data", properties) == text
    assert all(len(piece.encode("utf-16-le")) <= 64_000 for piece in properties.values())
