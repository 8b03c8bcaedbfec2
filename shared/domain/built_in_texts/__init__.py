"""What customers read where no administrator has set another text: one file for each language, and its line here.

Each has `SYSTEM_MESSAGES` by the slots of `domain.system_messages`, `NOTICES` (refusals that a person has to see in the
conversation) and `WEEKDAYS` from Monday on. What agents read is elsewhere (`domain.agent_texts`).
"""

from __future__ import annotations

from typing import Protocol

from shared.domain.built_in_texts import ar, de, en, fr


class Texts(Protocol):
    """A language's file."""

    SYSTEM_MESSAGES: dict[str, str]
    NOTICES: dict[str, str]
    WEEKDAYS: tuple[str, ...]


LANGUAGES: dict[str, Texts] = {"en": en, "de": de, "fr": fr, "ar": ar}
