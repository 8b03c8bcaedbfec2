"""Conditions of the page: the snippet, and whether its key and its id belong together."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.diagnosis.facts import Facts
from shared.domain.diagnosis.snippets import LOADER
from shared.domain.documents import Kind
from shared.domain.refusals import SiteTokenCode
from shared.domain.verdicts import Judgement, Setting, failed, not_judged, passed

COPY = "copy the snippet again, from the preview of the service or user"
LOAD = "load {address}"
NO_SNIPPET = not_judged("no snippet was given", fix="paste the snippet of the page")


def snippet_complete(facts: Facts) -> Judgement:
    snippet = facts.snippet
    if snippet is None:
        return NO_SNIPPET
    if not snippet.widget_key:
        return failed("the snippet has no widgetKey", None, COPY)
    if bool(snippet.service_id) == bool(snippet.contact_id):
        how = "both a serviceId and a contactId" if snippet.service_id else "neither a serviceId nor a contactId"
        return failed(f"the snippet has {how}", None, COPY)
    return passed("it has a widgetKey and one id")


def snippet_runs(facts: Facts) -> Judgement:
    snippet = facts.snippet
    if snippet is None:
        return NO_SNIPPET
    if snippet.fault:
        return failed(f"no browser runs this script: {snippet.fault}", None, COPY)
    if snippet.asks_for_ever:
        return passed("it runs; its interval is never cleared, which does no harm", fix=COPY)
    return passed("brackets and quotation marks are as they should be")


def snippet_script(facts: Facts) -> Judgement:
    if facts.snippet is None:
        return NO_SNIPPET
    wanted, given = f"{facts.public_url.rstrip('/')}{LOADER}", facts.snippet.script
    if given is None:
        return not_judged("the snippet loads no script; perhaps the page does elsewhere", fix=LOAD, address=wanted)
    if given.partition("?")[0] != wanted:
        return failed(f"it loads {given}, which is not this deployment's", None, LOAD, address=wanted)
    return passed(f"it loads {wanted}")


def key_and_contact(facts: Facts) -> Judgement:
    tenant, key = facts.own_tenant, facts.widget_key
    setting = Setting(Kind.TENANT, tenant.id, "widget_key")
    if key is None:
        return not_judged("no widget key was given", setting)
    if facts.key_tenant is None:
        return not_judged("no tenant has this widget key", setting)
    if facts.key_tenant.id != tenant.id:
        why = "the widget key is another tenant's, where there is no such service or user"
        return failed(why, setting, COPY)
    if key != tenant.widget_key:
        until = tenant.previous_widget_key_until
        ends = f" until {until:%Y-%m-%d %H:%M} UTC" if until else ""
        return passed(f"it is the key before the present one, and works{ends}", setting, COPY)
    return passed("both are of this tenant", setting)


def token_in_page(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "authorization")
    if facts.own_tenant.authorization.value == "none":
        return passed("the tenant asks for no access token", setting)
    if facts.snippet is None:
        return NO_SNIPPET
    if not facts.snippet.gives_token:
        fix = "give `getAccessToken` in the snippet: docs/authorize.md; or switch Authorization off to test"
        return failed("Authorization is enabled, and the snippet gives no access token", setting, fix)
    return passed("the snippet gives an access token", setting)


TOKEN_FIXES = {
    SiteTokenCode.MISSING: "give `getAccessToken` in the snippet: docs/authorize.md",
    SiteTokenCode.MALFORMED: "send the token as the site's server has made it, three parts with dots between",
    SiteTokenCode.ALGORITHM: "sign with the algorithm that belongs to the key in the tenant's settings",
    SiteTokenCode.KEY_UNKNOWN: "name the key in `kid`, and publish it where the tenant's keys are",
    SiteTokenCode.KEY_UNUSABLE: "mend the key in the tenant's Authorization: docs/authorize.md",
    SiteTokenCode.SIGNATURE: "sign with the key that belongs to the one in the tenant's settings",
    SiteTokenCode.INCOMPLETE: "put what docs/authorize.md lists into the token",
    SiteTokenCode.ISSUER: "make `iss` and the tenant's issuer the same, letter by letter",
    SiteTokenCode.AUDIENCE: "make `aud` and the tenant's audience the same, letter by letter",
    SiteTokenCode.EXPIRED: "make a token for each chat, when it begins; if it was made just now, the clock is behind",
    SiteTokenCode.NOT_YET_VALID: "set the clock of the server that makes the tokens: it is ahead",
    SiteTokenCode.LIFETIME: "let the token live ten minutes at most",
    SiteTokenCode.SCOPE: "ask the identity provider for the scope in the tenant's settings",
    SiteTokenCode.USED: "make a token for each chat: each opens one",
}


def site_token(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "site_tokens")
    if facts.own_tenant.authorization.value == "none":
        return passed("the tenant asks for no access token", setting)
    proof = facts.proof
    if proof is None:
        fix = "paste an access token that the site has made"
        return not_judged("no access token was given", setting, fix)
    if proof.unknown:
        return not_judged(f"it cannot be told now: {proof.unknown}", setting)
    if proof.code is not None:
        judgement = failed(proof.explanation, setting, TOKEN_FIXES[proof.code])
        return replace(judgement, code=proof.code.value)
    return passed("the access token is good", setting)


def site_clock(facts: Facts) -> Judgement:
    setting = Setting(Kind.TENANT, facts.own_tenant.id, "site_tokens.clock_tolerance")
    if facts.own_tenant.authorization.value == "none":
        return passed("the tenant asks for no access token", setting)
    proof = facts.proof
    if proof is None or proof.unknown:
        return not_judged("no access token was judged", setting)
    if proof.code is SiteTokenCode.NOT_YET_VALID:
        return failed(proof.explanation, setting, TOKEN_FIXES[proof.code])
    if proof.code is SiteTokenCode.EXPIRED:
        fix = "if the token was made just now, set the clock of the server that makes it"
        return not_judged(proof.explanation, setting, fix)
    if proof.code is not None:
        return not_judged("the token was refused before its times were looked at", setting)
    return passed("its times are as they should be", setting)
