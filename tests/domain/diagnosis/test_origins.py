"""What an origin gets, and what nearly would have matched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.diagnosis.origins import (
    Difference,
    elsewhere,
    matching_row,
    near_misses,
    read_page,
    readable_host,
)
from shared.domain.domain_templates import DomainRow, DomainTemplate, Origin
from tests.domain.company import TEMPLATE


def origin(text: str) -> Origin:
    found = read_page(text).origin
    assert found is not None
    return found


def template(*rows: DomainRow) -> DomainTemplate:
    return replace(TEMPLATE, domains=rows)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("https://www.lunifico.example", "https://www.lunifico.example"),
        ("  https://www.lunifico.example/lamps?id=1#top ", "https://www.lunifico.example"),
        ("HTTPS://WWW.Lunifico.Example:443/", "https://www.lunifico.example"),
        ("http://localhost:5173/", "http://localhost:5173"),
        ("https://münchen.example/x", "https://xn--mnchen-3ya.example"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_page_is_named_by_its_address(said: str, read: str) -> None:
    assert str(read_page(said).origin) == read


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("null", "sandboxed"),
        ("file:///C:/pages/index.html", "file"),
        ("data:text/html,x", "data URL"),
        ("about:srcdoc", "blank"),
        ("www.lunifico.example", "https://www.example.com"),
        ("chrome-extension://abc", "address of a page"),
        ("", "address of a page"),
        ("https://", "address of a page"),
        ("https://a b/", ""),
    ],
)
def test_what_has_no_origin_says_why(said: str, why: str) -> None:
    page = read_page(said)
    assert page.origin is None or said == "https://a b/"
    assert why in page.problem


@pytest.mark.parametrize(
    ("row", "page", "difference"),
    [
        (DomainRow("http", "www.lunifico.example"), "https://www.lunifico.example", Difference.PROTOCOL),
        (DomainRow("https", "www.lunifico.example", 80), "https://www.lunifico.example", Difference.PORT),
        (DomainRow("https", "www.lunifico.example"), "https://www.lunifico.example:8443", Difference.PORT),
        (DomainRow("https", "lunifico.example"), "https://www.lunifico.example", Difference.WWW),
        (DomainRow("https", "www.lunifico.example"), "https://lunifico.example", Difference.WWW),
        (DomainRow("https", "lunifico.example"), "https://shop.lunifico.example", Difference.SUBDOMAIN),
        (DomainRow("https", "*.lunifico.example"), "https://shop.lunifico.example", Difference.UNUSABLE),
        (DomainRow("https", "shop.lunifico.example/lamps"), "https://shop.lunifico.example", Difference.UNUSABLE),
        (DomainRow("https", "munchen.example"), "https://münchen.example", Difference.SPELLING),
        (DomainRow("https", "muenchen.example"), "https://xn--mnchen-3ya.example", Difference.SPELLING),
    ],
)
def test_a_row_that_nearly_matches_is_named_with_what_is_different(
    row: DomainRow, page: str, difference: Difference
) -> None:
    asked = template(DomainRow("https", "elsewhere.example"), row)
    found = near_misses(asked, origin(page))
    assert [(one.number, one.difference) for one in found] == [(1, difference)]
    assert matching_row(asked, origin(page)) is None


def test_an_internationalized_name_matches_in_both_forms() -> None:
    for domain in ("münchen.example", "xn--mnchen-3ya.example"):
        assert matching_row(template(DomainRow("https", domain)), origin("https://MÜNCHEN.example")) == 0
    assert readable_host("xn--mnchen-3ya.example") == "münchen.example"
    assert readable_host("xn--a.example") == "xn--a.example"


def test_names_that_have_nothing_in_common_are_no_near_misses() -> None:
    assert near_misses(TEMPLATE, origin("https://www.elsewhere.example")) == ()
    assert near_misses(template(DomainRow("https", "")), origin("https://www.elsewhere.example")) == ()


def test_another_template_that_allows_the_page_is_found() -> None:
    shop = DomainTemplate(
        "shop", "Shop", "root", (DomainRow("https", "a.example"), DomainRow("https", "shop.lunifico.example"))
    )
    found = elsewhere([TEMPLATE, shop], origin("https://shop.lunifico.example"), TEMPLATE.id)
    assert [(one.template.id, one.number) for one in found] == [("shop", 1)]
    assert elsewhere([TEMPLATE, shop], origin("https://www.lunifico.example"), TEMPLATE.id) == ()
