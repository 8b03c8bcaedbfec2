"""Rows of a domain template that would match nothing, or the wrong page."""

from __future__ import annotations

import pytest

from shared.domain.domain_lint import check_domains
from shared.domain.domain_templates import DomainRow, DomainTemplate


def found(*rows: DomainRow) -> list[tuple[str, str]]:
    template = DomainTemplate("web", "Website", "root", rows)
    return [(finding.rule, finding.field) for finding in check_domains(template)]


@pytest.mark.parametrize(
    "row",
    [
        DomainRow("https", "www.lunifico.example"),
        DomainRow("HTTPS://", " WWW.Lunifico.example "),
        DomainRow("https://", "subdomain.lunifico.example", 487),
        DomainRow("https", "lunifico.example", 443),
        DomainRow("http", "localhost", 8080),
        DomainRow("http", "[::1]", 80),
        DomainRow("http", "127.0.0.1"),
        DomainRow("https", "bücher.example"),
        DomainRow("https", "xn--bcher-kva.example"),
    ],
)
def test_a_row_that_a_page_can_have_is_good(row: DomainRow) -> None:
    assert found(row) == []


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (DomainRow("https", "lunifico.example", 80), ("port_of_other_protocol", "domains.0.port")),
        (DomainRow("http", "lunifico.example", 443), ("port_of_other_protocol", "domains.0.port")),
        (DomainRow("https", "lunifico.example", 0), ("port_invalid", "domains.0.port")),
        (DomainRow("https", "lunifico.example", 70_000), ("port_invalid", "domains.0.port")),
        (DomainRow("ftp", "lunifico.example"), ("protocol_unknown", "domains.0.protocol")),
        (DomainRow("https", "*.lunifico.example"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "lunifico.example/shop"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "https://lunifico.example"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "lunifico.example:8443"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "lunifico.example."), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "carla@lunifico.example"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "xn--zzzzzz--.example"), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", ""), ("domain_invalid", "domains.0.domain")),
        (DomainRow("https", "<script>"), ("domain_invalid", "domains.0.domain")),
    ],
)
def test_a_row_that_no_page_has_is_named_with_the_fix(row: DomainRow, finding: tuple[str, str]) -> None:
    assert found(row) == [finding]


def test_a_domain_in_both_of_its_forms_is_the_same_domain() -> None:
    rows = (DomainRow("https", "bücher.example"), DomainRow("https://", "xn--bcher-kva.example", 443))
    assert found(*rows) == [("domain_repeated", "domains.1.domain")]


def test_a_domain_with_two_ports_or_protocols_is_no_repetition() -> None:
    assert (
        found(
            *(DomainRow(*row) for row in (("https", "a.example"), ("https", "a.example", 8443), ("http", "a.example")))
        )
        == []
    )
