"""What customers and agents do in their pages, and see there. Names are those that screen readers read."""

from __future__ import annotations

from collections.abc import Callable

from playwright.async_api import ConsoleMessage, Locator, Page, WebSocketRoute, expect

TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} in ${event.sourceFile}`));
"""
SOON = 15_000
"""Milliseconds for what takes two hops; the machine may be busy."""


class WatchedPage:
    """A page whose complaints are collected: errors of scripts, failed loads, violations of its policy."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.complaints: list[str] = []
        self._is_expected: Callable[[str], bool] = lambda _: False
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_console(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        # The browser asks for an icon by itself; whether there is one is not the widget's affair.
        if message.type == "error" and not address.endswith("/favicon.ico"):
            complaint = f"{message.text} ({address})"
            if not self._is_expected(complaint):
                self.complaints.append(complaint)


class Visitor(WatchedPage):
    """A customer with the widget."""

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    def may_meet_the_end(self) -> None:
        """Calls of its session under way while that ends are answered with 410, a failed load to the browser."""
        self._is_expected = lambda complaint: "410 (Gone)" in complaint and "/api/widget/v1/sessions/" in complaint

    async def loses_push(self, signalr: str) -> list[str]:
        """Every connection to SignalR breaks off at once; those that were tried."""
        tried: list[str] = []

        async def break_off(socket: WebSocketRoute) -> None:
            tried.append(socket.url)
            await socket.close()

        await self.page.route_web_socket(f"{signalr.replace('http', 'ws', 1)}/**", break_off)
        return tried

    async def open_chat(self, address: str) -> None:
        await self.page.goto(address)
        await self.page.get_by_role("button", name="Open chat").click()

    async def start(self, message: str, name: str | None = None, seen: str | None = None) -> None:
        """Fill in the form and start; `seen` is how the message is shown then, where that differs."""
        await self.tries_to_start(message, name)
        await self.sees(seen or message)

    async def tries_to_start(self, message: str, name: str | None = None) -> None:
        await self.page.get_by_role("textbox", name="Name").fill(name or self.name)
        await self.page.get_by_role("textbox", name="Email").fill("customer@example.com")
        await self.page.get_by_role("textbox", name="Message").fill(message)
        await self.page.get_by_role("button", name="Start chat").click()

    async def writes(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Type a message").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def sees(self, text: str) -> None:
        """Exactly once."""
        await expect(self.log.get_by_text(text, exact=True)).to_have_count(1, timeout=SOON)

    async def sees_state(self, text: str) -> None:
        """The line below the contact's name."""
        await expect(self.page.get_by_text(text, exact=True).first).to_be_visible(timeout=SOON)

    async def ends(self) -> None:
        await self.page.get_by_role("button", name="End chat").click()
        await self.page.get_by_role("alertdialog").get_by_role("button", name="End chat").click()

    async def leaves(self) -> None:
        """End the conversation, if one is open."""
        if await self.page.get_by_role("button", name="End chat").count() == 1:
            await self.ends()
            await self.sees_the_end()

    async def sees_the_end(self) -> None:
        await expect(self.page.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=SOON)

    async def texts(self) -> list[str]:
        """The messages of both sides in their order, without those of the system."""
        return await self.log.locator(".bubble").all_inner_texts()


class Agent(WatchedPage):
    """An agent at the desk."""

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    async def sign_in(self, desk: str, user_id: str) -> None:
        """Open the desk as this user, with the app installed."""
        await self.page.goto(f"{desk}/?user={user_id}")
        await expect(self.page.get_by_role("combobox", name="Signed in as")).to_have_value(user_id)
        known = await self.page.request.get(f"{desk}/_standin/conversations/{user_id}")
        if not (await known.json()).get("installed"):
            await self.page.get_by_role("button", name="Install app").click()
            await expect(self.log.get_by_text("You are registered.")).to_be_visible(timeout=SOON)
        await expect(self.page.get_by_text("App · installed", exact=True)).to_be_visible(timeout=SOON)

    def invitation(self, customer: str) -> Locator:
        """The open invitation of this customer."""
        return self._card(customer, "Accept")

    def conversation(self, customer: str) -> Locator:
        """The newest card of the open conversation with this customer."""
        return self._card(customer, "End").last

    async def accepts(self, customer: str) -> None:
        await self.invitation(customer).get_by_role("button", name="Accept").click(timeout=SOON)
        await expect(self.conversation(customer)).to_be_visible(timeout=SOON)

    async def declines(self, customer: str) -> None:
        await self.invitation(customer).get_by_role("button", name="Decline").click(timeout=SOON)

    async def writes(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Type a message").fill(text)
        await self.page.locator("#compose").get_by_role("button", name="Send").click()

    async def replies(self, customer: str, text: str) -> None:
        """In the reply field of the customer's own card, as with several conversations."""
        card = self._card(customer, "Send").last
        await card.get_by_role("textbox", name=f"Reply to {customer}").fill(text)
        await card.get_by_role("button", name="Send").click()

    async def sees(self, text: str) -> None:
        """Exactly one message of this text."""
        await expect(self.log.get_by_text(text)).to_have_count(1, timeout=SOON)

    async def mends(self, text: str, mended: str) -> None:
        """Change a message of one's own."""
        await self._own(text).get_by_role("button", name="Edit").click()
        await self.log.get_by_role("textbox", name="Edit message").fill(mended)
        await self.log.get_by_role("button", name="Save").click()
        await self.sees(mended)

    async def deletes(self, text: str) -> None:
        await self._own(text).get_by_role("button", name="Delete").click()
        await expect(self.log.get_by_text(text)).to_have_count(0, timeout=SOON)

    async def restores(self) -> None:
        """Take back the last deletion."""
        await self.log.get_by_role("button", name="Undo").last.click()

    async def sees_outcome(self, customer: str, text: str) -> None:
        """A card about this customer that says so."""
        card = self.log.get_by_role("article").filter(has_text=customer).filter(has_text=text)
        await expect(card).to_have_count(1, timeout=SOON)

    async def ends(self, customer: str) -> None:
        await self.conversation(customer).get_by_role("button", name="End").click()

    async def sees_the_end(self, customer: str) -> None:
        """No card offers to end the conversation any more."""
        await expect(self._card(customer, "End")).to_have_count(0, timeout=SOON)

    def _own(self, text: str) -> Locator:
        return self.log.get_by_role("article").filter(has_text=text)

    def _card(self, customer: str, button: str) -> Locator:
        article = self.log.get_by_role("article")
        return article.filter(has_text=customer).filter(has=self.page.get_by_role("button", name=button, exact=True))
