"""What agents read from us in their chat with the bot: one file for each language, one line for each text.

Texts that administrators set are elsewhere (`domain.system_messages`), and so is what customers read.
"""

from __future__ import annotations

from shared.domain.agent_texts import de, en

CATALOGUE: dict[str, dict[str, str]] = {"en": en.TEXTS, "de": de.TEXTS}


def agent_text(key: str, language: str, **values: object) -> str:
    """A text in the agents' language, or in English; `values` fill its places in braces.

    Raises KeyError for a text that there is not.
    """
    return CATALOGUE.get(language, en.TEXTS)[key].format(**values)
