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
    },
    "de": {
        "undelivered": "Die letzte Nachricht konnte nicht zugestellt werden.",
        "after_the_end": "Diese Unterhaltung ist beendet. Ihre letzte Nachricht wurde nicht zugestellt.",
        "ended": "Diese Unterhaltung ist beendet.",
        "ended_by_agent": "Sie haben diese Unterhaltung beendet.",
        "ended_by_customer": "Die Kundin oder der Kunde hat diese Unterhaltung beendet.",
        "customer_gone": "Die Kundin oder der Kunde hat diese Unterhaltung verlassen.",
    },
}


def notice(name: str, language: str) -> str:
    """A notice in the session's language, or in English."""
    return NOTICES.get(language, NOTICES["en"])[name]


def how_it_ended(reason: str | None, language: str) -> str:
    """What an agent reads on the card of a finished conversation; `reason` is an EndReason's value."""
    return notice(reason if reason in NOTICES["en"] else "ended", language)
