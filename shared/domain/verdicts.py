"""What was found out about one condition, where it is set, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
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

    `code`: with which a start is refused, where the condition knows it better than its line in the list.
    """

    verdict: Verdict
    explanation: str
    setting: Setting | None = None
    fix: str = ""
    code: str = ""

    @property
    def failed(self) -> bool:
        return self.verdict is Verdict.FAIL


def passed(explanation: str, setting: Setting | None = None, fix: str = "") -> Judgement:
    return Judgement(Verdict.PASS, explanation, setting, fix)


def failed(explanation: str, setting: Setting | None, fix: str) -> Judgement:
    return Judgement(Verdict.FAIL, explanation, setting, fix)


def not_judged(explanation: str, setting: Setting | None = None, fix: str = "") -> Judgement:
    return Judgement(Verdict.NOT_JUDGED, explanation, setting, fix)
