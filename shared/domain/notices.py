"""Short texts of our own that no administrator sets: refusals that a person has to see in the conversation."""

from __future__ import annotations

NOTICES: dict[str, dict[str, str]] = {
    "en": {
        "undelivered": "The last message could not be delivered.",
        "after_the_end": "This conversation has ended. Your last message was not delivered.",
    },
    "de": {
        "undelivered": "Die letzte Nachricht konnte nicht zugestellt werden.",
        "after_the_end": "Diese Unterhaltung ist beendet. Ihre letzte Nachricht wurde nicht zugestellt.",
    },
}


def notice(name: str, language: str) -> str:
    """A notice in the session's language, or in English."""
    return NOTICES.get(language, NOTICES["en"])[name]
