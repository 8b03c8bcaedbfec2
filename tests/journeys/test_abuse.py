"""Abuse: a challenge, limits of starts and messages, and machines that open chats and go."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, expect

from local import demo
from local.host_settings import CHALLENGE_SECRET
from shared.domain.challenges import ChallengeKind, ChallengeSettings
from shared.domain.message_budgets import MessageBudget
from shared.domain.rate_limits import RateLimits
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack

PROVIDERS = re.compile(r"https://(challenges\.cloudflare\.com|js\.hcaptcha\.com)/")


async def meets_the_stand_in(visitor: Visitor, stack: Stack) -> None:
    """The visitor's browser finds the stand-in where the providers are."""

    async def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        found = await route.fetch(url=f"{stack.challenge}{address.path}?{address.query}")
        await route.fulfill(response=found)

    await visitor.page.context.route(PROVIDERS, answer)


async def comes_from(visitor: Visitor, stack: Stack, forwarded_for: str) -> None:
    """What the front end of App Service says of a caller; on this machine there is none."""

    async def forward(route: Route) -> None:
        await route.continue_(headers={**route.request.headers, "x-forwarded-for": forwarded_for})

    await visitor.page.context.route(f"{stack.run['functions']}/api/**", forward)


async def solves(visitor: Visitor) -> None:
    frame = visitor.page.frame_locator("iframe[title^='Widget of']")
    await frame.get_by_label("I am human").check(timeout=SOON)
    await expect(frame.get_by_label("I am human")).to_be_disabled()


def without(visitor: Visitor, status: int) -> None:
    """The browser reports refused requests in its console; this one was meant to be refused."""
    assert any(str(status) in complaint for complaint in visitor.complaints)
    visitor.complaints = [complaint for complaint in visitor.complaints if str(status) not in complaint]


@pytest.mark.parametrize("kind", [ChallengeKind.TURNSTILE, ChallengeKind.HCAPTCHA])
async def test_a_chat_begins_with_a_solved_challenge(
    stack: Stack, company: Company, people: People, kind: ChallengeKind
) -> None:
    carla = await people.visitor()
    await meets_the_stand_in(carla, stack)
    challenge = ChallengeSettings(kind, "site-of-lunifico", f"env:{CHALLENGE_SECRET}")
    async with company.tenant_with(challenge=challenge):
        await carla.open_chat(stack.run["preview"]["service"])
        await carla.tries_to_start("I am no machine.")
        await expect(carla.page.get_by_text("Please complete the security check first.")).to_be_visible()
        await carla.page.request.put(f"{stack.challenge}/_standin/faults", data={"refuse": 1})
        await solves(carla)
        await carla.page.get_by_role("button", name="Start chat").click()
        refused = carla.page.get_by_text("The security check did not succeed. Please do it once more.")
        await expect(refused).to_be_visible(timeout=SOON)
        without(carla, 400)
        await solves(carla)
        await carla.start("I am no machine.")
        await expect(carla.page.locator("iframe")).to_have_count(0)


async def test_nothing_of_a_third_party_is_loaded_without_a_challenge(stack: Stack, people: People) -> None:
    carla = await people.visitor()
    asked: list[str] = []
    carla.page.on("request", lambda request: asked.append(request.url))
    await carla.open_chat(stack.run["preview"]["service"])
    await expect(carla.page.get_by_role("button", name="Start chat")).to_be_visible()
    assert asked
    assert {urlsplit(url).hostname for url in asked} == {"localhost"}


async def test_whoever_starts_too_often_sees_how_long_to_wait(stack: Stack, company: Company, people: People) -> None:
    carla, otto = await people.visitor(), await people.visitor("Otto")
    await comes_from(carla, stack, "203.0.113.7:50123")
    await comes_from(otto, stack, "198.51.100.9, 203.0.113.99:40000")
    async with company.tenant_with(rate_limits=RateLimits(visitor_starts=1)):
        await carla.open_chat(stack.run["preview"]["service"])
        await carla.start("The first of this network.")
        await otto.open_chat(stack.run["preview"]["service"])
        await otto.tries_to_start("The second, of the same network.")
        await expect(otto.page.get_by_role("alert").first).to_contain_text("Please try again in 10 min", timeout=SOON)
        without(otto, 429)


async def test_a_flood_of_messages_is_not_relayed_and_the_customer_is_told_once(
    stack: Stack, company: Company, people: People
) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    budget = MessageBudget(burst=3, burst_seconds=60)
    async with company.tenant_with(message_budget=budget):
        await carla.open_chat(stack.run["preview"]["user"])
        await carla.start("One.")
    await mario.accepts(carla.name)
    for text in ("Two.", "Three.", "Four.", "Five."):
        await carla.writes(text)
    await carla.sees("You write very fast: your last messages were not delivered. Please wait, then send them again.")
    await mario.writes("I have read three of them.")
    await carla.sees("I have read three of them.")
    await mario.sees("Three.")
    for text in ("Four.", "Five."):
        await expect(mario.log.get_by_text(text)).to_have_count(0)


async def test_a_machine_that_opens_chats_by_plain_http_rings_nobody(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla = await people.visitor()
    functions, headers = stack.run["functions"], {"Origin": stack.run["functions"]}
    form = {
        "widgetKey": demo.WIDGET_KEY,
        "contactId": demo.DIRECT_USER.id,
        "customer": {"displayName": "Machine", "email": "machine@example.com"},
        "message": "Buy now!",
        "idempotencyKey": secrets.token_urlsafe(24),
    }
    started = await carla.page.request.post(f"{functions}/api/widget/v1/sessions", data=form, headers=headers)
    assert started.status == 201
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start("I came later, and I am here.")
    await expect(mario.invitation(carla.name)).to_be_visible(timeout=SOON)
    assert await mario.log.get_by_text("Machine").count() == 0
    session = await started.json()
    headers["Authorization"] = f"Bearer {session['sessionToken']}"
    ended = await carla.page.request.post(
        f"{functions}/api/widget/v1/sessions/{session['sessionId']}/end", data={}, headers=headers
    )
    assert ended.status == 200
