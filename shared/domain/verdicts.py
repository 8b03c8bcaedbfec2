"""What was found out about one condition, where it is set, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.domain.documents import Kind


class Verdict(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    NOT_JUDGED = "notJudged"


@dataclass(frozen=True)
class Setting:
    """A field of a document of the configuration, by the domain's names."""

    kind: Kind
    id: str
    field: str


@dataclass(frozen=True)
class Judgement:
    """`explanation` is what was seen, `fix` what to do; a condition that passes may still have one, for later.

    `values` fill the places in braces that the fix has; so it can be told in another language (`advice`).
    `code`: with which a start is refused, where the condition knows it better than its line in the list.
    """

    verdict: Verdict
    explanation: str
    setting: Setting | None = None
    fix: str = ""
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def advice(self) -> str:
        """The fix in English, its places filled."""
        return self.advice_in(self.fix)

    def advice_in(self, text: str) -> str:
        """A text with the places of the fix, filled; a value is never a template."""
        return text.format(**self.values) if self.values else text

    @property
    def failed(self) -> bool:
        return self.verdict is Verdict.FAIL


def passed(explanation: str, setting: Setting | None = None, fix: str = "") -> Judgement:
    return Judgement(Verdict.PASS, explanation, setting, fix)


def failed(explanation: str, setting: Setting | None, fix: str, **values: str) -> Judgement:
    return Judgement(Verdict.FAIL, explanation, setting, fix, values=values)


def not_judged(explanation: str, setting: Setting | None = None, fix: str = "", **values: str) -> Judgement:
    return Judgement(Verdict.NOT_JUDGED, explanation, setting, fix, values=values)
