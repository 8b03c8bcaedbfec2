"""What the diagnosis says, in other languages than English: one file for each.

Titles are found by the condition's id, fixes by the English text that the code has, with its places in braces. What was
seen in a single case, the explanation, is English only.
"""

from __future__ import annotations

from shared.domain.diagnosis.texts import de
from shared.domain.verdicts import Judgement

TITLES: dict[str, dict[str, str]] = {"de": de.TITLES}
FIXES: dict[str, dict[str, str]] = {"de": de.FIXES}


def condition_title(condition_id: str, english: str, language: str) -> str:
    return TITLES.get(language, {}).get(condition_id, english)


def advice(judgement: Judgement, language: str) -> str:
    """What to do, in the language or in English."""
    return judgement.advice_in(FIXES.get(language, {}).get(judgement.fix, judgement.fix))
