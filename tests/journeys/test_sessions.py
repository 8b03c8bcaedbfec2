"""*Sessions, agents and privacy*: what an administrator reads of a real chat, ends, and has forgotten."""

from __future__ import annotations

from tests.journeys.administrator import Administrator
from tests.journeys.company import Company
from tests.journeys.conftest import People
from tests.journeys.pages import Agent, Visitor
from tests.journeys.stack import Stack
from tests.journeys.test_diagnosis import interact


def words(email: str) -> tuple[str, str]:
    """What both sides write in the conversation of this customer."""
    name = email.partition("@")[0]
    return f"Where is my {name} lamp?", f"The {name} lamp leaves today."


async def talking(stack: Stack, people: People, email: str) -> tuple[Visitor, Agent]:
    """A customer with this address talks with Mario."""
    question, answer = words(email)
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.page.get_by_role("textbox", name="Name").fill(carla.name)
    await carla.page.get_by_role("textbox", name="Email").fill(email)
    await carla.page.get_by_role("textbox", name="Message").fill(question)
    await carla.page.get_by_role("button", name="Start chat").click()
    await mario.accepts(carla.name)
    await mario.sees(question)
    await mario.writes(answer)
    await carla.sees(answer)
    return carla, mario


async def running(stack: Stack, administrator: Administrator) -> str:
    """The id of the only session that runs."""
    code, listed = await interact(stack, administrator, "sessions", "list", "--state", "running", "--user", "Mario")
    assert code == 0
    (session,) = listed["items"]
    return str(session["id"])


async def test_a_conversation_is_told_in_order_and_with_its_words_where_they_are_kept(
    stack: Stack, people: People, company: Company
) -> None:
    async with company.tenant_with(store_conversation_context=True), Administrator(stack.run) as administrator:
        carla, mario = await talking(stack, people, "told@example.com")
        session = await running(stack, administrator)
        await mario.ends(carla.name)
        await carla.sees_the_end()
        code, told = await interact(stack, administrator, "sessions", "show", session)
    assert (code, told["outcome"], told["customer"]["email"]) == (0, "answered", "told@example.com")
    expected = [
        "The workflow began",
        "It rings at Mario",
        "Mario accepted",
        "Mario wrote",
        "Mario ended the conversation",
    ]
    left = iter(line["title"] for line in told["timeline"])
    assert [title for title in expected if title not in left] == [], "each after the one before"
    written = [message["text"] for message in told["messages"] if message["author"] != "system"]
    assert tuple(written) == words("told@example.com")


async def test_without_the_setting_nobody_reads_what_was_written(stack: Stack, people: People) -> None:
    async with Administrator(stack.run) as administrator:
        carla, _ = await talking(stack, people, "silent@example.com")
        session = await running(stack, administrator)
        _, told = await interact(stack, administrator, "sessions", "show", session)
        await carla.leaves()
    assert (told["messages"], told["customer"]) == (None, None)
    assert words("silent@example.com")[0] not in str(told)
    assert carla.name not in str(told)


async def test_an_administrator_ends_a_conversation_and_both_sides_see_it(stack: Stack, people: People) -> None:
    async with Administrator(stack.run) as administrator:
        carla, mario = await talking(stack, people, "stuck@example.com")
        session = await running(stack, administrator)
        code, ended = await interact(stack, administrator, "sessions", "end", session, "--yes")
    assert (code, ended["endReason"]) == (0, "ended_by_administrator")
    await carla.sees_the_end()
    await carla.sees("This conversation has ended.")
    await mario.sees_the_end(carla.name)


async def test_a_customer_is_forgotten_and_the_report_says_where(stack: Stack, people: People) -> None:
    async with Administrator(stack.run) as administrator:
        carla, _ = await talking(stack, people, "forget@example.com")
        session = await running(stack, administrator)
        code, report = await interact(stack, administrator, "erase", "Forget@Example.com", "--yes")
        await carla.sees_the_end()
        _, told = await interact(stack, administrator, "sessions", "show", session)
        again, nothing = await interact(stack, administrator, "erase", "forget@example.com", "--yes")
    assert (code, report["complete"], [one["id"] for one in report["sessions"]]) == (0, True, [session])
    assert (report["erased"]["sessions"], report["erased"]["acsThreads"], report["erased"]["acsIdentities"]) == (
        1,
        1,
        1,
    )
    assert (told["origin"], told["endReason"]) == (None, "ended_by_administrator")
    assert (again, nothing["sessions"]) == (0, [])
