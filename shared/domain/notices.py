"""Short texts of our own that no administrator sets: refusals that a person has to see in the conversation."""

from __future__ import annotations

NOTICES: dict[str, dict[str, str]] = {
    "en": {
        "undelivered": "The last message could not be delivered.",
        "after_the_end": "This conversation has ended. Your last message was not delivered.",
        "ended": "This conversation has ended.",
        "ended_by_agent": "You have ended this conversation.",
        "ended_by_customer": "The customer has ended this conversation.",
        "customer_gone": "The customer has left this conversation.",
        "too_fast": "You write very fast: your last messages were not delivered. Please wait, then send them again.",
        "over_budget": "This conversation is full: what you write now is not delivered. Please start a new one.",
        "ended_over_budget": "This conversation has ended, because too many messages were sent in it.",
        "customer_over_budget": "The customer has used up this conversation: further messages are not delivered.",
        "message_budget_exceeded": "This conversation was ended, because the customer sent too many messages.",
        "message_deleted": "This message was deleted.",
        "position": "You are number $(Queue.Position) in the queue.",
        "position_and_wait": "You are number $(Queue.Position) in the queue. Expected wait: $(Queue.ExpectedWait) min.",
    },
    "de": {
        "undelivered": "Die letzte Nachricht konnte nicht zugestellt werden.",
        "after_the_end": "Diese Unterhaltung ist beendet. Ihre letzte Nachricht wurde nicht zugestellt.",
        "ended": "Diese Unterhaltung ist beendet.",
        "ended_by_agent": "Sie haben diese Unterhaltung beendet.",
        "ended_by_customer": "Die Kundin oder der Kunde hat diese Unterhaltung beendet.",
        "customer_gone": "Die Kundin oder der Kunde hat diese Unterhaltung verlassen.",
        "too_fast": (
            "Sie schreiben sehr schnell: Ihre letzten Nachrichten wurden nicht zugestellt. "
            "Bitte warten Sie einen Moment und senden Sie sie dann noch einmal."
        ),
        "over_budget": (
            "Diese Unterhaltung ist voll: was Sie ab jetzt schreiben, wird nicht zugestellt. "
            "Bitte beginnen Sie eine neue."
        ),
        "ended_over_budget": "Diese Unterhaltung ist beendet, weil zu viele Nachrichten gesendet wurden.",
        "customer_over_budget": (
            "Die Kundin oder der Kunde hat diese Unterhaltung ausgeschöpft: "
            "weitere Nachrichten werden nicht zugestellt."
        ),
        "message_budget_exceeded": (
            "Diese Unterhaltung wurde beendet, weil die Kundin oder der Kunde zu viele Nachrichten gesendet hat."
        ),
        "message_deleted": "Diese Nachricht wurde gelöscht.",
        "position": "Sie sind Nummer $(Queue.Position) in der Warteschlange.",
        "position_and_wait": (
            "Sie sind Nummer $(Queue.Position) in der Warteschlange. Erwartete Wartezeit: $(Queue.ExpectedWait) min."
        ),
    },
}


def notice(name: str, language: str) -> str:
    """A notice in the session's language, or in English."""
    return NOTICES.get(language, NOTICES["en"])[name]


def how_it_ended(reason: str | None, language: str) -> str:
    """What an agent reads on the card of a finished conversation; `reason` is an EndReason's value."""
    return notice(reason if reason in NOTICES["en"] else "ended", language)
