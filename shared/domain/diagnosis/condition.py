"""A condition of a diagnosis: one function, and one line in a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.diagnosis.facts import Facts
from shared.domain.verdicts import Judgement


class Area(StrEnum):
    """`page`: what a web developer mends; `start`: what decides whether a session begins; `answer`: what comes then."""

    PAGE = "page"
    START = "start"
    ANSWER = "answer"


@dataclass(frozen=True)
class Condition:
    """`codes` are the refusals that it explains. `blocks`: where it fails, visitors are not served.

    `of_page`: it is about one page, so that a contact's readiness has nothing to say of it.
    """

    id: str
    title: str
    area: Area
    judge: Callable[[Facts], Judgement]
    codes: tuple[str, ...] = ()
    blocks: bool = True
    of_page: bool = False


@dataclass(frozen=True)
class Judged:
    condition: Condition
    judgement: Judgement

    @property
    def blocks(self) -> bool:
        return self.condition.blocks and self.judgement.failed
