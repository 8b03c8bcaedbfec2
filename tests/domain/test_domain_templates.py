"""Interact Domain Templates (CORS): an origin is let in by a row that equals it, and by nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.domain_templates import DomainRow, DomainTemplate, Origin, allows, parse_origin, row_origin

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "origins.json").read_text())[
    "cases"
]


def template(*rows: DomainRow) -> DomainTemplate:
    return DomainTemplate("web", "Website", "root", rows)


def lets_in(row: DomainRow, header: str) -> bool:
    origin = parse_origin(header)
    return origin is not None and allows(template(row), origin)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["why"]) for case in VECTORS])
def test_origins_as_browsers_and_attackers_write_them(case: dict[str, Any]) -> None:
    origin = parse_origin(case["header"])

    assert (str(origin) if origin else None) == case["origin"]
    assert lets_in(DomainRow(*case["row"]), case["header"]) is case["allowed"]


# --- the guide's own table -------------------------------------------------------------------------------------------


def test_the_guide_s_row_with_https_and_port_80_never_matches_the_page_it_was_meant_for() -> None:
    row = DomainRow("https://", "luware.com", 80)

    assert not lets_in(row, "https://luware.com")
    assert not lets_in(row, "http://luware.com")
    assert lets_in(row, "https://luware.com:80")


def test_the_guide_s_row_with_a_subdomain_and_a_port_matches_exactly_these() -> None:
    row = DomainRow("https://", "subdomain.lunifico.com", 487)

    assert lets_in(row, "https://subdomain.lunifico.com:487")
    assert not lets_in(row, "https://subdomain.lunifico.com")
    assert not lets_in(row, "https://lunifico.com:487")
    assert not lets_in(row, "http://subdomain.lunifico.com:487")


def test_one_of_several_rows_is_enough() -> None:
    rows = (DomainRow("https://", "a.example"), DomainRow("http://", "b.example", 8080))

    assert [allows(template(*rows), Origin("http", "b.example", port)) for port in (80, 8080)] == [False, True]


def test_a_template_without_rows_lets_nobody_in() -> None:
    assert not allows(template(), Origin("https", "luware.com", 443))


def test_rows_that_can_never_match_stand_for_no_origin() -> None:
    never = [
        DomainRow("ftp://", "luware.com"),
        DomainRow("https://", "*.luware.com"),
        DomainRow("https://", "luware.com:443"),
        DomainRow("https://", "luware.com", 0),
        DomainRow("https://", "luware.com", 65536),
        DomainRow("https://", "luware.com", -1),
        DomainRow("https://", "[luware.com]"),
        DomainRow("https://", "[::1"),
        DomainRow("https://", "::1"),
        DomainRow("https://", "[fe80::1%eth0]"),
        DomainRow("https://", ""),
        DomainRow("", "luware.com"),
    ]

    assert [row for row in never if row_origin(row) is not None] == []


# --- internationalized names and addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "in_row", ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "XN--BCHER-KVA.example"]
)
@pytest.mark.parametrize("in_header", ["bücher.example", "xn--bcher-kva.example"])
def test_an_internationalized_name_is_the_same_in_unicode_and_in_punycode(in_row: str, in_header: str) -> None:
    assert lets_in(DomainRow("https://", in_row), f"https://{in_header}")


def test_letters_that_only_look_alike_are_not_the_same() -> None:
    cyrillic = "luwаre.com"

    assert not lets_in(DomainRow("https://", "luware.com"), f"https://{cyrillic}")
    assert not lets_in(DomainRow("https://", cyrillic), "https://luware.com")


@pytest.mark.parametrize("in_row", ["[::1]", "[0:0:0:0:0:0:0:1]", "[0::0001]"])
def test_an_ipv6_address_is_the_same_however_it_is_written(in_row: str) -> None:
    assert lets_in(DomainRow("http://", in_row, 3000), "http://[::1]:3000")


# --- headers that no browser writes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "null",
        "https://",
        "https://.",
        "https://luware.com:",
        "https://luware.com:0",
        "https://luware.com:65536",
        "https://luware.com:-1",
        "https://luware.com:+443",
        "https://luware.com: 443",
        "https://luware.com:4 43",
        "https://luware.com:443:443",
        "https://luware.com\\@evil.example",
        "https://luware.com\t",
        "https://luware.com\x00",
        "\x00https://luware.com",
        "https://luware.com\u2028",
        "https://\ud800.com",
        "https://-luware.com",
        "https://luware-.com",
        "https://luware..com",
        "https://" + "a" * 64 + ".com",
        "https://" + "a." * 127 + "com",
        "https://" + "a" * 100_000,
        "https://[::1",
        "https://::1",
        "https://[::1]x",
        "https://[::1]:",
        "https://[::1]:0",
        "https://[::g]",
        "https://[:::::]",
        "https://[1.2.3.4]",
        "https://[fe80::1%25eth0]",
        "file://",
        "javascript://luware.com",
    ],
    ids=lambda header: repr(header)[:40],
)
def test_a_header_that_is_not_exactly_one_web_origin_is_none(header: str | None) -> None:
    assert parse_origin(header) is None


def test_a_host_name_has_at_most_253_characters() -> None:
    longest = ".".join(["a" * 63] * 3 + ["a" * 61])

    assert len(longest) == 253
    assert parse_origin(f"https://{longest}") is not None
    assert parse_origin(f"https://{longest}a") is None


# --- properties ------------------------------------------------------------------------------------------------------

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(
    st.lists(LABELS, min_size=1, max_size=4).map(".".join),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.sampled_from(["bücher.example", "xn--bcher-kva.example", "日本語.example", "LUWARE.com"]),
)
PORTS = st.one_of(st.none(), st.sampled_from([80, 443, 8443]), st.integers(1, 65535))
SCHEMES = st.sampled_from(["http", "https"])


@st.composite
def headers(draw: st.DrawFn) -> str:
    port = draw(PORTS)
    return f"{draw(SCHEMES)}://{draw(HOSTS)}" + ("" if port is None else f":{port}")


ROWS = st.builds(DomainRow, st.sampled_from(["http://", "https://", "https", "HTTPS://", "ws://"]), HOSTS, PORTS)


@given(headers())
def test_an_origin_written_out_and_read_again_is_the_same(header: str) -> None:
    origin = parse_origin(header)

    assert origin is not None
    assert parse_origin(str(origin)) == origin


@given(st.text() | st.text("htps:/.@[]#?%\\ az019:-_*").map(lambda rest: f"https://{rest}"))
def test_any_text_is_an_origin_in_canonical_form_or_none(header: str) -> None:
    origin = parse_origin(header)

    if origin is not None:
        assert parse_origin(str(origin)) == origin
        assert 1 <= origin.port <= 65535
        assert origin.host == origin.host.lower()
        assert origin.host.isascii()


@given(st.lists(ROWS, max_size=4), headers())
def test_a_template_lets_an_origin_in_exactly_if_one_row_equals_it(rows: list[DomainRow], header: str) -> None:
    origin = parse_origin(header)
    assert origin is not None

    equal_rows = [row for row in rows if row_origin(row) == origin]

    assert allows(template(*rows), origin) is bool(equal_rows)


@given(headers(), st.sampled_from(["evil", "evil.", ".evil", ".evil.example", "-"]), st.booleans())
def test_a_name_with_something_before_or_after_it_is_another_one(header: str, extra: str, in_front: bool) -> None:
    origin = parse_origin(header)
    assert origin is not None
    row = DomainRow(origin.scheme, origin.host, origin.port)
    other = f"{extra}{origin.host}" if in_front else f"{origin.host}{extra}"

    assert lets_in(row, str(origin))
    assert not lets_in(row, f"{origin.scheme}://{other}:{origin.port}")
