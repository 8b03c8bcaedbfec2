"""What a session's timeline says to administrators: one file for each language, one line for each text.

Keys are `event_`, `deadline_`, `effect_`, `reason_` and `state_` with what they are about; the others join them.
"""

from __future__ import annotations

from shared.domain.timeline_texts import de, en

CATALOGUE: dict[str, dict[str, str]] = {"en": en.TEXTS, "de": de.TEXTS}
