"""What the diagnosis says in other languages: no title and no fix lacks one, and places are filled in each."""

from __future__ import annotations

import ast
import inspect
import string
from collections.abc import Iterator
from types import ModuleType

import pytest

from shared.application import tenant_extensions
from shared.domain import admission_rules
from shared.domain.diagnosis import BY_ID, CONDITIONS, of_answer, of_page, of_start
from shared.domain.diagnosis.facts import Facts
from shared.domain.diagnosis.texts import FIXES, TITLES, advice, condition_title
from shared.domain.verdicts import failed
from tests.domain.diagnosis.scenes import judged
from tests.domain.diagnosis.test_conditions import FAILS

LANGUAGES = sorted(FIXES)
SOURCES = (admission_rules, of_page, of_start, of_answer, tenant_extensions)
PLACE_OF_FIX = {"failed": 2, "not_judged": 2, "passed": 2, "_everybody": 1, "Checked": 3}
FROM_ELSEWHERE = {"wrong.fix", "fix"}
"""A fix of a step of the ACS check, and the parameter by which one comes: both are read where they are written."""


def written(module: ModuleType) -> Iterator[str]:
    """Every fix that the code of a module has; a text that is put together there cannot be translated."""
    tree = ast.parse(inspect.getsource(module))
    texts: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            texts.setdefault(node.target.id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for given in fixes_of(node):
                yield from resolved(given, texts, module)


def fixes_of(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    yield from (one.value for one in call.keywords if one.arg == "fix")
    if name in PLACE_OF_FIX and len(call.args) > PLACE_OF_FIX[name]:
        yield call.args[PLACE_OF_FIX[name]]


def resolved(given: ast.expr, texts: dict[str, list[ast.expr]], module: ModuleType) -> Iterator[str]:
    match given:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from resolved(given.body, texts, module)
            yield from resolved(given.orelse, texts, module)
        case ast.Name(id=name) if name in texts:
            for one in texts[name]:
                yield from resolved(one, texts, module)
        case ast.Subscript(value=ast.Name(id=name)):
            (table,) = texts[name]
            assert isinstance(table, ast.Dict)
            for one in table.values:
                yield from resolved(one, texts, module)
        case _:
            assert ast.unparse(given) in FROM_ELSEWHERE, f"{module.__name__}: {ast.unparse(given)}"


WRITTEN = {text for module in SOURCES for text in written(module) if text}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_has_a_title_of_its_own(language: str) -> None:
    assert list(TITLES[language]) == sorted(TITLES[language], key=list(BY_ID).index)
    assert set(TITLES[language]) == set(BY_ID)
    assert len(set(TITLES[language].values())) == len(BY_ID)
    assert not {one.title for one in CONDITIONS} & set(TITLES[language].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fix_that_is_written_somewhere_is_told_and_no_other(language: str) -> None:
    assert len(WRITTEN) > 50
    assert set(FIXES[language]) == WRITTEN


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fix_has_the_same_places_in_each(language: str) -> None:
    assert {fix: places(text) for fix, text in FIXES[language].items()} == {fix: places(fix) for fix in FIXES[language]}


@pytest.mark.parametrize(("condition", "facts", "_", "__"), FAILS, ids=[one[0] for one in FAILS])
def test_whatever_fails_is_told_in_german(condition: str, facts: Facts, _: str, __: str) -> None:
    judgement = judged(condition, facts)
    told = advice(judgement, "de")
    if condition != "acs":  # the steps of this scene are made up
        assert told != judgement.advice
    assert "{" not in told
    for value in judgement.values.values():
        assert value in told
        assert value in judgement.advice


def test_a_value_is_never_a_template() -> None:
    judgement = failed("x", None, "write {name} in the snippet", name="{address}")
    assert advice(judgement, "de") == "Schreiben Sie {address} in das Snippet"
    assert judgement.advice == "write {address} in the snippet"


def test_a_language_that_there_is_not_is_english() -> None:
    assert (
        condition_title("members", "Somebody can take the conversation", "fr") == "Somebody can take the conversation"
    )
    assert advice(failed("x", None, "add members to the service"), "fr") == "add members to the service"
