"""Authorization of a tenant: what its settings have to say, and what a finding tells to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.authorization import (
    ALGORITHMS,
    AuthorizationMode,
    KeySource,
    SiteTokenSettings,
    check_authorization,
    is_keys_url,
)
from shared.domain.tenants import check_tenant
from tests.domain.company import TENANT

PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq+/=\n-----END PUBLIC KEY-----\n"
PRIVATE = PEM.replace("PUBLIC", "PRIVATE")
SITE = SiteTokenSettings(issuer="https://www.lunifico.example", audience="interact")
SIGNED, OIDC = AuthorizationMode.SIGNED_TOKEN, AuthorizationMode.OIDC
ENTRA_TENANT = "11111111-2222-4333-8444-555555555555"
ENTRA = SiteTokenSettings(audience="app", entra_tenant_id=ENTRA_TENANT)
KEYS = "https://login.lunifico.example/keys"


def rules(mode: AuthorizationMode, settings: SiteTokenSettings) -> set[tuple[str, str]]:
    findings = check_authorization(mode, settings)
    assert all(finding.field.startswith("site_tokens.") for finding in findings)
    return {(finding.rule, finding.field.removeprefix("site_tokens.")) for finding in findings}


@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        (AuthorizationMode.NONE, SiteTokenSettings()),
        (AuthorizationMode.NONE, SiteTokenSettings(keys_url="not looked at yet", clock_tolerance=-1)),
        (SIGNED, replace(SITE, public_key=PEM)),
        (SIGNED, replace(SITE, public_key=PEM + "\n" + PEM)),
        (SIGNED, replace(SITE, keys_url=KEYS)),
        (SIGNED, replace(SITE, secret="keyvault:site-secret")),
        (SIGNED, replace(SITE, secret="env:INTERACT_SECRET_SITE", previous_secret="keyvault:site-before")),
        (OIDC, replace(SITE, keys_url=KEYS, scope="chat")),
        (OIDC, ENTRA),
        (OIDC, replace(ENTRA, scope="access_as_user", clock_tolerance=0)),
    ],
)
def test_settings_that_say_what_is_needed_break_no_rule(mode: AuthorizationMode, settings: SiteTokenSettings) -> None:
    assert check_authorization(mode, settings) == ()
    assert check_tenant(replace(TENANT, authorization=mode, site_tokens=settings)) == ()


@pytest.mark.parametrize(
    ("mode", "settings", "rule", "field"),
    [
        (SIGNED, replace(SITE, public_key=PEM, issuer=""), "site_token_missing", "issuer"),
        (SIGNED, replace(SITE, public_key=PEM, audience=""), "site_token_missing", "audience"),
        (SIGNED, replace(SITE, public_key=PEM, issuer=" https://a.example"), "site_token_text", "issuer"),
        (SIGNED, replace(SITE, public_key=PEM, audience="a" * 501), "site_token_text", "audience"),
        (SIGNED, SITE, "site_token_key_source", "public_key"),
        (SIGNED, replace(SITE, public_key=PEM, secret="keyvault:s"), "site_token_key_source", "public_key"),
        (OIDC, SITE, "site_token_key_source", "keys_url"),
        (OIDC, replace(SITE, public_key=PEM), "site_token_key_source", "public_key"),
        (OIDC, replace(SITE, secret="keyvault:s"), "site_token_key_source", "secret"),
        (SIGNED, replace(SITE, keys_url="http://www.lunifico.example/keys"), "site_token_keys_url", "keys_url"),
        (SIGNED, replace(SITE, public_key=PRIVATE), "site_token_private_key", "public_key"),
        (SIGNED, replace(SITE, public_key="MIIBIjANBgkq"), "site_token_public_key", "public_key"),
        (SIGNED, replace(SITE, public_key=PEM + "and more"), "site_token_public_key", "public_key"),
        (SIGNED, replace(SITE, public_key=PEM * 200), "site_token_public_key", "public_key"),
        (SIGNED, replace(SITE, secret="s3cr3t of the site itself"), "site_token_secret_reference", "secret"),
        (AuthorizationMode.NONE, SiteTokenSettings(secret="pasted"), "site_token_secret_reference", "secret"),
        (AuthorizationMode.NONE, SiteTokenSettings(public_key=PRIVATE), "site_token_private_key", "public_key"),
        (SIGNED, replace(SITE, secret="env:PATH"), "site_token_secret_reference", "secret"),
        (SIGNED, replace(SITE, secret="keyvault:"), "site_token_secret_reference", "secret"),
        (
            SIGNED,
            replace(SITE, secret="keyvault:s", previous_secret="pasted"),
            "site_token_secret_reference",
            "previous_secret",
        ),
        (SIGNED, replace(SITE, public_key=PEM, scope="chat"), "site_token_scope", "scope"),
        (OIDC, replace(SITE, keys_url=KEYS, scope="chat openid"), "site_token_scope", "scope"),
        (
            OIDC,
            replace(ENTRA, entra_tenant_id="lunifico.onmicrosoft.com"),
            "site_token_entra_tenant",
            "entra_tenant_id",
        ),
        (SIGNED, ENTRA, "site_token_entra_mode", "entra_tenant_id"),
        (OIDC, replace(ENTRA, issuer="https://a.example"), "site_token_entra_derived", "issuer"),
        (OIDC, replace(ENTRA, keys_url=KEYS), "site_token_entra_derived", "keys_url"),
        (SIGNED, replace(SITE, public_key=PEM, clock_tolerance=-1), "out_of_range", "clock_tolerance"),
        (SIGNED, replace(SITE, public_key=PEM, clock_tolerance=121), "out_of_range", "clock_tolerance"),
    ],
)
def test_what_is_wrong_is_found_where_it_is(
    mode: AuthorizationMode, settings: SiteTokenSettings, rule: str, field: str
) -> None:
    assert rules(mode, settings) == {(rule, field)}


def test_no_finding_repeats_a_secret_that_was_pasted() -> None:
    settings = replace(SITE, secret="hunter2-hunter2", public_key=PRIVATE)
    told = " ".join(finding.explanation for finding in check_authorization(SIGNED, settings))
    assert "hunter2" not in told
    assert "MIIB" not in told


def test_entra_stands_for_issuer_and_keys() -> None:
    assert ENTRA.trusted_issuer == f"https://login.microsoftonline.com/{ENTRA_TENANT}/v2.0"
    assert ENTRA.keys_address == f"https://login.microsoftonline.com/{ENTRA_TENANT}/discovery/v2.0/keys"
    assert ENTRA.key_source is KeySource.KEYS_URL


def test_no_source_of_keys_mixes_secrets_and_public_keys() -> None:
    assert set(ALGORITHMS[KeySource.SECRET]).isdisjoint(ALGORITHMS[KeySource.PUBLIC_KEY])
    assert set(ALGORITHMS[KeySource.SECRET]).isdisjoint(ALGORITHMS[KeySource.KEYS_URL])


@pytest.mark.parametrize(
    "url",
    [
        "https://login.lunifico.example/keys",
        "https://login.lunifico.example",
        "https://login.lunifico.example:8443/a/b?v=2",
        "https://xn--bcher-kva.example/keys",
        "https://93.184.216.34/keys",
        "https://[2606:2800:220:1::1]/keys",
    ],
)
def test_keys_come_by_https(url: str) -> None:
    assert is_keys_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "login.lunifico.example/keys",
        "http://login.lunifico.example/keys",
        "HTTPS:/login.lunifico.example",
        "file:///etc/passwd",
        "https://",
        "https:///keys",
        "https://:443/keys",
        "https://user@login.lunifico.example/keys",
        "https://user:password@login.lunifico.example/keys",
        "https://login.lunifico.example\\@attacker.example/keys",
        "https://login.lunifico.example/keys#fragment",
        "https://login.lunifico.example/ke ys",
        "https://login.lunifico.example/keys\n",
        "https://bücher.example/keys",
        "https://login.lunifico.example:0/keys",
        "https://login.lunifico.example:70000/keys",
        "https://login.lunifico.example:port/keys",
        "https://login.lunifico.example./keys",
        "https://2130706433/keys",
        "https://127.1/keys",
        "https://0x7f.0.0.1/keys",
        "https://0177.0.0.1/keys",
        "https://[::1/keys",
        "https://login.lunifico.example/" + "k" * 500,
    ],
)
def test_an_address_that_could_mean_something_else_is_refused(url: str) -> None:
    assert not is_keys_url(url)
