"""Links, emoji and line breaks go through as they are; files and images are refused with a clear message."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.conftest import People
from tests.journeys.pages import SOON
from tests.journeys.stack import Stack

FAMILY = "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽"
DROP = """
(field) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["…"], "receipt.png", { type: "image/png" }));
  const options = { bubbles: true, composed: true, cancelable: true, dataTransfer };
  return !field.dispatchEvent(new DragEvent("drop", options));
}
"""


async def test_links_emoji_and_line_breaks_in_both_directions_and_no_files(stack: Stack, people: People) -> None:
    mario, carla = await people.agent("Mario"), await people.visitor()
    await carla.open_chat(stack.run["preview"]["user"])
    await carla.start(f"Look: https://shop.example/lamp?a=1&b=2 {FAMILY}")
    await mario.accepts(carla.name)
    await mario.sees(FAMILY)
    link = carla.log.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://shop.example/lamp?a=1&b=2")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")

    field = carla.page.get_by_role("textbox", name="Type a message")
    await field.fill("one\n\nthree")
    await field.press("Enter")
    run = "😀" * 500
    await carla.writes(run)
    await mario.sees(run)
    await mario.writes(f"{FAMILY} https://track.example/42.")
    await expect(carla.log.get_by_role("link", name="https://track.example/42", exact=True)).to_be_visible(timeout=SOON)

    assert await field.evaluate(DROP)
    refused = carla.page.get_by_role("alert").get_by_text("Files and images cannot be sent here.")
    await expect(refused).to_be_visible()
    assert await carla.texts() == [
        f"Look: https://shop.example/lamp?a=1&b=2 {FAMILY}",
        "one\n\nthree",
        run,
        f"{FAMILY} https://track.example/42.",
    ]
