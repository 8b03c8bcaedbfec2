"""Short texts of our own that no administrator sets: refusals that a person has to see in the conversation."""

from __future__ import annotations

from shared.domain.built_in_texts import LANGUAGES

NOTICES: dict[str, dict[str, str]] = {code: language.NOTICES for code, language in LANGUAGES.items()}


def notice(name: str, language: str) -> str:
    """A notice in the session's language, or in English."""
    return NOTICES.get(language, NOTICES["en"])[name]


def how_it_ended(reason: str | None, language: str) -> str:
    """What an agent reads on the card of a finished conversation; `reason` is an EndReason's value."""
    return notice(reason if reason in NOTICES["en"] else "ended", language)
