"""Two administrators save the same service at once: the second is told who changed what, and nothing is lost."""

from __future__ import annotations

from playwright.async_api import expect

from local.demo import TENANT_ADMINISTRATOR, UNIT_ADMINISTRATOR
from tests.journeys.administrator import Administrator, until_live
from tests.journeys.company import Company, chat_workflow
from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack

CONSENT = "I agree that what I write is kept for a month."


async def test_the_second_is_told_who_changed_what_and_both_changes_are_in_the_chat(
    stack: Stack, people: People, company: Company
) -> None:
    service = await company.service("Lunifico Before", *chat_workflow())
    path = f"services/{service}"
    async with (
        Administrator(stack.run, TENANT_ADMINISTRATOR) as first,
        Administrator(stack.run, UNIT_ADMINISTRATOR) as second,
    ):
        read = str((await second.get(path))["version"])
        renamed = await first.change(path, {"name": "Lunifico After"}, read)

        consent = {"interact": {"widget": {"consent": {"en": CONSENT}}}}
        problem = await second.is_refused(path, consent, read)
        assert (problem["status"], problem["code"]) == (412, "changed_meanwhile")
        assert (problem["changedBy"], problem["fields"]) == (TENANT_ADMINISTRATOR.name, ["name"])
        assert (problem["changedAt"], problem["version"]) == (renamed["changedAt"], renamed["version"])

        await until_live(await second.change(path, consent, problem["version"]))

    carla = await people.visitor()
    await carla.open_chat(company.preview(service))
    await expect(carla.page.get_by_role("heading", name="Lunifico After").first).to_be_visible(timeout=SOON)
    await expect(carla.page.get_by_text(CONSENT)).to_be_visible(timeout=SOON)
