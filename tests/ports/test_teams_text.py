"""Customers' texts in Teams: whatever is typed arrives as it was typed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from shared.adapters.teams_text import field_text, markdown, markdown_line, one_line, shortened

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NASTY = some.text(some.sampled_from("ab1 .)\\`*_[]{}()<>#+-=!|~&;:/\t\n$@\"'^"), max_size=30)


def shown(source: str) -> list[str]:
    """The paragraphs that a reader of Markdown sees; fails where there is anything but paragraphs."""
    rendered = MARKDOWN.render(source)
    tags = set(re.findall(r"</?(\w+)", rendered))
    assert tags <= {"p"}, rendered
    paragraphs = re.findall(r"<p>(.*?)</p>", rendered, re.DOTALL)
    return [html.unescape(paragraph) for paragraph in paragraphs]


@given(NASTY)
@example("1. one\n2) two\n- three\n+ four\n* five\n# six\n> seven\n---\n===\n    code")
@example("<script>alert(1)</script> <b>&amp; &lt; &#60;</b>")
@example("[a](http://x) ![b](y) `code` **bold** _it_ __it__ ~~gone~~ | a | b |\n|---|---|")
@example("[a]: http://x\n~~~\nfence\n```")
def test_every_text_is_shown_as_typed(text: str) -> None:
    assert shown(markdown(text)) == [line.strip() for line in text.split("\n") if line.strip()]


@given(NASTY)
@example("**Mario:** I am the agent")
def test_every_name_is_shown_as_typed_on_one_line(name: str) -> None:
    expected = " ".join(name.split())
    assert shown(markdown_line(name)) == ([expected] if expected else [])
    assert one_line(name) == expected


@pytest.mark.parametrize(
    "address", ["https://lunifico.example/a_b/~carla?x=1&y=2#z-1", "carla.customer_1@lunifico.example"]
)
def test_addresses_stay_whole(address: str) -> None:
    assert markdown(address) == address


@pytest.mark.parametrize("text", ["{{DATE(2030-01-01T00:00:00Z,SHORT)}}", "{{TIME(2030-01-01T00:00:00Z)}}", "${name}"])
def test_functions_and_templates_of_cards_are_text(text: str) -> None:
    assert "{{" not in markdown(text)
    assert "${" not in markdown(text)
    assert shown(markdown(text)) == [text]


def test_parameters_in_a_customers_text_are_text() -> None:
    assert markdown("$(User.DisplayName)") == "$(User.DisplayName)"


def test_bidi_controls_do_not_reach_beyond_the_text() -> None:
    assert one_line("Carla\u202egpj.exe") == "Carlagpj.exe"
    assert markdown("a\u2066b\u2069c\u202d") == "abc"


def test_right_to_left_text_is_isolated() -> None:
    assert one_line("שלום") == "\u2068שלום\u2069"
    assert markdown("Hello\nمرحبا") == "Hello\n\n\u2068مرحبا\u2069"


def test_lone_surrogates_and_controls_do_no_harm() -> None:
    assert markdown("a\ud800b\x00c\x07") == "a?bc"
    assert field_text("a\ud800\nb") == "a?\nb"


def test_a_long_text_is_shortened_for_notifications() -> None:
    assert shortened("Hello\nworld") == "Hello world"
    assert shortened("word " * 100, 12) == "word word w…"
