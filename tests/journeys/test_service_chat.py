"""A customer asks a service; its members answer from the desk."""

from __future__ import annotations

from tests.journeys.conftest import People
from tests.journeys.stack import Stack


async def test_a_customer_and_an_agent_talk(stack: Stack, people: People) -> None:
    team = await people.team()
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["service"])
    await carla.start("My order #42 has not arrived yet.")
    agent = await people.invited(team, carla.name)
    await carla.sees(f"Welcome to Lunifico Support, {carla.name}!")
    await agent.accepts(carla.name)
    await carla.sees(f"You are now connected with {agent.name} of Lunifico Support.")
    await agent.sees(f"{carla.name}: My order #42 has not arrived yet.")
    await agent.writes("Hello, let me look that up.")
    await carla.sees("Hello, let me look that up.")
    await carla.writes("Thank you!")
    await agent.sees(f"{carla.name}: Thank you!")
    await agent.writes("It arrives tomorrow.")
    await carla.sees("It arrives tomorrow.")
    assert await carla.texts() == [
        "My order #42 has not arrived yet.",
        "Hello, let me look that up.",
        "Thank you!",
        "It arrives tomorrow.",
    ]


async def test_who_declines_leaves_it_to_the_other(stack: Stack, people: People) -> None:
    team = await people.team()
    carla = await people.visitor()
    await carla.open_chat(stack.run["preview"]["service"])
    await carla.start("Is anybody there?")
    first = await people.invited(team, carla.name)
    (second,) = (agent for agent in team if agent is not first)
    await first.declines(carla.name)
    await second.accepts(carla.name)
    await carla.sees(f"You are now connected with {second.name} of Lunifico Support.")
    await first.sees_outcome(carla.name, "You have declined.")
    await second.writes("Here I am.")
    await carla.sees("Here I am.")


async def test_two_conversations_of_one_agent_stay_apart(stack: Stack, people: People) -> None:
    mario = await people.agent("Mario")
    carla, otto = await people.visitor("Carla Customer"), await people.visitor("Otto")
    for customer, message in ((carla, "I am Carla."), (otto, "I am Otto.")):
        await customer.open_chat(stack.run["preview"]["user"])
        await customer.start(message)
        await mario.accepts(customer.name)
    await mario.replies(otto.name, "Good morning, Otto.")
    await otto.sees("Good morning, Otto.")
    await carla.writes("And I?")
    await mario.sees("And I?")
    await mario.replies(carla.name, "Good morning, Carla.")
    await carla.sees("Good morning, Carla.")
    assert await carla.texts() == ["I am Carla.", "And I?", "Good morning, Carla."]
    assert await otto.texts() == ["I am Otto.", "Good morning, Otto."]
    await mario.writes("Who gets this?")
    await mario.log.get_by_role("button", name=f"Send to {otto.name}").click()
    await otto.sees("Who gets this?")
    assert "Who gets this?" not in await carla.texts()
