"""Who a visitor is: where a tenant demands it, only whom its site vouches for begins anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.adapters.memory import MemorySiteTokens, MemorySpentTokens
from shared.adapters.system import SystemIds
from shared.application.authorization import new_site_secret
from shared.application.sessions import Started
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.errors import Conflict, NotSent, Refused
from shared.domain.parameters import Proof
from shared.domain.site_tokens import VerifiedCustomer
from shared.domain.users import WidgetSettings
from tests.application.company import CARLA, HOME, MARIO, SERVICE, TENANT, form
from tests.application.world import World

ISSUER = "https://www.lunifico.example"
KNOWN = VerifiedCustomer("4711", "Carla Known", "known@lunifico.example", "token-1", 1_900_000_000.0)


@dataclass
class Site:
    """A tenant that demands tokens; `vouches` makes one good."""

    world: World
    tokens: MemorySiteTokens
    spent: MemorySpentTokens

    def demands(self, mode: AuthorizationMode) -> None:
        settings = SiteTokenSettings(issuer=ISSUER, audience="interact", secret="keyvault:site")
        self.world.config.put(TENANT.id, replace(TENANT, authorization=mode, site_tokens=settings))

    def vouches(self, token: str, **changes: Any) -> None:
        self.tokens.customers[TENANT.id, token] = replace(KNOWN, **changes)

    async def starts(self, token: str | None = None, key: str = "key-1", **changes: Any) -> Started:
        return await self.world.starts(key, access_token=token, **changes)

    async def refusal(self, token: str | None = None, key: str = "key-1") -> str:
        with pytest.raises(Refused) as refused:
            await self.starts(token, key)
        return refused.value.code


@pytest.fixture
def site(world: World) -> Site:
    tokens, spent = MemorySiteTokens(), MemorySpentTokens(world.clock)
    world.ports = replace(world.ports, site_tokens=tokens, spent_tokens=spent)
    world.app = world.host(world.count)
    made = Site(world, tokens, spent)
    made.demands(AuthorizationMode.SIGNED_TOKEN)
    made.vouches("good")
    return made


async def test_where_nothing_is_demanded_a_token_changes_nothing(site: Site) -> None:
    site.demands(AuthorizationMode.NONE)

    customer = (await site.starts("good")).record.session.customer

    assert customer == CARLA
    assert (customer.verified, customer.subject) == (False, "")


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_nothing_begins(site: Site, token: str | None) -> None:
    assert await site.refusal(token) == "site_token_missing"
    assert {call.split(".")[0] for call in site.world.calls} == {"config"}


async def test_a_token_that_vouches_for_nobody_begins_nothing(site: Site) -> None:
    assert await site.refusal("forged") == "site_token_signature"
    assert site.world.sessions.rows == {}
    assert site.world.identity.visitors == []


async def test_while_the_keys_cannot_be_had_the_visitor_may_try_again(site: Site) -> None:
    site.tokens.has_keys = False

    with pytest.raises(NotSent):
        await site.starts("good")

    assert site.world.sessions.rows == {}
    site.tokens.has_keys = True
    assert (await site.starts("good")).record.session.customer.verified


async def test_what_the_site_says_overrules_the_form(site: Site) -> None:
    session = (await site.starts("good")).record.session

    assert (session.customer.display_name, session.customer.email) == ("Carla Known", "known@lunifico.example")
    assert (session.customer.verified, session.customer.subject) == (True, "4711")
    assert session.customer.proof == Proof(ISSUER, "4711", name=True, email=True)
    assert site.world.messaging.display_names[site.world.thread(session.id)[0].id] == "Carla Known"


async def test_the_agent_is_told_who_vouches(site: Site) -> None:
    await site.world.registers(MARIO)
    session_id = await site.world.is_there(await site.starts("good"))
    await site.world.accepts(MARIO, session_id)

    shown = [sent for what in ("invite", "show_conversation") for sent in site.world.agents.of("chat-mario", what)]
    proof = Proof(ISSUER, "4711", name=True, email=True)
    assert [(sent.customer_name, sent.proof) for sent in shown] == [("Carla Known", proof)] * 2


async def test_what_the_site_does_not_say_stays_as_typed_and_is_not_vouched_for(site: Site) -> None:
    site.vouches("nameless", display_name=None, email=None, token_id="token-2")

    customer = (await site.starts("nameless")).record.session.customer

    assert (customer.display_name, customer.email) == (CARLA.display_name, CARLA.email)
    assert customer.proof == Proof(ISSUER, "4711", name=False, email=False)


# --- one use ---------------------------------------------------------------------------------------------------------


async def test_a_token_opens_one_session(site: Site) -> None:
    await site.starts("good")

    assert await site.refusal("good", "key-2") == "site_token_used"
    assert len(site.world.sessions.rows) == 1


async def test_a_repeated_start_passes_with_the_same_token(site: Site) -> None:
    first, second = await site.starts("good"), await site.starts("good")

    assert second.record.session.id == first.record.session.id


async def test_a_repeated_start_passes_with_a_fresh_token_of_the_same_customer(site: Site) -> None:
    site.vouches("fresh", token_id="token-2")
    first, second = await site.starts("good"), await site.starts("fresh")

    assert second.record.session.id == first.record.session.id
    assert await site.refusal("fresh", "key-2") == "site_token_used"


async def test_nobody_repeats_the_start_of_another_customer(site: Site) -> None:
    site.vouches("mallory", subject="4712", token_id="token-2")
    await site.starts("good")

    with pytest.raises(Conflict):
        await site.starts("mallory")


async def test_a_token_that_was_used_does_not_get_into_another_session(site: Site) -> None:
    site.vouches("second", token_id="token-2")
    await site.starts("good", "key-1")
    await site.starts("second", "key-2")

    assert await site.refusal("good", "key-2") == "site_token_used"


async def test_a_token_without_an_id_is_bounded_by_its_life_only(site: Site) -> None:
    site.vouches("plain", token_id=None)

    started = {(await site.starts("plain", key)).record.session.id for key in ("key-1", "key-2")}

    assert len(started) == 2
    assert site.spent.opened == {}


async def test_what_an_identity_provider_issues_serves_for_many_calls(site: Site) -> None:
    site.demands(AuthorizationMode.OIDC)

    started = {(await site.starts("good", key)).record.session.id for key in ("key-1", "key-2")}

    assert len(started) == 2


async def test_a_start_that_broke_off_can_be_repeated(site: Site) -> None:
    site.world.away.add("messaging.open_thread")
    with pytest.raises(Exception, match="answers nothing"):
        await site.starts("good")
    site.world.away.clear()

    assert (await site.starts("good")).record.session.customer.subject == "4711"


# --- left messages ---------------------------------------------------------------------------------------------------


async def test_a_message_is_left_by_whom_the_site_vouches_for(site: Site) -> None:
    access = replace(SERVICE.interact, widget=WidgetSettings(offline_form=True))
    site.world.config.put(TENANT.id, replace(SERVICE, interact=access))
    await site.world.registers(MARIO)
    for token, code in ((None, "site_token_missing"), ("forged", "site_token_signature")):
        with pytest.raises(Refused) as refused:
            await site.world.app.left_messages.leave(form(access_token=token), HOME)
        assert refused.value.code == code
    assert site.world.sessions.rows == {}

    await site.world.app.left_messages.leave(form(access_token="good"), HOME)

    (rows,) = site.world.sessions.rows.values()
    assert rows.session.customer.proof == Proof(ISSUER, "4711", name=True, email=True)


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_has_256_random_bits_and_never_repeats() -> None:
    secrets = {new_site_secret(SystemIds()) for _ in range(100)}

    assert len(secrets) == 100
    assert {len(bytes.fromhex(secret)) for secret in secrets} == {32}
