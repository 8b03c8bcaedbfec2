"""*Restricting Access (CORS)*: a domain template is applied, and decides from which pages a contact is reached."""

from __future__ import annotations

from urllib.parse import urlsplit

from local import demo
from local.seed import COMPANY
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import Visitor
from tests.journeys.stack import Stack


async def test_a_page_that_the_template_leaves_out_is_refused_from_the_next_conversation_on(
    stack: Stack, people: People, company: Company
) -> None:
    mario = await people.agent("Mario")
    service = await company.service("Lunifico Restricted", *chat_workflow(), members=[demo.MARIO.id])
    outside = stack.run["functions"].replace("localhost", "127.0.0.1")
    async with Administrator(stack.run) as administrator:
        saved = await administrator.change(f"services/{service}", {"interact": {"restrictAccess": False}})
        await until_live(saved)
        carla = await people.visitor()
        await carla.open_chat(f"{outside}/preview/service/{service}")
        await carla.start("May I ask from anywhere?")
        await mario.accepts(carla.name)

        template = {"name": "Only the preview", "organizationUnitId": COMPANY, "domains": [row(stack)]}
        await administrator.create("domainTemplates/journey-only-preview", template)
        restriction = {"restrictAccess": True, "domainTemplateId": "journey-only-preview"}
        await until_live(await administrator.change(f"services/{service}", {"interact": restriction}))

    otto = await people.visitor("Otto")
    await otto.open_chat(f"{outside}/preview/service/{service}")
    await is_told_that_it_is_not_available(otto)
    await mario.writes("Yours goes on.")
    await carla.sees("Yours goes on.")
    await carla.leaves()

    luisa = await people.visitor("Luisa")
    await luisa.open_chat(company.preview(service))
    await luisa.start("May I ask from here?")
    await mario.accepts(luisa.name)


def row(stack: Stack) -> dict[str, object]:
    parts = urlsplit(stack.run["functions"])
    return {"protocol": parts.scheme, "domain": parts.hostname, "port": parts.port}


async def is_told_that_it_is_not_available(visitor: Visitor) -> None:
    await visitor.sees_state("This chat is not available on this page.")
    assert await visitor.page.get_by_role("button", name="Start chat").count() == 0
    assert any("403" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
