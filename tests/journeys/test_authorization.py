"""A tenant lets only those chat whom its site vouches for, and the agent reads who that is."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import pytest
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from local import demo
from local.seed import PREVIEW_TEMPLATE
from local.serving import serving
from shared.domain.authorization import AuthorizationMode, SiteTokenSettings
from shared.domain.documents import Kind
from shared.domain.domain_templates import DomainRow, DomainTemplate
from shared.domain.services import Service
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON, Visitor
from tests.journeys.stack import Stack
from tests.ports.authorize_doc import program
from tests.ports.issuer import RSA, pem, private_pem

SIGN_IN = "Please sign in on this page, then try again."
DEMANDED = SiteTokenSettings(issuer="https://www.lunifico.example", audience="interact", public_key=pem(RSA))
PAGE = """<!doctype html>
<html lang="en">
  <title>For customers of Lunifico</title>
  <script>
    window.Nimbus = {{ queue: [{{
      widgetKey: "{key}",
      serviceId: "{service}",
      getAccessToken: async () => {{
        const response = await fetch("/chat-token", {{ method: "POST" }});
        if (!response.ok) throw new Error("not signed in");
        return response.text();
      }},
    }}] }};
  </script>
  <script src="{functions}/widget/interact.js" async></script>
</html>
"""


@dataclass
class Site:
    """The site of docs/authorize.md: `user` is who is signed in; `tokens` are those that it gave."""

    example: ModuleType
    page: str = ""
    user: dict[str, str] | None = None
    tokens: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/", self._show), Route("/chat-token", self._give, methods=["POST"])])

    async def _show(self, _: Request) -> Response:
        return HTMLResponse(self.page)

    async def _give(self, _: Request) -> Response:
        if self.user is None:
            return Response(status_code=403)
        self.tokens.append(self.example.site_token(self.user))
        return PlainTextResponse(self.tokens[-1])


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program in Python, as it is printed."""
    file = tmp_path / "example.py"
    file.write_text(program("python"), "utf-8")
    monkeypatch.setenv("INTERACT_SITE_KEY", private_pem(RSA))
    spec = importlib.util.spec_from_file_location("site_of_the_page", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def tries(visitor: Visitor, message: str) -> None:
    """Fill in the form and press the button, whatever comes of it."""
    for name, text in (("Name", visitor.name), ("Email", "typed@example.com"), ("Message", message)):
        await visitor.page.get_by_role("textbox", name=name).fill(text)
    await visitor.page.get_by_role("button", name="Start chat").click()


async def is_asked_to_sign_in(visitor: Visitor) -> None:
    await expect(visitor.page.get_by_text(SIGN_IN)).to_be_visible(timeout=SOON)
    assert all("403" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


async def test_only_whom_the_site_vouches_for_chats_and_the_agent_reads_who_that_is(
    stack: Stack, people: People, company: Company, example: ModuleType
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Members", *chat_workflow(), members=[mario_id(stack)])
    values = {"key": demo.WIDGET_KEY, "service": service, "functions": stack.run["functions"]}
    site = Site(example, PAGE.format(**values))
    demand = {"authorization": AuthorizationMode.SIGNED_TOKEN, "site_tokens": DEMANDED}
    async with serving(site.app()) as server, company.tenant_with(**demand):
        await open_to(company, service, server.port)
        otto = await people.visitor("Otto")
        await otto.open_chat(company.preview(service))
        await tries(otto, "May I come in?")
        await is_asked_to_sign_in(otto)

        carla = await people.visitor("Mallory")
        await carla.open_chat(server.url)
        await tries(carla, "It is me.")
        await is_asked_to_sign_in(carla)

        verified = f"Carla Verified {carla.name.rpartition(' ')[2]}"
        site.user = {"id": "4711", "name": verified, "email": "carla@lunifico.example"}
        await carla.page.get_by_role("button", name="Start chat").click()
        await carla.sees("It is me.")
        await expect(mario.invitation(verified)).to_contain_text("Verified by www.lunifico.example", timeout=SOON)
        await mario.accepts(verified)
        card = mario.conversation(verified)
        await expect(card).to_contain_text("Verified by www.lunifico.example")
        await expect(card).to_contain_text("carla@lunifico.example")
        await expect(mario.log).not_to_contain_text(carla.name)
        await mario.writes("Welcome back.")
        await carla.sees("Welcome back.")
        assert len(site.tokens) == 1


async def open_to(company: Company, service_id: str, port: int) -> None:
    """The service may be reached from the site on this port, and from previews."""
    stored = await company.documents.read_document(demo.TENANT_ID, Kind.DOMAIN_TEMPLATE, PREVIEW_TEMPLATE)
    assert stored is not None
    assert isinstance(stored.document, DomainTemplate)
    rows = (*stored.document.domains, DomainRow("http", "localhost", port))
    await company.save(replace(stored.document, id="journey-members", domains=rows))
    service = await company.documents.read_document(demo.TENANT_ID, Kind.SERVICE, service_id)
    assert service is not None
    assert isinstance(service.document, Service)
    access = replace(service.document.interact, domain_template_id="journey-members")
    await company.save(replace(service.document, interact=access))


def mario_id(stack: Stack) -> str:
    return next(str(each["id"]) for each in stack.run["agents"] if each["name"] == "Mario")
